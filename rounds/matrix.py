"""Cases × rounds: what was raised when and how, and what came back, as one viewer sees it.

The cases are paged first; raisings and answers are fetched for the cases of the page alone, so what the page costs
does not depend on how many cases or rounds there are.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cases.models import Case
from casetracker.access.models import User
from rounds.codes import Channel, Grade
from rounds.days import day_in_words
from rounds.models import Raising, Round
from rounds.standing import standing
from rounds.states import RoundState

CHANNEL_LETTERS = {
    Channel.LIST: "L", Channel.ORAL_SESSION: "O", Channel.ORAL_MARGINS: "M", Channel.DEMARCHE: "D",
    Channel.NOTE_VERBALE: "V", Channel.JOINT_ACTION: "J", Channel.MINISTERIAL: "S", Channel.UN: "U",
    Channel.PUBLIC_STATEMENT: "P",
}  # fmt: skip
# Grade → (letter, class of the chip), the most telling first.
GRADES = {
    Grade.SUBSTANTIVE: ("s", "s"), Grade.PARTIAL: ("p", "p"), Grade.NONE: ("n", "n"), Grade.REFUSED: ("r", "n"),
}  # fmt: skip
NOT_CODED, WAITING = ("?", ""), ("·", "w")
_PLACES = {value: place for place, value in enumerate(Channel.values)}
ALWAYS = (RoundState.HELD, RoundState.CLOSED)
CHUNK = 500
# Letter, tone and words: what the chips mean.
LEGEND = [
    ("s", "good", "substantive"), ("p", "part", "partial"), ("n", "none", "no substance"), ("r", "none", "refused"),
    ("?", "", "answered, not coded yet"), ("·", "wait", "no answer yet"),
]  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A round, or the time between two (`round` None). `place` orders them: round n is 2n + 1, the time before 2n."""

    place: int
    head: str
    words: str
    round: Round | None = None


@dataclass
class Cell:
    """What was raised in one column about one case: (channel, by a partner, day), and the answers: (grade, day)."""

    raised: list[tuple[str, bool, date]] = field(default_factory=list)
    answers: list[tuple[str, date]] = field(default_factory=list)

    @property
    def channels(self) -> str:
        """Letters of the channels in the order of the vocabulary; "+" behind those of partners."""
        marks = {
            (_PLACES[channel], by_partner): CHANNEL_LETTERS[Channel(channel)] + ("+" if by_partner else "")
            for channel, by_partner, _ in self.raised
        }
        return "".join(marks[key] for key in sorted(marks))

    @property
    def chip(self) -> tuple[str, str]:
        """Letter and class: the most telling grade among the answers."""
        if not self.answers:
            return WAITING
        known = {grade for grade, _ in self.answers}
        return next((GRADES[grade] for grade in GRADES if grade in known), NOT_CODED)

    @property
    def words(self) -> str:
        """All of it in words: "list, 23 May 2025; partial, 2 November 2025"."""
        asked = [
            f"{Channel(channel).label}{' by a partner' if by_partner else ''}, {day_in_words(on)}"
            for channel, by_partner, on in sorted(self.raised, key=lambda one: (one[2], _PLACES[one[0]], one[1]))
        ]
        told = [
            f"{Grade(grade).label if grade else 'answered, not coded yet'}, {day_in_words(on)}"
            for grade, on in sorted(self.answers, key=lambda one: (one[1], str(one[0])))
        ]
        return "; ".join([*asked, *(told or ["no answer yet"])])


@dataclass(frozen=True)
class Line:
    """One case and its cells, one for each column (None: not raised then)."""

    case: Case
    cells: list[Cell | None]
    columns: list[Column]

    @property
    def pairs(self) -> list[tuple[Cell | None, Column]]:
        """Each cell with its column."""
        return list(zip(self.cells, self.columns, strict=True))


@dataclass(frozen=True)
class Table:
    """The matrix, newest round first."""

    columns: list[Column]
    lines: list[Line]


class Timeline:
    """The rounds of one dialogue in order of time, and which of them are shown: `first` to `last` (keys, or all)."""

    def __init__(self, rounds: Iterable[Round], *, first: UUID | None = None, last: UUID | None = None) -> None:
        self.rounds = sorted(rounds, key=lambda one: (one.starts or date.max, one.ordinal or 0, str(one.pk)))
        self.places = {round.pk: 2 * number + 1 for number, round in enumerate(self.rounds)}
        self.starts = [round.starts or date.max for round in self.rounds]
        self.low = self.places.get(first, 0) if first else 0
        self.high = self.places.get(last, 2 * len(self.rounds)) if last else 2 * len(self.rounds)

    @property
    def is_narrowed(self) -> bool:
        """Whether only some rounds are shown."""
        return self.low > 0 or self.high < 2 * len(self.rounds)

    @property
    def shown_rounds(self) -> list[UUID]:
        """Keys of the rounds shown."""
        return [key for key, place in self.places.items() if self.low <= place <= self.high]

    @property
    def span(self) -> tuple[date, date]:
        """Days from and before which raisings between the rounds shown lie."""
        low = self.starts[self.low // 2] if self.low else date.min
        ends_in = self.high // 2
        return low, (self.starts[ends_in] if self.high < 2 * len(self.rounds) else date.max)

    def place_of(self, round_id: UUID | None, on: date) -> int:
        """The column of a raising: that of its round, or the time in which its day lies."""
        if round_id is not None and round_id in self.places:
            return self.places[round_id]
        return 2 * bisect_right(self.starts, on)

    def column(self, place: int) -> Column:
        """The column at a place."""
        if place % 2:
            round = self.rounds[place // 2]
            head = str(round.ordinal or (round.starts.year if round.starts else "?"))
            return Column(
                place, head, f"{round}, {round.dates}" if round.ordinal and round.dates else str(round), round
            )
        before = self.rounds[place // 2 - 1] if place else None
        after = self.rounds[place // 2] if place // 2 < len(self.rounds) else None
        if before and after:
            return Column(place, "–", f"between {before} and {after}")
        return Column(place, "–", f"after {before}" if before else f"before {after}" if after else "without a round")


def table_of(cases: Sequence[Case], timeline: Timeline, user: User) -> Table:
    """The matrix of these cases: two queries for every `CHUNK` of them."""
    cells: dict[UUID, dict[int, Cell]] = {case.pk: {} for case in cases}
    keys = list(cells)
    for start in range(0, len(keys), CHUNK):
        _fill(cells, keys[start : start + CHUNK], timeline, user)
    used = {place for by_place in cells.values() for place in by_place}
    always = {timeline.places[round.pk] for round in timeline.rounds if round.state in ALWAYS}
    places = sorted((place for place in used | always if timeline.low <= place <= timeline.high), reverse=True)
    columns = [timeline.column(place) for place in places]
    lines = [Line(case, [cells[case.pk].get(place) for place in places], columns) for case in cases]
    return Table(columns, lines)


def _fill(cells: dict[UUID, dict[int, Cell]], keys: list[UUID], timeline: Timeline, user: User) -> None:
    raisings: Any = Raising.objects.visible_to(user).filter(case_id__in=keys, voided=False).order_by()
    of_raising: dict[UUID, Cell] = {}
    columns = ("pk", "case_id", "round_id", "on", "channel", "partner_id")
    for pk, case_id, round_id, on, channel, partner_id in raisings.values_list(*columns):
        cell = cells[case_id].setdefault(timeline.place_of(round_id, on), Cell())
        cell.raised.append((channel, partner_id is not None, on))
        of_raising[pk] = cell
    items = standing(user).filter(case_id__in=keys, raising__isnull=False).order_by()
    for raising_id, grade, on in items.values_list("raising_id", "grade", "response__on"):
        if raising_id in of_raising:
            of_raising[raising_id].answers.append((grade, on))
