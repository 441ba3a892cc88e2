"""Rounds made through the product's own actions."""

from datetime import date

from cases.dates import PartialDate
from casetracker.access.models import Dialogue, User
from rounds.actions.event import add_event
from rounds.actions.round import create_round, move_round
from rounds.actions.suspension import add_suspension
from rounds.models import Round, RoundEvent, Suspension


def round_(by: User, dialogue: Dialogue, ordinal: int | None = 40, starts: date | None = date(2025, 6, 13), **values):
    return create_round(by=by, dialogue=dialogue, values={"ordinal": ordinal, "starts": starts, **values})


def held(by: User, dialogue: Dialogue, **values) -> Round:
    made = round_(by, dialogue, **values)
    move_round(round=made, by=by, seen=made.version, to="held")
    return made


def event(by: User, round: Round, **values) -> RoundEvent:
    return add_event(round=round, by=by, values={"kind": "seminar", **values})


def suspension(by: User, dialogue: Dialogue, since: str, until: str = "") -> Suspension:
    values = {
        "since": PartialDate.parse(since),
        "since_text": since,
        "until": PartialDate.parse(until) if until else None,
        "until_text": until,
    }
    return add_suspension(by=by, dialogue=dialogue, values=values)
