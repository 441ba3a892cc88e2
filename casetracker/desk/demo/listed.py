"""Lists of the demonstration: prepared, reviewed, approved, handed over, or still in progress."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from cases.codes import Status
from casetracker.access.roles import Marking
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.files import File
from casetracker.desk.demo.raised import Cycle, Raised
from casetracker.desk.demo.texts import known_by
from rounds.codes import Acceptance
from rounds.models import CaseList, Handover, ListComment, ListEntry, Raising, Round
from rounds.snapshot import digest, heading, line
from rounds.states import Disposition, EntryState, ListState, RoundState

# What became of the lists of the first rounds of the desk; later ones were accepted.
OUTCOMES = (Acceptance.ACCEPTED, Acceptance.REFUSED, Acceptance.READ_OUT, Acceptance.ACCEPTED, Acceptance.PARTLY)
# The round at which a handover was first recorded by mistake.
CORRECTED = 3
_RAISABLE = {
    Status.HELD, Status.INCOMMUNICADO, Status.PRE_TRIAL, Status.SERVING, Status.DISAPPEARED, Status.RESTRICTED,
}  # fmt: skip


class Prepared:
    """One list on its way. `kind` is "main", "restricted", "circle" or "supplementary"."""

    def __init__(self, cycle: Cycle, round: Round, starts: date, kind: str, number: int) -> None:
        self.cycle, self.round, self.starts, self.kind, self.number = cycle, round, starts, kind, number
        self.deep = kind in ("restricted", "circle")
        self.by = cycle.official(self.day(50), restricted=self.deep)
        marking = Marking.RESTRICTED if self.deep else Marking.NORMAL
        circle = cycle.world.circle if kind == "circle" else None
        supplementary = kind == "supplementary"
        self.list = CaseList(
            dialogue=round.dialogue, marking=marking, compartment=circle, round=round, prepared_by=self.by,
            supplementary=supplementary,
        )  # fmt: skip
        self.entries: list[tuple[ListEntry, File]] = []

    def day(self, before: int) -> date:
        """A working day so many days before the round, never today or later."""
        staff = self.cycle.world.staff
        return staff.past(self.starts - timedelta(days=before))

    def act(self, verb: Verb, before: int, **values: Any) -> Act:
        """An act of whoever prepares the list."""
        by = values.pop("by", self.by)
        at = self.cycle.world.staff.at(self.day(before))
        return self.cycle.book.act(verb, by, at, about=self.list, **values)

    def begin(self, files: Sequence[File], carried: dict[int, ListEntry]) -> None:
        """The list with its first entries."""
        self.cycle.book.add(self.list, self.act(Verb.LIST_CREATED, 50))
        act = self.act(Verb.LIST_EDITED, 44)
        for position, file in enumerate(files, start=1):
            before = carried.get(file.person.number)
            why = self.cycle.texts["lists"]["carried"].format(round=before.case_list.round) if before else ""
            entry = ListEntry(
                case_list=self.list, case=file.case, position=position, why=why or self._why(file),
                ask=file.case.ask or file.writer.ask(known_by(file.person.line, self.day(44)), self.number),
                carried_from=before, carried=before.carried + 1 if before else 0,
            )  # fmt: skip
            self.entries.append((self.cycle.book.add(entry, act), file))

    def _why(self, file: File) -> str:
        if (last := self.cycle.latest(file)) is None:
            return "Never raised."
        return str(self.cycle.texts["lists"]["answered" if last.items else "not_answered"])

    def include(self, *, leave: int = 0) -> None:
        """Includes the entries, all but the last `leave`, and holds one back with its reason."""
        act = self.act(Verb.LIST_EDITED, 37)
        settled = self.entries[: len(self.entries) - leave]
        for place, (entry, _) in enumerate(settled):
            if place == 4 and len(settled) > 8:
                reason = self.cycle.choose("lists", "held_back")
                self.cycle.book.change(entry, act, state=EntryState.HELD_BACK, state_reason=reason)
            else:
                self.cycle.book.change(entry, act, state=EntryState.INCLUDED)

    def submit(self) -> None:
        """Into review; some lists come back once."""
        book = self.cycle.book
        book.change(self.list, self.act(Verb.LIST_SUBMITTED, 35), state=ListState.IN_REVIEW)
        if self.number % 3 == 2 and self.kind == "main":
            reason = self.cycle.texts["lists"]["returned"]
            back = self.act(Verb.LIST_RETURNED, 33, by=self.cycle.world.staff["approver"], reason=reason)
            book.change(self.list, back, state=ListState.DRAFT, state_reason=reason)
            book.change(self.list, self.act(Verb.LIST_SUBMITTED, 32), state=ListState.IN_REVIEW, state_reason="")

    def comment(self, count: int) -> None:
        """What colleagues said in review."""
        staff = self.cycle.world.staff
        speakers = [staff["approver"], staff["approver2"], staff["reviewer"]]
        if self.deep:
            speakers = speakers[:1]
        for number, (entry, _) in enumerate(self.entries[1 : 1 + count]):
            by = speakers[number % len(speakers)]
            act = self.act(Verb.LIST_COMMENTED, 34, by=by)
            text = self.cycle.choose("lists", "comments")
            settled = self.list.state != ListState.IN_REVIEW or number % 2 == 1
            self.cycle.book.add(ListComment(case_list=self.list, entry=entry, by=by, text=text, settled=settled), act)

    def approve(self) -> None:
        """By a second person: the snapshots are frozen."""
        approver = self.cycle.world.staff["approver"]
        act = self.act(Verb.LIST_APPROVED, 30, by=approver)
        lines: list[dict[str, Any]] = []
        for entry, file in self.entries:
            if entry.state == EntryState.INCLUDED:
                names, *_ = file.parts.standing()
                said = line(len(lines) + 1, file.case, names, known_by(file.person.line, self.day(30)), entry.ask)
                lines.append(said)
                self.cycle.book.change(entry, act, snapshot=said)
        top = heading(self.list)
        values = {"approved_by": approver, "approved_at": act.at, "sha256": digest(top, lines), "heading": top}
        self.cycle.book.change(self.list, act, state=ListState.APPROVED, **values)

    def hand_over(self, outcome: Acceptance) -> None:
        """Gives the list, which makes the raisings."""
        before = 25 if self.kind != "supplementary" else 6
        note = self.cycle.texts["lists"]["refused"] if outcome == Acceptance.REFUSED else ""
        first = self._mistaken(before) if self.number == CORRECTED and self.kind == "main" else None
        act = self.act(Verb.HANDOVER_CORRECTED if first else Verb.LIST_HANDED_OVER, before - 2 if first else before)
        paper = self._paper(act.at.date(), outcome, note, first)
        self.cycle.book.add(paper, act)
        self.cycle.book.change(self.list, act, state=ListState.HANDED_OVER)
        for entry, file in self.entries:
            if entry.state != EntryState.INCLUDED:
                continue
            accepted = None if outcome != Acceptance.PARTLY else self.cycle.rng.random() < 0.6
            self.cycle.book.change(entry, act, state=EntryState.RAISED, accepted=accepted)
            raising = Raising(
                case=file.case, entry=entry, handover=paper, round=self.round, on=paper.on, channel="list",
                words=entry.ask,
            )  # fmt: skip
            self.cycle.raised.append(Raised(file, self.cycle.book.add(raising, act), self.list))

    def _mistaken(self, before: int) -> Handover:
        """The record that was wrong: said to be not tendered."""
        act = self.act(Verb.LIST_HANDED_OVER, before)
        note = self.cycle.texts["lists"]["not_tendered"]
        return self.cycle.book.add(self._paper(act.at.date(), Acceptance.NOT_TENDERED, note, None), act)  # type: ignore[no-any-return]

    def _paper(self, on: date, outcome: Acceptance, note: str, first: Handover | None) -> Handover:
        words = {name: self.cycle.choose("lists", name) for name in ("by", "to", "medium")}
        why = self.cycle.texts["lists"]["mistaken"] if first else ""
        return Handover(
            case_list=self.list, on=on, outcome=outcome, note=note, supersedes=first, correction_reason=why, **words
        )


def write_lists(cycle: Cycle, round: Round, number: int) -> None:
    """The lists of one round: given, or for the round ahead still in progress."""
    if round.starts is None:
        return
    ahead = round.state == RoundState.PLANNED
    kinds = ["main"]
    if number >= len(cycle.rounds) - 3 and cycle.post == "general":
        kinds += ["restricted", "circle"]
    if not ahead and number % 3 == 1:
        kinds.append("supplementary")
    for kind in kinds:
        made = Prepared(cycle, round, round.starts, kind, number)
        files, carried = _chosen(cycle, made, kind)
        if len(files) < 2:
            continue
        made.begin(files, carried)
        if ahead:
            _in_progress(made)
            continue
        made.include()
        made.submit()
        made.comment(3 if kind == "main" else 1)
        made.approve()
        made.hand_over(OUTCOMES[number] if number < len(OUTCOMES) and kind == "main" else Acceptance.ACCEPTED)


def _in_progress(made: Prepared) -> None:
    """For the round ahead: the main list is a draft with cases proposed, that of the circle is in review, the
    restricted one is approved.
    """
    made.include(leave=3 if made.kind == "main" else 0)
    if made.kind == "main":
        return
    made.submit()
    if made.kind == "circle":
        made.comment(2)
    else:
        made.approve()


def _chosen(cycle: Cycle, made: Prepared, kind: str) -> tuple[list[File], dict[int, ListEntry]]:
    """Who is on the list: carried forward first, then others the desk knew to be held."""
    day = made.day(44)
    fits = [
        one for one in cycle.files
        if one.logged < day and _belongs(one, kind) and cycle.status(one, day) in _RAISABLE
    ]  # fmt: skip
    carried = {}
    for one in fits:
        last = cycle.latest(one)
        entry = last.raising.entry if last else None
        if entry is None or entry.disposition != Disposition.CARRY_FORWARD:
            continue
        if made.list.label().dominates(entry.case_list.label()):
            carried[one.person.number] = entry
    size = {"main": cycle.rng.randrange(16, 27), "restricted": 7, "circle": 5, "supplementary": 4}[kind]
    on_main = {one.file.person.number for one in cycle.raised if one.raising.round_id == made.round.pk}
    others = [one for one in fits if one.person.number not in carried and one.person.number not in on_main]
    cycle.rng.shuffle(others)
    first = [one for one in fits if one.person.number in carried][: size * 2 // 3]
    if kind == "supplementary":
        first, carried = [], {}
    return [*first, *others[: size - len(first)]], carried


def _belongs(one: File, kind: str) -> bool:
    if kind == "circle":
        return one.case.compartment_id is not None
    if kind == "restricted":
        return one.case.marking == Marking.RESTRICTED and one.case.compartment_id is None
    return one.final_marking == Marking.NORMAL and one.case.compartment_id is None
