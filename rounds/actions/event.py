"""Side events of a round: adding, editing, cancelling them."""

from typing import Any

from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.round import check_correction
from rounds.models import Round, RoundEvent


def add_event(*, round: Round, by: User, values: dict[str, Any], reason: str = "") -> RoundEvent:
    """A new event of `round`. Raises Denied, WrongState."""
    check(by, Doing.EDIT_ROUND, round.label())
    check_correction(round, reason)
    event = RoundEvent(round=round, **values)
    with acting(Verb.ROUND_EVENT_ADDED, by=by, reason=reason) as act:
        save_new(event)
        act.about = event
    return event


def edit_event(*, event: RoundEvent, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes an event, also back from cancelled. True when something changed. Raises Denied, WrongState, Conflict."""
    check(by, Doing.EDIT_ROUND, event.label())
    check_correction(event.round, reason)
    if changes.get("cancelled", event.cancelled) and not changes.get("cancelled_reason", event.cancelled_reason):
        raise WrongState("Say why the event was cancelled.")
    with acting(Verb.ROUND_EVENT_EDITED, by=by, about=event, reason=reason, detail={"fields": sorted(changes)}):
        return save_over(event, seen=seen, changes=changes)


def cancel_event(*, event: RoundEvent, by: User, seen: int, reason: str) -> None:
    """Marks an event as cancelled, with the reason. Raises Denied, WrongState, Conflict."""
    if event.cancelled:
        raise WrongState("This event is cancelled already.")
    changes = {"cancelled": True, "cancelled_reason": reason.strip()}
    edit_event(event=event, by=by, seen=seen, changes=changes, reason=reason)
