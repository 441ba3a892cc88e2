"""A case: one person of concern in one dialogue."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.codes import Sex, Status
from cases.fields import KeyField, PartialDateField
from cases.models.vocabulary import EthnicGroup, Facility, Place
from cases.states import CaseState
from casetracker.access.labels import Labelled
from casetracker.access.net import LabelledQuerySet
from casetracker.audit.history import History
from casetracker.audit.records import Record

DERIVED = (
    "latin_name",
    "original_name",
    "original_lang",
    "sort_key",
    "status",
    "status_since",
    "detained_since",
    "detained_text",
    "place",
    "facility",
    "place_name",
    "place_key",
    "term_ends",
    "themes_text",
    "themes_key",
    "next_due",
    "next_step",
    "raised_until",
    "handover_consent",
)

# No raising that all who see the case see; a change on a later day than that of the last such raising.
NOT_RAISED = Q(raised_until__isnull=True)
CHANGED_SINCE_RAISED = Q(changed_at__gte=F("raised_until"))


class CaseQuerySet(LabelledQuerySet["Case"]):
    """Cases, under the net."""


class Case(Labelled, Record):
    """The person's file. Columns under "derived" are computed from the parts (actions/derive.py), never typed.

    Days in derived columns are ISO text ("" = not known), so that they sort and page without NULLs.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    reference = models.CharField(max_length=16, unique=True, editable=False)
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.DRAFT)
    closed_reason = models.TextField(blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    birth = PartialDateField(null=True, blank=True)
    birth_text = models.CharField(max_length=60, blank=True)
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    origin_text = models.CharField(max_length=200, blank=True)
    ethnic_group = models.ForeignKey(EthnicGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    religion = models.CharField(max_length=120, blank=True)
    occupation = models.CharField(max_length=200, blank=True)

    summary = models.TextField(blank=True)
    handover_summary = models.TextField(blank=True)
    ask = models.TextField(blank=True)

    # derived
    latin_name = models.CharField(max_length=200, blank=True, editable=False)
    original_name = models.CharField(max_length=200, blank=True, editable=False)
    original_lang = models.CharField(max_length=12, blank=True, editable=False)
    sort_key = KeyField(max_length=200, blank=True, editable=False)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.NOT_KNOWN, editable=False)
    status_since = KeyField(max_length=10, blank=True, editable=False)
    detained_since = KeyField(max_length=10, blank=True, editable=False)
    detained_text = models.CharField(max_length=60, blank=True, editable=False, help_text="As exactly as known.")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    place_name = models.CharField(max_length=200, blank=True, editable=False)
    place_key = KeyField(max_length=200, blank=True, editable=False)
    term_ends = KeyField(max_length=10, blank=True, editable=False)
    themes_text = models.CharField(max_length=300, blank=True, editable=False)
    themes_key = KeyField(max_length=300, blank=True, editable=False)
    next_due = KeyField(max_length=10, blank=True, editable=False)
    next_step = models.CharField(max_length=300, blank=True, editable=False)
    # The end of the day of the last raising that all who see the case see; others count only for those who see them.
    raised_until = models.DateTimeField(null=True, editable=False)
    # "", "no", or the last day on which it may be handed over in writing (cases/consent.py).
    handover_consent = KeyField(max_length=10, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()
    history = History(excluded_fields=DERIVED)

    class Meta:
        ordering = ["reference"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["dialogue", "sort_key", "id"]),
            models.Index(fields=["dialogue", "changed_at", "id"]),
            models.Index(fields=["dialogue", "status", "id"]),
            models.Index(fields=["dialogue", "detained_since", "id"]),
            models.Index(fields=["dialogue", "next_due", "id"]),
            models.Index(fields=["dialogue", "term_ends", "id"]),
            models.Index(fields=["owner"]),
            # Suggestions walk these by name (rounds/reasons.py asks the same, word for word).
            models.Index(fields=["dialogue", "sort_key", "id"], condition=NOT_RAISED, name="cases_case_not_raised"),
            models.Index(
                fields=["dialogue", "sort_key", "id"], condition=CHANGED_SINCE_RAISED, name="cases_case_changed_since"
            ),
        ]
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=Q(reference__regex=r"^[A-Z]{2,4}-[0-9A-Z]{6}-[0-9A-Z]$"), name="cases_case_reference_form"
            ),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="cases_case_state_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="cases_case_status_known"),
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="cases_case_sex_known"),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(closed_reason=""), name="cases_case_closed_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="cases_case_merged_into_one",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="cases_case_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
