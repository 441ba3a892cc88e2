"""Sources, and apart from them who they are."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.codes import Connection, Reliability, SourceKind
from cases.fields import PartialDateField
from cases.models.part import Part
from casetracker.access.labels import Labelled
from casetracker.access.net import LabelledQuerySet
from casetracker.audit.history import History

# What of a sealed source is read only with its identity: each of these can give a person away.
SEALED_AWAY = ("title", "date", "date_text", "language", "where")


def sealed_words(kind: str, connection: str, reliability: str) -> str:
    """All that stands in clear of a sealed source: "family, sealed (close, reliability B)"."""
    words = dict(SourceKind.choices).get(kind, kind), dict(Connection.choices).get(connection, connection)
    return f"{words[0]}, sealed ({words[1]}, reliability {reliability})"


class Source(Part):
    """Who says so. When `sealed`, the identity stands in SourceIdentity, and of the columns only kind, connection and
    reliability are shown (SEALED_AWAY); the others are read with the identity.
    """

    kind = models.CharField(max_length=12, choices=SourceKind.choices)
    title = models.CharField(max_length=300, help_text="What it is: a report, a letter, a conversation.")
    connection = models.CharField(max_length=12, choices=Connection.choices, default=Connection.UNKNOWN)
    reliability = models.CharField(max_length=1, choices=Reliability.choices, default=Reliability.F)
    date = PartialDateField(null=True, blank=True)
    date_text = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=40, blank=True)
    where = models.CharField(max_length=300, blank=True, help_text="Page, link or file number.")
    sealed = models.BooleanField(default=False)
    history = History()

    class Meta(Part.Meta):
        ordering = ["-date", "created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="cases_source_has_title"),
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="cases_source_kind_known"),
            models.CheckConstraint(
                condition=Q(reliability__in=Reliability.values), name="cases_source_reliability_known"
            ),
        ]

    def __str__(self) -> str:
        return sealed_words(self.kind, self.connection, self.reliability) if self.sealed else self.title


class SourceIdentityQuerySet(LabelledQuerySet["SourceIdentity"]):
    """Under the net."""


class SourceIdentity(Labelled):
    """The identity of a sealed source: encrypted (casetracker/sealing.py), with a label of its own."""

    label_paths: ClassVar[tuple[str, ...]] = ("", "source__case")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.OneToOneField(Source, on_delete=models.PROTECT, related_name="identity")
    sealed = models.BinaryField()

    objects = SourceIdentityQuerySet.as_manager()

    class Meta(Labelled.Meta):
        abstract = False
        base_manager_name = "objects"
