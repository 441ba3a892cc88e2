"""State machines of this app, as data. docs/states.md is drawn from them."""

from django.db import models


class CaseState(models.TextChoices):
    """Where a case stands on the desk."""

    DRAFT = "draft", "draft"
    ACTIVE = "active", "active"
    MONITORING = "monitoring", "monitoring"
    CLOSED = "closed", "closed"
    MERGED = "merged", "merged"


class ImportState(models.TextChoices):
    """Where an import batch stands."""

    UPLOADED = "uploaded", "uploaded"
    READ = "read", "read, columns to map"
    CHECKING = "checking", "being checked"
    CHECKED = "checked", "checked, to confirm"
    IMPORTING = "importing", "being imported"
    DONE = "done", "imported"
    FAILED = "failed", "failed"
    DISCARDED = "discarded", "discarded"
    UNDONE = "undone", "undone"


class ExportState(models.TextChoices):
    """Where a large copy stands: asked for, allowed by a second person, taken."""

    ASKED = "asked", "asked for"
    ALLOWED = "allowed", "allowed"
    TAKEN = "taken", "taken"


CASE: dict[str, frozenset[str]] = {
    CaseState.DRAFT: frozenset({CaseState.ACTIVE, CaseState.MERGED}),
    CaseState.ACTIVE: frozenset({CaseState.MONITORING, CaseState.CLOSED, CaseState.MERGED}),
    CaseState.MONITORING: frozenset({CaseState.ACTIVE, CaseState.CLOSED, CaseState.MERGED}),
    CaseState.CLOSED: frozenset({CaseState.ACTIVE, CaseState.MERGED}),
    CaseState.MERGED: frozenset(),
}

IMPORT: dict[str, frozenset[str]] = {
    ImportState.UPLOADED: frozenset({ImportState.READ, ImportState.FAILED, ImportState.DISCARDED}),
    ImportState.READ: frozenset({ImportState.CHECKING, ImportState.DISCARDED}),
    ImportState.CHECKING: frozenset({ImportState.CHECKED, ImportState.FAILED, ImportState.DISCARDED}),
    ImportState.CHECKED: frozenset(
        {ImportState.READ, ImportState.CHECKING, ImportState.IMPORTING, ImportState.DISCARDED}
    ),
    ImportState.IMPORTING: frozenset({ImportState.DONE, ImportState.FAILED}),
    ImportState.DONE: frozenset({ImportState.UNDONE}),
    ImportState.FAILED: frozenset({ImportState.CHECKING, ImportState.DISCARDED}),
    ImportState.DISCARDED: frozenset(),
    ImportState.UNDONE: frozenset(),
}

EXPORT: dict[str, frozenset[str]] = {
    ExportState.ASKED: frozenset({ExportState.ALLOWED}),
    ExportState.ALLOWED: frozenset({ExportState.TAKEN}),
    ExportState.TAKEN: frozenset(),
}

MACHINES = {"Case": (CaseState, CASE), "Import": (ImportState, IMPORT), "Large copy": (ExportState, EXPORT)}
