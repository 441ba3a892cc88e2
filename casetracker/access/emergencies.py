"""Emergency openings as they are read: who may open, what waits for whom, what was read meanwhile."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from casetracker.access.act import may_review_emergency
from casetracker.access.models import BreakGlass, Dialogue, Grant, User, Verdict
from casetracker.access.models.break_glass import REVIEWED_WITHIN
from casetracker.access.roles import Role
from casetracker.access.see import active_now, columns_q, holdings, recused_q
from casetracker.audit.models import TrailEntry
from casetracker.audit.reading import Line, lines

SHOWN = 100
READS_SHOWN = 200


def may_open(user: User, dialogue_id: UUID) -> bool:
    """Whether `user` has a grant there: an emergency reaches further inside, it opens no door from outside."""
    return any(one.role is not None and one.dialogue_id == dialogue_id for one in holdings(user))


def openable(user: User) -> list[Dialogue]:
    """The dialogues `user` may open: those they know anyway. One query."""
    mine = {one.dialogue_id for one in holdings(user) if one.role is not None}
    return list(Dialogue.objects.visible_to(user).filter(pk__in=sorted(mine)).order_by("name", "pk"))


def openings_for(user: User) -> "QuerySet[BreakGlass]":
    """Those `user` may know of, newest first, with what a page shows of them."""
    rows: QuerySet[BreakGlass] = BreakGlass.objects.visible_to(user).select_related(
        "user", "dialogue", "compartment", "ended_by", "reviewed_by"
    )
    return rows.order_by("-opened_at", "pk")


def waiting_for(user: User) -> list[BreakGlass]:
    """For an approver: what waits for their review. For an office: whose review is overdue. One query."""
    rows = openings_for(user).filter(verdict=Verdict.OPEN)
    if user.office:
        return list(rows.filter(opened_at__lte=timezone.now() - REVIEWED_WITHIN)[:SHOWN])
    return [row for row in rows.exclude(user=user)[:SHOWN] if may_review_emergency(user, row)]


def reviewers_of(opening: BreakGlass) -> list[str]:
    """Keys of those who are told at once: the approvers of its dialogue, but for its own person."""
    grants = Grant.objects.unscoped("who is told of an emergency opening").filter(
        active_now(), Q(user__is_active=True), dialogue=opening.dialogue_id, role=Role.APPROVER
    )
    told = grants.exclude(recused_q(opening.label())).exclude(user=opening.user_id)
    keys = told.order_by().values_list("user_id", flat=True).distinct()
    return sorted(str(key) for key in keys)


def reads_under(opening: BreakGlass, viewer: User) -> Sequence[Line]:
    """What its person did while it was open, as far as `viewer` may know of the things: newest first."""
    until = min(opening.over_at, timezone.now()) + timedelta(seconds=1)
    entries = TrailEntry.objects.filter(
        Q(dialogue_id=None) | columns_q(viewer, ""), actor=opening.user_id, at__gte=opening.opened_at, at__lte=until
    ).exclude(verb__startswith="emergency.")
    found = entries.order_by("-at", "-id")[:READS_SHOWN]
    return lines([entry for entry in found if str(opening.pk) in entry.detail.get("emergency", ())], viewer)
