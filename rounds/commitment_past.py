"""What happened to a commitment, field by field, newest first."""

from typing import Any

from django.db import models

from casetracker.access.models import Compartment, User
from rounds.days import day_in_words
from rounds.models import Commitment
from rounds.past import Change

COLUMNS = {
    "what": "What was promised",
    "promised_on": "Promised on",
    "due": "By when",
    "owner_id": "Who watches it",
    "reason": "Why we keep it in view",
    "state": "State",
    "outcome": "What came of it",
    "marking": "Marking",
    "compartment_id": "Circle",
}


def past_of_commitment(commitment: Commitment, user: User) -> list[Change]:
    """Everything done to it that `user` may know of. Three queries at most."""
    history: Any = Commitment.history
    rows = list(history.visible_to(user).filter(id=commitment.pk).select_related("history_user").order_by("version"))
    owners = {row.owner_id for row in rows if row.owner_id}
    names = {one.pk: one.name for one in User.objects.visible_to(user).filter(pk__in=owners)}
    if circles := {row.compartment_id for row in rows if row.compartment_id}:
        names |= dict(Compartment.objects.visible_to(user).filter(pk__in=circles).values_list("pk", "name"))
    changes: list[Change] = []
    before: Any = None
    for row in rows:
        change = Change(row.history_date, str(row.history_user or row.process), _said(row, before), "", "", row.version)
        change.reason = row.history_change_reason or ""
        for column, label in COLUMNS.items():
            old, new = _words(before, column, names), _words(row, column, names)
            if old != new:
                change.fields.append({"label": label, "before": old, "after": new})
        changes.append(change)
        before = row
    return changes[::-1]


def _said(row: Any, before: Any) -> str:
    if before is None:
        return "recorded the commitment"
    if row.state == before.state:
        labels = [(one.marking, one.compartment_id) for one in (before, row)]
        return "edited it" if labels[0] == labels[1] else "changed its label"
    return "opened it again" if row.state == "open" else f"recorded it as {row.get_state_display()}"


def _words(row: Any, column: str, names: dict[Any, str]) -> str:
    if row is None or getattr(row, column) in (None, ""):
        return ""
    value = getattr(row, column)
    if column == "owner_id":
        return names.get(value, "somebody who has left")
    if column == "compartment_id":
        return names.get(value, "a circle")
    if column in ("state", "marking"):
        return str(getattr(row, f"get_{column}_display")())
    is_day = isinstance(Commitment._meta.get_field(column), models.DateField)
    return day_in_words(value) if is_day else str(value)
