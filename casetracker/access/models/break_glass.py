"""Emergency openings: an hour in which somebody reads more than their grants let them, and answers for it."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from casetracker.access.models.dialogue import Compartment, Dialogue, GroundQuerySet
from casetracker.access.models.user import User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, emergency_q
from casetracker.audit.history import History
from casetracker.audit.records import Record

LASTS = timedelta(minutes=60)
REVIEWED_WITHIN = timedelta(hours=72)


class Verdict(models.TextChoices):
    """What the review said; empty until then."""

    OPEN = "", "not reviewed"
    JUSTIFIED = "justified", "justified"
    UNJUSTIFIED = "unjustified", "not justified"


class BreakGlass(Record):
    """A dialogue, or one compartment of it, opened for reading by somebody with a grant in that dialogue.

    A dialogue is opened whole but for its compartments. `named` says that a compartment was named with it; was there
    one of that name, a row of its own (`opened_with` this one) opens it, known to those in that compartment only
    (docs/decisions/0011-break-glass.md).
    """

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    ground_q = staticmethod(emergency_q)
    same_label: ClassVar[tuple[str, ...]] = ("dialogue", "compartment")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="+")
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, null=True, related_name="+")
    marking = models.PositiveSmallIntegerField(choices=Marking.choices)
    named = models.BooleanField(default=False)
    opened_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True, default=Verdict.OPEN)
    words = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    objects = GroundQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-opened_at", "id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["user", "ends_at"])]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="access_breakglass_has_reason"),
            models.CheckConstraint(condition=Q(marking__in=Marking.values), name="access_breakglass_marking_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="access_breakglass_ends_after_start"),
            models.CheckConstraint(
                condition=Q(compartment__isnull=True, opened_with__isnull=True)
                | Q(compartment__isnull=False, opened_with__isnull=False),
                name="access_breakglass_circle_with_dialogue",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="access_breakglass_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", reviewed_by__isnull=True, reviewed_at__isnull=True, words="")
                | (
                    Q(verdict__in=["justified", "unjustified"], reviewed_by__isnull=False, reviewed_at__isnull=False)
                    & ~Q(words="")
                    & ~Q(reviewed_by=F("user"))
                ),
                name="access_breakglass_reviewed_by_another",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it opens anything at this moment, as far as its person still has a grant in the dialogue."""
        return self.ended_at is None and self.opened_at <= timezone.now() < self.ends_at

    @property
    def over_at(self) -> datetime:
        """When it ended or will end."""
        return self.ended_at or self.ends_at

    @property
    def review_due(self) -> datetime:
        """Until when somebody else has to say whether it was justified."""
        return self.opened_at + REVIEWED_WITHIN

    @property
    def is_overdue(self) -> bool:
        """Whether nobody has said so in time."""
        return not self.verdict and timezone.now() >= self.review_due

    @property
    def standing(self) -> str:
        """The state in words."""
        if self.is_open:
            return "open"
        if self.verdict:
            return str(Verdict(self.verdict).label)
        return "review overdue" if self.is_overdue else "waits for review"

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        tones = {"open": "none", "justified": "good", "not justified": "none", "review overdue": "none"}
        return tones.get(self.standing, "wait")

    @property
    def on_paper(self) -> str:
        """The highest marking it opens, as it is called on paper."""
        return Marking(self.marking).on_paper

    def label(self) -> Label:
        """Known in its dialogue, or in its compartment."""
        return Label(self.dialogue_id, Marking.NORMAL, self.compartment_id)
