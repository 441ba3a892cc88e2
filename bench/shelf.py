"""Rows on their way into the database: content as it ends up, history as it was, acts as trail entries."""

from collections import defaultdict
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from casetracker.access.models import User
from casetracker.audit.acting import Act, entry_of
from casetracker.audit.bulk import Rows, as_rows, insert
from casetracker.audit.history import records_of
from casetracker.audit.verbs import Verb


class Shelf:
    """Collects rows by model, in the order in which models first came; keys are drawn from `rng`, so that two runs
    with one seed make the same rows.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.made = 0
        self._rows: dict[type[Any], list[Any]] = defaultdict(list)
        self._history: dict[type[Any], list[Any]] = defaultdict(list)
        self._acts: list[Act] = []

    def key(self) -> UUID:
        """A random key."""
        return UUID(int=self.rng.getrandbits(128), version=4)

    def act(self, verb: Verb, by: User, at: datetime, *, about: Any = None, reason: str = "") -> Act:
        """An act of the past, which leaves its entry in the trail."""
        made = Act(verb, by, "", reason, about, {}, id=self.key(), at=at)
        self._acts.append(made)
        return made

    def add(self, record: Any, act: Act) -> Any:
        """A new record as of `act`, with its first history row."""
        record.id = self.key()
        record.created_at = record.changed_at = act.at
        self._rows[type(record)].append(record)
        self._remember(record, "+", act)
        return record

    def keep(self, row: Any) -> None:
        """A new row that has no history."""
        row.id = self.key()
        self._rows[type(row)].append(row)

    def change(self, record: Any, act: Act, **changes: Any) -> None:
        """The next version of a record, as of `act`. What it holds when the shelf is emptied is what is stored."""
        for name, value in changes.items():
            setattr(record, name, value)
        record.version += 1
        record.changed_at = act.at
        self._remember(record, "~", act)

    def _remember(self, record: Any, kind: str, act: Act) -> None:
        row = records_of[type(record)].row(record, kind, act)
        row.history_id = self.key()
        self._history[type(row)].append(row)

    def empty(self) -> None:
        """Everything into the database, inside a transaction, parents first."""
        entries = [entry_of(act) for act in self._acts]
        for entry in entries:
            entry.id = self.key()
        piles = [*self._rows.values(), *self._history.values(), entries]
        rows: list[Rows] = [as_rows(pile) for pile in piles if pile]
        self.made += sum(len(some.values) for some in rows)
        insert(rows)
        self._rows.clear()
        self._history.clear()
        self._acts.clear()
