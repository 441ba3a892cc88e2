"""The ledger of a case: every raising with its answers, as one viewer sees them.

Figures are per viewer: they are made of the rows the viewer sees and of nothing else. A raising that was voided and an
answer that was corrected stand in the ledger, struck, and count for nothing. A refusal is no answer: the waiting goes
on. What is fetched, and the words for it, stand in rounds/ledger_rows.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.ledger_figures import HORIZONS, told_rank
from cases.models import Case, CaseEvent
from casetracker.access.models import User
from rounds.codes import Grade
from rounds.contradicting import contradictions_of
from rounds.days import day_in_words
from rounds.ledger_rows import (
    CHANNELS,
    CODES,
    FORMS,
    Addresses,
    answer_rows,
    beside_rows,
    claims_in_words,
    raising_rows,
    round_of,
    said,
    told,
)
from rounds.told import tag_words


@dataclass
class Answer:
    """One answer: its row, `days` from the raising, None when tied to none.

    `struck_why` says why it was corrected, "" for one that stands. `claims` and `contradicts` are in words.
    """

    item: Any
    days: int | None = None
    claims: str = ""
    repeats: "Answer | None" = None
    contradicts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.on: date = self.item.response__on
        self.code: str = self.item.code
        self.grade: str = self.item.grade
        self.assessment: str = self.item.assessment
        self.struck_why: str = self.item.struck_why or ""
        self.tag = tag_words(self.code, self.grade)

    @property
    def answers(self) -> bool:
        """Whether it counts as an answer: neither corrected nor a refusal."""
        return not self.struck_why and self.grade != Grade.REFUSED

    @property
    def answers_to(self) -> date:
        """Everything asked until this day is answered by it: the day of its raising, or its own when tied to none."""
        return self.item.raising__on or self.on

    def shown(self, at: Addresses) -> dict[str, Any]:
        """What the page shows of it."""
        repeats = (self.repeats.item.pk, day_in_words(self.repeats.on)) if self.repeats else None
        return {
            **said(self.item, self.days, at),
            "tag": self.tag,
            "claims": self.claims,
            "repeats": repeats,
            "contradicts": self.contradicts,
        }


@dataclass
class Asked:
    """One raising with its answers, oldest first."""

    raising: Any
    marking: int
    answers: list[Answer] = field(default_factory=list)
    without_reply: int = 0

    def __post_init__(self) -> None:
        self.on: date = self.raising.on

    @property
    def no_reply(self) -> bool:
        """Whether it counts and nothing at all came back to it."""
        return not self.raising.voided and not any(not one.struck_why for one in self.answers)

    def shown(self, at: Addresses) -> dict[str, Any]:
        """What the page shows of it."""
        waiting = f"no reply within {self.without_reply} days" if self.without_reply else ""
        return {
            **told(self.raising, self.marking, at),
            "waiting": waiting or ("no reply yet" if self.no_reply else ""),
            "answers": [answer.shown(at) for answer in self.answers],
        }


@dataclass
class Year:
    """What was asked in one year, newest first, with the answers tied to no raising that came in it.

    `gap` names the years before it in which nothing was asked: "2013 to 2015".
    """

    number: int
    asked: list[Asked] = field(default_factory=list)
    loose: list[Answer] = field(default_factory=list)
    is_open: bool = False
    gap: str = ""

    @property
    def rows(self) -> list[Asked | Answer]:
        """Both, newest first."""
        return sorted([*self.asked, *self.loose], key=lambda row: row.on, reverse=True)

    def shown(self, at: Addresses) -> dict[str, Any]:
        """What the page shows of it."""
        return {
            "number": self.number,
            "is_open": self.is_open,
            "gap": self.gap,
            "raised": self.raised,
            "tags": [(answer.grade, answer.tag) for answer in self.told],
            "no_reply": self.no_reply,
            "contradicted": self.contradicted,
            "rows": [row.shown(at) for row in self.rows],
        }

    @property
    def raised(self) -> int:
        """How often the case was raised."""
        return sum(not one.raising.voided for one in self.asked)

    @property
    def told(self) -> list[Answer]:
        """Answers that stand, in the order of their raisings."""
        both = [answer for one in reversed(self.asked) for answer in one.answers] + self.loose
        return [answer for answer in both if not answer.struck_why]

    @property
    def no_reply(self) -> int:
        """How many raisings nothing came back to."""
        return sum(one.no_reply for one in self.asked)

    @property
    def contradicted(self) -> bool:
        """Whether an answer in it contradicts something."""
        return any(answer.contradicts for answer in self.told)


@dataclass
class Ledger:
    """The whole. `entries` newest first; `loose` are answers tied to no raising; `lists` where the case stands now."""

    today: date
    entries: list[Asked] = field(default_factory=list)
    loose: list[Answer] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)
    commitments: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def counted(self) -> list[Asked]:
        """Raisings that count, newest first."""
        return [one for one in self.entries if not one.raising.voided]

    @property
    def times(self) -> int:
        """How often the case was raised."""
        return len(self.counted)

    @property
    def first(self) -> Asked | None:
        """The first raising."""
        return self.counted[-1] if self.counted else None

    @property
    def last(self) -> Asked | None:
        """The last raising."""
        return self.counted[0] if self.counted else None

    @cached_property
    def answers(self) -> list[Answer]:
        """All answers that stand, oldest first, refusals too."""
        every = [answer for one in self.entries for answer in one.answers] + self.loose
        return sorted((one for one in every if not one.struck_why), key=in_turn)

    @property
    def last_told(self) -> Answer | None:
        """The last answer, or refusal; of several of one day the one that says most."""
        same_day = [one for one in self.answers if one.on == self.answers[-1].on]
        best_first = sorted(same_day, key=lambda one: one.grade, reverse=True)
        return min(best_first, key=lambda one: told_rank(one.code), default=None)

    @cached_property
    def waiting_since(self) -> date | None:
        """The first raising that neither an answer to it nor one to a later raising speaks to."""
        reached = max((one.answers_to for one in self.answers if one.answers), default=date.min)
        return min((one.on for one in self.counted if one.on > reached), default=None)

    @property
    def waiting_days(self) -> int | None:
        """Days since then; None when nothing is waited for."""
        return (self.today - self.waiting_since).days if self.waiting_since else None

    @property
    def contradicting(self) -> list[Answer]:
        """Answers that contradict something, oldest first."""
        return [one for one in self.answers if one.contradicts]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.entries or self.loose or self.lists or self.commitments)

    @property
    def markings(self) -> list[int]:
        """The markings of everything in it."""
        shown = [one.marking for one in self.entries] + [one["marking"] for one in self.lists]
        told = [answer for one in self.entries for answer in one.answers] + self.loose
        return shown + [one.item.response__marking for one in told] + [one["marking"] for one in self.commitments]

    @property
    def years(self) -> list[Year]:
        """By year, newest first; the last three that hold something stand open."""
        found: dict[int, Year] = {}
        for one in self.entries:
            found.setdefault(one.on.year, Year(one.on.year)).asked.append(one)
        for answer in self.loose:
            found.setdefault(answer.on.year, Year(answer.on.year)).loose.append(answer)
        ordered = [found[number] for number in sorted(found, reverse=True)]
        for place, year in enumerate(ordered):
            year.is_open = place == 0 or year.number > self.today.year - 3
            year.gap = _gap(year.number, ordered[place + 1].number) if place + 1 < len(ordered) else ""
        return ordered


def in_turn(answer: Answer) -> tuple[date, int, str]:
    """Sort key: the order in which answers came."""
    return answer.on, answer.item.position, str(answer.item.pk)


def _gap(year: int, before: int) -> str:
    first, last = before + 1, year - 1
    if first > last:
        return ""
    return str(last) if first == last else f"{first} to {last}"


def ledger_of(
    case: Case, user: User, *, events: Iterable[CaseEvent] | None = None, today: date | None = None
) -> Ledger:
    """The ledger of `case` as `user` sees it, in four queries; one more without `events`, those of the
    case.
    """
    made = Ledger(today or timezone.localdate())
    known = CaseEvent.objects.inside(case, user) if events is None else events
    made.lists, made.commitments = beside_rows(case, user)
    for raising in raising_rows(case, user):
        # visible as its list is, or as its case is when off the list
        marking = case.marking if raising.entry_id is None else raising.entry__case_list__marking
        made.entries.append(Asked(raising, marking))
    by_raising: dict[UUID, Asked] = {one.raising.pk: one for one in made.entries}
    for answer in _answers(case, user):
        if answer.item.raising_id in by_raising:
            asked = by_raising[answer.item.raising_id]
            answer.days = (answer.on - asked.on).days
            asked.answers.append(answer)
        else:
            made.loose.append(answer)
    for one in made.counted:
        one.without_reply = _without_reply(one, made.today)
    _mark(made.answers, list(known))
    return made


def _answers(case: Case, user: User) -> list[Answer]:
    """Oldest first."""
    rows = answer_rows(case, user)
    claims = claims_in_words([row.pk for row in rows], user)
    by_key = {row.pk: Answer(row, claims=claims.get(row.pk, "")) for row in rows}
    for one in by_key.values():
        # What it repeats may stand in a response that is marked higher by now.
        one.repeats = by_key.get(one.item.repeats_id) if one.item.repeats_id else None
    return sorted(by_key.values(), key=in_turn)


def shown(ledger: Ledger) -> dict[str, Any]:
    """What the page shows of a ledger: flat, every figure worked out once."""
    at = Addresses()
    return {
        "lists": [{**one, "url": at.to("rounds:list", one["pk"])} for one in ledger.lists],
        "commitments": [{**one, "url": at.to("rounds:commitment", one["pk"])} for one in ledger.commitments],
        "last_list": ledger.last.raising.entry__case_list_id if ledger.last else None,
        "sums": _sums(ledger) if ledger.entries or ledger.loose else None,
        "years": [year.shown(at) for year in ledger.years],
    }


def _sums(ledger: Ledger) -> dict[str, Any]:
    """The ledger in one line of sums."""
    first, last, newest = ledger.first, ledger.last, ledger.last_told
    sums: dict[str, Any] = {
        "times": ledger.times,
        "waiting_days": ledger.waiting_days,
        "waiting_since": ledger.waiting_since,
        "contradicting": ledger.contradicting,
    }
    if first and last:
        row = last.raising
        how = (CHANNELS.get(row.channel, row.channel), round_of(row), f"by {row.partner__name or 'us'}")
        sums |= {"since": first.on, "last": last.on, "how": ", ".join(part for part in how if part)}
    if newest:
        form = newest.item.response__form
        words = {"words": CODES.get(newest.code, newest.code), "form": FORMS.get(form, form)}
        sums["told"] = {"on": newest.on, "grade": newest.grade, "tag": newest.tag, **words}
    return sums


def _without_reply(asked: Asked, today: date) -> int:
    """The longest horizon (days) that passed before any reply to this raising came; 0: none passed, or refused."""
    stands = [one for one in asked.answers if not one.struck_why]
    replied = min((one.days for one in stands if one.days is not None), default=None)
    passed = (today - asked.on).days if replied is None else replied
    return max((horizon for horizon in HORIZONS if passed > horizon), default=0)


def _mark(answers: Sequence[Answer], events: Sequence[CaseEvent]) -> None:
    for place, answer in enumerate(answers):
        answer.contradicts = contradictions_of(answer, answers[:place], events)
