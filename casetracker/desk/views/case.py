"""The case page and its history: what both apps know of one person."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.case_view import CaseView
from cases.forms.history import HistoryForm
from cases.history import read_history
from cases.listing import list_url
from cases.models import Case
from cases.states import CASE, CaseState
from cases.views.parts.cards import Card, cards
from cases.views.parts.showing import on_case, shown_case_or_404
from cases.waiting import waiting_on
from casetracker.access.act import Doing, may
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.ledger import Ledger, ledger_of, shown

MAIN = ("texts", "timeline", "names", "claims", "sources", "attachments")
BESIDE = ("clocks", "person", "follow-ups", "consent", "themes", "groups", "links")


@require_safe
def case(request: AuthedRequest, reference: str) -> HttpResponse:
    """The whole page of one case. Reading it is recorded."""
    found = shown_case_or_404(request, reference)
    record(Verb.CASE_READ, by=request.user, about=found)
    view = CaseView(found, request.user)
    made = {card.key: card for card in cards(view, ("identity", *MAIN, *BESIDE))}
    ledger = ledger_of(found, request.user, events=view.events)
    context = {
        "case": found,
        "ledger": shown(ledger),
        **_may(request.user, found),
        "back": list_url(request),
        "may_edit": view.may_edit,
        "may_move": view.may_edit and bool(CASE[found.state]),
        "identity": made["identity"],
        "columns": [[made[key] for key in column] for column in (MAIN, BESIDE)],
        "merged_into": _successor(request, found),
        "waiting": waiting_on([found.pk, *view.readable.values()], request.user),
        "closed": found.state == CaseState.CLOSED,
    }
    return page(request, "cases/case.html", context, section="cases", label=_highest(found, made, ledger))


def _may(user: User, found: Case) -> dict[str, bool]:
    """What the ledger offers to do."""
    working, label = found.state != CaseState.MERGED, found.label()
    return {
        "may_raise": working and may(user, Doing.RECORD_RAISING, label),
        "may_respond": working and may(user, Doing.RECORD_RESPONSE, label),
        "may_promise": working and may(user, Doing.TRACK_COMMITMENT, label),
    }


def _highest(found: Case, made: dict[str, Card], ledger: Ledger) -> Label:
    """The label to print on the page: that of the highest thing that stands on it."""
    marks = [found.marking, *ledger.markings]
    marks += [file["marking"] for file in made["attachments"].data["rows"]]
    marks += [row["group__marking"] for row in made["groups"].data["rows"]]
    marks += [one["case__marking"] for row in made["groups"].data["rows"] for one in row["fellows"]]
    marks += [link["marking"] for link in made["links"].data["rows"]]
    return Label(found.dialogue_id, max(marks))


def _successor(request: AuthedRequest, found: Case) -> Case | None:
    """The case this one was merged into, where the viewer sees it."""
    if found.merged_into_id is None:
        return None
    return Case.objects.visible_to(request.user).filter(pk=found.merged_into_id).first()


@require_safe
@on_case
def history(request: AuthedRequest, case: Case) -> HttpResponse:
    """Who changed what, when and why, field by field; with htmx inside the case page."""
    asked = request.GET
    found = read_history(
        case, request.user, kind=asked.get("part", ""), person=_key(asked.get("person")), before=asked.get("before", "")
    )
    record(Verb.CASE_READ, by=request.user, about=case, detail={"history": len(found.actions)})
    kept = {name: asked[name] for name in ("part", "person") if asked.get(name)}
    address = reverse("desk:case_history", args=[case.reference])
    context: dict[str, Any] = {
        "case": case,
        "found": found,
        "form": HistoryForm(asked, people=found.people),
        "action": address,
        "older_url": f"{address}?{urlencode({**kept, 'before': found.older})}" if found.older else "",
        "clear_url": address if kept else "",
        "is_first": not asked.get("before"),
    }
    fragment = "#entries" if request.htmx else ""
    # Attachments and links in it may be marked higher than the case: the page carries the highest the viewer reads.
    return page(request, f"cases/history.html{fragment}", context, section="cases")


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
