"""The list for a round, its entries, and handing it over."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Case
from cases.models.part import InsideQuerySet
from casetracker.access.labels import Labelled
from casetracker.access.see import Label
from casetracker.audit.history import History
from casetracker.audit.records import Record
from rounds.codes import Acceptance
from rounds.days import list_in_words
from rounds.models.round import Round
from rounds.states import Disposition, EntryState, ListState


class CycleQuerySet(InsideQuerySet[Any]):
    """Rows of the cycle, under the net."""


class CaseList(Labelled, Record):
    """The list for a round, versioned. Its label dominates that of every case in it: who sees it sees it whole."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    same_label: ClassVar[tuple[str, ...]] = ("round", "supersedes")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="lists")
    number = models.PositiveSmallIntegerField(default=1, help_text="Version: one more than that of `supersedes`.")
    supplementary = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ListState.choices, default=ListState.DRAFT)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    heading = models.JSONField(null=True, blank=True, help_text="What the sheet says of the round, from approval on.")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    state_reason = models.TextField(blank=True, help_text="Why it was returned, withdrawn or superseded.")

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=ListState.values), name="rounds_caselist_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "handed_over", "closed"])
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(sha256="")),
                name="rounds_caselist_approved_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="rounds_caselist_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "superseded"]) | ~Q(state_reason=""),
                name="rounds_caselist_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")), name="rounds_caselist_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return list_in_words(str(self.round), self.number, self.supplementary)


class ListEntry(Record):
    """A case on a list: position, ask, and (from approval on) a frozen snapshot of what the sheet says."""

    label_paths: ClassVar[tuple[str, ...]] = ("case_list",)
    same_label: ClassVar[tuple[str, ...]] = ("case", "carried_from")

    case_list = models.ForeignKey(CaseList, on_delete=models.PROTECT, related_name="entries")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="list_entries")
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=EntryState.choices, default=EntryState.PROPOSED)
    state_reason = models.TextField(blank=True)
    ask = models.TextField(blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was put on the list.")
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    carried = models.PositiveSmallIntegerField(default=0, help_text="How often carried forward, this time included.")
    snapshot = models.JSONField(null=True, blank=True)
    accepted = models.BooleanField(null=True, blank=True)
    disposition = models.CharField(max_length=16, choices=Disposition.choices, blank=True, default="")
    disposition_reason = models.TextField(blank=True)
    # What two persons let stand without consent, and what was so then (rounds/consent.py); the second of them.
    consent_override = models.JSONField(null=True, blank=True)
    consent_override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["position", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint("case_list", "case", name="rounds_listentry_case_once"),
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="rounds_listentry_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["held_back", "not_raised"]) | ~Q(state_reason=""),
                name="rounds_listentry_left_out_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(disposition="drop") | ~Q(disposition_reason=""),
                name="rounds_listentry_dropped_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(consent_override__isnull=True, consent_override_by__isnull=True)
                | Q(consent_override__isnull=False, consent_override_by__isnull=False),
                name="rounds_listentry_overridden_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(disposition__in=Disposition.values), name="rounds_listentry_disposition_known"
            ),
        ]

    def label(self) -> Label:
        """The list's label."""
        return self.case_list.label()


class ListComment(Record):
    """What somebody said about a list, or one entry of it, in review. Said once; never edited."""

    label_paths: ClassVar[tuple[str, ...]] = ("case_list",)
    same_label: ClassVar[tuple[str, ...]] = ("entry",)

    case_list = models.ForeignKey(CaseList, on_delete=models.PROTECT, related_name="comments")
    entry = models.ForeignKey(ListEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    settled = models.BooleanField(default=False)

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="rounds_listcomment_says_something")]

    def label(self) -> Label:
        """The list's label."""
        return self.case_list.label()


class Handover(Record):
    """A list given to the counterpart. All outcomes but "not tendered" create raisings."""

    label_paths: ClassVar[tuple[str, ...]] = ("case_list",)

    case_list = models.ForeignKey(CaseList, on_delete=models.PROTECT, related_name="handovers")
    on = models.DateField()
    by = models.CharField(max_length=200)
    to = models.CharField(max_length=200)
    medium = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=16, choices=Acceptance.choices)
    note = models.TextField(blank=True)
    consent_reason = models.TextField(blank=True, help_text="Why cases without consent were handed over all the same.")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reason = models.TextField(blank=True, help_text="Why it supersedes an earlier record.")

    same_label: ClassVar[tuple[str, ...]] = ("supersedes",)
    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-on", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Acceptance.values), name="rounds_handover_outcome_known"),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")), name="rounds_handover_not_itself"
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(correction_reason=""),
                name="rounds_handover_corrected_with_reason",
            ),
        ]

    def label(self) -> Label:
        """The list's label."""
        return self.case_list.label()
