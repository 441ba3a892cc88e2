"""Consent on the page of a list: assessing the cases that stop it, and asking for one to stand without."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest
from rounds.actions.case_list import OPEN, entries_of
from rounds.actions.consent import ask_override, assess_cases
from rounds.consent import assessable, needed_on, stopped
from rounds.forms_consent import AssessTheseForm
from rounds.forms_lists import ReasonForm
from rounds.views.lists.whole import Place, again, editable_or_404, entry_or_404, url_of, whole

NAMED = 5


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One assessment for all cases on the sheet that lack consent."""
    case_list = editable_or_404(request, pk)
    check(request.user, Doing.EDIT_CASE, case_list.label())
    lacking = assessable(stopped(entries_of(case_list, request.user), needed_on(case_list.round)))
    if request.method != "POST" and (not lacking or case_list.state not in OPEN):
        return redirect(url_of(case_list))
    form = AssessTheseForm(request.POST or None, row=case_list, lacking=lacking)
    outcome = attempt(
        request,
        form,
        lambda: assess_cases(
            case_list=case_list,
            by=request.user,
            cases=form.chosen(),
            assessed=form.assessed(),
            reason=form.cleaned_data["reason"],
        ),
        back=url_of(case_list),
    )
    if not outcome.saved:
        return whole(request, case_list, Place("consent", form=form, outcome=outcome))
    messages.success(request, f"Assessed: {len(outcome.made.done)}.")
    if outcome.made.skipped:
        left = ", ".join(one.case.reference for one in outcome.made.skipped[:NAMED])
        messages.warning(request, f"Left as they are: {left}. {outcome.made.skipped[0].skip}")
    return again(request, case_list, part="entries")


@require_http_methods(["GET", "HEAD", "POST"])
def override(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Asks a second person to let an entry stand without consent."""
    found = entry_or_404(request, pk)
    form = ReasonForm(request.POST or None, row=found)
    outcome = attempt(
        request,
        form,
        lambda: ask_override(entry=found, by=request.user, reason=form.cleaned_data["reason"]),
        back=url_of(found.case_list, f"entry-{found.pk}"),
    )
    if outcome.saved:
        messages.success(request, f"{found.case.reference} waits for a second person to let it stand.")
        return again(request, found.case_list, part=f"entry-{found.pk}", focus=f"edit-{found.pk}")
    return whole(request, found.case_list, Place("override", str(found.pk), form, outcome))
