"""How often a case was raised, when last, what came back, since when an answer is waited for: for tables of cases.

Figures are per viewer: made of the days (`LedgerDay`) the viewer sees. For the rows that are shown they are made in
Python, in one query; what the table is filtered and sorted by is asked of the database. Both say the same, and the same
as the ledger of the case (rounds/ledger.py): a refusal is no answer; an answer speaks to everything asked until the
day of the raising it is matched to, one that is matched to none to everything asked until it came.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case as FirstOf
from django.db.models import CharField, DateField, Exists, F, Func, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from cases.codes import Grade
from cases.models import LedgerDay, LedgerDayKind
from casetracker.access.models import User

HORIZONS = (90, 180, 365)
NOT_CODED, NEVER = "not_coded", "never"
LAST_ANSWER = [*Grade.choices, (NOT_CODED, "not coded yet"), (NEVER, "raised, never answered")]
RAISED = [("ever", "raised"), ("never", "never raised")]
WAITING = [("any", "waiting"), *((str(days), f"for more than {days} days") for days in HORIZONS)]

# Of several answers of one day the one that says most is the last: by code, not coded ones before refusals only.
_NOT_CODED_RANK = "Q"
_TOLD = (LedgerDayKind.ANSWERED, LedgerDayKind.REFUSED)


@dataclass(frozen=True)
class Figures:
    """One case in figures. Days are None where there is none; `grade` and `code` are those of the last answer."""

    times: int = 0
    last_raised: date | None = None
    last_answer: date | None = None
    grade: str = ""
    code: str = ""
    waiting_since: date | None = None

    @property
    def answer(self) -> str:
        """The last answer as a tag: "B3 partial", "not coded", "" without one."""
        if self.last_answer is None:
            return ""
        return f"{self.code} {Grade(self.grade).label}" if self.code and self.grade else "not coded"

    def waiting_days(self, today: date) -> int | None:
        """Days since the first raising that is not answered."""
        return (today - self.waiting_since).days if self.waiting_since else None


def told_rank(code: str) -> str:
    """Sort key among the answers of one day: the lowest says most."""
    return code or _NOT_CODED_RANK


def figures_of(cases: Iterable[UUID], user: User) -> dict[UUID, Figures]:
    """The figures of these cases as `user` may know them; nothing for a case without any. One query."""
    columns = ("case_id", "kind", "on", "code", "grade", "answers_to")
    rows = LedgerDay.objects.visible_to(user).filter(case_id__in=list(cases)).order_by().values_list(*columns)
    days: dict[UUID, list[Any]] = defaultdict(list)
    for case, *day in rows:
        days[case].append(day)
    return {case: figures(found) for case, found in days.items()}


def figures(days: Sequence[Sequence[Any]]) -> Figures:
    """The figures of the days of one case: (kind, on, code, grade, answers_to) each."""
    raised = [on for kind, on, *_ in days if kind == LedgerDayKind.RAISED]
    told = [(on, code, grade) for kind, on, code, grade, _ in days if kind in _TOLD]
    reached = max((to or on for kind, on, _, _, to in days if kind == LedgerDayKind.ANSWERED), default=date.min)
    last_on = max((on for on, *_ in told), default=None)
    same_day = [(code, grade) for on, code, grade in told if on == last_on]
    # By grade downwards: of B1 as partial and B1 as substantive the second.
    code, grade = min(sorted(same_day, key=lambda one: one[1], reverse=True), key=lambda one: told_rank(one[0]),
                      default=("", ""))  # fmt: skip
    waiting = min((on for on in raised if on > reached), default=None)
    return Figures(len(raised), max(raised, default=None), last_on, grade, code, waiting)


def _days(user: User, *kinds: str) -> Any:
    """The days of the case of the query around it that `user` sees."""
    of_case = LedgerDay.objects.beside_visible_cases(user).filter(case=OuterRef("pk")).order_by()
    return of_case.filter(kind=kinds[0]) if len(kinds) == 1 else of_case.filter(kind__in=kinds)


def _open_days(user: User) -> Any:
    """Those of raisings that no answer speaks to."""
    answers = LedgerDay.objects.beside_visible_cases(user).filter(case=OuterRef("case"), kind=LedgerDayKind.ANSWERED)
    spoken_to = answers.annotate(until=Coalesce("answers_to", "on")).filter(until__gte=OuterRef("on"))
    return _days(user, LedgerDayKind.RAISED).filter(~Exists(spoken_to.order_by()))


def sort_value(of: str, user: User, *, descending: bool) -> Combinable:
    """What the table is sorted by: "times", "raised", "answer" or "waiting". Never NULL; unknown days stand last."""
    if of == "times":
        # not as an aggregate: that would group by the case, and sort each of a hundred thousand groups of one
        counting = Func(F("on"), function="COUNT", output_field=IntegerField())
        counted = _days(user, LedgerDayKind.RAISED).annotate(n=counting).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
    unknown = Value(date.min if descending else date.max, output_field=DateField())
    days = {
        "raised": lambda: _days(user, LedgerDayKind.RAISED).order_by("-on"),
        "answer": lambda: _days(user, *_TOLD).order_by("-on"),
        "waiting": lambda: _open_days(user).order_by("on"),
    }[of]()
    return Coalesce(Subquery(days.values("on")[:1], output_field=DateField()), unknown)


def raised_since(rows: Any, user: User, day: date) -> Any:
    """Cases raised on that day or later."""
    return rows.filter(Exists(_days(user, LedgerDayKind.RAISED).filter(on__gte=day)))


def not_raised_since(rows: Any, user: User, day: date) -> Any:
    """Cases not raised on that day or later: those never raised, too."""
    return rows.filter(~Exists(_days(user, LedgerDayKind.RAISED).filter(on__gte=day)))


def ever_raised(rows: Any, user: User, code: str) -> Any:
    """Cases ever raised, or never (a code of RAISED)."""
    found = Exists(_days(user, LedgerDayKind.RAISED))
    return rows.filter(found if code == "ever" else ~found)


def waiting(rows: Any, user: User, code: str, today: date) -> Any:
    """Cases with a raising that no answer speaks to; by horizon (a code of WAITING) only if it is older than that."""
    days = _open_days(user)
    if code != "any":
        days = days.filter(on__lt=today - timedelta(days=int(code)))
    return rows.filter(Exists(days))


def last_answer(rows: Any, user: User, codes: Sequence[str]) -> Any:
    """Cases whose last answer has one of these grades (codes of LAST_ANSWER)."""
    wanted = Q()
    grades = ["" if code == NOT_CODED else code for code in codes if code != NEVER]
    if grades:
        rank = FirstOf(When(code="", then=Value(_NOT_CODED_RANK)), default=F("code"), output_field=CharField())
        last = _days(user, *_TOLD).order_by("-on", rank, "-grade").values("grade")[:1]
        rows = rows.alias(last_grade=Subquery(last, output_field=CharField()))
        wanted |= Q(last_grade__in=grades)
    if NEVER in codes:
        wanted |= Exists(_days(user, LedgerDayKind.RAISED)) & ~Exists(_days(user, *_TOLD))
    return rows.filter(wanted)
