"""The entries of a list as its page shows them: flat, with finished words and addresses.

A template looks up a name for everything that stands in a line, some forty times for each of a hundred lines; what it
finds at once, in one flat dict, costs a fraction of what it finds by way of entry, case and figures.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from cases.codes import Status
from casetracker.templatetags.ui import brief, grade_tone, lang_attrs, state_tone, status_tone
from rounds.actions.case_list import OPEN
from rounds.consent import badge, is_stopped
from rounds.models import CaseList
from rounds.on_list import Row
from rounds.states import Disposition, EntryState, ListState

# Stands where a key or a reference stands in an address.
_NO_KEY = UUID(int=0)
_ADDRESSES = {
    "edit_url": "rounds:entry",
    "state_url": "rounds:entry_state",
    "remove_url": "rounds:entry_remove",
    "move_url": "rounds:entry_move",
}


def lines_of(
    rows: Sequence[Row],
    case_list: CaseList,
    focus: str = "",
    *,
    on: date | None = None,
    waits: Collection[UUID] = (),
) -> list[dict[str, Any]]:
    """A dict for each row: key, row, number, back, names, case, tags, `was` (figures and what was decided, each a pair
    of class and words), `told` (day, tone and words of the last answer), ask, comments, addresses, `focus` (which of
    its buttons gets it: "edit", "comment", "up", "down"), is_first, is_last, version; `consent` (with its tone) where
    none holds `on` that day; where that stops the list `override_url`, and whether a second person was asked already
    (`waits`: keys of such entries).
    """
    if not rows:
        return []
    today, one = timezone.localdate(), rows[0].case.reference
    before, after = reverse("desk:case", args=[one]).split(one)
    addresses, asking = {name: _around(view) for name, view in _ADDRESSES.items()}, _around("rounds:entry_override")
    comment_url = reverse("rounds:list_comment", args=[case_list.pk])
    part, _, at = focus.partition("-")
    last = len(rows) - 1
    working, waiting = case_list.state in OPEN, case_list.state in (*OPEN, ListState.APPROVED)
    lines: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        key = row.key
        line: dict[str, Any] = {
            "case_url": f"{before}{row.case.reference}{after}",
            "comment_url": f"{comment_url}?entry={key}",
            "focus": _focus(part, place == 0, place == last) if at == key else "",
            "is_first": place == 0,
            "is_last": place == last,
        }
        line.update((name, f"{head}{key}{tail}") for name, (head, tail) in addresses.items())
        if working and is_stopped(row.entry, on or today):
            line |= {"waits": row.entry.pk in waits, "override_url": f"{asking[0]}{key}{asking[1]}"}
        line["consent_tone"], line["consent"] = badge(row.entry, on or today) if waiting else ("", "")
        lines.append({**_entry(row, key, today), **_case(row), **line})
    return lines


def _around(view: str) -> list[str]:
    """What stands before and after the key in the addresses of a view."""
    return reverse(view, args=[_NO_KEY]).split(str(_NO_KEY))


def _focus(part: str, is_first: bool, is_last: bool) -> str:
    """The button that keeps the focus: at an end of the list the other one of the two that move."""
    if part in ("up", "down") and (is_first or is_last):
        return "" if is_first and is_last else "down" if is_first else "up"
    return part


def _entry(row: Row, key: str, today: date) -> dict[str, Any]:
    entry, figures = row.entry, row.figures
    state = EntryState(entry.state)
    return {
        "key": key,
        "row": row,
        "version": entry.version,
        "number": row.number,
        "back": row.back,
        "state": entry.state,
        "state_words": state.label,
        "state_tone": state_tone(entry.state),
        "state_reason": entry.state_reason,
        "ask": entry.ask,
        "ask_state": row.ask_state,
        "comments": row.comments,
        "raised": f"raised {figures.times}×, last {_brief(figures.last_raised, today)}"
        if figures.times
        else "never raised",
        "told": _brief(figures.last_answer, today),
        "answer": figures.answer,
        "answer_tone": grade_tone(figures.grade),
        "was": _was(row, today),
    }


def _was(row: Row, today: date) -> list[tuple[str, str]]:
    """What else is known of the entry: class and words."""
    entry, said = row.entry, []
    if row.figures.waiting_since:
        said.append(("late", f"unanswered since {_brief(row.figures.waiting_since, today)}"))
    if entry.carried:
        said.append(("", f"carried forward {entry.carried}×"))
    if row.why:
        said.append(("", row.why))
    if entry.accepted is False:
        said.append(("late", "not accepted"))
    if entry.disposition:
        said.append(("", Disposition(entry.disposition).label))
    return said


def _case(row: Row) -> dict[str, Any]:
    case = row.case
    return {
        "reference": case.reference,
        "name": case.latin_name or case.original_name or "No name",
        "original": case.original_name if case.latin_name else "",
        "lang": lang_attrs(case.original_lang),
        "status": Status(case.status).label,
        "status_tone": status_tone(case.status),
        "place": case.place_name,
    }


def _brief(day: date | None, today: date) -> str:
    return brief(day, today) if day else ""
