"""The rounds of a dialogue in one order with the times when it was suspended. Pure; nothing is fetched here."""

from dataclasses import dataclass
from datetime import date

from rounds.calendar import CalendarStep, calendar_of
from rounds.models import Round, Suspension
from rounds.states import RoundState

ORDERS = ("ordinal", "starts", "venue", "state")
_TAKING_PLACE = {RoundState.PLANNED, RoundState.HELD, RoundState.CLOSED}


@dataclass(frozen=True)
class Line:
    """One line of the table: a round, or a suspension with the rounds that fall into it."""

    round: Round | None = None
    suspension: Suspension | None = None
    within: tuple[Round, ...] = ()
    overdue: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a round's calendar, and whether it lies behind or is the next."""

    step: CalendarStep
    tone: str


def lines(rounds: list[Round], suspensions: list[Suspension], *, order: str, today: date) -> list[Line]:
    """Rounds in `order` (a column, with "-" before it for downwards). By date, suspensions stand among them where
    they began; in other orders they follow."""
    column, down = order.removeprefix("-"), order.startswith("-")
    of_rounds = [(_key(round, column), _line(round, today)) for round in rounds]
    bands = [Line(suspension=one, within=rounds_within(one, rounds)) for one in suspensions]
    if column == "starts":
        both = [*of_rounds, *(((_begin(line.suspension), 0, ""), line) for line in bands)]
        return [line for _, line in sorted(both, key=lambda pair: pair[0], reverse=down)]
    return [*(line for _, line in sorted(of_rounds, key=lambda pair: pair[0], reverse=down)), *bands]


def rounds_within(suspension: Suspension, rounds: list[Round]) -> tuple[Round, ...]:
    """Rounds that took or are to take place while the dialogue was suspended, as far as the dates are certain."""
    found = [
        (round.starts, str(round.pk), round)
        for round in rounds
        if round.state in _TAKING_PLACE
        and round.starts
        and round.dialogue_id == suspension.dialogue_id
        and suspension.covers(round.starts)
    ]
    return tuple(round for _, _, round in sorted(found, key=lambda one: one[:2]))


def next_round(rounds: list[Round], today: date) -> Round | None:
    """The planned round that comes first, on or after `today`."""
    ahead = [
        round
        for round in rounds
        if round.state == RoundState.PLANNED and round.starts and (round.ends or round.starts) >= today
    ]
    return min(ahead, key=lambda round: (round.starts or date.max, str(round.pk)), default=None)


def steps(start: date, today: date) -> list[Step]:
    """The calendar of a round: "done" for what lies behind, "now" for the next, "" for the rest."""
    found = calendar_of(start)
    upcoming = next((step for step in found if step.day >= today), None)
    return [Step(step, "done" if step.day < today else "now" if step == upcoming else "") for step in found]


def is_overdue(round: Round, today: date) -> bool:
    """Planned, and its last day is past: it should be recorded as held, postponed or cancelled."""
    last = round.ends or round.starts
    return round.state == RoundState.PLANNED and last is not None and last < today


def _line(round: Round, today: date) -> Line:
    return Line(round=round, overdue=is_overdue(round, today))


def _key(round: Round, column: str) -> tuple[date | str | int, int, str]:
    number, key = round.ordinal or 0, str(round.pk)
    if column == "ordinal":
        return (number, (round.starts or date.max).toordinal(), key)
    if column == "venue":
        return (round.venue.casefold(), number, key)
    if column == "state":
        return (RoundState.values.index(round.state), number, key)
    # A round without a day is still to come.
    return (round.starts or date.max, number, key)


def _begin(suspension: Suspension | None) -> date:
    # Its latest possible day: a round of the year in which it began was still held.
    return suspension.since.latest if suspension and suspension.since else date.min
