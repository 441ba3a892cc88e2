"""Why a case is suggested for a list. Each reason is asked twice: of all cases, where it names its first cases in the
order of their names and looks at no more (`Reasons.found`), and of the few cases of one page, where all that holds is
told (`Reasons.details`, `reasons_of`). A case's reasons make one number, its score.

Everything is asked within the label of the list: a raising or an answer that not everybody who sees the list may see
neither makes a reason nor takes one away, for the reason is written on the list.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case as FirstOf
from django.db.models import Exists, IntegerField, OuterRef, Q, Subquery, TextChoices, Value, When
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.codes import EventKind, Status
from cases.models import Case, CaseEvent, CaseTheme, Claim, FollowUp, LedgerDay, LedgerDayKind
from cases.models.case import CHANGED_SINCE_RAISED, NOT_RAISED
from cases.paging import CAP
from cases.states import CaseState
from cases.status import add_months
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, dominated_q
from rounds.actions.coding import FIX_IDENTIFIERS
from rounds.codes import ResponseCode
from rounds.looking_back import LookBack
from rounds.models import CaseList, ListEntry
from rounds.states import Disposition, EntryState

RELEASE_BEFORE, RELEASE_AFTER = timedelta(days=60), timedelta(days=180)
HEALTH_MONTHS = 18
NEW_FOR = timedelta(days=180)
UNIDENTIFIED = (ResponseCode.C1, ResponseCode.C2)
SUGGESTED = (CaseState.ACTIVE, CaseState.MONITORING)
_OUT = (Status.CONDITIONAL, Status.FREE, Status.ABROAD, Status.DEAD)
_BITS = 9


class ReasonCode(TextChoices):
    """Why a case is suggested, in the order in which reasons weigh."""

    CARRIED_FORWARD = "carried_forward", "carried forward"
    FOLLOW_UP = "follow_up", "follow up"
    UNANSWERED = "unanswered", "not answered last time"
    TERM_OVER = "term_over", "sentence ended, no release known"
    RELEASE_DUE = "release_due", "release due"
    HEALTH = "health", "health"
    FIX_IDENTIFIERS = "fix_identifiers", "identifiers to fix"
    NEW_INFORMATION = "new_information", "new information"
    NEVER_RAISED = "never_raised", "never raised"


_R = ReasonCode
# What a reason adds to the rank. Carried forward outweighs all others together.
WEIGHTS: dict[ReasonCode, int] = {
    _R.CARRIED_FORWARD: 100,
    _R.FOLLOW_UP: 9,
    _R.UNANSWERED: 8,
    _R.TERM_OVER: 8,
    _R.RELEASE_DUE: 7,
    _R.HEALTH: 6,
    _R.FIX_IDENTIFIERS: 5,
    _R.NEW_INFORMATION: 3,
    _R.NEVER_RAISED: 1,
}
BITS = {code: 1 << place for place, code in enumerate(WEIGHTS)}
# What the row of the case tells, and what the list before tells.
_OF_ROW = (_R.TERM_OVER, _R.RELEASE_DUE)
_KNOWN = (_R.CARRIED_FORWARD, _R.FOLLOW_UP, _R.UNANSWERED)
_UNIDENTIFIED_LAST = FirstOf(When(code__in=UNIDENTIFIED, then=Value(1)), default=Value(0), output_field=IntegerField())


@cache
def reasons_in(score: int) -> tuple[ReasonCode, ...]:
    """The reasons a score is made of, the heaviest first."""
    return tuple(code for code, bit in BITS.items() if score & bit)


@cache
def score_of(bits: int) -> int:
    """One whole number for reasons (a bit for each): the rank in the upper bits, below them the reasons."""
    return (sum(WEIGHTS[code] for code in reasons_in(bits)) << _BITS) + bits


def unanswered_entries(back: LookBack) -> dict[UUID, ListEntry]:
    """Names raised on the previous list about which nothing else was decided: suggested unless an answer came."""
    closed = (Disposition.SATISFIED, Disposition.DROP)
    return {
        key: entry
        for key, entry in back.names.items()
        if entry.state == EntryState.RAISED and entry.disposition not in closed
    }


@dataclass(frozen=True)
class Reasons:
    """The reasons for one list on one day, for one viewer."""

    case_list: CaseList
    user: User
    back: LookBack
    today: date

    @cached_property
    def around(self) -> date:
        """The day that releases are looked for around: the round's first day, or today."""
        return self.case_list.round.starts or self.today

    def candidates(self) -> Any:
        """Cases that can be suggested at all: seen, within the label, open, and not on the list yet."""
        rows = Case.objects.visible_to(self.user).filter(dominated_q(self.case_list.label()), state__in=SUGGESTED)
        return rows.exclude(pk__in=[entry.case_id for entry in self.back.here])

    def found(self, cases: Any) -> list[tuple[UUID, int]]:
        """Cases of `cases` that have a reason, each with its score, by rank: carried forward first, then by weight,
        then by name. Of each reason the first CAP + 1 by name and no more; up to there it is complete. One query.
        """
        known, *parts = [self._known(cases), *(self._first(rows, code) for code, rows in self._asked(cases))]
        bits: dict[tuple[str, UUID], int] = defaultdict(int)
        for key, name, some in known.union(*parts, all=True).order_by():
            bits[name, key] |= some | self._decided(key)
        ordered = sorted((-score_of(some), name, key) for (name, key), some in bits.items() if some)
        return [(key, -score) for score, _, key in ordered]

    def _asked(self, cases: Any) -> Iterator[tuple[ReasonCode, Any]]:
        """Cases by every reason that any case may have; each question apart, so that each can begin at its index."""
        yield _R.TERM_OVER, cases.filter(self._term_over())
        yield _R.RELEASE_DUE, cases.filter(self._release_due())
        for rows in self._health():
            yield _R.HEALTH, cases.filter(pk__in=rows.order_by().values("case_id"))
        yield _R.FIX_IDENTIFIERS, cases.filter(pk__in=self._unidentified())
        told, never = Exists(self._of_case(LedgerDayKind.RAISED)), ~Exists(self._of_case(LedgerDayKind.RAISED))
        yield _R.NEW_INFORMATION, cases.filter(CHANGED_SINCE_RAISED, self._changed_since())
        yield _R.NEW_INFORMATION, cases.filter(NOT_RAISED, never, changed_at__gte=self._lately)
        if self.case_list.label() != self._widest:
            yield _R.NEW_INFORMATION, cases.filter(NOT_RAISED, told, self._changed_since())
        yield _R.NEVER_RAISED, cases.filter(NOT_RAISED, never, state=CaseState.ACTIVE)

    @property
    def _widest(self) -> Label:
        """Under this label nobody was told anything that `Case.raised_until` does not know of."""
        return Label(self.case_list.dialogue_id, Marking.NORMAL)

    def _first(self, cases: Any, code: ReasonCode) -> Any:
        """The first of the cases with a reason."""
        first = cases.order_by("sort_key", "pk")
        bit = Value(0 if code in _OF_ROW else BITS[code])
        if connection.features.supports_slicing_ordering_in_compound:
            return self._bits(first, bit)[: CAP + 1]
        inside = Case.objects.visible_to(self.user).filter(pk__in=first.values("pk")[: CAP + 1])
        return self._bits(inside.order_by(), bit)

    def _known(self, cases: Any) -> Any:
        """Cases of which the list before says something: few, so all of them."""
        names = {*self.back.carried, *self._followed, *unanswered_entries(self.back)}
        return self._bits(cases.filter(_among(names)).order_by(), _if(self._unanswered(), BITS[_R.UNANSWERED]))

    def _bits(self, rows: Any, bits: Any) -> Any:
        """Key, name and reasons; what the row tells comes with it, so that it counts for the rank in any case."""
        told = [_if(self._term_over(), BITS[_R.TERM_OVER]), _if(self._release_due(), BITS[_R.RELEASE_DUE])]
        return rows.values_list("pk", "sort_key", _plus([bits, *told]))

    def details(self, rows: Any) -> Any:
        """Cases with what their reasons and the words of these need: `reasons_of` reads it."""
        fixing = FollowUp.objects.visible_to(self.user).filter(
            case=OuterRef("pk"), what=FIX_IDENTIFIERS, done_at__isnull=True
        )
        health = reduce(or_, (Q(Exists(rows.filter(case=OuterRef("pk")))) for rows in self._health()))
        of_page = {
            _R.UNANSWERED: self._unanswered(),
            _R.TERM_OVER: self._term_over(),
            _R.RELEASE_DUE: self._release_due(),
            _R.HEALTH: health,
            _R.NEW_INFORMATION: Q(self._changed_since()),
        }
        return rows.annotate(
            bits=_plus([_if(condition, BITS[code]) for code, condition in of_page.items()]),
            last_raised=Subquery(self._of_case(LedgerDayKind.RAISED).order_by("-on").values("on")[:1]),
            last_code=self._last_code("pk"),
            fixing=Exists(fixing),
        )

    def reasons_of(self, case: Any) -> tuple[ReasonCode, ...]:
        """All reasons of a case that came with `details`, the heaviest first."""
        bits = case.bits | self._decided(case.pk)
        if case.last_code in UNIDENTIFIED:
            bits |= BITS[_R.FIX_IDENTIFIERS]
        if case.last_raised is None:
            bits |= BITS[_R.NEW_INFORMATION] if case.changed_at >= self._lately else 0
            bits |= BITS[_R.NEVER_RAISED] if case.state == CaseState.ACTIVE else 0
        return reasons_in(bits)

    @cached_property
    def _lately(self) -> datetime:
        return _begin(self.today - NEW_FOR)

    @cached_property
    def _followed(self) -> set[UUID]:
        return {key for key, one in self.back.names.items() if one.disposition == Disposition.FOLLOW_UP}

    def _decided(self, key: UUID) -> int:
        """What was decided about a case after the list before."""
        carried = BITS[_R.CARRIED_FORWARD] if key in self.back.carried else 0
        return carried | (BITS[_R.FOLLOW_UP] if key in self._followed else 0)

    def _days(self, **which: Any) -> Any:
        """Days of the ledger that everybody who sees the list may see; inside a query over visible cases only."""
        rows = LedgerDay.objects.beside_visible_cases(self.user)
        return rows.filter(dominated_q(self.case_list.label()), **which).order_by()

    def _of_case(self, kind: LedgerDayKind) -> Any:
        """Those of one kind of the case of the outer query."""
        return self._days(kind=kind, case=OuterRef("pk"))

    def _term_over(self) -> Q:
        return Q(status=Status.SERVING, term_ends__lt=self.today.isoformat()) & ~Q(term_ends="")

    def _release_due(self) -> Q:
        first, last = self.around - RELEASE_BEFORE, self.around + RELEASE_AFTER
        due = Q(term_ends__gte=first.isoformat(), term_ends__lte=last.isoformat()) & ~Q(status__in=_OUT)
        return due & ~self._term_over()

    def _unanswered(self) -> Q:
        asked: dict[date, list[UUID]] = {}
        for key, entry in unanswered_entries(self.back).items():
            handed_on = getattr(entry.case_list, "handed_on", None) or entry.case_list.round.starts or date.min
            asked.setdefault(handed_on, []).append(key)
        found = Q(pk__in=[])
        for day, keys in asked.items():
            # An answer to an older list that came late says nothing about this one.
            speaks_to = self._of_case(LedgerDayKind.ANSWERED).annotate(speaks_to=Coalesce("answers_to", "on"))
            found |= _among(keys) & ~Q(Exists(speaks_to.filter(speaks_to__gte=day)))
        return found

    def _health(self) -> list[Any]:
        """Rows that each make their case one of concern for health: a theme, an event, an answer."""
        since = add_months(self.today, -HEALTH_MONTHS)
        undated = Q(when__isnull=True, created_at__gte=_begin(since))
        events = CaseEvent.objects.visible_to(self.user).filter(kind=EventKind.HEALTH)
        return [
            CaseTheme.objects.visible_to(self.user).filter(theme__name__icontains="health"),
            events.filter(Q(latest__gte=since.isoformat()) | undated),
            self._days(kind=LedgerDayKind.ANSWERED, code=ResponseCode.B3, on__gte=since),
        ]

    def _unidentified(self) -> Any:
        """Keys of cases whose last coded answer says that the person cannot be found by what we gave."""
        rows = self._days(kind=LedgerDayKind.ANSWERED, code__in=UNIDENTIFIED)
        return rows.annotate(last=self._last_code("case")).filter(last__in=UNIDENTIFIED).values("case_id")

    def _last_code(self, case: str) -> Subquery:
        """The code of the last coded answer to the case of the outer query; of one day the one that says more."""
        coded = self._days(kind=LedgerDayKind.ANSWERED, case=OuterRef(case)).exclude(code="")
        return Subquery(coded.order_by("-on", _UNIDENTIFIED_LAST, "code").values("code")[:1])

    def _changed_since(self) -> Combinable:
        """Raised, and an event or a claim changed on a later day than that of the last raising."""
        raised = self._days(kind=LedgerDayKind.RAISED, case=OuterRef(OuterRef("pk")))
        last = Subquery(raised.order_by("-on").values("on")[:1])
        changed = [
            Exists(model.objects.visible_to(self.user).filter(case=OuterRef("pk"), changed_at__date__gt=last))
            for model in (CaseEvent, Claim)
        ]
        return changed[0] | changed[1]  # type: ignore[return-value]


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _among(keys: Iterable[UUID]) -> Q:
    return Q(pk__in=sorted(keys))


def _if(condition: Q, worth: int) -> Combinable:
    return FirstOf(When(condition, then=Value(worth)), default=Value(0), output_field=IntegerField())


def _plus(parts: Iterable[Combinable]) -> Combinable:
    return reduce(lambda one, other: CombinedExpression(one, "+", other, output_field=IntegerField()), parts)
