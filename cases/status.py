"""Detention status, derived from the events of a case. Pure: no queries, no clock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cases.codes import IMPLIES, Certainty, EventKind, Status

if TYPE_CHECKING:
    from cases.dates import PartialDate
    from cases.models import CaseEvent

_ORDER = {kind: number for number, kind in enumerate(EventKind.values)}


@dataclass(frozen=True)
class Standing:
    """What the events say together. Days are the earliest possible ones, None where not known.

    `detained_when` says what `detained_since` says, no more exactly than it is known.
    """

    status: Status = Status.NOT_KNOWN
    since: date | None = None
    detained_since: date | None = None
    detained_when: "PartialDate | None" = None
    term_ends: date | None = None


def in_order(events: Iterable["CaseEvent"]) -> list["CaseEvent"]:
    """Oldest first; undated ones before all dated; on one day in the order in which such things happen."""
    return sorted(
        events,
        key=lambda event: (
            event.when is not None,
            event.when.earliest if event.when else date.min,
            event.when.latest if event.when else date.min,
            _ORDER[event.kind],
            event.created_at,
        ),
    )


def standing(events: Iterable["CaseEvent"]) -> Standing:
    """The status by the last event that implies one (vocabulary.md, "Case events").

    What is only alleged counts only while nothing likely or confirmed implies a status: the counterpart's word
    alone does not set anybody free.
    """
    events = list(events)
    implying = [event for event in in_order(events) if event.kind in IMPLIES]
    firm = [event for event in implying if event.certainty != Certainty.ALLEGED]
    chosen = firm or implying
    if not chosen:
        return Standing()
    last = chosen[-1]
    status = IMPLIES[last.kind]
    run = _current_detention(chosen)
    return Standing(
        status=status,
        since=_earliest(last),
        detained_since=_earliest(run[0]) if run else None,
        detained_when=run[0].when if run else None,
        term_ends=_end_of_term(chosen, in_order(events), _earliest),
    )


def _earliest(event: "CaseEvent") -> date | None:
    return event.when.earliest if event.when else None


def _latest(event: "CaseEvent") -> date | None:
    return event.when.reach[1] if event.when else None


def _current_detention(chosen: Sequence["CaseEvent"]) -> list["CaseEvent"]:
    """The unbroken run of events at the end that all imply deprivation of liberty."""
    run: list[CaseEvent] = []
    for event in reversed(chosen):
        if not IMPLIES[event.kind].is_detained:
            break
        run.insert(0, event)
    return run


def latest_end_of_term(events: Sequence["CaseEvent"]) -> date | None:
    """The last day on which the sentence can have ended, whatever days the partial dates stand for."""
    implying = [event for event in in_order(events) if event.kind in IMPLIES]
    firm = [event for event in implying if event.certainty != Certainty.ALLEGED]
    return _end_of_term(firm or implying, in_order(events), _latest)


def _end_of_term(
    chosen: Sequence["CaseEvent"], events: Sequence["CaseEvent"], day_of: Callable[["CaseEvent"], date | None]
) -> date | None:
    """Start of the term + term − reductions; the term counts from the detention it followed."""
    sentences = [n for n, event in enumerate(chosen) if event.kind == EventKind.SENTENCED]
    if not sentences:
        return None
    sentence = chosen[sentences[-1]]
    if not sentence.term_months:
        return None
    run = _current_detention(chosen[: sentences[-1] + 1])
    start = next((day for day in (day_of(event) for event in run) if day), None)
    if start is None:
        return None
    later = events[events.index(sentence) :]
    reduced = sum(event.term_months or 0 for event in later if event.kind == EventKind.REDUCED)
    return add_months(start, sentence.term_months - reduced)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
