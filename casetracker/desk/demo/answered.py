"""Answers of the demonstration: late, partial, in every form, coded by two people; and what was then decided."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cases.codes import EventKind, Status
from cases.models import FollowUp
from cases.names.scripts import Script, script_of
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.raised import Cycle, Raised
from casetracker.desk.demo.tables import weighted
from rounds.codes import Acceptance, Assessment, Form, Grade, ItemClaimKind, ResponseCode
from rounds.models import ItemClaim, Partner, Response, ResponseItem, Round
from rounds.states import Disposition, ItemState, RoundState

_UNCLEAR = (ResponseCode.C1, ResponseCode.C2)
_CLAIMS = {
    ResponseCode.A1: EventKind.TRANSFERRED, ResponseCode.A2: EventKind.REDUCED, ResponseCode.A3: EventKind.RELEASED,
    ResponseCode.A4: EventKind.PAROLED, ResponseCode.A5: EventKind.MEDICAL_PAROLE, ResponseCode.A8: EventKind.DIED,
}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """One reply to come: when, in which form, at which round, to which raisings."""

    on: date
    form: Form
    round: Round | None
    to: list[Raised]
    label: Label
    partner: Partner | None = None


def write_answers(cycle: Cycle, number: int, partners: list[Partner]) -> None:
    """What came back at and after one round: at it orally and to the lists before, later by the embassy."""
    round = cycle.rounds[number]
    if round.starts is None or round.state == RoundState.PLANNED:
        return
    plain = [one for one in cycle.raised if one.raising.on <= round.starts and _is_plain(one)]
    now = [one for one in plain if one.raising.round_id == round.pk]
    before = [one for one in plain if one.raising.round_id != round.pk and not one.items]
    late = [one for one in before if one.raising.on > round.starts - timedelta(days=1500)]
    base = Label(round.dialogue_id, 1)
    replies = [
        Reply(round.starts, (Form.WRITTEN, Form.SHOWN)[number % 2], round, _some(cycle, late, 0.5), base),
        Reply(round.starts, (Form.ORAL_SESSION, Form.ORAL_MARGINS)[number % 2], round, _some(cycle, now, 0.15), base),
    ]
    after = round.starts + timedelta(days=100 + 37 * (number % 3))
    replies.append(Reply(after, Form.EMBASSY, None, _some(cycle, now, 0.3), base))
    if number % 3 == 0:
        day = round.starts + timedelta(days=60)
        replies.append(Reply(day, Form.RELAYED, None, _some(cycle, now, 0.1), base, partners[number % len(partners)]))
    if number % 4 == 2:
        replies.append(Reply(round.starts + timedelta(days=20), Form.PUBLIC, None, _some(cycle, now, 0.06), base))
    replies += _of_deep_lists(cycle, round)
    for reply in sorted(replies, key=lambda one: one.on):
        if reply.to and reply.on < cycle.world.today - timedelta(days=1):
            Answer(cycle, reply).write()


def write_latest(cycle: Cycle) -> None:
    """The reply of the last weeks: partly coded, one item disputed, two nobody has matched."""
    waiting = [one for one in cycle.raised if _is_plain(one) and one.case_list and not one.items]
    day = cycle.world.staff.past(cycle.world.today - timedelta(days=16))
    base = Label(cycle.rounds[0].dialogue_id, 1)
    answer = Answer(cycle, Reply(day, Form.EMBASSY, None, waiting[-9:], base))
    answer.write()
    answer.loose()


def _of_deep_lists(cycle: Cycle, round: Round) -> list[Reply]:
    """Answers to lists that not everybody sees, each under the label of its list."""
    assert round.starts is not None
    deep: dict[Any, list[Raised]] = {}
    for one in cycle.raised:
        if one.case_list and not _is_plain(one) and one.raising.round_id == round.pk:
            deep.setdefault(one.case_list.label(), []).append(one)
    day = round.starts + timedelta(days=75)
    return [Reply(day, Form.ORAL_MARGINS, None, some[: len(some) // 2], label) for label, some in deep.items()]


def _is_plain(one: Raised) -> bool:
    """Whether everybody in the dialogue sees the raising and the case."""
    base = Label(one.file.case.dialogue_id, 1)
    container = one.case_list.label() if one.case_list else base
    return base.dominates(container) and base.dominates(one.file.case.label())


def _some(cycle: Cycle, rows: list[Raised], share: float) -> list[Raised]:
    return [one for one in rows if cycle.rng.random() < share][:14]


class Answer:
    """One response with its items."""

    def __init__(self, cycle: Cycle, reply: Reply) -> None:
        self.cycle, self.reply, self.staff = cycle, reply, cycle.world.staff
        self.day = self.staff.past(reply.on + timedelta(days=2))
        self.by = cycle.official(self.day, restricted=reply.label.marking > 1)
        self.age = (cycle.world.today - self.day).days
        self.said: list[tuple[str, str]] = []

    def act(self, verb: Verb, by: User, after: int = 0, **values: Any) -> Any:
        """An act some days after the reply was recorded."""
        day = self.staff.past(self.day + timedelta(days=after))
        return self.cycle.book.act(verb, by, self.staff.at(day), about=self.response, **values)

    def write(self) -> None:
        """The response, then each item."""
        reply, label = self.reply, self.reply.label
        self.response = Response(
            dialogue_id=label.dialogue_id, marking=label.marking, compartment_id=label.compartment_id, on=reply.on,
            round=reply.round, form=reply.form, partner=reply.partner, language="zh",
            speaker="" if reply.partner else self.cycle.choose("replies", "speaker"),
            note=self.cycle.choose("replies", "note"),
        )  # fmt: skip
        act = self.act(Verb.RESPONSE_RECORDED, self.by)
        self.cycle.book.add(self.response, act)
        for position, one in enumerate(self.reply.to, start=1):
            self._item(one, position)
        self.response.verbatim = "\n".join(zh for zh, _ in self.said)
        self.response.translation = "\n".join(en for _, en in self.said)

    def loose(self) -> None:
        """Items that fit no raising yet."""
        act = self.act(Verb.ITEM_ADDED, self.by, 1)
        for zh, en in self.cycle.texts["replies"]["loose"]:
            item = ResponseItem(response=self.response, position=40, verbatim=zh, translation=en)
            self.cycle.book.add(item, act)

    def _item(self, one: Raised, position: int) -> None:
        status = self.cycle.status(one.file, self.reply.on)
        code = ResponseCode(weighted(self.cycle.rng, self.cycle.texts["odds"][status.value]))
        if self._was_refused(one):
            code = ResponseCode.R0
        earlier = [item for other in self.cycle.raised if other.file is one.file for item in other.items]
        if code == ResponseCode.C8 and not earlier:
            code = ResponseCode.C4
        written = self._written(one)
        zh_text, en_text = self.cycle.choose("codes", code.value)
        zh, en = (text.format(**{"as": written}) for text in (zh_text, en_text))
        self.said.append((zh, en))
        item = ResponseItem(
            response=self.response, raising=one.raising, case=one.file.case, position=position, verbatim=zh,
            translation=en, written_as=written if "{as}" in zh_text else "",
        )  # fmt: skip
        self.cycle.book.add(item, self.act(Verb.ITEM_ADDED, self.by))
        one.items.append(item)
        if self.age < 30 and position % 3 == 0:
            return
        self._code(item, code, earlier[-1] if code == ResponseCode.C8 else None)
        self._claim(item, code)
        if code in _UNCLEAR:
            self._fix(one)

    def _was_refused(self, one: Raised) -> bool:
        """Whether this is what was said when the list itself was refused."""
        paper = one.raising.handover
        return paper is not None and paper.outcome == Acceptance.REFUSED and self.reply.round == one.raising.round

    def _written(self, one: Raised) -> str:
        """The name as the counterpart writes it: in characters where it has such."""
        texts = [name.text for name in one.file.person.names]
        return next((text for text in texts if script_of(text) == Script.HAN), texts[0])

    def _code(self, item: ResponseItem, code: ResponseCode, repeats: ResponseItem | None) -> None:
        """Coded by one, confirmed or disputed by another, assessed where there was time."""
        first, second = self.by, self.staff["reviewer"]
        if self.reply.label.marking > 1:
            second = self.staff["approver"]
        elif self.cycle.rng.random() < 0.4:
            first, second = second, first
        grade = code.grade if code != ResponseCode.B1 or self.cycle.rng.random() < 0.8 else Grade.SUBSTANTIVE
        note = self.cycle.choose("notes", "coder")
        act = self.act(Verb.ITEM_CODED, first, 4)
        columns = {"state": ItemState.CODED, "code": code, "grade": grade, "coded_by": first, "note": note}
        self.cycle.book.change(item, act, repeats=repeats, **columns)
        if self.age < 60 and item.position % 2:
            return
        if self.age < 200 and item.position % 5 == 4:
            act = self.act(Verb.ITEM_DISPUTED, second, 9)
            note = self.cycle.texts["notes"]["dispute"]
            self.cycle.book.change(item, act, state=ItemState.DISPUTED, second_coder=second, second_note=note)
            return
        act = self.act(Verb.ITEM_CONFIRMED, second, 9)
        self.cycle.book.change(item, act, state=ItemState.CONFIRMED, second_coder=second)
        if self.age > 120:
            self._assess(item)

    def _assess(self, item: ResponseItem) -> None:
        by = self.staff["reviewer"] if self.reply.label.marking == 1 else self.by
        odds = {"consistent": 4.0, "unverifiable": 4.0, "contradicts": 1.2, "new": 1.0}
        assessment = Assessment(weighted(self.cycle.rng, odds))
        act = self.act(Verb.ITEM_ASSESSED, by, 30)
        note = self.cycle.choose("notes", assessment.value)
        self.cycle.book.change(item, act, state=ItemState.ASSESSED, assessment=assessment, assessment_note=note)

    def _claim(self, item: ResponseItem, code: ResponseCode) -> None:
        """What the answer says happened: waiting in a recent reply, rejected or left in older ones."""
        if code not in _CLAIMS:
            return
        claim = ItemClaim(item=item, kind=ItemClaimKind.EVENT, event_kind=_CLAIMS[code], facility_text="", note="")
        if code == ResponseCode.A1:
            claim.facility_text = "the provincial No. 2 prison"
        if code == ResponseCode.A2:
            claim.term_months = 6
        self.cycle.book.add(claim, self.act(Verb.ITEM_CLAIM_PROPOSED, item.coded_by or self.by, 5))
        if self.age > 90:
            why = "Stands on the timeline already, from another source."
            act = self.act(Verb.ITEM_CLAIM_REJECTED, self.by, 12, reason=why)
            self.cycle.book.change(claim, act, state="rejected", decided_by=self.by, decision_reason=why)

    def _fix(self, one: Raised) -> None:
        """What coding such an answer opens: a follow-up, done long ago or still open."""
        if one.file.case.state == "closed":
            return
        due = self.staff.past(self.day + timedelta(days=30)) if self.age > 45 else self.day + timedelta(days=34)
        owner = one.file.case.owner or self.by
        made = FollowUp(case=one.file.case, what="Fix identifiers", owner=owner, due=due)
        made.reason = "The counterpart says that it cannot find the person."
        self.cycle.book.add(made, self.act(Verb.PART_ADDED, self.by, 4))
        if self.age > 45:
            act = self.act(Verb.FOLLOW_UP_DONE, self.by, 28)
            outcome = "Characters and year of birth checked with a second source."
            self.cycle.book.change(made, act, done_at=act.at, done_by=self.by, outcome=outcome)


def write_dispositions(cycle: Cycle, number: int) -> None:
    """What becomes of each entry after a round; of the last one held, half is still undecided."""
    round = cycle.rounds[number]
    if round.starts is None or round.state == RoundState.PLANNED:
        return
    last = not any(one.starts and one.state != RoundState.PLANNED for one in cycle.rounds[number + 1 :])
    day = cycle.world.staff.past(round.starts + timedelta(days=200))
    for place, one in enumerate(cycle.raised):
        entry = one.raising.entry
        if entry is None or one.raising.round_id != round.pk or (last and place % 2):
            continue
        by = cycle.official(day, restricted=entry.case_list.marking > 1)
        act = cycle.book.act(Verb.ENTRY_DISPOSED, by, cycle.world.staff.at(day), about=entry.case_list)
        told, reason = _decide(cycle, one, day)
        cycle.book.change(entry, act, disposition=told, disposition_reason=reason)


def _decide(cycle: Cycle, one: Raised, day: date) -> tuple[Disposition, str]:
    status = cycle.status(one.file, day)
    if status in (Status.FREE, Status.DEAD, Status.ABROAD):
        return Disposition.DROP, cycle.choose("lists", "drop")
    if not one.items or cycle.rng.random() < 0.35:
        return Disposition.CARRY_FORWARD, ""
    if one.items[-1].grade == Grade.SUBSTANTIVE:
        return Disposition.SATISFIED, ""
    return Disposition.FOLLOW_UP, ""
