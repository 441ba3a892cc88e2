"""What happened to a round, field by field, newest first: its own history, that of its events and of its agenda."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from cases.models import Theme
from casetracker.access.models import User
from rounds.days import day_in_words
from rounds.models import AgendaItem, Round, RoundEvent

# Column → what it is called. What is not named here is not told (keys, versions, times).
COLUMNS: dict[type[Any], dict[str, str]] = {
    Round: {
        "ordinal": "Number",
        "state": "State",
        "state_reason": "Reason of the state",
        "cancelled_by": "Cancelled by",
        "starts": "First day",
        "ends": "Last day",
        "venue": "Venue",
        "host_side": "Host",
        "chair": "Chair",
        "presidency": "Presidency",
        "note": "Note",
    },
    RoundEvent: {
        "kind": "Kind",
        "title": "Title",
        "starts": "First day",
        "ends": "Last day",
        "venue": "Place",
        "note": "Note",
        "cancelled": "Cancelled",
        "cancelled_reason": "Reason of the cancellation",
    },
}
_SAID = {
    (Round, "+"): "created the round",
    (Round, "~"): "edited the round",
    (RoundEvent, "+"): "added an event",
    (RoundEvent, "~"): "edited an event",
    (AgendaItem, "+"): "added to the agenda",
    (AgendaItem, "~"): "reordered the agenda",
    (AgendaItem, "-"): "took off the agenda",
}
LONGEST = 400


@dataclass
class Change:
    """One thing done: by whom, when, why, to what, and the fields it changed (label, before, after)."""

    at: datetime
    who: str
    said: str
    what: str
    reason: str
    version: int
    fields: list[dict[str, str]] = field(default_factory=list)


def past_of(round: Round, user: User) -> list[Change]:
    """Everything done to `round` that `user` may know of, newest first; at most `LONGEST` rows of each kind."""
    rows = [
        *_rows(Round, user, id=round.pk),
        *_rows(RoundEvent, user, round_id=round.pk),
        *_rows(AgendaItem, user, round_id=round.pk),
    ]
    themes = _theme_names(rows, user)
    before: dict[UUID, Any] = {}
    changes: list[Change] = []
    reordered: dict[UUID, Change] = {}
    for model, row in sorted(rows, key=lambda pair: (pair[1].history_date, pair[1].version)):
        earlier, before[row.id] = before.get(row.id), row
        if model is AgendaItem and row.history_type == "~" and earlier is not None:
            _reordering(row, earlier, themes, changes, reordered)
        elif (change := _change(model, row, earlier, themes)) is not None:
            changes.append(change)
    return changes[::-1]


def _reordering(
    row: Any, earlier: Any, themes: dict[Any, str], changes: list[Change], reordered: dict[UUID, Change]
) -> None:
    """Items that changed places in one act are one change: "reordered the agenda"."""
    if row.position == earlier.position:
        return
    if row.action_id not in reordered:
        reordered[row.action_id] = _done(AgendaItem, row, what="")
        changes.append(reordered[row.action_id])
    places = {"label": _name(AgendaItem, row, themes), "before": str(earlier.position), "after": str(row.position)}
    reordered[row.action_id].fields.append(places)


def _rows(model: type[Any], user: User, **which: Any) -> list[tuple[type[Any], Any]]:
    rows = model.history.visible_to(user).filter(**which).select_related("history_user")
    return [(model, row) for row in rows.order_by("-history_date", "-version")[:LONGEST]]


def _theme_names(rows: Iterable[tuple[type[Any], Any]], user: User) -> dict[Any, str]:
    wanted = {row.theme_id for model, row in rows if model is AgendaItem and row.theme_id}
    if not wanted:
        return {}
    return {theme.pk: theme.name for theme in Theme.objects.visible_to(user).filter(pk__in=wanted)}


def _change(model: type[Any], row: Any, before: Any, themes: dict[Any, str]) -> Change | None:
    change = _done(model, row, what="" if model is Round else _name(model, row, themes))
    # What is put on the agenda or taken off it is named already.
    for column, label in COLUMNS.get(model, {}).items():
        old = _words(model, column, before) if before is not None else ""
        new = _words(model, column, row)
        if old != new:
            change.fields.append({"label": label, "before": old, "after": new})
    if model is Round and before is not None and row.state != before.state:
        change.said = f"recorded the round as {row.get_state_display()}"
    return None if row.history_type == "~" and not change.fields else change


def _done(model: type[Any], row: Any, *, what: str) -> Change:
    said = _SAID[model, row.history_type]
    who = str(row.history_user or row.process)
    return Change(row.history_date, who, said, what, row.history_change_reason or "", row.version)


def _name(model: type[Any], row: Any, themes: dict[Any, str]) -> str:
    if model is AgendaItem:
        return row.title or themes.get(row.theme_id, "")
    return row.title or str(row.get_kind_display())


def _words(model: type[Any], column: str, row: Any) -> str:
    value = getattr(row, column)
    if value in (None, "", False):
        return ""
    if value is True:
        return "yes"
    column_field = model._meta.get_field(column)
    if column_field.choices:
        return str(dict(column_field.flatchoices).get(value, value))
    return day_in_words(value) if isinstance(column_field, models.DateField) else str(value)
