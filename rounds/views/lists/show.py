"""One list: its page, what is said about it, and its label."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.saving import attempt
from casetracker.access.act import Doing, check, may
from casetracker.templatetags.ui import plural_count
from casetracker.web import AuthedRequest
from rounds.actions.case_list import edit_list
from rounds.actions.list_label import label_list
from rounds.actions.lowering import ask_lower_list
from rounds.forms_lists import ListForm, RelabelForm, labels_offered
from rounds.models import CaseList
from rounds.views.lists.whole import Place, again, editable_or_404, list_or_404, url_of, whole


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The page of a list. Reading it is recorded."""
    return whole(request, list_or_404(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Kind and note, in their place."""
    case_list = editable_or_404(request, pk)
    form = ListForm(request.POST or None, row=case_list)
    outcome = attempt(
        request,
        form,
        lambda: edit_list(case_list=case_list, by=request.user, seen=form.version_seen, changes=form.columns()),
        back=url_of(case_list),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return again(request, case_list)
    return whole(request, case_list, Place("edit", form=form, outcome=outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def label(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The label, with the people who would see the list under each. A lower one is asked for."""
    case_list = list_or_404(request, pk)
    if not may(request.user, Doing.ASK_LOWER, case_list.label()):
        check(request.user, Doing.PREPARE_LIST, case_list.label())
    offered = labels_offered(request.user, case_list.round.dialogue)
    form = RelabelForm(request.POST or None, row=case_list, offered=offered)
    outcome = attempt(request, form, lambda: _relabel(request, case_list, form), back=url_of(case_list))
    if outcome.saved:
        messages.success(request, outcome.made)
        return again(request, case_list)
    return whole(request, case_list, Place("label", form=form, outcome=outcome, more={"offered": offered}))


def _relabel(request: AuthedRequest, case_list: CaseList, form: RelabelForm) -> str:
    """Raises it, or asks for a lower one. What was done."""
    new, reason = form.chosen, form.cleaned_data["reason"]
    if not new.dominates(case_list.label()):
        ask_lower_list(case_list=case_list, by=request.user, seen=form.version_seen, label=new, reason=reason)
        return "Asked for. The label stays as it is until a second person decides."
    unsaid = label_list(
        case_list=case_list,
        by=request.user,
        seen=form.version_seen,
        marking=new.marking,
        compartment=new.compartment_id,
        reason=reason,
    )
    return "The list has another label now." + _unsaid(unsaid)


def _unsaid(number: int) -> str:
    if not number:
        return ""
    return (
        f" Why {plural_count(number, 'case')} {'is' if number == 1 else 'are'} on it was taken off: "
        "it may have spoken of what the new label does not cover. Say it anew."
    )
