"""Closing a round: deciding about its entries one by one and several at once, then closing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.paging import as_key
from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check
from casetracker.templatetags.ui import plural_count
from casetracker.web import AuthedRequest, get_visible_or_404
from rounds.actions.closing import close_round
from rounds.actions.disposition import (
    AFTER,
    dispose_entries,
    dispose_entry,
    mark_entries_not_raised,
    mark_not_raised,
)
from rounds.forms_closing import BulkForm, CloseForm, DispositionForm
from rounds.models import ListEntry
from rounds.states import EntryState
from rounds.views.closing.deciding import Decision, closing_page, url_of_closing
from rounds.views.whole import editable_or_404, url_of


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """What is missing; closes when nothing is."""
    round = editable_or_404(request, pk)
    if request.method != "POST" and round.state not in AFTER:
        return redirect(url_of(round))
    form = CloseForm(request.POST if request.method == "POST" else None, row=round)
    outcome = attempt(
        request,
        form,
        lambda: close_round(
            round=round, by=request.user, seen=form.version_seen, reason=form.cleaned_data["state_reason"]
        ),
        back=url_of(round),
    )
    if outcome.saved:
        messages.success(request, "The round is closed.")
        return redirect(url_of(round))
    return closing_page(request, round, Decision(form, outcome))


@require_POST
def disposition(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One entry."""
    rows = ListEntry.objects.select_related("case", "case_list__round__dialogue")
    entry: Any = get_visible_or_404(rows, request.user, pk=pk)
    check(request.user, Doing.DISPOSE_ENTRY, entry.label())
    round = entry.case_list.round
    form = DispositionForm(request.POST, row=entry, never_tendered=_never_tendered(entry))
    outcome = attempt(request, form, lambda: _decide(request, entry, form), back=url_of_closing(round))
    if outcome.saved and not request.htmx:
        return redirect(f"{url_of_closing(round)}#entry-{entry.pk}")
    if outcome.saved:
        outcome = Outcome(True)
    return closing_page(request, round, Decision(form, outcome, entry.pk))


@require_POST
def dispositions(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The ticked entries, all or none."""
    round = editable_or_404(request, pk)
    seen = dict(_ticked(request))
    rows = ListEntry.objects.visible_to(request.user).filter(case_list__round=round, pk__in=list(seen))
    entries = list(rows.select_related("case", "case_list__round"))
    form = BulkForm(request.POST)
    outcome = attempt(request, form, lambda: _decide_all(request, form, entries, seen), back=url_of_closing(round))
    if outcome.saved:
        messages.success(request, f"{plural_count(outcome.made, 'entry,entries')} decided.")
        return redirect(url_of_closing(round))
    return closing_page(request, round, Decision(form, outcome, ticked=frozenset(seen)))


def _decide(request: AuthedRequest, entry: ListEntry, form: DispositionForm) -> bool:
    reason, seen = form.cleaned_data["disposition_reason"], form.version_seen
    if form.never_tendered:
        return mark_not_raised(entry=entry, by=request.user, seen=seen, reason=reason)
    decision = form.cleaned_data["disposition"]
    return dispose_entry(entry=entry, by=request.user, seen=seen, disposition=decision, reason=reason)


def _decide_all(request: AuthedRequest, form: BulkForm, entries: list[ListEntry], seen: dict[UUID, int]) -> int:
    decision, reason = form.cleaned_data["decision"], form.cleaned_data["why_all"]
    if decision == "not_raised":
        return mark_entries_not_raised(entries=entries, by=request.user, reason=reason, seen=seen)
    return dispose_entries(entries=entries, by=request.user, disposition=decision, reason=reason, seen=seen)


def _never_tendered(entry: ListEntry) -> bool:
    return entry.state == EntryState.INCLUDED and entry.case_list.state == "approved"


def _ticked(request: AuthedRequest) -> list[tuple[UUID, int]]:
    """Keys with the versions looked at, from "key:version". What is no key is passed over."""
    found = []
    for text in request.POST.getlist("entry"):
        key_text, _, version = text.partition(":")
        if (key := as_key(key_text)) and version.isdecimal() and len(version) < 10:
            found.append((key, int(version)))
    return found
