"""Attachments: what they are, and apart from that what they hold."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.models.part import InsideQuerySet
from casetracker.access.labels import Labelled
from casetracker.access.net import LabelledQuerySet
from casetracker.audit.history import History
from casetracker.audit.records import Record


class AttachmentQuerySet(InsideQuerySet["Attachment"]):
    """Under the net."""


class Attachment(Labelled, Record):
    """A file on a case, with a label of its own on top of the case's. It leaves only under a random name."""

    label_paths: ClassVar[tuple[str, ...]] = ("", "case")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    title = models.CharField(max_length=200)
    extension = models.CharField(max_length=12, blank=True)
    size = models.PositiveIntegerField(help_text="Bytes.")
    note = models.TextField(blank=True)

    objects = AttachmentQuerySet.as_manager()
    history = History()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=~Q(title=""), name="cases_attachment_has_title"),
        ]


class AttachmentContentQuerySet(LabelledQuerySet["AttachmentContent"]):
    """Under the net."""


class AttachmentContent(models.Model):
    """The encrypted bytes (casetracker/sealing.py): bound to this attachment and case, so a swap does not open."""

    label_paths: ClassVar[tuple[str, ...]] = ("attachment", "attachment__case")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="content")
    sealed = models.BinaryField()

    objects = AttachmentContentQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
