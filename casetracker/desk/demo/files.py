"""One case as it came into being: logged, added to, corrected, handed from desk to desk, watched, closed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cases.actions.derive import derived_columns
from cases.codes import Status
from cases.models import Case
from cases.reference import make_reference
from cases.states import CaseState
from cases.status import standing
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.parts import Parts
from casetracker.desk.demo.persons import Person
from casetracker.desk.demo.staff import AWAY, OPENED, POST_OF, Staff
from casetracker.desk.demo.tables import chance, table
from casetracker.desk.demo.texts import Writer, known_by
from casetracker.desk.demo.timelines import Terms

_SETTLED = {Status.FREE, Status.DEAD, Status.ABROAD, Status.CONDITIONAL, Status.RESTRICTED}
_WHY_CLOSED = {Status.FREE: "free", Status.DEAD: "dead", Status.ABROAD: "abroad"}


@dataclass
class World:
    """What all cases share."""

    book: Book
    staff: Staff
    dialogues: dict[str, Dialogue]
    terms: dict[str, Terms]
    circle: Compartment
    today: date
    references: set[str] = field(default_factory=set)


class File:
    """Replays the life of one case on the desk, day by day."""

    def __init__(self, world: World, person: Person) -> None:
        self.world, self.person = world, person
        self.book, self.staff, self.today = world.book, world.staff, world.today
        self.rng = chance("file", person.number)
        self.writer = Writer(person)
        self.texts: dict[str, Any] = table("texts")
        self.steps: list[tuple[date, Callable[[datetime], None]]] = []
        self.reopening: list[Callable[[datetime], None]] = []
        self.last: datetime | None = None
        self.case = Case(dialogue=world.dialogues[person.dialogue])
        self._label()
        self.post = POST_OF[person.tradition]
        if self.case.marking > Marking.NORMAL and self.post == "general":
            self.post = "highlands"
        if self.case.compartment_id:
            self.post = "highlands"
        self.logged = self._logged()
        self.parts = Parts(self)

    @property
    def events(self) -> Any:
        """All events of the person, in true order."""
        return [told.event for told in self.person.line.told]

    def replay(self) -> Case:
        """Everything that happened to the case until today, written into the book."""
        self._create()
        self.parts.plan()
        self._plan_texts()
        self._plan_owners()
        self._plan_states()
        for day, step in sorted(self.steps, key=lambda one: one[0]):
            if self.case.state != CaseState.CLOSED or step in self.reopening:
                step(self.moment(day))
        names, events, themes, follow_ups = self.parts.standing()
        for column, value in derived_columns(names, events, themes, follow_ups).items():
            setattr(self.case, column, value)
        self.case.changed_at = self.last or self.case.created_at
        return self.case

    def on(self, day: date, step: Callable[[datetime], None]) -> None:
        """Plans a step, unless its day lies before the case was logged or ahead of today."""
        # Today is left to those who sign in; at a weekend, or on the Monday after, nobody has been in.
        if self.logged < day and self.staff.workday(day) < self.today:
            self.steps.append((day, step))

    def moment(self, day: date) -> datetime:
        """A moment of that day, never before the step before."""
        at = self.staff.at(day)
        if self.last is not None and at <= self.last:
            at = self.last + timedelta(minutes=self.rng.randrange(2, 9))
        self.last = at
        return at

    def somebody(self, day: date) -> User:
        """Who works on the case that day: mostly its owner's post, sometimes the post beside it."""
        post = self.post
        if post in ("general", "northwest") and self.case.marking == Marking.NORMAL and self.rng.random() < 0.12:
            post = "highlands"
        chosen = self.staff.on_post(post, day)
        away = chosen == self.staff["official"] and day > self.today - timedelta(days=AWAY["official"] + 1)
        return self.staff["senior"] if away else chosen

    def act(self, verb: Verb, at: datetime, **values: Any) -> Act:
        """An act of whoever works on the case then."""
        return self.book.act(verb, self.somebody(at.date()), at, **values)

    def reason(self, kind: str) -> str:
        """One of the reasons given for this kind of change."""
        return str(self.rng.choice(self.texts["reasons"][kind]))

    def _label(self) -> None:
        roll = chance("label", self.person.number).random()
        if self.person.dialogue == "CN" and roll < 0.045:
            self.case.compartment, self.case.marking = self.world.circle, Marking.RESTRICTED
        elif roll < 0.15:
            self.case.marking = Marking.RESTRICTED
        # Some were not marked from the beginning.
        self.final_marking = self.case.marking
        if self.case.marking > Marking.NORMAL and not self.case.compartment_id and self.rng.random() < 0.25:
            self.case.marking = Marking.NORMAL

    def _logged(self) -> date:
        """Soon after the first news; what is older than the desk was typed in from cards in its first two years."""
        heard = self.person.line.told[0].learnt
        if heard < OPENED:
            heard = OPENED + timedelta(days=int(self.rng.betavariate(1, 2) * 730))
        elif self.rng.random() < 0.25:
            heard += timedelta(days=int(self.rng.expovariate(1 / 400)))
        latest = self.rng.randrange(AWAY["official"] + 2 if self.post == "general" else 3, 40)
        return self.staff.workday(min(heard, self.today - timedelta(days=latest)))

    def _create(self) -> None:
        person, case = self.person, self.case
        case.reference = self._reference()
        case.owner = self.staff.on_post(self.post, self.logged)
        case.sex = person.sex
        case.ethnic_group, case.religion = person.ethnic, person.religion if self.rng.random() < 0.6 else ""
        case.occupation = person.trade
        if self.rng.random() < 0.5:
            case.origin = person.place if self.rng.random() < 0.7 else person.place.region
        elif self.rng.random() < 0.3:
            case.origin_text = "a village, name not known"
        self.parts.say_birth()
        case.summary = self.writer.summary(known_by(person.line, self.logged), full=False)
        at = self.moment(self.logged)
        act = self.book.act(Verb.CASE_CREATED, case.owner, at, about=case)
        self.book.add(case, act)
        self.parts.create(act)

    def _reference(self) -> str:
        while True:
            made = make_reference(self.case.dialogue.prefix, self.rng.choice)
            if made not in self.world.references:
                self.world.references.add(made)
                return made

    def _edit(self, reason: str, **changes: Any) -> Callable[[datetime], None]:
        def step(at: datetime) -> None:
            detail = {"fields": sorted(changes)}
            if any(getattr(self.case, name) != value for name, value in changes.items()):
                act = self.act(Verb.CASE_EDITED, at, about=self.case, reason=reason, detail=detail)
                self.book.change(self.case, act, **changes)

        return step

    def _plan_texts(self) -> None:
        """The summary is brought up to date, the handover summary and the ask are written and rewritten."""
        lines = self.person.line
        for version in range(self.rng.choice((1, 1, 2, 3))):
            room = max((self.today - self.logged).days, 2)
            day = self.logged + timedelta(days=int(room * self.rng.uniform(version / 3, (version + 1) / 3)) + 1)
            known = known_by(lines, day)
            changes: dict[str, Any] = {"summary": self.writer.summary(known, full=True)}
            if self.rng.random() < 0.85:
                changes["handover_summary"] = self.writer.handover(known)
                changes["ask"] = self.writer.ask(known, version)
            self.on(day, self._edit(self.reason("summary"), **changes))
        latest = known_by(lines, self.today)
        if lines.told[-1].learnt > self.logged and self.rng.random() < 0.8:
            changes = {"summary": self.writer.summary(latest, full=True), "ask": self.writer.ask(latest, 1)}
            if self.rng.random() < 0.85:
                changes["handover_summary"] = self.writer.handover(latest)
            day = lines.told[-1].learnt + timedelta(days=self.rng.randrange(2, 40))
            self.on(day, self._edit("After the latest news.", **changes))

    def _plan_owners(self) -> None:
        """The case changes hands when the post does; some of the leaver's were left behind."""
        for key, since in self.staff.took_over(self.post):
            if key == "colleague" and self.person.number % 3 == 0:
                continue
            self.on(since, self._assign(self.staff[key], self.reason("rotation")))
        lent = self.case.marking == Marking.NORMAL and self.post == "general" and self.person.number % 9 == 0
        if lent:
            day = self.today - timedelta(days=self.rng.randrange(150, 300))
            self.on(day, self._assign(self.staff["seconded"], "To relieve the desk before the round."))

    def _assign(self, owner: User, reason: str) -> Callable[[datetime], None]:
        def step(at: datetime) -> None:
            if self.case.owner_id != owner.pk:
                act = self.book.act(Verb.CASE_ASSIGNED, owner, at, about=self.case, reason=reason)
                self.book.change(self.case, act, owner=owner)

        return step

    def _move(self, to: CaseState, reason: str) -> Callable[[datetime], None]:
        def step(at: datetime) -> None:
            detail = {"from": self.case.state, "to": to.value}
            act = self.act(Verb.CASE_MOVED, at, about=self.case, reason=reason, detail=detail)
            closing = reason if to == CaseState.CLOSED else ""
            self.book.change(self.case, act, state=to, closed_reason=closing)
            if closing:
                self.parts.follow_ups.finish_all(act)

        return step

    def _plan_states(self) -> None:
        rng, status = self.rng, standing(self.events).status
        draft = (self.today - self.logged).days < 70 and rng.random() < 0.5
        if draft:
            return
        opened = self.logged + timedelta(days=rng.randrange(1, 20))
        self.on(opened, self._move(CaseState.ACTIVE, self.reason("active")))
        if self.final_marking > self.case.marking:
            self.on(opened + timedelta(days=rng.randrange(20, 300)), self._mark)
        if status in _SETTLED:
            settled = max(self.person.line.told[-1].learnt, opened) + timedelta(days=rng.randrange(20, 120))
            watching = str(rng.choice(self.texts["monitoring"][status.value]))
            self.on(settled, self._move(CaseState.MONITORING, watching))
            closed = settled + timedelta(days=rng.randrange(250, 900))
            if status in _WHY_CLOSED and rng.random() < 0.75:
                self._close(closed, _WHY_CLOSED[status])
        elif opened < self.today - timedelta(days=6 * 365) and rng.random() < 0.12:
            self._close(opened + timedelta(days=rng.randrange(2000, 2400)), "silent")
        elif rng.random() < 0.1:
            quiet = opened + timedelta(days=rng.randrange(400, 1500))
            self.on(quiet, self._move(CaseState.MONITORING, "Nothing new for a year; we wait for the mission."))

    def _close(self, day: date, why: str) -> None:
        self.on(day, self._move(CaseState.CLOSED, str(self.rng.choice(self.texts["closed"][why]))))
        if self.rng.random() < 0.06:
            again = day + timedelta(days=self.rng.randrange(60, 400))
            self.reopening.append(self._move(CaseState.ACTIVE, self.reason("reopened")))
            self.on(again, self.reopening[-1])
            self.on(again, self._assign(self.staff.on_post(self.post, again), "Belongs to this post now."))

    def _mark(self, at: datetime) -> None:
        detail = {"from": self.case.marking, "to": int(self.final_marking)}
        by = self.staff.on_post("highlands" if self.person.dialogue == "CN" else self.post, at.date())
        act = self.book.act(Verb.CASE_LABELLED, by, at, about=self.case, reason=self.reason("label"), detail=detail)
        self.book.change(self.case, act, marking=self.final_marking)
