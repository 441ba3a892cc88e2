"""Claimed dates that cannot all be true. Nothing is refused for it: real lists contain such rows, so it is told."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from cases.codes import DETAINED, IMPLIES, EventKind, Status
from cases.dates import PartialDate

if TYPE_CHECKING:
    from cases.models import CaseEvent

type Found = Iterator[tuple[str, tuple["CaseEvent", ...]]]

_NEEDS_DETENTION = frozenset(
    {EventKind.RELEASED, EventKind.PAROLED, EventKind.MEDICAL_PAROLE, EventKind.SENTENCED, EventKind.ARRESTED}
)


def contradictions(events: Sequence["CaseEvent"], birth: PartialDate | None, today: date) -> Found:
    """Sentences about dates that contradict each other for certain, with the events they are about."""
    dated = [event for event in events if event.when is not None]
    yield from _ends_before_start(dated)
    yield from _after_death(dated)
    yield from _before_detention(events, dated)
    yield from _before_birth(dated, birth)
    yield from _ahead(dated, today)


def _ends_before_start(dated: Sequence["CaseEvent"]) -> Found:
    for event in dated:
        if event.when and event.until and event.until.certainly_before(event.when):
            yield f"{_what(event)}: its end ({event.until}) lies before its beginning ({event.when}).", (event,)


def _after_death(dated: Sequence["CaseEvent"]) -> Found:
    deaths = [event for event in dated if IMPLIES.get(event.kind) == Status.DEAD]
    for death in deaths:
        for event in dated:
            if event.when and death.when and event.when.certainly_after(death.when):
                text = f"{_what(event)} is dated {event.when}, after the death of {death.when}."
                yield text, (event, death)


def _before_detention(events: Sequence["CaseEvent"], dated: Sequence["CaseEvent"]) -> Found:
    """Something that supposes detention, before any detention that is known; undated detentions may be earlier."""
    begins = [e for e in events if IMPLIES.get(e.kind) in DETAINED and e.kind not in _NEEDS_DETENTION]
    if not begins or any(event.when is None for event in begins):
        return
    starts = [event.when for event in begins if event.when]
    for event in dated:
        if event.kind in _NEEDS_DETENTION and event.when and all(map(event.when.certainly_before, starts)):
            text = f"{_what(event)} is dated {event.when}, before the first known detention ({min(starts)})."
            yield text, (event,)


def _before_birth(dated: Sequence["CaseEvent"], birth: PartialDate | None) -> Found:
    for event in dated:
        if birth and event.when and event.when.certainly_before(birth):
            yield f"{_what(event)} is dated {event.when}, before the birth of {birth}.", (event,)


def _ahead(dated: Sequence["CaseEvent"], today: date) -> Found:
    for event in dated:
        if event.when and event.when.reach[0] > today:
            yield f"{_what(event)} is dated {event.when}, which lies ahead.", (event,)


def _what(event: "CaseEvent") -> str:
    words = str(EventKind(event.kind).label)
    return f"“{words[0].upper()}{words[1:]}”"
