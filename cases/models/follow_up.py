"""What we owe or chase on a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.part import Part
from casetracker.audit.history import History


class FollowUp(Part):
    """A next step with owner, reason and due date. Open until `done_at`."""

    what = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.TextField(blank=True)
    history = History()

    class Meta(Part.Meta):
        ordering = ["due", "id"]
        indexes = [models.Index(fields=["owner", "done_at", "due"]), models.Index(fields=["case", "done_at"])]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="cases_followup_says_what"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="cases_followup_done_by_somebody",
            ),
        ]
