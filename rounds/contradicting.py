"""Answers that contradict an earlier answer, or what is firmly known. Warnings, never conclusions.

Pure: answers and events in, sentences out. People are detained again, paroled and sent back, so a contradiction is
told only where nothing that is known lies between the two that would explain it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from cases.codes import DETAINED, IMPLIES, Certainty, EventKind, Status
from cases.dates import PartialDate
from cases.models import CaseEvent
from cases.status import standing
from rounds.codes import Assessment, ResponseCode
from rounds.days import day_in_words

_C = ResponseCode
# What a code says about the person at the time of the answer.
IN_CUSTODY = frozenset({_C.A1, _C.A2, _C.B1, _C.B5})
LET_GO = frozenset({_C.A3, _C.A4, _C.A7, _C.A9, _C.B4})
DEAD = frozenset({_C.A8})
ALIVE = IN_CUSTODY | LET_GO | {_C.A5, _C.A6, _C.B2, _C.B3}
NOT_FOUND = frozenset({_C.C1, _C.C2})
KNOWN = ALIVE | DEAD
# Not while the sentence runs: "the sentence was completed", "lives normally".
ENDED = frozenset({_C.A3, _C.B4})

_K = EventKind
_SUPPOSES_DETENTION = frozenset(
    {_K.SENTENCED, _K.REDUCED, _K.TRANSFERRED, _K.MEDICAL_PAROLE, _K.PAROLED, _K.RELEASED, _K.VISIT_REFUSED}
)
_BEGINS_DETENTION = frozenset(
    kind for kind, status in IMPLIES.items() if status in DETAINED and kind not in (_K.SENTENCED, _K.INDICTED)
)


class Told(Protocol):
    """An answer, as far as this looks at it."""

    @property
    def on(self) -> date: ...
    @property
    def code(self) -> str: ...
    @property
    def assessment(self) -> str: ...


def contradictions_of(answer: Told, earlier: Sequence[Told], events: Iterable[CaseEvent]) -> list[str]:
    """Sentences about what `answer` contradicts: of `earlier` answers (oldest first) the last it cannot be squared
    with, each kind of firm event, and what it was assessed as. Events that are only alleged are left out.
    """
    firm = [event for event in events if event.certainty != Certainty.ALLEGED and event.when is not None]
    found = [
        f"It contradicts the answer of {day_in_words(other.on)} ({other.code}): {why}."
        for other in reversed(earlier)
        if (why := _against_answer(answer, other, firm))
    ][:1]
    found += [f"{why}." for why in _against_events(answer, firm)]
    if answer.assessment == Assessment.CONTRADICTS:
        found.append("It was assessed as contradicting other sources.")
    return found


def _against_answer(answer: Told, other: Told, firm: Sequence[CaseEvent]) -> str:
    now, before = answer.code, other.code
    if now in NOT_FOUND and before in KNOWN:
        return "then the person was known"
    if before in DEAD and now in ALIVE:
        return "then the person was said to be dead"
    if before in LET_GO and now in IN_CUSTODY and not _detained_between(firm, other.on, answer.on):
        return "then the person was said not to be held, and no new detention is known"
    return ""


def _against_events(answer: Told, firm: Sequence[CaseEvent]) -> Iterable[str]:
    code, day = answer.code, PartialDate.from_day(answer.on)
    before = [event for event in firm if event.when and event.when.reach[1] <= answer.on]
    known = standing(before)
    if code in NOT_FOUND and any(
        e.certainty == Certainty.CONFIRMED and IMPLIES.get(e.kind) in DETAINED for e in before
    ):
        yield "The detention of this person is confirmed"
    if code in ALIVE and known.status == Status.DEAD:
        yield f"The death is known{_since(known.since)}"
    if code in IN_CUSTODY and known.status in (Status.FREE, Status.ABROAD):
        yield f"The person is known to be {known.status.label}{_since(known.since)}"
    if code in ENDED and known.status == Status.SERVING and known.term_ends and known.term_ends > answer.on:
        yield f"The sentence that is known runs to {day_in_words(known.term_ends)}"
    later = [event for event in firm if event.when and event.when.certainly_after(day)]
    if code in DEAD and any(IMPLIES.get(event.kind) != Status.DEAD for event in later):
        yield f"Something is known to have happened to the person later ({_first(later)})"
    if code in LET_GO:
        paroled = code == _C.A4 or any(event.kind == _K.PAROLED for event in before)
        held = [
            event
            for event in later
            # who is on parole is released at its end, without having been held meanwhile
            if event.kind in _SUPPOSES_DETENTION and not (paroled and event.kind == _K.RELEASED)
        ]
        if held and not _detained_between(firm, answer.on, max(event.when.reach[1] for event in held if event.when)):
            yield f"The person was held later, as far as is known ({_first(held)})"


def _detained_between(firm: Sequence[CaseEvent], start: date, end: date) -> bool:
    """Whether a detention may have begun after `start` and not after `end`."""
    return any(
        event.kind in _BEGINS_DETENTION and event.when and event.when.reach[1] > start and event.when.reach[0] <= end
        for event in firm
    )


def _since(day: date | None) -> str:
    return f" since {day_in_words(day)}" if day else ""


def _first(events: Sequence[CaseEvent]) -> str:
    event = min(events, key=lambda one: one.when.earliest if one.when else date.max)
    return f"{EventKind(event.kind).label}, {event.when}"
