"""What the cycle waits for: lists in progress, cases proposed, answers to match, code or confirm, promises due."""

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, Window
from django.utils import timezone

from casetracker.access.act import Doing, may
from casetracker.access.models import User
from rounds.answer_queue import DISPUTED, TABS, TO_CODE, TO_CONFIRM, waiting, waits
from rounds.codes import CommitmentState
from rounds.models import CaseList, Commitment, ListEntry, ResponseItem
from rounds.response_listing import UNMATCHED
from rounds.standing import standing
from rounds.states import Disposition, EntryState, ListState, RoundState

LISTS_SHOWN, PROPOSED_SHOWN, ANSWERS_SHOWN, PROMISES_SHOWN = 8, 6, 6, 5
WEEK = timedelta(days=7)
_UNDECIDED = Q(entries__state__in=[EntryState.RAISED, EntryState.NOT_RAISED], entries__disposition=Disposition.NONE)


@dataclass(frozen=True)
class ListShown:
    """A list somebody has to go on with, and what waits."""

    case_list: CaseList
    included: int
    proposed: int
    waits: str
    for_me: bool


@dataclass(frozen=True)
class Proposals:
    """Cases proposed for lists in progress: the first few, and how many."""

    items: tuple[ListEntry, ...]
    total: int


@dataclass(frozen=True)
class Answers:
    """Queue → how many answers wait in it (`unmatched`: for a raising), and the oldest few."""

    items: tuple[ResponseItem, ...]
    unmatched: int
    queues: tuple[tuple[str, str, int], ...]

    @property
    def any(self) -> bool:
        """Whether anything waits."""
        return bool(self.unmatched or self.queues)


@dataclass(frozen=True)
class Promises:
    """Open commitments due within a week or overdue; how many of them are one's own."""

    items: tuple[Commitment, ...]
    overdue: int
    mine: int


def lists_in_progress(user: User) -> list[ListShown]:
    """Lists before their handover, and those with entries nobody has decided after the round. One query."""
    working = [ListState.DRAFT, ListState.IN_REVIEW]
    given = [ListState.APPROVED, ListState.HANDED_OVER]
    rows = (
        CaseList.objects.visible_to(user)
        .filter(state__in=[*working, *given])
        .annotate(
            included=Count("entries", filter=Q(entries__state=EntryState.INCLUDED)),
            proposed=Count("entries", filter=Q(entries__state=EntryState.PROPOSED)),
            undecided=Count("entries", filter=_UNDECIDED),
        )
        .filter(
            Q(state__in=working)
            | Q(state=ListState.APPROVED, included__gt=0)
            | Q(state__in=given, round__state__in=_OVER, undecided__gt=0)
        )
        .select_related("round__dialogue")
        .order_by(F("round__starts").asc(nulls_last=True), "created_at", "pk")[:LISTS_SHOWN]
    )
    return [_shown(row, user) for row in rows]


_OVER = [RoundState.HELD, RoundState.CLOSED, RoundState.CANCELLED]


def _shown(row: CaseList, user: User) -> ListShown:
    label = row.label()
    approves = may(user, Doing.APPROVE_LIST, label) and row.prepared_by_id != user.pk
    prepares = may(user, Doing.PREPARE_LIST, label)
    counted = {"included": row.included, "proposed": row.proposed}  # type: ignore[attr-defined]
    undecided = row.undecided  # type: ignore[attr-defined]
    if row.state == ListState.IN_REVIEW:
        return ListShown(row, **counted, waits="waits for approval", for_me=approves)
    if row.state == ListState.APPROVED and row.included:  # type: ignore[attr-defined]
        return ListShown(row, **counted, waits="to hand over", for_me=prepares)
    if row.state in (ListState.APPROVED, ListState.HANDED_OVER):
        return ListShown(row, **counted, waits=f"{undecided} to decide after the round", for_me=prepares)
    waits = "was returned" if row.state_reason else "being prepared"
    return ListShown(row, **counted, waits=waits, for_me=prepares)


def proposals(user: User) -> Proposals:
    """Entries proposed for lists that can still take them, with their reasons. One query."""
    open_lists = CaseList.objects.visible_to(user).filter(state__in=[ListState.DRAFT, ListState.IN_REVIEW])
    rows = ListEntry.objects.visible_to(user).filter(
        state=EntryState.PROPOSED, case_list__in=open_lists.order_by().values("pk")
    )
    items = rows.select_related("case", "case_list__round").order_by("created_at", "position", "pk")
    shown = tuple(items.annotate(total=Window(Count("pk")))[:PROPOSED_SHOWN])
    return Proposals(shown, shown[0].total if shown else 0)


def answers_waiting(user: User) -> Answers:
    """Two queries. A queue as (its key, words, count); empty ones are left out."""
    rows = standing(user)
    count = waiting(user, unmatched=UNMATCHED)
    mine = reduce(or_, (waits(tab, user) for tab in (TO_CODE, TO_CONFIRM, DISPUTED)))
    items = rows.filter(mine).select_related("case", "response").order_by("response__on", "position", "pk")
    return Answers(
        tuple(items[:ANSWERS_SHOWN]),
        count["unmatched"],
        tuple((tab, TABS[tab].lower(), count[tab]) for tab in TABS if count[tab]),
    )


def promises_due(user: User) -> Promises:
    """One query."""
    today = timezone.localdate()
    rows = Commitment.objects.visible_to(user).filter(state=CommitmentState.OPEN, due__lte=today + WEEK)
    counted = rows.annotate(
        overdue=Window(Count("pk", filter=Q(due__lt=today))), mine=Window(Count("pk", filter=Q(owner=user.pk)))
    )
    items = tuple(counted.select_related("case", "round", "owner").order_by("due", "pk")[:PROMISES_SHOWN])
    return Promises(items, items[0].overdue, items[0].mine) if items else Promises((), 0, 0)
