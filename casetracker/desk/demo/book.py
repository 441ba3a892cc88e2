"""The past of the demonstration: records collected in memory with the history they would have, then written at once.

Does for invented data what `save_new`, `save_over` and `remove` (casetracker/audit/records.py) do one by one, with the
people and days that the invented past asks for. Nothing else writes acts of the past; the command that uses this
refuses to run in production, and its own act stands in the trail at the true time.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from casetracker.access.models import User
from casetracker.audit.acting import Act, entry_of
from casetracker.audit.history import records_of
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb

BATCH = 500


class Book:
    """Rows by model and key, their history rows, and the acts they came from."""

    def __init__(self) -> None:
        self.rows: dict[type[Any], dict[UUID, Any]] = defaultdict(dict)
        self.history: dict[type[Any], list[Any]] = defaultdict(list)
        self.acts: list[Act] = []

    def act(
        self,
        verb: Verb,
        by: User | None,
        at: datetime,
        *,
        about: Any = None,
        reason: str = "",
        detail: dict[str, Any] | None = None,
    ) -> Act:
        """One act of the past, which will leave its entry in the trail. Without a person: a server command."""
        made = Act(verb, by, "" if by else "create_admin", reason, about, detail or {}, at=at)
        self.acts.append(made)
        return made

    def add(self, record: Any, act: Act) -> Any:
        """A new record, as of `act`."""
        if hasattr(record, "created_at"):
            record.created_at = record.changed_at = act.at
        self.keep(record)
        if type(record) in records_of:
            self.history[type(record)].append(records_of[type(record)].row(record, "+", act))
        return record

    def keep(self, row: Any) -> None:
        """A new row that has no history."""
        self.rows[type(row)][row.pk] = row

    def change(self, record: Any, act: Act, **changes: Any) -> None:
        """Another version of a record, as of `act`."""
        for name, value in changes.items():
            setattr(record, name, value)
        record.version += 1
        record.changed_at = act.at
        self.history[type(record)].append(records_of[type(record)].row(record, "~", act))

    def drop(self, record: Any, act: Act) -> None:
        """Takes a record out; its history stays."""
        record.version += 1
        self.history[type(record)].append(records_of[type(record)].row(record, "-", act))
        del self.rows[type(record)][record.pk]

    def write(self) -> None:
        """Everything into the database, inside an action; that keys point to rows is checked at its end."""
        for model, rows in self.rows.items():
            model._base_manager.bulk_create(list(rows.values()), batch_size=BATCH)
        for model, versions in self.history.items():
            model.history.model._base_manager.bulk_create(versions, batch_size=BATCH)
        entries = [entry_of(act) for act in sorted(self.acts, key=lambda one: one.at)]
        TrailEntry.objects.bulk_create(entries, batch_size=BATCH)
