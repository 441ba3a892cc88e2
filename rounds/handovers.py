"""Handovers of a list, and the raisings and answers that came of them, as far as the viewer sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from casetracker.access.models import User
from rounds.models import CaseList, Handover, ListEntry, Raising, ResponseItem
from rounds.standing import standing
from rounds.states import EntryState


@dataclass(frozen=True)
class HandoverShown:
    """One record of a handover: `superseded` ones were mistaken and stay, struck. `recorded_by` is a colleague."""

    handover: Handover
    superseded: bool
    recorded_by: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer to a raising: `superseded` ones were corrected and stay, struck."""

    item: ResponseItem
    superseded: bool


def handovers_of(case_list: CaseList, user: User) -> list[HandoverShown]:
    """All records of handing `case_list` over, newest first, each corrected one right behind its correction.

    One query for a list that was never handed over, two otherwise.
    """
    rows = list(Handover.objects.visible_to(user).filter(case_list=case_list).order_by("created_at", "id"))
    if not rows:
        return []
    history: Any = Handover.history
    first = history.visible_to(user).filter(id__in=[row.pk for row in rows], history_type="+")
    wrote = {row.id: str(row.history_user or row.process) for row in first.select_related("history_user")}
    later = {row.supersedes_id: row for row in rows if row.supersedes_id}
    by_key = {row.pk: row for row in rows}
    shown = []
    for newest in [row for row in reversed(rows) if row.pk not in later]:
        row: Handover | None = newest
        while row is not None:
            shown.append(HandoverShown(row, row.pk in later, wrote.get(row.pk, "")))
            row = by_key.get(row.supersedes_id) if row.supersedes_id else None
    return shown


def entries_handed(case_list: CaseList, user: User) -> list[ListEntry]:
    """The entries that are on the sheet: included ones, or those raised by it. One query."""
    on_it = [EntryState.INCLUDED, EntryState.RAISED]
    rows = ListEntry.objects.visible_to(user).filter(case_list=case_list, state__in=on_it)
    return list(rows.select_related("case").order_by("position", "id"))


def answers_matched(entries: Sequence[ListEntry], user: User) -> int:
    """How many answers that `user` sees, and that stand, are matched to the raisings of these entries."""
    raisings = Raising.objects.visible_to(user).filter(entry__in=[entry.pk for entry in entries], voided=False)
    keys = list(raisings.values_list("pk", flat=True))
    rows = standing(user).filter(raising__in=keys).order_by()
    return int(rows.aggregate(count=Count("pk"))["count"])


def answers_to(raising: Raising, user: User) -> list[Answer]:
    """The answers matched to `raising` that `user` sees, oldest first. Two queries: what corrects an answer may be
    matched to another raising, or to none.
    """
    rows = ResponseItem.objects.visible_to(user).filter(raising=raising).select_related("response")
    items = sorted(rows, key=lambda item: (item.response.on, item.created_at, str(item.pk)))
    later = ResponseItem.objects.visible_to(user).filter(supersedes__in=[item.pk for item in items]).order_by()
    corrected = set(later.values_list("supersedes_id", flat=True))
    return [Answer(item, item.pk in corrected) for item in items]


def recorded(raising: Raising, user: User) -> tuple[Any, list[Raising]]:
    """The first history row of `raising` (who recorded it, when), and the other raisings off the list that were
    recorded in the same act and that `user` sees. At most three queries.
    """
    history: Any = Raising.history
    born = history.visible_to(user).filter(history_type="+")
    row = born.filter(id=raising.pk).select_related("history_user").first()
    if row is None or raising.entry_id is not None:
        return row, []
    keys = [key for key in born.filter(action_id=row.action_id).values_list("id", flat=True) if key != raising.pk]
    if not keys:
        return row, []
    others = Raising.objects.visible_to(user).filter(pk__in=keys).select_related("case")
    return row, sorted(others, key=lambda other: other.case.reference)
