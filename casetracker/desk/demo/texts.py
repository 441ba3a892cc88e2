"""Summaries, handover summaries and asks, composed from what is known of a person at a time."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

from cases.codes import EventKind, Status
from cases.models import CaseEvent
from cases.status import standing
from casetracker.desk.demo.persons import Person
from casetracker.desk.demo.tables import chance, table
from casetracker.desk.demo.timelines import Timeline, bare
from casetracker.desk.demo.words import PRONOUNS, filled, month_of, term, when, with_article

_MONASTIC = {"monk", "nun", "abbot", "monastery", "chant", "priest"}
_SECTION = {
    Status.PRE_TRIAL: "pending", Status.HELD: "pending", Status.INCOMMUNICADO: "missing", Status.DISAPPEARED: "missing",
    Status.RESTRICTED: "restricted", Status.FREE: "free", Status.CONDITIONAL: "restricted", Status.DEAD: "dead",
}  # fmt: skip


class Writer:
    """Writes about one person. The same sentences are chosen each time, so a later version reads as an edit."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.texts: dict[str, Any] = table("texts")

    def summary(self, events: Sequence[CaseEvent], *, full: bool) -> str:
        """The internal summary from `events`; `full` adds what a desk learns with time."""
        parts = self.texts["summary"]
        values = self._values(events)
        about = ["who", "why"]
        if _first(events, EventKind.SENTENCED):
            about.append("sentenced")
        if (section := _SECTION.get(standing(events).status)) is not None:
            about.append(section)
        if full:
            shares = {"life": 0.3, "life_lay": 0.3, "life_held": 0.35, "health": 0.35, "desk": 0.55}
            about += [name for name, share in shares.items() if name in self._fits(events) and self._luck(name) < share]
        told = [filled(self._rng(name), parts[name], values) for name in about]
        cut = 3 if len(told) > 4 else len(told)
        return "\n\n".join(" ".join(some) for some in (told[:cut], told[cut:]) if some)

    def _fits(self, events: Sequence[CaseEvent]) -> set[str]:
        """Which remarks can be true of the person at all."""
        status = standing(events).status
        found = set() if status == Status.DEAD else {"life", "desk"}
        if not _MONASTIC & set(self.person.trade.split()) and status != Status.DEAD:
            found.add("life_lay")
        return found | ({"life_held", "health"} if status == Status.SERVING else set())

    def handover(self, events: Sequence[CaseEvent]) -> str:
        """What may leave: days, places, charge, sentence; nothing about sources."""
        parts = self.texts["handover"]
        values = self._values(events)
        about = ["held_since" if standing(events).status.is_detained else "once_held"]
        if values["charge"]:
            about.append("charge")
        if _first(events, EventKind.SENTENCED):
            about.append("sentence")
        if _first(events, EventKind.RELEASED) and standing(events).status == Status.FREE:
            about.append("released")
        elif values["facility"]:
            about.append("held")
        elif not values["charge"]:
            about.append("unknown")
        return " ".join(filled(self._rng(f"handover {name}"), parts[name], values) for name in about)

    def ask(self, events: Sequence[CaseEvent], version: int) -> str:
        """The question put to the counterpart; another one for each version."""
        questions = self.texts["ask"][standing(events).status]
        chosen = questions[(self.person.number + version) % len(questions)]
        return str(chosen).format_map(PRONOUNS[self.person.sex])

    def _values(self, events: Sequence[CaseEvent]) -> dict[str, str]:
        person = self.person
        first, sentence = events[0], _first(events, EventKind.SENTENCED)
        released = _first(events, EventKind.RELEASED)
        moved = next((one for one in reversed(events) if one.facility or one.facility_text), None)
        charge = next((one.statute for one in reversed(events) if one.statute), None)
        values = {
            **PRONOUNS[person.sex],
            "place": bare(person.place),
            "a_trade": with_article(person.trade),
            "a_trade_cap": with_article(person.trade),
            "motive": person.motive.format_map(PRONOUNS[person.sex]),
            "when": when(first.when),
            "when_plain": str(first.when),
            "sentenced_when": when(sentence.when) if sentence else "",
            "sentenced_plain": str(sentence.when) if sentence else "",
            "term": term(sentence.term_kind, sentence.term_months) if sentence else "",
            "released_when": when(released.when) if released else "",
            "charge": str(charge) if charge else "",
            "facility": _spot(moved) if moved else "",
            "last": month_of(events[-1].when) if events[-1].when else "",
        }
        return values

    def _rng(self, of: str) -> Random:
        return chance("text", self.person.number, of)

    def _luck(self, of: str) -> float:
        return chance("share", self.person.number, of).random()


def known_by(line: Timeline, day: date) -> list[CaseEvent]:
    """Events the desk has heard of by `day`; the first one in any case."""
    return [told.event for told in line.told if told.learnt <= day] or [line.told[0].event]


def _first(events: Sequence[CaseEvent], kind: EventKind) -> CaseEvent | None:
    return next((event for event in events if event.kind == kind), None)


def _spot(event: CaseEvent) -> str:
    if event.facility:
        return event.facility.name
    return ", ".join([event.facility_text, *([bare(event.place)] if event.place else [])])
