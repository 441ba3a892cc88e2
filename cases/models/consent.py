"""Consent and risk of harm: what a case may be used for, who says so, until when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.codes import ConsentBy, Use, UseOutcome
from cases.models.part import Part
from casetracker.audit.history import History


class UseAssessment(Part):
    """Whether a case may be used in one way: one row for each use, assessed anew over versions.

    What may be used rests on somebody's consent and ends on a day (the last one on which it holds). That nobody has
    assessed a use is that there is no row; that consent has run out is read off the clock (cases/consent.py).
    """

    use = models.CharField(max_length=8, choices=Use.choices)
    outcome = models.CharField(max_length=8, choices=UseOutcome.choices)
    consent_by = models.CharField(max_length=12, choices=ConsentBy.choices, blank=True)
    consent_until = models.DateField(null=True, blank=True)
    risk = models.CharField(max_length=300, help_text="What harm may come of it, to whom.")
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()
    history = History()

    class Meta(Part.Meta):
        ordering = ["use", "id"]
        indexes = [models.Index(fields=["outcome", "consent_until"])]
        constraints = [
            models.UniqueConstraint("case", "use", name="cases_useassessment_once_a_use"),
            models.CheckConstraint(condition=Q(use__in=Use.values), name="cases_useassessment_use_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=UseOutcome.values), name="cases_useassessment_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(consent_by__in=["", *ConsentBy.values]), name="cases_useassessment_consent_known"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="allowed") | (~Q(consent_by="") & Q(consent_until__isnull=False)),
                name="cases_useassessment_allowed_by_until",
            ),
            models.CheckConstraint(condition=~Q(risk=""), name="cases_useassessment_says_risk"),
        ]

    def __str__(self) -> str:
        return str(self.get_use_display())
