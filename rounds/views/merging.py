"""Merging two cases: choose the other, look at both side by side, ask a second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.blocks import read_blocks
from cases.case_view import CaseView
from cases.models import Case
from cases.views.parts.showing import METHODS, case_or_404, case_url, check_editing, on_case
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.actions.merge import ask_merge, check_ask, consequences
from rounds.forms_merging import MergeForm, OtherForm

CHANGED = "A colleague changed one of them in the meantime. Look at both again, then ask."


@require_http_methods(METHODS)
@on_case
def merge(request: AuthedRequest, case: Case) -> HttpResponse:
    """`?other=` names the case that would become a pointer to this one."""
    check_editing(request, case)
    choosing = OtherForm(request.GET if "other" in request.GET else None, case=case, user=request.user)
    if not choosing.is_valid():
        return _page(request, case, {"choosing": choosing}, 422 if choosing.errors else 200)
    other = case_or_404(request, choosing.cleaned_data["other"].reference)
    form, status = MergeForm(request.POST if request.method == "POST" else None), 200
    form.initial = {"seen": case.version, "seen_other": other.version}
    if form.is_valid():
        try:
            return _ask(request, case, other, form.cleaned_data)
        except WrongState as problem:
            form.add_error(None, problem.reason)
        except Conflict:
            form = MergeForm(initial={**form.initial, "reason": form.cleaned_data["reason"]})
            messages.error(request, CHANGED)
        status = 409
    elif request.method == "POST":
        status = 422
    return _page(request, case, {"form": form, **_compared(request, case, other)}, status)


def _ask(request: AuthedRequest, case: Case, other: Case, data: dict[str, Any]) -> HttpResponse:
    seen = data["seen"], data["seen_other"]
    ask_merge(case=case, other=other, by=request.user, seen=seen, reason=data["reason"])
    messages.success(request, f"Asked for. {other.reference} stays as it is until a second person decides.")
    return redirect(case_url(case))


def _compared(request: AuthedRequest, case: Case, other: Case) -> dict[str, Any]:
    """Both side by side, what would happen, and why it cannot where it cannot."""
    record(Verb.CASE_READ, by=request.user, about=other)
    hindrance = ""
    try:
        check_ask(request.user, case, {"other": str(other.pk)})
    except WrongState as problem:
        hindrance = problem.reason
    return {
        "other": other,
        "both": [_shown(one, request.user) for one in (case, other)],
        "consequences": consequences(case, other, request.user),
        "hindrance": hindrance,
    }


def _shown(case: Case, user: User) -> dict[str, Any]:
    view = CaseView(case, user)
    data = read_blocks(view, ("names", "person", "timeline"))
    person = data["person"]
    facts = [(words, person[key]) for words, key in (
        ("Sex", "sex"), ("Born", "born"), ("From", "origin"), ("Occupation", "occupation"), ("Held at", "held_at"),
    )]  # fmt: skip
    return {
        "case": case,
        "marking": Marking(case.marking).on_paper,
        "names": data["names"]["rows"],
        "facts": facts,
        "events": data["timeline"]["rows"],
    }


def _page(request: AuthedRequest, case: Case, context: dict[str, Any], status: int) -> HttpResponse:
    whole = {"case": case, "back": case_url(case), **context}
    label = max((one.label() for one in (case, context.get("other", case))), key=lambda one: one.marking)
    return page(request, "rounds/merge.html", whole, section="cases", label=label, status=status)
