"""Sealed sources: what stands of them in clear, and for whom one is open to be read.

What is known of a sealed source without reading it is its kind, its connection and its reliability. Title, date,
language and place can each give a person away: they belong to what is sealed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from cases.models import Source, SourceIdentity
from casetracker.access.models import Approval, User

CODE = "source.unseal"


def opened_by(identity: SourceIdentity, user: User) -> Approval | None:
    """The approval under which `user` reads this identity now; None where there is none, or its time is over."""
    since = timezone.now() - timedelta(minutes=settings.UNSEALED_MINUTES)
    rows = Approval.objects.visible_to(user).filter(
        kind=CODE, object_id=identity.pk, state="done", requested_by=user, decided_at__gt=since
    )
    found: Approval | None = rows.order_by("-decided_at").first()
    return found


def open_until(approval: Approval) -> datetime:
    """Until when it may be read."""
    assert approval.decided_at is not None
    return approval.decided_at + timedelta(minutes=settings.UNSEALED_MINUTES)


def is_open(source: Source, user: User) -> bool:
    """Whether `user` may read all of `source` now: it is not sealed, or open to them."""
    if not source.sealed:
        return True
    identity = SourceIdentity.objects.visible_to(user).filter(source=source).first()
    return identity is not None and opened_by(identity, user) is not None


def in_plain_order[S: Source](sources: Iterable[S]) -> list[S]:
    """As given, but sealed ones last and by their keys: their place in an order by date would tell the date."""
    rows = list(sources)
    return [row for row in rows if not row.sealed] + sorted((row for row in rows if row.sealed), key=lambda row: row.pk)
