"""Approvals: an act that one person asks for and another decides on, before it happens."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from casetracker.access.kinds import models_of_kinds
from casetracker.access.models.dialogue import Compartment, Dialogue
from casetracker.access.models.user import User
from casetracker.access.net import LabelledQuerySet
from casetracker.access.roles import Marking
from casetracker.access.see import Label, approval_q
from casetracker.audit.history import History
from casetracker.audit.records import Record

if TYPE_CHECKING:
    from datetime import datetime


class ApprovalState(models.TextChoices):
    """Stored states; `expired` is read off the clock."""

    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    REFUSED = "refused", "refused"
    WITHDRAWN = "withdrawn", "withdrawn"


class ApprovalQuerySet(LabelledQuerySet[Any]):
    """Visible to whoever sees the target and dominates the label under which it was asked for."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those `user` may know of."""
        targets = {apps.get_model(label): codes for label, codes in models_of_kinds().items()}
        scoped = self.filter(approval_q(user, targets))
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped

    def in_time(self, now: "datetime | None" = None) -> Self:
        """Those that wait, and not too long."""
        open_now = Q(expires_at__isnull=True) | Q(expires_at__gt=now or timezone.now())
        return self.filter(open_now, state=ApprovalState.WAITING)


class Approval(Record):
    """One act that waits for a second person, or was decided on. `parameters` hold keys and codes only.

    `digest` is over kind, object, parameters and the facts as they were when it was asked for: where one of them
    changed since, nothing is done (casetracker/access/approvals.py).
    """

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    marking = models.PositiveSmallIntegerField(choices=Marking.choices, default=Marking.NORMAL)
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    parameters = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ApprovalState.choices, default=ApprovalState.WAITING)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    objects = ApprovalQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-requested_at", "id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["object_id", "state"]),
            models.Index(fields=["state", "requested_at"]),
            models.Index(fields=["requested_by", "requested_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(marking__in=Marking.values), name="access_approval_marking_known"),
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="access_approval_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="access_approval_has_reason"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="access_approval_decided_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "refused"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="access_approval_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(decision_reason=""), name="access_approval_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(dialogue__isnull=False) | Q(compartment__isnull=True), name="access_approval_circle_inside"
            ),
            models.UniqueConstraint(
                fields=["kind", "object_id"], condition=Q(state="waiting"), name="access_approval_waits_once"
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether it can be decided now."""
        return self.state == ApprovalState.WAITING and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Whether it waited too long."""
        over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.state == ApprovalState.WAITING and over

    @property
    def standing(self) -> str:
        """The state in words, with `expired` read off the clock."""
        return "expired" if self.is_expired else str(ApprovalState(self.state).label)

    def label(self) -> Label | None:
        """The label it was asked for under; None where seeing the target is enough."""
        return Label(self.dialogue_id, self.marking, self.compartment_id) if self.dialogue_id else None
