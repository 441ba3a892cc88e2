"""The trail: who did, read or was refused what, when and why. Never what it said."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from casetracker.audit.verbs import Verb


class TrailEntry(models.Model):
    """One action. `label` columns are the object's label at that time; `detail` holds counts and codes only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    action_id = models.UUIDField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    process = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=40, choices=Verb.choices)
    kind = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    reference = models.CharField(max_length=20, blank=True)
    dialogue_id = models.UUIDField(null=True, blank=True)
    marking = models.PositiveSmallIntegerField(null=True, blank=True)
    compartment_id = models.UUIDField(null=True, blank=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        indexes = [
            models.Index(fields=["object_id", "at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor__isnull=False, process="")
                | (models.Q(actor__isnull=True) & ~models.Q(process="")),
                name="audit_entry_has_one_actor",
            )
        ]
