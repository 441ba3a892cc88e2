"""Import batches: a table from outside, its rows as they came, and the cases they made."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.states import ImportState
from casetracker.access.labels import Labelled
from casetracker.access.net import LabelledQuerySet
from casetracker.audit.history import History
from casetracker.audit.records import Record


class ImportBatchQuerySet(LabelledQuerySet["ImportBatch"]):
    """Under the net."""


class ImportBatch(Labelled, Record):
    """One uploaded table. `mapping` says where each column goes; `progress`/`total` count rows of the running step."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    provider = models.CharField(max_length=120, help_text="Who sent it; the mapping is remembered for them.")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    progress = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()
    history = History(excluded_fields=["progress"])

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="cases_importbatch_state_known"),
        ]

    def __str__(self) -> str:
        return self.title


class BatchPartQuerySet(LabelledQuerySet["ImportRow"]):
    """Under the net."""


class ImportFile(models.Model):
    """The uploaded bytes, encrypted, until the batch is imported or discarded."""

    label_paths: ClassVar[tuple[str, ...]] = ("batch",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="file")
    sealed = models.BinaryField()

    objects = BatchPartQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"


class ImportRow(models.Model):
    """One row as it came (`cells`, in the order of the batch's columns), what was found, and the case it made.

    `number` is the row's place in the file. `matches` holds keys of cases that may be the same person, as visible
    to who checked; show only those the viewer sees. A row is hidden with the case it made.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("batch", "case?")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    matches = models.JSONField(default=list)
    skip = models.BooleanField(default=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="import_rows")
    case_version = models.PositiveIntegerField(null=True, blank=True)

    objects = BatchPartQuerySet.as_manager()

    class Meta:
        ordering = ["number", "id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint("batch", "number", name="cases_importrow_number_once")]


class ColumnMappingQuerySet(LabelledQuerySet["ColumnMapping"]):
    """Under the net."""


class ColumnMapping(Labelled):
    """The mapping last used for a provider, offered again."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider_key = models.CharField(max_length=120)
    mapping = models.JSONField()
    settings = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = ColumnMappingQuerySet.as_manager()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["-saved_at", "id"]
        base_manager_name = "objects"
