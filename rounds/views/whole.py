"""The page of a round, whole. Every part is edited in its place: the page comes back with the form standing there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases.forms.record_form import RecordForm
from cases.models import Theme
from cases.paging import digest
from cases.views.saving import Outcome
from casetracker.access.act import Doing, check, may
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.forms import AgendaForm
from rounds.models import AgendaItem, Round, RoundEvent, Suspension
from rounds.overview import is_overdue, rounds_within, steps
from rounds.overview_of_round import overview_of
from rounds.past import past_of
from rounds.states import ROUND, RoundState

MOVES = {
    RoundState.HELD: "Record as held",
    RoundState.CLOSED: "Close…",
    RoundState.PLANNED: "Plan again",
    RoundState.POSTPONED: "Postpone…",
    RoundState.CANCELLED: "Cancel…",
}
ASKING = {RoundState.POSTPONED, RoundState.CANCELLED}
LISTING = (RoundState.PLANNED, RoundState.POSTPONED, RoundState.HELD)


def url_of(round: Round, part: str = "") -> str:
    """Where a round is shown, at one of its parts."""
    return reverse("rounds:round", args=[round.pk]) + (f"#{part}" if part else "")


@dataclass
class Place:
    """What stands where on the page: the part being edited ("facts", "state", "event-new", "event-<key>",
    "cancel-<key>", "agenda"), its form, what came of sending it, and the agenda item whose buttons keep the focus."""

    part: str = ""
    form: RecordForm | None = None
    outcome: Outcome | None = None
    focus: str = ""


def round_or_404(request: AuthedRequest, pk: Any) -> Round:
    """The round, or Http404 for hidden and missing alike."""
    return get_visible_or_404(Round.objects.select_related("dialogue"), request.user, pk=pk)  # type: ignore[no-any-return]


def editable_or_404(request: AuthedRequest, pk: Any) -> Round:
    """The same, for those who may edit it. Raises Denied."""
    round = round_or_404(request, pk)
    check(request.user, Doing.EDIT_ROUND, round.label())
    return round


def whole(request: AuthedRequest, round: Round, place: Place | None = None) -> HttpResponse:
    """The page of `round` with `place` as it is."""
    place = place or Place()
    user, today = request.user, timezone.localdate()
    suspensions = Suspension.objects.visible_to(user).filter(dialogue=round.dialogue_id)
    brought = overview_of(round, user)
    if brought.cases:
        detail = {"count": len(brought.cases), "digest": digest(brought.cases)}
        record(Verb.MATRIX_READ, by=user, about=round, detail=detail)
    context = {
        "round": round,
        "dialogue": round.dialogue,
        "facts": _facts(round),
        "steps": steps(round.starts, today) if round.starts and round.state != RoundState.CANCELLED else [],
        "events": list(RoundEvent.objects.visible_to(user).filter(round=round)),
        "agenda": list(AgendaItem.objects.visible_to(user).filter(round=round).select_related("theme")),
        "within": [one for one in suspensions if rounds_within(one, [round])],
        "overdue": is_overdue(round, today),
        "past": past_of(round, user),
        "neighbours": _neighbours(round, user),
        "brought": brought,
        **_editing(round, user, place),
    }
    status = place.outcome.status if place.outcome else 200
    label = Label(round.dialogue_id, brought.marking)
    return page(request, "rounds/round.html", context, section="rounds", label=label, status=status)


def _editing(round: Round, user: User, place: Place) -> dict[str, Any]:
    may_edit = may(user, Doing.EDIT_ROUND, round.label())
    agenda_open = may_edit and round.state not in (RoundState.CLOSED, RoundState.CANCELLED)
    agenda_form = place.form if place.part == "agenda" else None
    if agenda_open and agenda_form is None:
        agenda_form = AgendaForm(themes=themes_for(round, user))
    return {
        "may_edit": may_edit,
        "may_list": may(user, Doing.PREPARE_LIST, round.label()) and round.state in LISTING,
        "may_promise": may(user, Doing.TRACK_COMMITMENT, round.label()),
        "moves": _moves(round) if may_edit else [],
        "part": place.part,
        "form": place.form,
        "conflict": place.outcome.conflict if place.outcome else None,
        "focus": place.focus,
        "agenda_form": agenda_form if agenda_open else None,
    }


def themes_for(round: Round, user: User) -> list[Theme]:
    """Themes the agenda of `round` may hold."""
    offered: Any = Theme.objects.visible_to(user).offered_in(round.dialogue)
    return list(offered)


def _moves(round: Round) -> list[dict[str, Any]]:
    return [
        {"to": state.value, "label": words, "asks": state in ASKING, "closes": state == RoundState.CLOSED}
        for state, words in MOVES.items()
        if state in ROUND[round.state] and not (state == RoundState.HELD and _lies_ahead(round))
    ]


def _lies_ahead(round: Round) -> bool:
    return round.starts is not None and round.starts > timezone.localdate()


def _neighbours(round: Round, user: User) -> dict[str, Round | None]:
    siblings = Round.objects.visible_to(user).filter(dialogue=round.dialogue_id)
    dated = sorted((one for one in siblings if one.starts), key=lambda one: (one.starts, one.ordinal or 0, str(one.pk)))
    places = [place for place, one in enumerate(dated) if one.pk == round.pk]
    if not places:
        return {"previous": dated[-1] if dated else None, "next": None}
    here = places[0]
    return {
        "previous": dated[here - 1] if here else None,
        "next": dated[here + 1] if here + 1 < len(dated) else None,
    }


def _facts(round: Round) -> list[dict[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("Number", round.ordinal or ""),
        ("Dates", round.dates),
        ("Venue", round.venue),
        ("Host", _side(round, round.host_side)),
        ("Chair", round.chair),
        ("Presidency", round.presidency),
    ]
    if round.state == RoundState.CANCELLED:
        facts.append(("Cancelled by", _side(round, round.cancelled_by) or round.get_cancelled_by_display()))
    if round.state_reason:
        facts.append(("Reason", round.state_reason))
    return [{"label": label, "value": value} for label, value in facts]


def _side(round: Round, side: str) -> str:
    return {"own": round.dialogue.own_side, "counterpart": round.dialogue.counterpart}.get(side, "")
