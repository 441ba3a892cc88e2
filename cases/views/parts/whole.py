"""What is done with a case as a whole: its state, its label, who has it; each on a page of its own, with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.case import assign_case, label_case, move_case
from cases.actions.lowering import ask_lower
from cases.containers import check_label_change
from cases.forms.case import AssignForm, LabelForm, MoveForm
from cases.models import Case
from cases.sight import who_sees
from cases.states import CaseState
from cases.views.parts.showing import METHODS, case_url, check_editing, on_case, show_form
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label, sees
from casetracker.web import AuthedRequest

_CHANGED = "A colleague changed this case in the meantime. Look at it again, then save."


def _typed(request: AuthedRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(METHODS)
@on_case
def move(request: AuthedRequest, case: Case) -> HttpResponse:
    """Closes, reopens, activates or watches the case."""
    check_editing(request, case)
    form, note, status = MoveForm(_typed(request), case=case), "", 200
    if form.is_valid():
        data = form.cleaned_data
        try:
            move_case(case=case, by=request.user, seen=data["seen"], to=data["to"], reason=data["reason"])
            messages.success(request, f"{case.reference} is {CaseState(data['to']).label} now.")
            return redirect(case_url(case))
        except WrongState as problem:
            form.add_error(None, problem.reason)
            status = 409
        except Conflict as found:
            note, status = _CHANGED, 409
            form = MoveForm(case=found.current)
            form.initial = {**form.initial, "to": data["to"], "reason": data["reason"]}
    return show_form(request, case, form, heading="Change the state", note=note, status=status)


@require_http_methods(METHODS)
@on_case
def assign(request: AuthedRequest, case: Case) -> HttpResponse:
    """Gives the case to a colleague, or to nobody."""
    check_editing(request, case)
    form, note, status = AssignForm(_typed(request), case=case), "", 200
    if form.is_valid():
        data = form.cleaned_data
        try:
            owner = form.new_owner()
            assign_case(case=case, by=request.user, seen=data["seen"], owner=owner, reason=data["reason"])
            messages.success(
                request, f"{case.reference} is assigned." if owner else f"{case.reference} is with nobody now."
            )
            return redirect(case_url(case))
        except WrongState as problem:
            form.add_error("owner", problem.reason)
            status = 409
        except Conflict as found:
            note, status = _CHANGED, 409
            data = {"seen": found.current.version, "owner": str(data["owner"] or ""), "reason": data["reason"]}
            form.initial, form.is_bound = data, False
    return show_form(request, case, form, heading="Assign", note=note, status=status)


@require_http_methods(METHODS)
@on_case
def label(request: AuthedRequest, case: Case) -> HttpResponse:
    """Changes who may see the case: first a preview of whom it concerns, then the change."""
    if not may(request.user, Doing.ASK_LOWER, case.label()):
        check(request.user, Doing.EDIT_CASE, case.label())
    form = LabelForm(_typed(request), case=case, user=request.user)
    more: dict[str, Any] = {}
    if form.is_valid():
        done = _relabel(request, case, form) if "confirmed" in request.POST else None
        if done is not None:
            return done
        more = _preview(request, case, form) if not form.errors else {"status": 409}
    return show_form(request, case, form, **{"heading": "Change the label", "submit": "Preview", "note": "", **more})


def _relabel(request: AuthedRequest, case: Case, form: LabelForm) -> HttpResponse | None:
    """Raises it, or asks for a lower one; None when the form now says why not."""
    data, new = form.cleaned_data, form.new_label()
    try:
        if new.dominates(case.label()):
            label_case(
                case=case, by=request.user, seen=data["seen"], marking=data["marking"],
                compartment=form.new_compartment(), reason=data["reason"],
            )  # fmt: skip
            told = f"{case.reference} has another label now."
        else:
            ask_lower(case=case, by=request.user, seen=data["seen"], label=new, reason=data["reason"])
            told = f"Asked for. {case.reference} keeps its label until a second person decides."
    except Conflict:
        form.add_error(None, _CHANGED + " Reload the page first.")
        return None
    except WrongState as problem:
        form.add_error(None, problem.reason)
        return None
    messages.success(request, told)
    return redirect(case_url(case))


def _preview(request: AuthedRequest, case: Case, form: LabelForm) -> dict[str, Any]:
    """Who loses and who gains sight; refused here already where it would be refused."""
    old, new = case.label(), form.new_label()
    if not sees(request.user, new):
        raise Denied("You cannot give a label that you could not see yourself.")
    raising = new.dominates(old)
    if not raising:
        check(request.user, Doing.ASK_LOWER, old)
    try:
        check_label_change(case, new, request.user)
    except WrongState as problem:
        form.add_error(None, problem.reason)
        return {"status": 409}
    before, after = ({user.pk: user.name for user in who_sees(one)} for one in (old, new))
    loses = sorted(name for pk, name in before.items() if pk not in after)
    gains = sorted(name for pk, name in after.items() if pk not in before)
    return {
        "consequences": [
            f"From {_words(case, old, form)} to {_words(case, new, form)}.",
            f"No longer seen by: {', '.join(loses) or 'nobody'}.",
            f"Now also seen by: {', '.join(gains) or 'nobody'}.",
            "Versions of the history keep the label they had.",
            *(() if raising else ("Nothing changes until a second person, an approver, decides.",)),
        ],
        "hidden": [("confirmed", "1")],
        "submit": "Change the label" if raising else "Ask a second person",
    }


def _words(case: Case, label: Label, form: LabelForm) -> str:
    circle = form.circles.get(label.compartment_id) if label.compartment_id else None
    return f"{Marking(label.marking).on_paper}{f', {circle.name}' if circle else ''}"
