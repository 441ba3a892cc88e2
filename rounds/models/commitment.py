"""Commitments: what the counterpart promised."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from casetracker.access.labels import Labelled
from casetracker.audit.history import History
from casetracker.audit.records import Record
from rounds.codes import CommitmentState
from rounds.models.case_list import CycleQuerySet
from rounds.models.response import ResponseItem
from rounds.models.round import Round


class Commitment(Labelled, Record):
    """What the counterpart promised, by when, and whether it was kept."""

    label_paths: ClassVar[tuple[str, ...]] = ("", "case?")
    same_label: ClassVar[tuple[str, ...]] = ("round", "item")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments")
    item = models.ForeignKey(ResponseItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.TextField()
    reason = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    promised_on = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=CommitmentState.choices, default=CommitmentState.OPEN)
    outcome = models.TextField(blank=True)

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["due", "id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["owner", "state", "due"])]
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=CommitmentState.values), name="rounds_commitment_state_known"),
            models.CheckConstraint(condition=~Q(what=""), name="rounds_commitment_says_what"),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(outcome=""), name="rounds_commitment_settled_with_outcome"
            ),
        ]
