"""A list through its states: submitted, returned, approved, withdrawn, and its next version."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.forms.record_form import RecordForm
from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.access.errors import Denied
from casetracker.access.step_up import step_up_when
from casetracker.web import AuthedRequest
from rounds.actions.case_list import may_become, new_version, withdraw_list
from rounds.actions.review import NOT_BY_EDITORS, approve_list, has_edited, return_list, submit_list
from rounds.forms_lists import ApproveForm, ReasonForm, SeenForm
from rounds.states import ListState
from rounds.views.lists.whole import Place, again, editable_or_404, list_or_404, url_of, whole


@dataclass(frozen=True)
class Step:
    """One step to the next state: who may, what is asked, which action, and what is said when it is done."""

    doing: Doing
    form: Callable[..., RecordForm]
    act: Callable[..., None]
    said: str
    told: tuple[str, ...] = ()


STEPS = {
    ListState.IN_REVIEW: Step(Doing.PREPARE_LIST, SeenForm, submit_list, "The list is in review."),
    ListState.DRAFT: Step(Doing.APPROVE_LIST, ReasonForm, return_list, "The list was returned.", ("reason",)),
    ListState.APPROVED: Step(Doing.APPROVE_LIST, ApproveForm, approve_list, "The list is approved.", ("digest",)),
    ListState.WITHDRAWN: Step(Doing.PREPARE_LIST, ReasonForm, withdraw_list, "The list was withdrawn.", ("reason",)),
}


def _approves(request: AuthedRequest) -> bool:
    return (request.POST.get("to") or request.GET.get("to")) == ListState.APPROVED


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_when(_approves)
def state(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The next state: `to` says which."""
    case_list, to = list_or_404(request, pk), request.POST.get("to") or request.GET.get("to", "")
    if to not in STEPS:
        raise Http404
    step = STEPS[ListState(to)]
    check(request.user, step.doing, case_list.label())
    if request.method != "POST" and not may_become(case_list, to):
        return redirect(url_of(case_list))
    if request.method != "POST" and to == ListState.APPROVED and has_edited(case_list, request.user):
        raise Denied(NOT_BY_EDITORS)
    form = step.form(request.POST or None, row=case_list)

    def save() -> None:
        told: dict[str, Any] = {name: form.cleaned_data[name] for name in step.told}
        step.act(case_list=case_list, by=request.user, seen=form.version_seen, **told)

    outcome = attempt(request, form, save, back=url_of(case_list))
    if outcome.saved:
        messages.success(request, step.said)
        return again(request, case_list)
    return whole(request, case_list, Place("state", form=form, outcome=outcome, more={"to": to}))


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """An approved list changes: a draft copy of it, with the reason; the approved one counts no longer."""
    case_list = editable_or_404(request, pk)
    if request.method != "POST" and case_list.state != ListState.APPROVED:
        return redirect(url_of(case_list))
    form = ReasonForm(request.POST or None, row=case_list)
    outcome = attempt(
        request,
        form,
        lambda: new_version(
            case_list=case_list, by=request.user, seen=form.version_seen, reason=form.cleaned_data["reason"]
        ),
        back=url_of(case_list),
    )
    if outcome.saved:
        messages.success(request, f"Version {outcome.made.number} is a draft. The one before is superseded.")
        return redirect(url_of(outcome.made))
    return whole(request, case_list, Place("version", form=form, outcome=outcome))
