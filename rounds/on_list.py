"""What the page of a list shows: its entries with what the ledger knows of each, what was said, versions, balance."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cases.codes import Sex
from cases.ledger_figures import Figures, figures_of
from cases.models import Case
from casetracker.access.models import User
from rounds.models import CaseList, ListComment, ListEntry
from rounds.states import EntryState

# As rounds/suggestions.py says it.
NEVER_RAISED = "never raised"


@dataclass
class Row:
    """One entry as the page shows it. `number` is its place on the sheet, 0 while it is held back."""

    entry: ListEntry
    number: int
    figures: Figures
    comments: list[ListComment] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The key as text, for anchors and for the order."""
        return str(self.entry.pk)

    @property
    def case(self) -> Case:
        """The case."""
        return self.entry.case

    @property
    def back(self) -> bool:
        """Whether it is held back."""
        return bool(self.entry.state == EntryState.HELD_BACK)

    @property
    def why(self) -> str:
        """Why it was put on the list, without what its figures say beside it."""
        if self.figures.times:
            return self.entry.why
        return "; ".join(words for words in self.entry.why.split("; ") if words != NEVER_RAISED)

    @property
    def ask_state(self) -> str:
        """ "missing" where a case that goes on the sheet asks nothing yet."""
        on_sheet = self.entry.state in (EntryState.PROPOSED, EntryState.INCLUDED)
        return "missing" if on_sheet and not self.entry.ask.strip() else ""


def rows_of(entries: Iterable[ListEntry], comments: Iterable[ListComment], user: User) -> list[Row]:
    """Entries in order, numbered as on the sheet. One query."""
    listed = list(entries)
    said: dict[UUID | None, list[ListComment]] = defaultdict(list)
    for comment in comments:
        said[comment.entry_id].append(comment)
    figures = figures_of([entry.case_id for entry in listed], user)
    rows, number = [], 0
    for entry in listed:
        number += entry.state != EntryState.HELD_BACK
        shown = 0 if entry.state == EntryState.HELD_BACK else number
        rows.append(Row(entry, shown, figures.get(entry.case_id, Figures()), said[entry.pk]))
    return rows


def balance(rows: list[Row]) -> list[dict[str, Any]]:
    """The list in a few figures, for the summary list beside it: of what is to go on the sheet."""
    on_sheet = [row for row in rows if not row.back]
    total = len(on_sheet)
    if not total:
        return []
    facts = [
        ("On the sheet", total),
        ("Carried forward", sum(row.entry.carried > 0 for row in on_sheet)),
        ("Never raised", sum(row.figures.times == 0 for row in on_sheet)),
        ("Waiting for an answer", sum(row.figures.waiting_since is not None for row in on_sheet)),
        ("Women", sum(row.case.sex == Sex.FEMALE for row in on_sheet)),
        ("Held back", len(rows) - total),
    ]
    return [{"label": label, "value": str(value)} for label, value in facts]


def versions_of(case_list: CaseList, siblings: Iterable[CaseList]) -> list[CaseList]:
    """The versions of a list, newest first, itself among them. `siblings` are the lists of its round."""
    by_key = {one.pk: one for one in siblings}
    after = {one.supersedes_id: one.pk for one in by_key.values() if one.supersedes_id}
    newest: Any = case_list.pk
    while newest in after:
        newest = after[newest]
    chain = []
    while newest in by_key:
        chain.append(by_key[newest])
        newest = by_key[newest].supersedes_id
    return chain
