"""An official's own work: what is due, one's cases and drafts, and tables waiting to be imported."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.db.models import Case as Choose
from django.db.models import Count, Q, QuerySet, Value, When
from django.utils import timezone

from cases.models import Case, FollowUp, ImportBatch
from cases.states import CaseState, ImportState
from casetracker.access.act import ROLES, Doing
from casetracker.access.models import User
from casetracker.access.see import holdings

THIS_WEEK = timedelta(days=7)
DUE_SHOWN, FURTHER_SHOWN, CASES_SHOWN, DRAFTS_SHOWN = 12, 3, 8, 5
WAITING_IMPORTS = (ImportState.UPLOADED, ImportState.READ, ImportState.CHECKED, ImportState.FAILED)
_SHOWN = ("reference", "state", "status", "latin_name", "original_name", "original_lang", "place_name")


@dataclass(frozen=True)
class DueList:
    """Open follow-ups of one's own due within a week, the longest due first (the next few, where none is); how many
    there are, and how many colleagues have due.
    """

    items: tuple[FollowUp, ...]
    overdue: int
    this_week: int
    later: int
    of_colleagues: int

    @property
    def due(self) -> int:
        """Overdue and due within a week."""
        return self.overdue + self.this_week


@dataclass(frozen=True)
class CaseShown:
    """A case of one's own with its next step; `due` is None where nothing is to be done."""

    case: Case
    due: date | None


@dataclass(frozen=True)
class MyCases:
    """The cases one owns that want something first, how many one owns, and one's drafts."""

    items: tuple[CaseShown, ...]
    total: int
    drafts: tuple[Case, ...]
    draft_total: int


def due_list(user: User) -> DueList:
    """Two queries."""
    today = timezone.localdate()
    week = today + THIS_WEEK
    mine = Q(owner=user)
    rows = FollowUp.objects.visible_to(user).filter(done_at__isnull=True).exclude(case__state=CaseState.MERGED)
    count = rows.aggregate(
        overdue=Count("pk", filter=mine & Q(due__lt=today)),
        this_week=Count("pk", filter=mine & Q(due__gte=today, due__lte=week)),
        later=Count("pk", filter=mine & Q(due__gt=week)),
        of_colleagues=Count("pk", filter=~mine & Q(due__lte=week)),
    )
    items = list(rows.filter(mine).select_related("case").order_by("due", "case__sort_key", "pk")[:DUE_SHOWN])
    near = [one for one in items if one.due <= week]
    return DueList(tuple(near or items[:FURTHER_SHOWN]), **count)


def my_cases(user: User) -> MyCases:
    """Three queries at most. Those with a next step come first, by its date; then the last changed."""
    owned = Case.objects.visible_to(user).filter(owner=user)
    live = owned.filter(state__in=[CaseState.ACTIVE, CaseState.MONITORING])
    count = owned.aggregate(
        total=Count("pk", filter=Q(state__in=[CaseState.ACTIVE, CaseState.MONITORING])),
        drafts=Count("pk", filter=Q(state=CaseState.DRAFT)),
    )
    resting = Choose(When(next_due="", then=Value(1)), default=Value(0))
    first = _brief(live, "next_due", "next_step").order_by(resting, "next_due", "-changed_at", "pk")[:CASES_SHOWN]
    drafts = _brief(owned.filter(state=CaseState.DRAFT), "changed_at").order_by("-changed_at", "pk")[:DRAFTS_SHOWN]
    return MyCases(
        tuple(_shown(case) for case in first) if count["total"] else (),
        count["total"],
        tuple(drafts) if count["drafts"] else (),
        count["drafts"],
    )


def _shown(case: Case) -> CaseShown:
    return CaseShown(case, date.fromisoformat(case.next_due) if case.next_due else None)


def imports_waiting(user: User) -> list[ImportBatch]:
    """Tables somebody has to go on with, in dialogues where `user` imports. One query."""
    mine = {one.dialogue_id for one in holdings(user) if one.role in ROLES[Doing.IMPORT_CASES]}
    rows = ImportBatch.objects.visible_to(user).filter(state__in=WAITING_IMPORTS, dialogue_id__in=sorted(mine))
    return list(rows.select_related("uploaded_by", "dialogue").defer("columns", "mapping", "settings")[:5])


def _brief(rows: "QuerySet[Case]", *more: str) -> "QuerySet[Case]":
    return rows.only(*_SHOWN, *more).fetch_mode(models.FETCH_RAISE)
