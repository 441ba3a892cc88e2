"""What was done to one answer, newest first: recorded, matched, coded, confirmed, disputed, coded again, assessed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetracker.access.models import User
from rounds.codes import Assessment, Grade, ResponseCode
from rounds.models import ResponseItem
from rounds.states import ItemState

LONGEST = 200


@dataclass(frozen=True)
class Done:
    """One thing done: when, by whom, what ("coded it B3 partial"), and the note that went with it."""

    at: datetime
    who: str
    what: str
    note: str = ""


def past_of_item(item: ResponseItem, user: User) -> list[Done]:
    """Everything done to `item` that `user` may know of, newest first. One query."""
    history: Any = ResponseItem.history
    rows = history.visible_to(user).filter(id=item.pk).select_related("history_user").order_by("-version")[:LONGEST]
    found: list[Done] = []
    before: Any = None
    for row in reversed(rows):
        found += [
            Done(row.history_date, str(row.history_user or row.process), what, note)
            for what, note in _steps(row, before)
        ]
        before = row
    return found[::-1]


def _steps(row: Any, before: Any) -> list[tuple[str, str]]:
    if before is None:
        first = [("corrected an earlier answer by this one", row.correction_reason)] if row.supersedes_id else []
        return [*(first or [("recorded it", "")]), *_coding(row, before)]
    if row.state != before.state:
        return _coding(row, before)
    if row.raising_id != before.raising_id or row.case_id != before.case_id:
        return [("matched it" if row.case_id else "took back what it was matched to", "")]
    changed = any(getattr(row, name) != getattr(before, name) for name in ("verbatim", "translation", "written_as"))
    return [("edited its words", row.history_change_reason or "")] if changed else []


def _coding(row: Any, before: Any) -> list[tuple[str, str]]:
    again = " again" if before is not None and before.state == ItemState.DISPUTED else ""
    told = {
        ItemState.CODED: (f"coded it{again}: {coding_words(row.code, row.grade)}", row.note),
        ItemState.CONFIRMED: (f"confirmed the coding {row.code}", ""),
        ItemState.DISPUTED: (f"disputed the coding {row.code}", row.second_note),
        ItemState.ASSESSED: (
            f"assessed it: {Assessment(row.assessment).label if row.assessment else ''}",
            row.assessment_note,
        ),
    }
    return [told[row.state]] if row.state in told else []


def coding_words(code: str, grade: str) -> str:
    """ "B3 statement on health or welfare only, partial"; "" while not coded."""
    if not code:
        return ""
    return f"{code} {ResponseCode(code).label}, {Grade(grade).label}"
