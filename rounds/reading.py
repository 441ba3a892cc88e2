"""What came back, entry by entry: for reading a list's answers in sequence, and for deciding what becomes of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from cases.models import Case
from casetracker.access.models import User
from rounds.codes import Grade
from rounds.models import CaseList, ListEntry, Raising, ResponseItem
from rounds.standing import standing
from rounds.states import Disposition, EntryState


@dataclass
class Asked:
    """One entry: how its case was raised, and what `user` sees of what came back, oldest first."""

    entry: ListEntry
    raising: Raising | None = None
    answers: list[ResponseItem] = field(default_factory=list)
    waited: int = 0

    @property
    def case(self) -> Case:
        """The case on the list."""
        return self.entry.case

    @property
    def key(self) -> str:
        """The key of the entry as text, for anchors."""
        return str(self.entry.pk)

    @property
    def answered(self) -> bool:
        """A refusal is a reply and no answer."""
        return is_answered(self.answers)

    @property
    def needs(self) -> str:
        """What is to be decided: "not raised" (never tendered), "disposition", or nothing."""
        if self.entry.state == EntryState.INCLUDED and self.entry.case_list.state == "approved":
            return "not_raised"
        done = self.entry.state in (EntryState.RAISED, EntryState.NOT_RAISED)
        return "disposition" if done and self.entry.disposition == Disposition.NONE else ""

    @property
    def decided(self) -> bool:
        """Whether something was decided."""
        return self.entry.disposition != Disposition.NONE


def is_answered(items: Iterable[ResponseItem]) -> bool:
    """Whether anything in `items` (none of them corrected since) answers."""
    return any(item.grade != Grade.REFUSED for item in items)


def read_entries(lists: Sequence[CaseList], user: User, today: date) -> dict[UUID, list[Asked]]:
    """The entries of `lists` in order, by the key of the list. Three queries."""
    by_list = {one.pk: one for one in lists}
    rows = ListEntry.objects.visible_to(user).filter(case_list_id__in=list(by_list))
    found: dict[UUID, list[Asked]] = {one.pk: [] for one in lists}
    by_entry: dict[UUID, Asked] = {}
    for entry in rows.select_related("case").order_by("position", "id"):
        entry.case_list = by_list[entry.case_list_id]
        by_entry[entry.pk] = Asked(entry)
        found[entry.case_list_id].append(by_entry[entry.pk])
    by_raising: dict[UUID, Asked] = {}
    for raising in Raising.objects.visible_to(user).filter(entry_id__in=list(by_entry), voided=False):
        asked = by_entry[raising.entry_id]
        asked.raising, asked.waited = raising, max((today - raising.on).days, 0)
        by_raising[raising.pk] = asked
    items = standing(user).filter(raising_id__in=list(by_raising)).select_related("response__round")
    for item in sorted(items, key=lambda one: (one.response.on, one.position, str(one.pk))):
        by_raising[item.raising_id].answers.append(item)
    return found
