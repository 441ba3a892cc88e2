"""What happened to a response and its items, field by field, newest first."""

from typing import Any
from uuid import UUID

from django.db import models

from casetracker.access.models import User
from rounds.days import day_in_words
from rounds.models import Response, ResponseItem
from rounds.past import Change

# Column → what it is called. What is not named here is not told.
_COLUMNS: dict[type[Any], dict[str, str]] = {
    Response: {
        "on": "Day",
        "form": "Form",
        "language": "Language",
        "speaker": "Said or signed by",
        "verbatim": "Words",
        "translation": "Translation",
        "note": "Note",
        "marking": "Marking",
    },
    ResponseItem: {
        "state": "State",
        "code": "Code",
        "grade": "Grade",
        "verbatim": "Words",
        "translation": "Translation",
        "written_as": "Name as written",
        "note": "Note of the coder",
        "second_note": "Note of the second coder",
        "assessment": "Assessment",
        "assessment_note": "Note on the assessment",
        "correction_reason": "Why it was corrected",
    },
}
_SAID = {
    (Response, "+"): "recorded the reply",
    (Response, "~"): "changed the reply",
    (ResponseItem, "+"): "added an item",
    (ResponseItem, "~"): "changed an item",
    (ResponseItem, "-"): "removed an item",
}
LONGEST = 400


def past_of_response(response: Response, user: User, cases: dict[Any, str]) -> list[Change]:
    """Everything done to `response` and its items that `user` may know of, newest first; two queries.

    `cases` gives the references of the cases that its items are matched to.
    """
    rows = [*_rows(Response, user, id=response.pk), *_rows(ResponseItem, user, response_id=response.pk)]
    before: dict[UUID, Any] = {}
    changes: list[Change] = []
    for model, row in sorted(rows, key=lambda pair: (pair[1].history_date, pair[1].version)):
        earlier, before[row.id] = before.get(row.id), row
        change = _change(model, row, earlier, cases)
        if change.fields or row.history_type != "~":
            changes.append(change)
    return changes[::-1]


def _rows(model: type[Any], user: User, **which: Any) -> list[tuple[type[Any], Any]]:
    rows = model.history.visible_to(user).filter(**which).select_related("history_user")
    return [(model, row) for row in rows.order_by("-history_date", "-version")[:LONGEST]]


def _change(model: type[Any], row: Any, before: Any, cases: dict[Any, str]) -> Change:
    who, reason = str(row.history_user or row.process), row.history_change_reason or ""
    matched = cases.get(row.case_id, "") if model is ResponseItem else ""
    change = Change(row.history_date, who, _SAID[model, row.history_type], matched, reason, row.version)
    if row.history_type == "+":
        # It stands on the page, or before what it was changed to.
        return change
    for column, label in _COLUMNS[model].items():
        old = _words(model, column, before) if before is not None else ""
        new = "" if row.history_type == "-" else _words(model, column, row)
        if old != new:
            change.fields.append({"label": label, "before": old, "after": new})
    if model is ResponseItem and before is not None and row.raising_id != before.raising_id:
        was = cases.get(before.case_id, "another case") if before.case_id else ""
        now = cases.get(row.case_id, "another case") if row.case_id else ""
        if was == now and now:
            now = f"{now}, another raising"
        change.fields.append({"label": "Matched to", "before": was, "after": now})
    return change


def _words(model: type[Any], column: str, row: Any) -> str:
    value = getattr(row, column)
    if value in (None, ""):
        return ""
    kind = model._meta.get_field(column)
    if kind.choices:
        return str(dict(kind.flatchoices).get(value, value))
    return day_in_words(value) if isinstance(kind, models.DateField) else str(value)
