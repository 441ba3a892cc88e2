"""Records: rows with a version, saved only over the version that was read."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from casetracker.access.errors import Conflict
from casetracker.access.net import LabelledQuerySet, unguarded
from casetracker.access.see import Label
from casetracker.audit.acting import current_act


class Record(models.Model):
    """Base of everything people edit. Keys are random (uuid4): they show neither time nor number.

    `version` counts the saves of this row and orders its history.
    """

    label_paths: ClassVar[tuple[str, ...]]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def label(self) -> Label | None:
        """The label that covers this row. Overridden where the row has no label columns of its own."""
        raise NotImplementedError


def save_new(record: Record) -> None:
    """Inserts `record` with its first history row. Raises NoActor outside an action."""
    record.created_at = record.changed_at = current_act().at
    record.save(force_insert=True)


def save_over(record: Record, *, seen: int, changes: dict[str, Any]) -> bool:
    """Applies `changes` (field name → value) to `record` if version `seen` is still the current one.

    True when something changed; nothing is written when nothing differs. Takes the row's lock first, so of two
    who save at once the second meets Conflict (with the row as it is now in `.current`), never an overwrite.
    """
    current = _locked(record)
    differing = {name: value for name, value in changes.items() if getattr(current, name) != value}
    if not differing:
        return False
    if current.version != seen:
        raise Conflict(current)
    for name, value in differing.items():
        setattr(record, name, value)
    record.version = current.version + 1
    record.changed_at = current_act().at
    record.save(update_fields=[*differing, "version", "changed_at"])
    return True


def touch(record: Record) -> None:
    """A new version though nothing differs: whoever looked at the row before must look again before deciding on it."""
    record.version = _locked(record).version + 1
    record.changed_at = current_act().at
    record.save(update_fields=["version", "changed_at"])


def remove(record: Any, *, seen: int | None = None) -> None:
    """Deletes `record`; its history stays, closed by a row of type "-" with the next version. Raises Conflict."""
    current = _locked(record)
    if seen is not None and current.version != seen:
        raise Conflict(current)
    record.version = current.version + 1
    with unguarded("deleting looks at whatever points to the row"):
        record.delete()


def _locked(record: Any) -> Any:
    """The row as it stands, locked. Terms, people and partners have no label, so nothing to pass by."""
    rows = type(record)._base_manager.all()
    if isinstance(rows, LabelledQuerySet):
        rows = rows.unscoped("takes the lock on the row handed in")
    return rows.select_for_update().get(pk=record.pk)
