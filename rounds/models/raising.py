"""Raisings: this case, at this round, by this channel, in these words."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models import Case, Theme
from casetracker.access.see import Label
from casetracker.audit.history import History
from casetracker.audit.records import Record
from rounds.codes import Channel
from rounds.models.case_list import CycleQuerySet, Handover, ListEntry
from rounds.models.round import Round


class Partner(Record):
    """Another government with its own dialogue (Berne Process). Shared vocabulary: it names no person."""

    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    history = History()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def label(self) -> None:
        """Partners have no label."""
        return None


class Raising(Record):
    """Case × date × round × channel × by whom × words. Visible as its list is, or as its case is when off the list."""

    label_paths: ClassVar[tuple[str, ...]] = ("case", "entry__case_list?")
    same_label: ClassVar[tuple[str, ...]] = ("round", "handover")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="raisings")
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="raisings")
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, null=True, blank=True, related_name="raisings")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, blank=True, related_name="raisings")
    on = models.DateField()
    channel = models.CharField(max_length=16, choices=Channel.choices)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    speaker = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    voided = models.BooleanField(default=False)
    voided_reason = models.TextField(blank=True)

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-on", "id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["case", "on"])]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="rounds_raising_channel_known"),
            models.CheckConstraint(
                condition=Q(channel="list", entry__isnull=False) | (~Q(channel="list") & Q(entry__isnull=True)),
                name="rounds_raising_list_has_entry",
            ),
            models.CheckConstraint(
                condition=Q(voided=False) | ~Q(voided_reason=""), name="rounds_raising_voided_with_reason"
            ),
            models.UniqueConstraint("entry", condition=Q(voided=False), name="rounds_raising_entry_once"),
        ]

    def label(self) -> Label:
        """Its list's label, or its case's when off the list."""
        return self.entry.label() if self.entry else self.case.label()
