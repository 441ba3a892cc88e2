"""Legal clocks and dates that contradict each other (vocabulary.md, "Legal clocks"): warnings, never conclusions.

Pure: events and a given day in, sentences out. A partial date warns only when the excess is certain, whatever day it
stands for: then the sentence says "at least".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cases.codes import IMPLIES, EventKind, Status
from cases.contradictions import contradictions
from cases.dates import PartialDate
from cases.status import add_months, in_order, latest_end_of_term, standing

if TYPE_CHECKING:
    from cases.models import CaseEvent

ARREST_LIMIT_DAYS = 37
SURVEILLANCE_LIMIT_MONTHS = 6
BAIL_LIMIT_MONTHS = 12
# Kinds that no longer existed after these days, with the words for it.
ABOLISHED = {
    EventKind.RTL: (date(2013, 12, 28), "re-education through labour was abolished on 28 December 2013"),
    EventKind.CUSTODY_AND_EDUCATION: (date(2019, 12, 31), "custody and education was abolished in December 2019"),
}
_LASTING = {
    EventKind.RSDL: ("Residential surveillance at a designated location", SURVEILLANCE_LIMIT_MONTHS),
    EventKind.RESIDENTIAL_SURVEILLANCE: ("Residential surveillance", SURVEILLANCE_LIMIT_MONTHS),
    EventKind.BAIL: ("Bail pending trial", BAIL_LIMIT_MONTHS),
}
# What ends a detention whose length is measured: the arrest, or being let go without one.
_MEASURED = {EventKind.ARRESTED} | {
    kind for kind, status in IMPLIES.items() if status in (Status.FREE, Status.RESTRICTED, Status.CONDITIONAL)
}


@dataclass(frozen=True)
class Warn:
    """One warning: which clock, a sentence with the figures, and the events it rests on."""

    clock: str
    text: str
    events: tuple["CaseEvent", ...] = ()


def clocks(events: Iterable["CaseEvent"], *, today: date, birth: PartialDate | None = None) -> list[Warn]:
    """All warnings about one person's timeline on the day `today`, those of the law first."""
    ordered = in_order(events)
    found = [*_arrest(ordered, today), *_lasting(ordered, today), *_term(ordered, today), *_abolished(ordered)]
    return found + [Warn("dates", text, rests_on) for text, rests_on in contradictions(ordered, birth, today)]


def _arrest(events: Sequence["CaseEvent"], today: date) -> Iterator[Warn]:
    """Criminal detention without formal arrest for more than 37 days."""
    for start, following in _with_next(events):
        if start.kind != EventKind.DETAINED or start.when is None:
            continue
        if start.until is None and following is not None and not (following.when and following.kind in _MEASURED):
            continue
        end = start.until or (following.when if following else None)
        days = start.when.days_until(end)[0] if end else (today - start.when.reach[1]).days
        if days <= ARREST_LIMIT_DAYS:
            continue
        length = _exactly(start.when, end, days)
        if end is None:
            text = f"Detained {length} ago, and no formal arrest is known"
        elif start.until is None and following is not None and following.kind == EventKind.ARRESTED:
            text = f"Formally arrested {length} after detention"
        else:
            text = f"Held for {length} without a formal arrest that is known"
        yield Warn("arrest", f"{text} (limit {ARREST_LIMIT_DAYS} days).", _of(start, following))


def _lasting(events: Sequence["CaseEvent"], today: date) -> Iterator[Warn]:
    """Measures that may last only so many months."""
    for start, following in _with_next(events):
        if start.kind not in _LASTING or start.when is None:
            continue
        what, limit = _LASTING[EventKind(start.kind)]
        end = start.until or (following.when if following else None)
        if end is None and following is not None:
            continue
        last = end.reach[0] if end else today
        if add_months(start.when.reach[1], limit) >= last:
            continue
        days = (last - start.when.reach[1]).days
        lasted = _exactly(start.when, end, days)
        tail = "lasted" if end else "has lasted"
        yield Warn("duration", f"{what} {tail} {lasted} (limit {limit} months).", _of(start, following))


def _term(events: Sequence["CaseEvent"], today: date) -> Iterator[Warn]:
    """Past the end of the sentence with no release known."""
    now = standing(events)
    if now.status != Status.SERVING:
        return
    end = latest_end_of_term(events)
    if end is None or today <= end:
        return
    days = (today - end).days
    exact = end == now.term_ends
    when = f"on {_day(end)}, {_days(days)} ago" if exact else f"by {_day(end)}, at least {_days(days)} ago"
    yield Warn("term", f"The sentence ended {when}; no release is known.")


def _abolished(events: Sequence["CaseEvent"]) -> Iterator[Warn]:
    for event in events:
        if event.kind in ABOLISHED and event.when is not None:
            last, words = ABOLISHED[EventKind(event.kind)]
            if event.when.reach[0] > last:
                yield Warn("abolished", f"Dated {event.when}, but {words}.", (event,))


def _with_next(events: Sequence["CaseEvent"]) -> Iterator[tuple["CaseEvent", "CaseEvent | None"]]:
    """Each event that implies a status, with the next one that does."""
    implying = [event for event in events if event.kind in IMPLIES]
    yield from zip(implying, [*implying[1:], None], strict=False)


def _of(*events: "CaseEvent | None") -> tuple["CaseEvent", ...]:
    return tuple(event for event in events if event is not None)


def _exactly(start: PartialDate, end: PartialDate | None, days: int) -> str:
    exact = start.precision == "day" and not start.about
    exact = exact and (end is None or (end.precision == "day" and not end.about))
    return _days(days) if exact else f"at least {_days(days)}"


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return str(PartialDate.from_day(day))
