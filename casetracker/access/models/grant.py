"""Grants: time-limited permissions of one user in one dialogue."""

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from casetracker.access.models.dialogue import Compartment, Dialogue, GroundQuerySet
from casetracker.access.models.user import User
from casetracker.access.roles import Marking, Role
from casetracker.access.see import Label, due_before, grant_q, lapses_before
from casetracker.audit.history import History
from casetracker.audit.records import Record


class GrantState(models.TextChoices):
    """Stored states; `expired` is read off the clock."""

    REQUESTED = "requested", "requested"
    ACTIVE = "active", "active"
    REFUSED = "refused", "refused"
    REVOKED = "revoked", "revoked"
    SUSPENDED = "suspended", "suspended"


class Grant(Record):
    """A time-limited permission of one user in one dialogue. No grant, no data.

    Requested by an access admin, approved by an approver of that dialogue who is neither the requester nor the
    holder. `by_server_command` marks the first approver of a dialogue, whom nobody inside could have approved.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    ground_q = staticmethod(grant_q)
    same_label: ClassVar[tuple[str, ...]] = ("dialogue",)

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=12, choices=Role.choices)
    marking = models.PositiveSmallIntegerField(choices=Marking.choices, default=Marking.NORMAL)
    state = models.CharField(max_length=12, choices=GrantState.choices, default=GrantState.REQUESTED)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_to = models.DateTimeField()
    reason = models.TextField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_server_command = models.BooleanField(default=False)
    renews = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="renewals")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    objects = GroundQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-valid_from", "id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["user", "state"])]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="access_grant_ends_after_start"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="access_grant_role_known"),
            models.CheckConstraint(condition=Q(marking__in=Marking.values), name="access_grant_marking_known"),
            models.CheckConstraint(condition=Q(state__in=GrantState.values), name="access_grant_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="access_grant_has_reason"),
            models.CheckConstraint(
                condition=Q(requested_by__isnull=True) | ~Q(requested_by=F("user")), name="access_grant_not_for_self"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (~Q(approved_by=F("user")) & ~Q(approved_by=F("requested_by"))),
                name="access_grant_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(approved_by__isnull=False) | Q(by_server_command=True),
                name="access_grant_active_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("user"))),
                name="access_grant_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(renews__isnull=True) | ~Q(renews=F("id")), name="access_grant_renews_another"
            ),
        ]

    @property
    def is_active_now(self) -> bool:
        """Whether this grant opens anything at this moment."""
        now = timezone.now()
        in_force = self.state == GrantState.ACTIVE and self.valid_from <= now < self.valid_to
        return in_force and self.known_good_at > lapses_before(now)

    @property
    def known_good_at(self) -> datetime:
        """When an approver last said that it is needed; its beginning, for one that none reconfirmed yet."""
        return self.confirmed_at or self.valid_from

    @property
    def is_due(self) -> bool:
        """Whether it is in force by its dates and waits to be reconfirmed."""
        now = timezone.now()
        standing = self.state == GrantState.ACTIVE and self.valid_from <= now < self.valid_to
        return standing and self.known_good_at <= due_before(now)

    @property
    def has_lapsed(self) -> bool:
        """Whether nobody reconfirmed it in time: it opens nothing until somebody does."""
        return self.is_due and not self.is_active_now

    @property
    def lapses_on(self) -> date:
        """The day on which it stops to open anything, unless reconfirmed before."""
        wait = timedelta(days=settings.GRANT_REVIEW_DAYS + settings.GRANT_REVIEW_GRACE_DAYS)
        return timezone.localtime(self.known_good_at + wait).date()

    @property
    def on_paper(self) -> str:
        """The highest marking, as it is called on paper."""
        return Marking(self.marking).on_paper

    @property
    def last_day(self) -> date:
        """The last day on which it opens something; `valid_to` itself is outside."""
        return timezone.localtime(self.valid_to - timedelta(microseconds=1)).date()

    @property
    def standing(self) -> str:
        """The state in words, with `expired`, `not yet` and a lapse read off the clock."""
        now = timezone.now()
        if self.state == GrantState.ACTIVE and self.valid_to <= now:
            return "expired"
        if self.state == GrantState.ACTIVE and self.valid_from > now:
            return "not yet in force"
        if self.has_lapsed:
            return "suspended"
        return str(GrantState(self.state).label)

    def label(self) -> Label:
        """Grants are known in their dialogue."""
        return Label(self.dialogue_id, Marking.NORMAL)


class GrantCompartment(models.Model):
    """One circle that a grant includes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="in_compartments")
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("grant", "compartment", name="access_grant_compartment_once")]
