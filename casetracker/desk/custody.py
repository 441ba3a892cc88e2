"""What an approver looks after: grants that wait for a word, and cases nobody looks after."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from cases.models import Case
from cases.states import CaseState
from casetracker.access.act import ROLES, Doing
from casetracker.access.models import Grant, GrantCompartment, GrantState, User
from casetracker.access.roles import Role
from casetracker.access.see import active_now, holdings

OPEN = (CaseState.DRAFT, CaseState.ACTIVE, CaseState.MONITORING)


@dataclass(frozen=True)
class Orphans:
    """Open cases of one dialogue whose owner cannot work on them any more, or who have none (`owner_id` is None)."""

    owner_id: UUID | None
    owner: str
    dialogue: str
    why: str
    count: int


def grants_waiting(user: User) -> list[Grant]:
    """Requested or suspended grants that `user` may decide on. Two queries."""
    mine = [one for one in holdings(user) if one.role in ROLES[Doing.APPROVE_GRANT]]
    rows = list(
        Grant.objects.visible_to(user)
        .filter(
            state__in=[GrantState.REQUESTED, GrantState.SUSPENDED], dialogue_id__in=[one.dialogue_id for one in mine]
        )
        .exclude(user=user)
        .exclude(requested_by=user)
        .select_related("user", "dialogue", "requested_by")
        .order_by("created_at", "pk")
    )
    circles: dict[UUID, set[UUID]] = {}
    for grant, circle in GrantCompartment.objects.filter(grant__in=[row.pk for row in rows]).values_list(
        "grant_id", "compartment_id"
    ):
        circles.setdefault(grant, set()).add(circle)
    return [
        row
        for row in rows
        if any(
            one.dialogue_id == row.dialogue_id
            and one.marking >= row.marking
            and circles.get(row.pk, set()) <= one.compartments
            for one in mine
        )
    ]


def orphans(user: User) -> list[Orphans]:
    """Open cases without an owner who can work on them, counted by owner and dialogue. Two queries."""
    approves = {one.dialogue_id for one in holdings(user) if one.role == Role.APPROVER}
    groups = (
        Case.objects.visible_to(user)
        .filter(dialogue_id__in=sorted(approves), state__in=OPEN)
        .values("owner_id", "owner__name", "owner__is_active", "dialogue_id", "dialogue__name")
        .annotate(count=Count("pk"))
        .order_by("dialogue__name", "owner__name", "owner_id")
    )
    able = set(
        Grant.objects.visible_to(user)
        .filter(active_now(), role__in=sorted(ROLES[Doing.EDIT_CASE]), user__is_active=True)
        .values_list("user_id", "dialogue_id")
    )
    return [
        Orphans(
            row["owner_id"],
            row["owner__name"] or "",
            row["dialogue__name"],
            _why(row["owner_id"], row["owner__is_active"]),
            row["count"],
        )
        for row in groups
        if (row["owner_id"], row["dialogue_id"]) not in able
    ]


def _why(owner: UUID | None, active: bool | None) -> str:
    if owner is None:
        return "no owner"
    return "holds no grant as an official" if active else "deactivated"
