"""Suggestions for a list: cases worth raising, each with its reasons, the weightiest first.

Each reason names its first cases (rounds/reasons.py), no more than a thousand, however many there are: from these come
the counts and the order. Only the cases of one page are then fetched, with all their reasons and what the words need.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from cases.models import Case
from casetracker.access.models import User
from rounds.days import day_in_words
from rounds.looking_back import LookBack, look_back, source_of
from rounds.models import CaseList, ListEntry
from rounds.reasons import BITS, ReasonCode, Reasons, reasons_in, score_of

LONGEST_WHY = 300
MOST = 1000
SHOWN = (
    "reference", "sort_key", "dialogue_id", "marking", "compartment_id", "state", "latin_name", "original_name",
    "original_lang", "status", "detained_text", "detained_since", "place_name", "themes_text", "term_ends",
    "changed_at", "owner", "owner__name", "owner__email",
)  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """One reason, in words that can stand on the list, and the entry of an earlier list it was drawn from, if any."""

    code: ReasonCode
    words: str
    drawn_from: ListEntry | None = None


@dataclass(frozen=True)
class Suggestion:
    """A case with its reasons, and the entry of an earlier list they were drawn from (`source_of`, where several)."""

    case: Case
    reasons: tuple[Reason, ...]
    carried_from: ListEntry | None = None

    @property
    def why(self) -> str:
        """All reasons that `carried_from` covers, as long as the column is: while it is kept with them, the list
        cannot take a label that their source does not allow.
        """
        return "; ".join(reason.words for reason in self.reasons if self._covers(reason))[:LONGEST_WHY]

    @property
    def score(self) -> int:
        """What it is ranked by."""
        return score_of(sum(BITS[reason.code] for reason in self.reasons))

    def _covers(self, reason: Reason) -> bool:
        source, kept = reason.drawn_from, self.carried_from
        return source is None or (kept is not None and kept.label().dominates(source.label()))


@dataclass(frozen=True)
class Ranking:
    """Keys of cases with their scores, by rank; only those with a reason. Where a reason has more than a thousand
    cases the first of them stand for it, and counts end at one more than a thousand.
    """

    scores: Sequence[tuple[UUID, int]]

    @cached_property
    def by_reason(self) -> Counter[ReasonCode]:
        """How many have each reason; a case has several."""
        found: Counter[ReasonCode] = Counter()
        for score, count in Counter(score for _, score in self.scores).items():
            found.update(dict.fromkeys(reasons_in(score), count))
        return found

    def only(self, reason: ReasonCode | None) -> "Ranking":
        """Those with this reason; all for None."""
        if reason is None:
            return self
        return Ranking([(key, score) for key, score in self.scores if reason in reasons_in(score)])

    def __len__(self) -> int:
        return len(self.scores)


class Suggestions:
    """The suggestions for one list, for one viewer, on one day. `back` is what `look_back` found."""

    def __init__(self, case_list: CaseList, user: User, *, today: date, back: LookBack | None = None) -> None:
        self.back = back or look_back(case_list, user)
        self.reasons = Reasons(case_list, user, self.back, today)
        self.today = today

    def candidates(self) -> Any:
        """Cases that can be suggested; narrowed by the caller where a filter is set."""
        return self.reasons.candidates()

    def ranking(self, cases: Any) -> Ranking:
        """Those of `cases` that have a reason, carried forward first, then by weight, then by name. One query."""
        return Ranking(self.reasons.found(cases))

    def told(self, ranking: Ranking, *, start: int = 0, size: int = MOST) -> list[Suggestion]:
        """A slice of a ranking, with words. One query."""
        keys = [key for key, _ in ranking.scores[start : start + size]]
        found = {one.case.pk: one for one in self._told(keys)}
        return [found[key] for key in keys if key in found]

    def of(self, keys: Iterable[UUID]) -> list[Suggestion]:
        """Those of `keys` that can be put on the list, with the reasons they have (perhaps none any more), by rank.
        One query.
        """
        return sorted(self._told(keys), key=lambda one: (-one.score, one.case.sort_key, one.case.pk))

    def _told(self, keys: Iterable[UUID]) -> list[Suggestion]:
        if not (wanted := list(keys)):
            return []
        rows = self.reasons.details(self.candidates().filter(pk__in=wanted)).order_by()
        return [self._suggestion(case) for case in rows.select_related("owner").only(*SHOWN)]

    def _suggestion(self, case: Any) -> Suggestion:
        told = tuple(
            Reason(code, _words(code, case, self.back, self.today), _source(code, case.pk, self.back))
            for code in self.reasons.reasons_of(case)
        )
        return Suggestion(case, told, source_of([reason.drawn_from for reason in told if reason.drawn_from]))


def suggest(case_list: CaseList, user: User, *, today: date, most: int = MOST) -> list[Suggestion]:
    """The first `most` suggestions for a list, by rank."""
    found = Suggestions(case_list, user, today=today)
    return found.told(found.ranking(found.candidates()), size=most)


def carried_entries(case_list: CaseList, user: User) -> dict[UUID, ListEntry]:
    """Case → the entry it is to be carried forward from. Two queries."""
    return look_back(case_list, user).carried


def _source(code: ReasonCode, case_id: UUID, back: LookBack) -> ListEntry | None:
    """The entry of an earlier list that a reason speaks of."""
    if code == ReasonCode.CARRIED_FORWARD:
        return back.carried[case_id]
    return back.names[case_id] if code in (ReasonCode.UNANSWERED, ReasonCode.FOLLOW_UP) else None


def _words(code: ReasonCode, case: Any, back: LookBack, today: date) -> str:
    """One reason of one case (with the columns of `Reasons.details`)."""
    if code == ReasonCode.CARRIED_FORWARD:
        entry = back.carried[case.pk]
        times = f" for the {_ordinal(entry.carried + 1)} time" if entry.carried else ""
        return f"carried forward from {entry.case_list.round}{times}"
    if code in (ReasonCode.UNANSWERED, ReasonCode.FOLLOW_UP):
        round = back.names[case.pk].case_list.round
        return f"to follow up after {round}" if code == ReasonCode.FOLLOW_UP else f"not answered since {round}"
    if code in (ReasonCode.TERM_OVER, ReasonCode.RELEASE_DUE):
        ends = date.fromisoformat(case.term_ends)
        if code == ReasonCode.TERM_OVER:
            return f"sentence ended {day_in_words(ends)}, no release known"
        return f"sentence {'ends' if ends >= today else 'ended'} {day_in_words(ends)}"
    if code == ReasonCode.FIX_IDENTIFIERS:
        return _identifiers(case)
    if code == ReasonCode.NEW_INFORMATION and case.last_raised:
        return f"new information since last raised on {day_in_words(case.last_raised)}"
    return _PLAIN[code]


_PLAIN = {
    ReasonCode.HEALTH: "concern for health",
    ReasonCode.NEW_INFORMATION: "logged or changed lately",
    ReasonCode.NEVER_RAISED: "never raised",
}


def _identifiers(case: Any) -> str:
    said = "no such person found" if case.last_code == "C1" else "insufficient identifying information"
    step = "identifiers still to be fixed" if case.fixing else "no follow-up on identifiers open"
    return f"last answer {case.last_code}, {said}; {step}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"
