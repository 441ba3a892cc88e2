"""The parts of one case: names, sources, events, themes, as they were added and corrected over the years."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cases.actions.derive import keys_of
from cases.actions.source import place_of
from cases.codes import ClaimedBy, EventKind, SourceKind
from cases.dates import MONTH_NAMES, PartialDate
from cases.models import CaseEvent, CaseName, CaseTheme, EventSource, FollowUp, Source, SourceIdentity
from cases.names.scripts import script_of
from cases.names.systems import NameKind
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.claims import CLAIMED_BY, Claims
from casetracker.desk.demo.follow_ups import FollowUps
from casetracker.desk.demo.tables import table, weighted
from casetracker.desk.demo.timelines import Told
from casetracker.desk.demo.words import month_of
from casetracker.sealing import seal

if TYPE_CHECKING:
    from casetracker.desk.demo.files import File

_KINDS: dict[str, float] = {
    "ngo": 5, "family": 3, "lawyer": 1.5, "media": 2, "mission": 1, "witness": 0.7, "un": 0.5, "partner": 0.5,
}  # fmt: skip
_CAN_BE_SEALED = {"family", "lawyer", "witness", "mission"}
_SHARE_SEALED = 0.26


class Parts:
    """Writes the parts of one case into the book, at first and later."""

    def __init__(self, file: "File") -> None:
        self.file, self.book, self.rng = file, file.book, file.rng
        self.person, self.case = file.person, file.case
        self.texts: dict[str, Any] = table("texts")
        self.sources: list[Source] = []
        self.names: list[CaseName] = []
        self.events: list[CaseEvent] = []
        self.themes: list[CaseTheme] = []
        self.claims = Claims(self)
        self.follow_ups = FollowUps(file)

    def say_birth(self) -> None:
        """What the desk takes for the birth goes into the case itself."""
        self.claims.say_birth()

    def create(self, act: Act) -> None:
        """What was known on the day on which the case was logged."""
        self.source(act, not_before=self.person.line.told[0].day)
        for position in range(len(self.person.names)):
            if position < 2 or self.rng.random() < 0.6:
                self._name(act, position)
        for code in self.person.themes:
            theme = self.file.world.terms[self.person.dialogue].themes[code]
            self.themes.append(self._add(act, CaseTheme(theme=theme)))
        for told in self.person.line.told:
            if told.learnt <= self.file.logged or not self.events:
                self._event(act, told)
        self.claims.create(act)

    def plan(self) -> None:
        """What was added and corrected later."""
        span = max((self.file.today - self.file.logged).days, 2)
        for position in range(len(self.person.names)):
            if position not in [name.position for name in self.names]:
                day = self.file.logged + timedelta(days=self.rng.randrange(1, span))
                self.file.on(day, self._later_name(position))
        for told in self.person.line.told:
            if told.event not in self.events:
                self.file.on(max(told.learnt, self.file.logged + timedelta(days=1)), self._later_event(told))
        self._plan_corrections(span)
        self.claims.plan(span)
        self.follow_ups.plan()

    def standing(self) -> tuple[list[CaseName], list[CaseEvent], list[CaseTheme], list[FollowUp]]:
        """The parts as they are now, with what is derived from names; open follow-ups only."""
        for name in self.names:
            for key in keys_of(name):
                self.book.keep(key)
        return self.names, self.events, self.themes, [one for one in self.follow_ups.made if not one.done_at]

    def source(self, act: Act, kind: str = "", not_before: date | None = None) -> Source:
        """One more source, from shortly before the day of `act`."""
        kind = kind or weighted(self.rng, _KINDS)
        row = self.texts["sources"][kind]
        room = (act.at.date() - not_before).days if not_before else 40
        day = act.at.date() - timedelta(days=self.rng.randrange(max(min(room, 40), 1)))
        text = day.isoformat() if self.rng.random() < 0.4 else f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
        if self.rng.random() < 0.4:
            text = f"{MONTH_NAMES[day.month - 1]} {day.year}"
        dated = PartialDate.parse(text)
        sealed = kind in _CAN_BE_SEALED and self.rng.random() < _SHARE_SEALED
        state = "Norvanian" if self.person.dialogue == "NV" else "Chinese"
        spoken = {"local": self.rng.choice(self.person.languages), "state": state}
        language = self.rng.choice(row["languages"])
        made = Source(
            kind=kind,
            title=self.rng.choice(self.texts["sealed"]["title"]) if sealed else self._title(row, dated),
            connection=row["connection"],
            reliability=self.rng.choice(row["reliability"]),
            date=dated,
            date_text=text,
            language=spoken.get(language, language),
            where="" if sealed else self.rng.choice(row["where"]).format(n=self.rng.randrange(2, 480)),
            sealed=sealed,
        )
        self.sources.append(self._add(act, made))
        if sealed:
            self._seal(made, dated)
        return made

    def _title(self, row: dict[str, Any], dated: PartialDate) -> str:
        title: str = self.rng.choice(row["titles"])
        return title.format(year=dated.earliest.year, month=month_of(dated))

    def _seal(self, source: Source, dated: PartialDate) -> None:
        told = self.rng.choice(self.texts["sealed"]["who"]).format(month=month_of(dated))
        self.book.keep(
            SourceIdentity(
                source=source,
                dialogue=self.case.dialogue,
                marking=Marking.RESTRICTED,
                compartment=self.case.compartment,
                sealed=seal(told.encode(), place=place_of(source)),
            )
        )

    def _add(self, act: Act, part: Any) -> Any:
        part.case = self.case
        return self.book.add(part, act)

    def _later(self, at: datetime, by: User, part: Any, reason: str = "") -> Act:
        detail = {"part": part._meta.model_name}
        act = self.book.act(Verb.PART_ADDED, by, at, about=part, reason=reason, detail=detail)
        part.case = self.case
        return act

    def _name(self, act: Act, position: int) -> None:
        spelling = self.person.names[position]
        text, note = spelling.text, spelling.note
        made = CaseName(text=text, system=spelling.system, kind=spelling.kind, position=position, note=note)
        if position > 1 and self.sources:
            made.source = self.rng.choice(self.sources)
        made.script = script_of(text).value
        self.names.append(self._add(act, made))

    def _later_name(self, position: int) -> Any:
        def step(at: datetime) -> None:
            spelling = self.person.names[position]
            made = CaseName(text=spelling.text, system=spelling.system, kind=spelling.kind, position=position)
            made.note, made.script = spelling.note, script_of(spelling.text).value
            made.source = self.rng.choice(self.sources)
            act = self._later(at, self.file.somebody(at.date()), made)
            self.names.append(self._add(act, made))

        return step

    def _event(self, act: Act, told: Told) -> None:
        event = told.event
        behind = [self._source_behind(act, told)]
        others = [one for one in self.sources if one not in behind and _can_know(one, told.day)]
        if others and self.rng.random() < 0.3:
            behind.append(self.rng.choice(others))
        self.events.append(self._add(act, event))
        for source in behind:
            self._add(act, EventSource(event=event, source=source))

    def _source_behind(self, act: Act, told: Told) -> Source:
        """One that says so and is not older than what it tells; where there is another, the event follows it."""
        event = told.event
        if event.kind == EventKind.SENTENCED and self.rng.random() < 0.35:
            event.claimed_by = ClaimedBy.COURT
        wanted = "official" if event.claimed_by == ClaimedBy.COUNTERPART else event.claimed_by
        able = [one for one in self.sources if _can_know(one, told.day)]
        fitting = [one for one in able if one.kind == wanted or (not wanted and one.kind != "official")]
        if fitting:
            return fitting[-1]
        known = [one for one in able if one.kind in _KINDS]
        if known and wanted != "official" and self.rng.random() < 0.55:
            event.claimed_by = CLAIMED_BY.get(SourceKind(known[-1].kind), "")
            return known[-1]
        return self.source(act, wanted, not_before=told.day)

    def _later_event(self, told: Told) -> Any:
        def step(at: datetime) -> None:
            act = self._later(at, self.file.somebody(at.date()), told.event, self.file.reason("event"))
            self._event(act, told)

        return step

    def _plan_corrections(self, span: int) -> None:
        """An event first dated by its year, a name first misspelt: put right later, with the reason."""
        event, name = self.events[-1], self.names[0]
        rng, first = self.rng, self.events[-1].when
        if span > 120 and rng.random() < 0.22 and first and first.precision == "day" and len(self.events) == 1:
            right = {"when": event.when, "when_text": event.when_text}
            self._amend(event, when=PartialDate.parse(str(first.earliest.year)), when_text=str(first.earliest.year))
            self._correct(self.file.logged + timedelta(days=rng.randrange(30, span)), event, "date", right)
        if span > 60 and rng.random() < 0.12 and name.kind != NameKind.MISSPELLING:
            text = name.text
            self._amend(name, text=_misspelt(text, rng.randrange(1, max(len(text) - 2, 2))))
            self._correct(self.file.logged + timedelta(days=rng.randrange(10, span)), name, "name", {"text": text})

    def _amend(self, part: Any, **values: Any) -> None:
        """Changes a part just added, as if it had been typed so: the first version in its history, too."""
        first = next(row for row in self.book.history[type(part)] if row.id == part.pk)
        for column, value in values.items():
            setattr(part, column, value)
            setattr(first, column, value)

    def _correct(self, day: date, part: Any, kind: str, right: dict[str, Any]) -> None:
        def step(at: datetime) -> None:
            detail = {"part": part._meta.model_name}
            act = self.file.act(Verb.PART_EDITED, at, about=part, reason=self.file.reason(kind), detail=detail)
            self.book.change(part, act, **right)

        self.file.on(day, step)


def _can_know(source: Source, day: date) -> bool:
    return source.date is None or source.date.latest >= day


def _misspelt(text: str, at: int) -> str:
    """Two letters exchanged."""
    return (
        text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if text[at : at + 2].isalpha()
        else text.replace("a", "e", 1)
    )
