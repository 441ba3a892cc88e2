"""One generated case: the person, what happened, who says so, what is to be done, and how the file grew."""

from datetime import date, timedelta
from random import Random
from typing import Any

from bench.people import Person
from bench.shelf import Shelf
from bench.world import World, moment_of
from cases.actions.derive import derived_columns, keys_of
from cases.codes import (
    Certainty,
    ClaimedBy,
    ClaimField,
    Connection,
    ConsentBy,
    EventKind,
    SourceKind,
    TermKind,
    Use,
    UseOutcome,
)
from cases.dates import PartialDate
from cases.models import Case, CaseEvent, CaseName, CaseTheme, Claim, EventSource, FollowUp, Source, UseAssessment
from cases.reference import make_reference
from casetracker.access.roles import Marking
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb

TODAY = date(2026, 9, 1)
FIRST_LOGGED = date(2004, 3, 1)
TRADES = ("farmer", "teacher", "lawyer", "writer", "monk", "shopkeeper", "driver", "student", "nurse", "engineer")
SAID = (
    "Taken from home in the early morning; the family was given no paper.",
    "A relative was told by telephone that the trial had been held; no judgement was handed over.",
    "The lawyer was turned away twice and then changed by the authorities.",
    "According to people released from the same place, his health is poor.",
    "The local press named the case once and has not written of it since.",
)
ASKS = (
    "Where is the person held, on which charge, and may the family visit?",
    "Please give the date of release and the reductions granted.",
    "Please confirm the state of health and access to medical care.",
)
STEPS = (
    (EventKind.DETAINED, 1.0, (0, 0)),
    (EventKind.ARRESTED, 0.85, (20, 60)),
    (EventKind.INDICTED, 0.5, (60, 200)),
    (EventKind.SENTENCED, 0.7, (60, 300)),
    (EventKind.TRANSFERRED, 0.4, (30, 120)),
    (EventKind.REDUCED, 0.2, (500, 1200)),
    (EventKind.RELEASED, 0.3, (400, 2600)),
)


class CaseMaker:
    """Puts cases on a shelf, one by one."""

    def __init__(self, world: World, shelf: Shelf, people: list[Person], rng: Random) -> None:
        self.world, self.shelf, self.people, self.rng = world, shelf, people, rng
        self.references: set[str] = set()

    def make(self) -> Case:
        """One case with its parts and its history."""
        rng, shelf = self.rng, self.shelf
        person = rng.choice(self.people)
        logged = FIRST_LOGGED + timedelta(days=rng.randrange((TODAY - FIRST_LOGGED).days - 200))
        begun = logged - timedelta(days=rng.randrange(10, 900))
        by = rng.choice(self.world.officials)
        case = Case(**self._head(person, begun))
        case.owner = by if rng.random() < 0.9 else None
        act = shelf.act(Verb.CASE_CREATED, by, moment_of(logged, rng.randrange(1440)), about=case)
        shelf.add(case, act)
        source = self._source(case, act)
        parts = (
            self._names(case, person, act, source),
            self._events(case, begun, act, source),
            self._themes(case, act),
            self._follow_ups(case, by, logged),
        )
        self._claims(case, person, act, source)
        self._consent(case, by, act)
        self._edits(case, logged)
        for column, value in derived_columns(*parts).items():
            setattr(case, column, value)
        return case

    def _head(self, person: Person, begun: date) -> dict[str, Any]:
        rng, world = self.rng, self.world
        chance = rng.random()
        dialogue = world.other if chance < 0.03 else world.own
        narrow = dialogue is world.own and chance > 0.92
        birth = begun.year - rng.randrange(18, 70)
        return {
            "dialogue": dialogue,
            "marking": Marking.RESTRICTED if narrow else Marking.NORMAL,
            "compartment": world.circle if narrow and chance > 0.98 else None,
            "reference": self._reference(dialogue.prefix),
            "state": rng.choices(("active", "monitoring", "draft"), (8, 2, 1))[0],
            "sex": person.sex,
            "birth": PartialDate.parse(str(birth)),
            "birth_text": str(birth),
            "origin": rng.choice(world.places),
            "occupation": rng.choice(TRADES),
            "summary": " ".join(rng.choices(SAID, k=4)),
            "handover_summary": rng.choice(SAID),
        }

    def _reference(self, prefix: str) -> str:
        while (made := make_reference(prefix, self.rng.choice)) in self.references:
            pass
        self.references.add(made)
        return made

    def _source(self, case: Case, act: Act) -> Source:
        kind = self.rng.choice((SourceKind.NGO, SourceKind.FAMILY, SourceKind.MEDIA, SourceKind.LAWYER))
        made = Source(
            case=case,
            kind=kind,
            title=f"{kind.label} of {act.at.year}",
            connection=self.rng.choice((Connection.CLOSE, Connection.INDIRECT, Connection.PUBLIC)),
            reliability=self.rng.choice("ABCDF"),
            date=PartialDate.parse(str(act.at.year)),
            date_text=str(act.at.year),
            language="English",
        )
        self.shelf.add(made, act)
        return made

    def _names(self, case: Case, person: Person, act: Act, source: Source) -> list[CaseName]:
        names = []
        for position, called in enumerate(person.names):
            one = called.spelling
            made = CaseName(
                case=case, text=one.text, script=called.script, system=one.system, kind=one.kind, position=position
            )
            made.source = source if position else None
            self.shelf.add(made, act)
            for key in keys_of(made, called.keys):
                self.shelf.keep(key)
            names.append(made)
        return names

    def _events(self, case: Case, begun: date, act: Act, source: Source) -> list[CaseEvent]:
        rng, events, day = self.rng, [], begun
        place = rng.choice(self.world.places)
        for kind, share, (low, high) in STEPS:
            day += timedelta(days=rng.randint(low, high))
            if day > TODAY:
                break
            if rng.random() > share:
                continue
            text = rng.choice((day.isoformat(), f"{day.year}-{day.month:02}", str(day.year)))
            made = CaseEvent(case=case, kind=kind, when=PartialDate.parse(text), when_text=text, place=place)
            made.certainty = rng.choice((Certainty.CONFIRMED, Certainty.LIKELY))
            made.claimed_by = rng.choice((ClaimedBy.NGO, ClaimedBy.FAMILY, ClaimedBy.LAWYER))
            if kind == EventKind.SENTENCED:
                made.statute, made.term_kind = rng.choice(self.world.statutes), TermKind.FIXED
                made.term_months = rng.choice((36, 48, 60, 84, 120, 180))
            elif kind == EventKind.TRANSFERRED:
                made.facility = rng.choice(self.world.facilities)
            elif kind == EventKind.REDUCED:
                made.term_months = 6
            self.shelf.add(made, act)
            events.append(made)
        if events:
            self.shelf.add(EventSource(case=case, event=events[0], source=source), act)
        return events

    def _themes(self, case: Case, act: Act) -> list[CaseTheme]:
        chosen = self.rng.sample(self.world.themes, self.rng.choice((1, 1, 2)))
        return [self.shelf.add(CaseTheme(case=case, theme=theme), act) for theme in chosen]

    def _claims(self, case: Case, person: Person, act: Act, source: Source) -> None:
        for field, value, accepted in (
            (ClaimField.BIRTH, case.birth_text, True),
            (ClaimField.OCCUPATION, self.rng.choice(TRADES), False),
        ):
            made = Claim(case=case, field=field, value=value, source=source, accepted=accepted)
            made.claimed_by = ClaimedBy.NGO
            self.shelf.add(made, act)

    def _follow_ups(self, case: Case, by: Any, logged: date) -> list[FollowUp]:
        rng = self.rng
        if rng.random() > 0.4:
            return []
        day = logged + timedelta(days=rng.randrange(1, 100))
        act = self.shelf.act(Verb.PART_ADDED, by, moment_of(day, rng.randrange(1440)), about=case)
        due = TODAY + timedelta(days=rng.randrange(-30, 200))
        what = rng.choice(("Ask the family for news", "Check the end of the term", "Ask a partner what they know"))
        return [self.shelf.add(FollowUp(case=case, what=what, owner=by, due=due), act)]

    def _consent(self, case: Case, by: Any, act: Act) -> None:
        """The use that lists ask for; one in ten is assessed for another, too."""
        until = TODAY + timedelta(days=self.rng.randrange(1500, 2500))
        for use in (Use.WRITTEN, Use.PRIVATE) if self.rng.random() < 0.1 else (Use.WRITTEN,):
            made = UseAssessment(
                case=case, use=use, outcome=UseOutcome.ALLOWED, consent_by=ConsentBy.FAMILY, consent_until=until,
                risk="None known.", assessed_by=by, assessed_at=act.at,
            )  # fmt: skip
            self.shelf.add(made, act)
        case.handover_consent = until.isoformat()

    def _edits(self, case: Case, logged: date) -> None:
        """Two later saves, so that every history has something to compare."""
        rng = self.rng
        ask, told = rng.choice(ASKS), rng.choice(SAID)
        for days, changes in ((120, {"ask": ask}), (190, {"summary": f"{case.summary} {told}"})):
            at = moment_of(logged + timedelta(days=days), rng.randrange(1440))
            act = self.shelf.act(Verb.CASE_EDITED, rng.choice(self.world.officials), at, about=case)
            self.shelf.change(case, act, **changes)
