"""Matching an answer to the raising it answers, otherwise, not at all; and correcting one that is coded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.paging import as_key, capped_text, digest
from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, may
from casetracker.access.errors import Conflict, WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.actions.item import correct_item
from rounds.actions.matching import match_item, unmatch_item
from rounds.forms_responses import CorrectForm, MatchForm
from rounds.likely_raisings import likely_raisings
from rounds.models import Raising, ResponseItem
from rounds.open_raisings import LIMIT
from rounds.response_listing import unmatched_items
from rounds.views.responses.items import METHODS, item_or_404, ticked_raisings
from rounds.views.responses.whole import Place, grouped, raisings_for, url_of, whole

SHOWN = 25
CHOOSE = "Choose the raising this answers."
CHANGED = "Somebody changed this item since you opened the page. Look at it as it is now."


@require_safe
def queue(request: AuthedRequest) -> HttpResponse:
    """Answers that wait to be matched, of all responses, the oldest first, with likely cases."""
    user = request.user
    rows = unmatched_items(user)
    total = rows.order_by().values("pk")[:1001].count()
    start = min(_whole(request.GET.get("from")), max(total - 1, 0))
    items = list(rows[start : start + SHOWN])
    record(Verb.RESPONSES_LISTED, by=user, detail={"count": len(items), "digest": digest(item.pk for item in items)})
    likely = likely_raisings(user, items)
    here = reverse("rounds:unmatched")
    context = {
        "rows": [
            {
                "item": item,
                "likely": likely.get(item.pk, []),
                "may_match": may(user, Doing.RECORD_RESPONSE, item.response.label()),
            }
            for item in items
        ],
        "total": capped_text(total),
        "previous_url": f"{here}?from={max(start - SHOWN, 0)}" if start else "",
        "next_url": f"{here}?from={start + SHOWN}" if start + SHOWN < total else "",
    }
    return page(request, "rounds/response/unmatched.html", context, section="responses")


@require_http_methods(METHODS)
def match(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One raising is chosen, among the open ones, likely ones, or those of the case named in `q`."""
    item = item_or_404(request, pk)
    form = MatchForm(request.POST if request.method == "POST" else None, row=item)
    if request.method != "POST" or "look" in request.POST:
        return _page(request, item, form, Outcome(False))
    if form.is_valid() and form.wants() is None:
        form.add_error(None, CHOOSE)
    outcome = attempt(request, form, lambda: _match(request, item, form), back=url_of(item.response))
    if outcome.saved:
        messages.success(request, "Matched." if outcome.made else "Nothing was changed.")
        from_queue = request.POST.get("then") == "queue"
        return redirect(reverse("rounds:unmatched") if from_queue else url_of(item.response, f"item-{pk}"))
    return _page(request, item, form, outcome)


def _match(request: AuthedRequest, item: ResponseItem, form: MatchForm) -> bool:
    raising = _chosen(request, item, form)
    assert raising is not None
    return match_item(item=item, by=request.user, seen=form.version_seen, raising=raising)


def _chosen(request: AuthedRequest, item: ResponseItem, form: MatchForm) -> Raising | None:
    key = form.wants()
    return ticked_raisings(request, item.response, frozenset({str(key)}))[0] if key else None


@require_POST
def unmatch(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The item waits in the queue again."""
    item = item_or_404(request, pk)
    try:
        unmatch_item(item=item, by=request.user, seen=_whole(request.POST.get("seen")))
    except (Conflict, WrongState) as problem:
        note = problem.reason if isinstance(problem, WrongState) else CHANGED
        return whole(request, item.response, Place(note=note))
    messages.success(request, "It waits to be matched again.")
    return redirect(url_of(item.response, f"item-{pk}"))


@require_http_methods(METHODS)
def correct(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A new item in the place of a coded one: other words, another raising, or both."""
    item = item_or_404(request, pk)
    form = CorrectForm(request.POST if request.method == "POST" else None, row=item)
    if request.method != "POST" or "look" in request.POST:
        return _page(request, item, form, Outcome(False), correcting=True)
    outcome = attempt(request, form, lambda: _correct(request, item, form), back=url_of(item.response))
    if outcome.saved:
        messages.success(request, "Corrected. The earlier answer stays, struck; the new one waits to be coded.")
        return redirect(url_of(item.response, f"item-{outcome.made.pk}"))
    return _page(request, item, form, outcome, correcting=True)


def _correct(request: AuthedRequest, item: ResponseItem, form: CorrectForm) -> ResponseItem:
    return correct_item(
        item=item,
        by=request.user,
        seen=form.version_seen,
        values=form.columns(),
        raising=_chosen(request, item, form),
        reason=form.cleaned_data["reason"],
    )


def _page(
    request: AuthedRequest, item: ResponseItem, form: MatchForm, outcome: Outcome, *, correcting: bool = False
) -> HttpResponse:
    response = item.response
    text = " ".join(request.POST.get("q", "")[:200].split())
    raisings, found = raisings_for(request, response, text)
    picked = str(as_key(request.POST.get("raising")) or item.raising_id or "")
    context: dict[str, Any] = {
        "item": item,
        "response": response,
        "form": form,
        "conflict": outcome.conflict,
        "correcting": correcting,
        "groups": grouped(raisings, ticked=[picked]),
        "current": None if any(str(one.pk) == picked for one in raisings) else item.raising,
        "picked": picked,
        "more": len(raisings) == LIMIT,
        "looked_up": bool(text),
        "problem": found.problem if found else "",
        "likely": likely_raisings(request.user, [item]).get(item.pk, []),
        "back": url_of(response, f"item-{item.pk}"),
    }
    return page(
        request,
        "rounds/response/match.html",
        context,
        section="responses",
        label=response.label(),
        status=outcome.status,
    )


def _whole(text: object) -> int:
    """A number from the outside; 0 for what is none."""
    return int(str(text)) if str(text or "").isascii() and str(text or "").isdecimal() and len(str(text)) < 9 else 0
