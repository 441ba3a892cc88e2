"""What the desk owed or chased: done over the years, overdue, due this week, later."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cases.codes import Status
from cases.models import FollowUp
from cases.status import standing
from casetracker.access.models import User
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.staff import AWAY
from casetracker.desk.demo.tables import table
from casetracker.desk.demo.texts import known_by

if TYPE_CHECKING:
    from casetracker.desk.demo.files import File

_OPEN_SHARE = 0.36


class FollowUps:
    """The follow-ups of one case."""

    def __init__(self, file: "File") -> None:
        self.file, self.rng = file, file.rng
        self.texts: dict[str, Any] = table("texts")["follow_up"]
        self.made: list[FollowUp] = []

    def plan(self) -> None:
        """Some from the past, and for a share of the cases one or two that are open."""
        logged, today = self.file.logged, self.file.today
        span = (today - logged).days
        for _ in range(self.rng.choice((0, 0, 1, 1, 2, 3)) if span > 60 else 0):
            day = logged + timedelta(days=self.rng.randrange(5, span - 30))
            self.file.on(day, self._past)
        if self.rng.random() < _OPEN_SHARE:
            self.file.on(today - timedelta(days=self.rng.randrange(1, 60)), self._open)

    def _past(self, at: datetime) -> None:
        """Done some weeks later."""
        last = self.file.today - timedelta(days=AWAY["official"] + 2)
        due = at.date() + timedelta(days=self.rng.randrange(10, 70))
        done = min(due + timedelta(days=self.rng.randrange(-8, 12)), last)
        follow_up = self._make(at, self.file.somebody(at.date()), self.file.staff.workday(due))
        ended = max(self.file.staff.at(max(done, at.date())), at + timedelta(hours=1))
        act = self.file.book.act(Verb.FOLLOW_UP_DONE, follow_up.owner, ended, about=follow_up)
        outcomes = next(row[2:] for row in self.texts["what"] if row[1] == follow_up.what)
        outcome = self.rng.choice(outcomes)
        self.file.book.change(follow_up, act, done_at=ended, done_by=follow_up.owner, outcome=outcome)

    def _open(self, at: datetime) -> None:
        """Waits for whoever owns the case now."""
        owner = self.file.case.owner or self.file.somebody(at.date())
        self._make(at, owner, self._due())
        if self.rng.random() < 0.15:
            self._make(at, owner, _weekday(self._due() + timedelta(days=self.rng.randrange(20, 60))))

    def finish_all(self, act: Act) -> None:
        """A case that is closed leaves nothing to do."""
        for follow_up in self.made:
            if not follow_up.done_at:
                self.file.book.change(follow_up, act, done_at=act.at, done_by=act.by, outcome="The case was closed.")

    def _due(self) -> date:
        """A share overdue, a share in the next seven days, the rest later."""
        roll, today = self.rng.random(), self.file.today
        if roll < 0.17:
            return _weekday(today - timedelta(days=self.rng.randrange(1, 34)))
        if roll < 0.4:
            return max(_weekday(today + timedelta(days=self.rng.randrange(0, 7))), today)
        return _weekday(today + timedelta(days=self.rng.randrange(9, 120)))

    def _what(self, day: date) -> str:
        """What fits the person on that day and is not asked already."""
        now = standing(known_by(self.file.person.line, day))
        fits = {"any"}
        if now.status.is_detained:
            fits.add("over" if now.term_ends and now.term_ends < day else "held")
        elif now.status == Status.RESTRICTED:
            fits.add("out")
        asked = {one.what for one in self.made}
        return str(self.rng.choice([row[1] for row in self.texts["what"] if row[0] in fits and row[1] not in asked]))

    def _make(self, at: datetime, owner: User, due: date) -> FollowUp:
        made = FollowUp(
            case=self.file.case,
            what=self._what(at.date()),
            reason=self.rng.choice(self.texts["reason"]),
            owner=owner,
            due=due,
        )
        by = self.file.somebody(at.date())
        act = self.file.book.act(Verb.PART_ADDED, by, at, about=made, detail={"part": "followup"})
        self.made.append(self.file.book.add(made, act))
        return made


def _weekday(day: date) -> date:
    """That day, or the Friday before."""
    return day - timedelta(days=max(day.weekday() - 4, 0))
