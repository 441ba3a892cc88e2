"""Recusals: what a person may not see whatever their grants say."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from casetracker.access.models.dialogue import Compartment, Dialogue, GroundQuerySet
from casetracker.access.models.user import User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, recusal_q
from casetracker.audit.history import History
from casetracker.audit.records import Record


class Recusal(Record):
    """A person keeps out of a dialogue, or (with `compartment`) of one circle in it, for as long as it is open.

    It beats every grant (see.py). The person or an approver records it; only an approver, another one, ends it.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    ground_q = staticmethod(recusal_q)
    same_label: ClassVar[tuple[str, ...]] = ("dialogue", "compartment")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recusals")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="+")
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True)

    objects = GroundQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-begins_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dialogue"],
                condition=Q(ended_at__isnull=True, compartment__isnull=True),
                name="access_recusal_from_dialogue_once",
            ),
            models.UniqueConstraint(
                fields=["user", "compartment"],
                condition=Q(ended_at__isnull=True, compartment__isnull=False),
                name="access_recusal_from_circle_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="access_recusal_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("user")) & ~Q(end_reason="")),
                name="access_recusal_ended_by_another",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it keeps the person out now."""
        return self.ended_at is None

    def label(self) -> Label:
        """That of what the person keeps out of, at its lowest."""
        return Label(self.dialogue_id, Marking.NORMAL, self.compartment_id)
