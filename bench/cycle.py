"""The generated cycle: lists of forty rounds handed over, raisings off the list, what came back, and the days that
figures are made of (the values are those of rounds/figures.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from bench.cases import ASKS, SAID, TODAY
from bench.shelf import Shelf
from bench.world import ROUNDS, World, moment_of
from cases.models import Case
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from rounds.codes import Acceptance, Assessment, Channel, Form, ResponseCode
from rounds.figures import day_of_answer, day_of_raising
from rounds.models import CaseList, Handover, ListEntry, Raising, Response, ResponseItem, Round

# Entries of one round, by label: people prepare a list, so it does not grow with the number of cases.
LENGTHS = {"normal": 100, "restricted": 20, "circle": 10}
# Share of a list carried forward from the one before.
KEPT = 0.5
# Raisings off the list that a case has on average, beside those on lists.
OFF_LIST = 2.7
OFF_CHANNELS = (Channel.DEMARCHE, Channel.ORAL_MARGINS, Channel.JOINT_ACTION, Channel.NOTE_VERBALE, Channel.UN)
CODES = [code for code in ResponseCode if code != ResponseCode.R0]


@dataclass(frozen=True)
class Known:
    """What lists need of a case when its other rows are written and gone."""

    pk: UUID
    name: str
    kind: str


def kind_of(case: Case) -> str:
    """Which of the lists a case may stand on; "" for the other dialogue."""
    if case.compartment_id:
        return "circle"
    return "restricted" if case.marking > Marking.NORMAL else "normal"


class CycleMaker:
    """Puts raisings, lists and answers on a shelf."""

    def __init__(self, world: World, shelf: Shelf, rng: Random) -> None:
        self.world, self.shelf, self.rng = world, shelf, rng
        wide, narrow = Label(world.own.pk, Marking.NORMAL), Label(world.own.pk, Marking.RESTRICTED)
        self.labels = {
            "normal": wide,
            "restricted": narrow,
            "circle": Label(world.own.pk, Marking.RESTRICTED, world.circle.pk),
        }

    def off_list(self, cases: Sequence[Case]) -> None:
        """Raisings off the list of these cases, many for a few, and one answer to every third of them."""
        waiting: dict[str, list[Raising]] = {kind: [] for kind in self.labels}
        for case in cases:
            if case.dialogue_id != self.world.own.pk:
                continue
            for _ in range(int(self.rng.expovariate(1 / (OFF_LIST + 0.5)))):
                raising = self._raise_off_list(case)
                if self.rng.random() < 0.35:
                    waiting[kind_of(case)].append(raising)
        for kind, raisings in waiting.items():
            for start in range(0, len(raisings), 4):
                self._answer(raisings[start : start + 4], self.labels[kind], None)

    def _raise_off_list(self, case: Case) -> Raising:
        rng = self.rng
        on = max(case.created_at.date(), date(2005, 1, 1)) + timedelta(days=rng.randrange(30, 1500))
        on = min(on, TODAY - timedelta(days=5))
        by = rng.choice(self.world.officials)
        act = self.shelf.act(Verb.RAISING_RECORDED, by, moment_of(on, rng.randrange(1440)), about=case)
        made = Raising(case=case, on=on, channel=rng.choice(OFF_CHANNELS), speaker="Head of mission")
        made.words = rng.choice(ASKS)
        made.partner = rng.choice(self.world.partners) if rng.random() < 0.1 else None
        self.shelf.add(made, act)
        self.shelf.keep(day_of_raising(made))
        return made

    def lists(self, known: Iterable[Known]) -> None:
        """The lists of all rounds; of the round ahead, drafts."""
        by_kind: dict[str, list[Known]] = {kind: [] for kind in LENGTHS}
        for one in known:
            by_kind[one.kind].append(one)
        for kind, pool in by_kind.items():
            length = min(LENGTHS[kind], len(pool) // 3)
            before: dict[UUID, ListEntry] = {}
            for number, round in enumerate(self.world.rounds if length else []):
                kept = [one for one in pool if one.pk in before][: int(length * KEPT)] if before else []
                new = [one for one in self.rng.sample(pool, length) if one.pk not in before]
                case_list = self._list(round, kind)
                chosen = [*kept, *new][:length]
                before = self._entries(case_list, chosen, before, is_draft=number >= ROUNDS)

    def _list(self, round: Round, kind: str) -> CaseList:
        assert round.starts
        label, draft = self.labels[kind], round.starts > TODAY - timedelta(days=30) or round.state == "planned"
        author, day = self.world.officials[1], round.starts - timedelta(days=28)
        made = CaseList(round=round, prepared_by=author, **_columns(label))
        act = self.shelf.act(Verb.LIST_CREATED, author, moment_of(day - timedelta(days=20), 600), about=made)
        self.shelf.add(made, act)
        if not draft:
            at = moment_of(day, 900)
            done = self.shelf.act(Verb.LIST_APPROVED, self.world.approver, at, about=made)
            frozen = {"approved_by": self.world.approver, "approved_at": at, "sha256": "0" * 64}
            self.shelf.change(made, done, state="closed", **frozen)
        return made

    def _entries(
        self, case_list: CaseList, chosen: list[Known], before: dict[UUID, ListEntry], *, is_draft: bool
    ) -> dict[UUID, ListEntry]:
        entries: dict[UUID, ListEntry] = {}
        author = case_list.prepared_by
        act = self.shelf.act(Verb.LIST_EDITED, author, case_list.created_at + timedelta(hours=1), about=case_list)
        for position, one in enumerate(chosen, start=1):
            earlier = before.get(one.pk)
            entry = ListEntry(case_list=case_list, case_id=one.pk, position=position, ask=self.rng.choice(ASKS))
            entry.state = "included"
            entry.carried_from, entry.carried = earlier, earlier.carried + 1 if earlier else 0
            entry.why = "carried forward" if earlier else "unanswered for a year"
            entries[one.pk] = self.shelf.add(entry, act)
        if not is_draft and entries:
            self._hand_over(case_list, entries, {one.pk: one for one in chosen})
        return entries

    def _hand_over(self, case_list: CaseList, entries: dict[UUID, ListEntry], known: dict[UUID, Known]) -> None:
        round, author = case_list.round, case_list.prepared_by
        assert round.starts
        on = round.starts - timedelta(days=21)
        act = self.shelf.act(Verb.LIST_HANDED_OVER, author, moment_of(on, 700), about=case_list)
        paper = Handover(case_list=case_list, on=on, by="The chair", to="The delegation", medium="paper")
        paper.outcome = Acceptance.ACCEPTED
        self.shelf.add(paper, act)
        raisings = []
        for pk, entry in entries.items():
            sheet = {"serial": entry.position, "name": known[pk].name, "ask": entry.ask}
            disposition = "carry_forward" if self.rng.random() < KEPT else "follow_up"
            self.shelf.change(entry, act, state="raised", snapshot=sheet, accepted=True, disposition=disposition)
            made = Raising(case_id=pk, entry=entry, handover=paper, round=round, on=on, channel=Channel.LIST)
            made.words = entry.ask
            raisings.append(self.shelf.add(made, act))
            self.shelf.keep(day_of_raising(made))
        answered = [raising for raising in raisings if self.rng.random() < 0.55]
        self._answer(answered, case_list.label(), round)

    def _answer(self, raisings: list[Raising], label: Label, round: Round | None) -> None:
        """One response with an item for each of these raisings, coded, half of them confirmed."""
        if not raisings:
            return
        rng, first = self.rng, raisings[0]
        on = max(raising.on for raising in raisings) + timedelta(days=rng.randrange(20, 400))
        on = min(on, TODAY)
        by = rng.choice(self.world.officials)
        form = Form.WRITTEN if first.entry_id else rng.choice((Form.ORAL_MARGINS, Form.EMBASSY))
        reply = Response(on=on, round=round, form=form, language="zh", verbatim="…", note="", **_columns(label))
        reply.translation = rng.choice(SAID)
        act = self.shelf.act(Verb.RESPONSE_RECORDED, by, moment_of(on, rng.randrange(1440)), about=reply)
        self.shelf.add(reply, act)
        for position, raising in enumerate(raisings, start=1):
            self._item(reply, raising, position, act)

    def _item(self, reply: Response, raising: Raising, position: int, act: Act) -> None:
        code = self.rng.choice(CODES)
        item = ResponseItem(response=reply, raising=raising, case_id=raising.case_id, position=position, code=code)
        item.grade, item.state, item.coded_by = code.grade, "coded", act.by
        item.verbatim, item.translation = "…", self.rng.choice(SAID)
        if self.rng.random() < 0.5:
            item.state, item.second_coder = "assessed", self.world.approver
            item.assessment = self.rng.choice(Assessment.values)
        self.shelf.add(item, act)
        self.shelf.keep(day_of_answer(item))


def _columns(label: Label) -> dict[str, Any]:
    return {"dialogue_id": label.dialogue_id, "marking": label.marking, "compartment_id": label.compartment_id}
