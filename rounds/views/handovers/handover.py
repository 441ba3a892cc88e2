"""Handing a list over, and correcting the record of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.handover import correct_handover, hand_over_list, raises, why_not_now
from rounds.days_told import handed_over_elsewhen
from rounds.forms_handovers import CorrectionForm, HandoverForm
from rounds.handovers import answers_matched, entries_handed
from rounds.models import CaseList, Handover, ListEntry
from rounds.states import ListState

CORRECTED = "This record was corrected already; the one that stands can be corrected below."


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """An approved list is given to the counterpart."""
    lists = CaseList.objects.select_related("round__dialogue", "compartment", "approved_by")
    case_list = get_visible_or_404(lists, request.user, pk=pk)
    check(request.user, Doing.HAND_OVER, case_list.label())
    if request.method != "POST" and case_list.state != ListState.APPROVED:
        messages.warning(request, why_not_now(case_list))
        return redirect(list_url(case_list))
    entries = entries_handed(case_list, request.user)
    form = HandoverForm(request.POST or None, entries=entries, seen=case_list.version)
    outcome = attempt(
        request,
        form,
        lambda: hand_over_list(
            case_list=case_list,
            by=request.user,
            seen=form.version_seen,
            values=form.values,
            accepted=form.accepted,
            consent_reason=form.cleaned_data["consent_reason"],
        ),
        back=list_url(case_list),
    )
    if outcome.saved:
        return _recorded(request, outcome.made, "The handover is recorded.")
    return _page(request, form, outcome, case_list, entries)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A handover was recorded wrongly: a new record supersedes it."""
    handovers = Handover.objects.select_related("case_list__round__dialogue", "case_list__compartment")
    old = get_visible_or_404(handovers.select_related("case_list__approved_by"), request.user, pk=pk)
    case_list = old.case_list
    check(request.user, Doing.HAND_OVER, case_list.label())
    if request.method != "POST" and Handover.objects.visible_to(request.user).filter(supersedes=old).exists():
        messages.warning(request, CORRECTED)
        return redirect(list_url(case_list))
    entries = entries_handed(case_list, request.user)
    form = CorrectionForm(request.POST or None, old=old, entries=entries)
    outcome = attempt(
        request,
        form,
        lambda: correct_handover(
            handover=old,
            by=request.user,
            seen=form.version_seen,
            values=form.values,
            accepted=form.accepted,
            reason=form.cleaned_data["reason"],
            consent_reason=form.cleaned_data["consent_reason"],
        ),
        back=list_url(case_list),
    )
    if outcome.saved:
        return _recorded(request, outcome.made, "The record is corrected; the earlier one stays, struck.")
    return _page(request, form, outcome, case_list, entries, old=old, consequences=_consequences(request, old, entries))


def list_url(case_list: CaseList) -> str:
    """Where the list shows its handovers."""
    return reverse("rounds:list", args=[case_list.pk]) + "#handovers"


def _recorded(request: AuthedRequest, made: Handover, said: str) -> HttpResponse:
    counts = "Its cases count as raised." if raises(made.outcome) else "Its cases do not count as raised."
    messages.success(request, f"{said} {counts}")
    for told in handed_over_elsewhen(made.on, made.case_list):
        messages.warning(request, told)
    return redirect(list_url(made.case_list))


def _page(
    request: AuthedRequest,
    form: HandoverForm,
    outcome: Outcome,
    case_list: CaseList,
    entries: list[ListEntry],
    **more: Any,
) -> HttpResponse:
    record(Verb.LIST_READ, by=request.user, about=case_list, detail={"count": len(entries)})
    context = {
        "form": form,
        "case_list": case_list,
        "round": case_list.round,
        "count": len(entries),
        "back": list_url(case_list),
        "open": form.partly,
        "old": None,
        "consequences": [],
        **more,
    }
    template = "rounds/handover/hand_over.html"
    return page(request, template, context, section="lists", label=case_list.label(), status=outcome.status)


def _consequences(request: AuthedRequest, old: Handover, entries: list[ListEntry]) -> list[str]:
    """What a correction does to raisings, in words."""
    if not raises(old.outcome):
        return ["If the list was handed over after all, its cases become raised on the corrected day."]
    told = [
        "The raisings of this list are kept, with the corrected day.",
        "If the list was not tendered after all, its raisings are voided with your reason, what was decided about "
        "its entries is taken back, and the list waits as approved.",
    ]
    if matched := answers_matched(entries, request.user):
        told.append(f"Answers matched to these raisings: {matched}. They stay; match them anew if a raising is voided.")
    return told
