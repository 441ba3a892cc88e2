"""The desks of the offices, which read no content: the access admin's and the auditor's. And that of nobody yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from casetracker.access.listing import ENDING, renewals_of
from casetracker.access.models import Grant, GrantState, Invitation, User
from casetracker.access.see import active_now
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb

SHOWN = 12
DAYS = 7
_READS = (Verb.CASE_READ, Verb.CASES_LISTED, Verb.CASES_SEARCHED, Verb.ATTACHMENT_READ, Verb.SOURCE_UNSEALED)


@dataclass(frozen=True)
class AdminDesk:
    """What an access admin has to see to: open invitations, grants that wait, grants about to end."""

    invitations: tuple[Invitation, ...]
    requested: tuple[Grant, ...]
    ending: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class TrailFigures:
    """The last seven days of the trail in numbers, and when the newest entry was made."""

    entries: int
    people: int
    reads: int
    exports: int
    refused: int
    grants: int
    last: datetime | None


def admin_desk(user: User) -> AdminDesk:
    """Four queries."""
    now = timezone.now()
    grants = Grant.objects.visible_to(user).select_related("user", "dialogue")
    invitations = Invitation.objects.filter(used_at__isnull=True, user__is_active=True).select_related("user")
    latest: dict[object, Invitation] = {}
    for one in invitations.order_by("-made_at", "pk"):
        latest.setdefault(one.user_id, one)
    waiting = grants.filter(state__in=[GrantState.REQUESTED, GrantState.SUSPENDED]).order_by("created_at", "pk")
    ending = grants.filter(active_now(), valid_to__lte=now + ENDING, user__is_active=True).order_by("valid_to", "pk")
    soon = list(ending[:SHOWN])
    following = renewals_of(user, soon)
    return AdminDesk(
        tuple(sorted(latest.values(), key=lambda one: one.expires_at))[:SHOWN],
        tuple(waiting[:SHOWN]),
        tuple({"grant": one, "renewal": following.get(one.pk)} for one in soon),
    )


def trail_figures() -> TrailFigures:
    """One query."""
    since = timezone.now() - timedelta(days=DAYS)
    found = TrailEntry.objects.filter(at__gte=since).aggregate(
        entries=Count("pk"),
        people=Count("actor", distinct=True),
        reads=Count("pk", filter=Q(verb__in=_READS)),
        exports=Count("pk", filter=Q(verb=Verb.CASES_EXPORTED)),
        refused=Count("pk", filter=Q(verb=Verb.REFUSED)),
        grants=Count("pk", filter=Q(verb__startswith="grant.")),
        last=Max("at"),
    )
    return TrailFigures(**found)


def own_grants(user: User) -> list[Grant]:
    """The grants somebody without any in force ever had or waits for. One query."""
    rows = Grant.objects.visible_to(user).filter(user=user).select_related("dialogue", "requested_by")
    return list(rows.order_by("-valid_to", "pk")[:SHOWN])


def invited_by(user: User) -> str:
    """The name of whoever invited `user`: the one to ask. One query."""
    made = Invitation.objects.filter(user=user).exclude(made_by=None).select_related("made_by").first()
    return made.made_by.name if made and made.made_by else ""
