"""What a round brought, as one viewer sees it: its lists, what was raised how, what came back, what was promised."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from cases.models import Case
from casetracker.access.models import User
from casetracker.access.roles import Marking
from rounds.codes import Channel, Grade
from rounds.models import CaseList, Commitment, ListEntry, Raising, Response, ResponseItem, Round
from rounds.reading import is_answered
from rounds.standing import standing
from rounds.states import Disposition, EntryState, ListState

GIVEN = (ListState.HANDED_OVER, ListState.CLOSED)
ENDED = (ListState.SUPERSEDED, ListState.WITHDRAWN)


@dataclass
class ListLine:
    """One list: how many entries it has, how many were raised and answered, and how many are undecided."""

    case_list: CaseList
    entries: int = 0
    raised: int = 0
    answered: int = 0
    undecided: int = 0

    @property
    def standing(self) -> str:
        """How far it was answered, derived: "", "unanswered", "partly answered", "answered"."""
        if self.case_list.state not in GIVEN or not self.raised:
            return ""
        if not self.answered:
            return "unanswered"
        return "answered" if self.answered == self.raised else "partly answered"

    @property
    def tone(self) -> str:
        """The tone of `standing`."""
        return {"unanswered": "wait", "partly answered": "part", "answered": "good"}.get(self.standing, "")

    @property
    def ended(self) -> bool:
        """Superseded or withdrawn: kept, and no list of the round any more."""
        return self.case_list.state in ENDED

    @property
    def mark(self) -> str:
        """The marking on paper."""
        return Marking(self.case_list.marking).on_paper


@dataclass
class ChannelLine:
    """Cases raised by one channel: by us, and by partners (partner and case)."""

    channel: str
    label: str
    ours: list[Case] = field(default_factory=list)
    partners: list[tuple[str, Case]] = field(default_factory=list)


@dataclass
class Answers:
    """Answers that belong together: to one list, or in one response. `words` say to which list, or where they came."""

    words: str
    case_list: CaseList | None = None
    response: Response | None = None
    items: list[ResponseItem] = field(default_factory=list)

    @property
    def grades(self) -> list[tuple[str, str, int]]:
        """Grade, word and count, the most telling first; those nobody coded yet at the end."""
        words = {**{grade.value: str(grade.label) for grade in Grade}, "": "not coded yet"}
        counted = [(key, word, sum(item.grade == key for item in self.items)) for key, word in words.items()]
        return [one for one in counted if one[2]]

    @property
    def cases(self) -> list[Case]:
        """The cases that were answered, each once."""
        return list({item.case_id: item.case for item in self.items if item.case is not None}.values())


@dataclass
class Overview:
    """Everything below the facts of a round."""

    lists: list[ListLine] = field(default_factory=list)
    channels: list[ChannelLine] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    came_back: list[Answers] = field(default_factory=list)
    unmatched: int = 0
    later: list[Answers] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    carrying: int = 0

    @property
    def undecided(self) -> int:
        """Entries about which nothing was decided."""
        return sum(line.undecided for line in self.lists)

    @property
    def cases(self) -> set[UUID]:
        """Keys of the cases whose references stand here."""
        raised = {case.pk for line in self.channels for case in [*line.ours, *(case for _, case in line.partners)]}
        told = {case.pk for answers in [*self.came_back, *self.later] for case in answers.cases}
        return raised | told | {one.case_id for one in self.commitments if one.case_id}

    @property
    def marking(self) -> int:
        """The highest marking of anything told of here."""
        shown: list[Any] = [line.case_list for line in self.lists] + self.responses + self.commitments
        shown += [case for line in self.channels for case in [*line.ours, *(case for _, case in line.partners)]]
        shown += [one.response for one in self.later]
        shown += [one.case for one in self.commitments if one.case]
        return max((one.marking for one in shown), default=Marking.NORMAL)


def overview_of(round: Round, user: User) -> Overview:
    """The round as `user` sees it, in six queries."""
    made = Overview()
    lines = {one.pk: ListLine(one) for one in CaseList.objects.visible_to(user).filter(round=round)}
    for line in lines.values():
        line.case_list.round = round
    _count_entries(made, lines, round, user)
    raisings = list(
        Raising.objects.visible_to(user)
        .filter(round=round, voided=False)
        .select_related("case", "partner", "entry")
        .order_by("case__reference", "id")
    )
    made.responses = list(Response.objects.visible_to(user).filter(round=round).order_by("on", "id"))
    items = _items(raisings, made.responses, user)
    _count_answers(lines, raisings, items)
    made.lists = sorted(lines.values(), key=lambda line: (line.ended, line.case_list.supplementary))
    made.channels = _by_channel(raisings)
    here = [item for item in items if item.response.round_id == round.pk]
    made.came_back = _by_list(round, [item for item in here if item.raising is not None])
    made.unmatched = sum(item.raising is None for item in here)
    made.later = _by_response([item for item in items if item.response.round_id != round.pk])
    promised = Commitment.objects.visible_to(user).filter(round=round)
    made.commitments = list(promised.select_related("case", "owner").order_by("due", "id"))
    return made


def _count_entries(made: Overview, lines: dict[UUID, ListLine], round: Round, user: User) -> None:
    rows = ListEntry.objects.visible_to(user).filter(case_list__round=round).order_by()
    for pk, state, disposition in rows.values_list("case_list_id", "state", "disposition"):
        line, done = lines[pk], state in (EntryState.RAISED, EntryState.NOT_RAISED)
        line.entries += state != EntryState.HELD_BACK
        never_tendered = state == EntryState.INCLUDED and line.case_list.state == ListState.APPROVED
        open_list = line.case_list.state in (ListState.HANDED_OVER, ListState.APPROVED)
        line.undecided += open_list and (never_tendered or (done and not disposition))
        made.carrying += done and disposition == Disposition.CARRY_FORWARD


def _items(raisings: list[Raising], responses: list[Response], user: User) -> list[ResponseItem]:
    """Answers received at the round, or given to what was raised at it; oldest first. Asked for by keys of one table:
    conditions on two would have every answer looked through.
    """
    wanted = Q(response_id__in=[one.pk for one in responses]) | Q(raising_id__in=[one.pk for one in raisings])
    rows = standing(user).filter(wanted)
    rows = rows.select_related("case", "response__round", "raising__entry__case_list__round")
    return sorted(rows, key=lambda one: (one.response.on, str(one.response_id), one.position, str(one.pk)))


def _count_answers(lines: dict[UUID, ListLine], raisings: list[Raising], items: list[ResponseItem]) -> None:
    by_raising: dict[UUID, list[ResponseItem]] = {}
    for item in items:
        if item.raising_id is not None:
            by_raising.setdefault(item.raising_id, []).append(item)
    for raising in raisings:
        if raising.entry is not None and raising.entry.case_list_id in lines:
            line = lines[raising.entry.case_list_id]
            line.raised += 1
            line.answered += is_answered(by_raising.get(raising.pk, ()))


def _by_channel(raisings: Iterable[Raising]) -> list[ChannelLine]:
    lines = {channel.value: ChannelLine(channel.value, str(channel.label)) for channel in Channel}
    for raising in raisings:
        line = lines[raising.channel]
        if raising.partner is not None:
            line.partners.append((raising.partner.name, raising.case))
        else:
            line.ours.append(raising.case)
    return [line for line in lines.values() if line.ours or line.partners]


def _by_list(round: Round, items: Iterable[ResponseItem]) -> list[Answers]:
    """By the list that was answered: that of this round first, then older ones, then what was raised off the list."""
    found: dict[Any, Answers] = {}
    for item in items:
        assert item.raising is not None
        entry = item.raising.entry
        case_list = entry.case_list if entry else None
        key = case_list.pk if case_list else None
        words = _list_words(case_list, round) if case_list else "raised off the list"
        found.setdefault(key, Answers(words, case_list)).items.append(item)
    return sorted(found.values(), key=lambda one: _age(one, round))


def _age(answers: Answers, round: Round) -> tuple[int, int, str]:
    if answers.case_list is None:
        return (2, 0, "")
    own, starts = answers.case_list.round_id == round.pk, answers.case_list.round.starts
    return (0 if own else 1, -(starts.toordinal() if starts else 0), str(answers.case_list.pk))


def _list_words(case_list: CaseList, round: Round) -> str:
    return f"{case_list}, this round" if case_list.round_id == round.pk else str(case_list)


def _by_response(items: Iterable[ResponseItem]) -> list[Answers]:
    found: dict[UUID, Answers] = {}
    for item in items:
        if item.raising_id is not None:
            response = item.response
            words = f"at {response.round}" if response.round else "between rounds"
            found.setdefault(response.pk, Answers(words, response=response)).items.append(item)
    return list(found.values())
