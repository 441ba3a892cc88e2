"""What a list has that the one before it had not, and what became of every name that is missing."""

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from cases.states import CaseState
from casetracker.access.models import User
from rounds.looking_back import LookBack, look_back
from rounds.models import CaseList, ListEntry
from rounds.states import Disposition, EntryState


class Dropped(NamedTuple):
    """A name of the previous list that does not stand on this one: why ("" while nobody said), its entry here, if it
    was held back here, and the case it is today (another one when it was merged).
    """

    entry: ListEntry
    reason: str
    here: ListEntry | None
    case_id: UUID


@dataclass
class Difference:
    """`previous` is None for the first list of a dialogue; then everything is added."""

    previous: CaseList | None = None
    given: list[CaseList] = field(default_factory=list)
    added: list[ListEntry] = field(default_factory=list)
    kept: list[ListEntry] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    @property
    def missing(self) -> list[Dropped]:
        """Those without a reason."""
        return [one for one in self.dropped if not one.reason]


def difference(case_list: CaseList, user: User) -> Difference:
    """The difference to the previous list, in the order of the lists. Two queries."""
    return compare(case_list, look_back(case_list, user))


def compare(case_list: CaseList, back: LookBack) -> Difference:
    """The same from what was fetched. Pure."""
    here = {entry.case_id: entry for entry in back.here}
    standing = {key for key, entry in here.items() if entry.state != EntryState.HELD_BACK}
    found = Difference(previous=back.previous, given=back.given)
    for entry in back.here:
        if entry.case_id in standing:
            (found.kept if entry.case_id in back.names else found.added).append(entry)
    # A supplementary list adds to the list of its round: nobody is dropped by it.
    for key, entry in back.names.items() if not case_list.supplementary else ():
        if key not in standing:
            mine = here.get(key)
            found.dropped.append(Dropped(entry, _reason(entry, mine, key), mine, key))
    return found


def unexplained(case_list: CaseList, by: User) -> list[ListEntry]:
    """Entries of the previous list that are missing here without a reason. Two queries."""
    return [one.entry for one in difference(case_list, by).missing]


def _reason(entry: ListEntry, here: ListEntry | None, key: UUID) -> str:
    """What was said here, decided there, or happened to the case."""
    if here is not None:
        return f"held back: {here.state_reason}"
    if entry.disposition == Disposition.SATISFIED:
        why = f": {entry.disposition_reason}" if entry.disposition_reason else ""
        return f"satisfied after {entry.case_list.round}{why}"
    if entry.disposition == Disposition.DROP:
        return f"dropped after {entry.case_list.round}: {entry.disposition_reason}"
    if entry.case.state == CaseState.CLOSED:
        return f"case closed: {entry.case.closed_reason}"
    if entry.case.state == CaseState.MERGED and key == entry.case_id:
        return "merged into another case"
    return ""
