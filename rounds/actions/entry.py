"""Entries of a list: the ask, included or held back, taken off, and their order. Each gives the list a new version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import remove, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import check_editing, check_open, differs, entries_of, hold_list, touch
from rounds.models import CaseList, ListComment, ListEntry
from rounds.states import LIST_ENTRY, EntryState

EDITABLE = frozenset({"ask", "why"})
ALL = ("ask", "why", "state", "state_reason")
Way = Literal["up", "down", "first", "last"]


@contextmanager
def _working(entry: ListEntry, by: User, done: str, reason: str = "") -> Iterator[ListEntry]:
    """The entry as it is now, under the lock of its list, which has a new version when the block changed something.
    Raises Denied, WrongState.
    """
    case_list = entry.case_list
    check_editing(case_list, by)
    with acting(Verb.LIST_EDITED, by=by, about=case_list, reason=reason, detail={"entry": done}) as act:
        now = _held(entry, by)
        before = now.version
        yield now
        if now.version != before:
            touch(case_list, act)


def _held(entry: ListEntry, by: User) -> ListEntry:
    """The entry as it is now, with its list, whose lock is taken. In a transaction only. Raises Denied, WrongState."""
    case_list = entry.case_list
    hold_list(case_list, by)
    check_open(case_list)
    now = next((one for one in entries_of(case_list, by) if one.pk == entry.pk), None)
    if now is None:
        raise WrongState("This is no longer on the list.")
    now.case_list = case_list
    return now


def _since(now: ListEntry, by: User, seen: int, columns: Sequence[str]) -> int:
    """The version to save over. Who was reading an older one is in nobody's way as long as `columns` are what they
    were then: another place in the order is no conflict over the ask.
    """
    if seen == now.version:
        return seen
    history: Any = ListEntry.history
    then = history.visible_to(by).filter(id=now.pk, version=seen).first()
    same = then is not None and all(getattr(then, name) == getattr(now, name) for name in columns)
    return now.version if same else seen


def edit_entry(*, entry: ListEntry, by: User, seen: int, changes: dict[str, Any]) -> bool:
    """Changes the ask, and why the case is on the list. True when something changed: who changed nothing did not work
    on the list, and may approve it. Raises Denied, WrongState, Conflict.
    """
    if set(changes) - EDITABLE:
        raise ValueError(f"Not edited here: {sorted(set(changes) - EDITABLE)}")
    check_editing(entry.case_list, by)
    with transaction.atomic():
        if not differs(_held(entry, by), changes):
            return False
        with _working(entry, by, "edited") as now:
            return save_over(now, seen=_since(now, by, seen, sorted(changes)), changes=changes)


def include_entry(*, entry: ListEntry, by: User, seen: int) -> None:
    """A case proposed or held back goes on the sheet. Raises Denied, WrongState, Conflict."""
    _set_state(entry, by, seen, EntryState.INCLUDED, "")


def hold_back_entry(*, entry: ListEntry, by: User, seen: int, reason: str) -> None:
    """A case stays off the sheet this time, with the reason. Raises Denied, WrongState, Conflict."""
    if not reason.strip():
        check_editing(entry.case_list, by)
        raise WrongState("Say why the case is held back.")
    _set_state(entry, by, seen, EntryState.HELD_BACK, reason.strip())


def _set_state(entry: ListEntry, by: User, seen: int, to: EntryState, reason: str) -> None:
    with _working(entry, by, to.value, reason) as now:
        if to not in LIST_ENTRY[now.state] or now.state == EntryState.RAISED:
            raise WrongState(f"{now.case.reference} is {now.get_state_display()} and cannot be {to.label}.")
        columns = ("state", "state_reason")
        save_over(now, seen=_since(now, by, seen, columns), changes={"state": to, "state_reason": reason})


def include_proposed(*, case_list: CaseList, by: User, seen: int) -> int:
    """Includes every entry that is still only proposed; how many. Whoever does has seen them: Conflict when the list
    changed since version `seen`. Raises Denied, WrongState, Conflict.
    """
    check_editing(case_list, by)
    with transaction.atomic():
        hold_list(case_list, by)
        check_open(case_list)
        if case_list.version != seen:
            raise Conflict(case_list)
        proposed = [entry for entry in entries_of(case_list, by) if entry.state == EntryState.PROPOSED]
        if not proposed:
            return 0
        with acting(Verb.LIST_EDITED, by=by, about=case_list, detail={"included": len(proposed)}) as act:
            for entry in proposed:
                save_over(entry, seen=entry.version, changes={"state": EntryState.INCLUDED})
            touch(case_list, act)
    return len(proposed)


def remove_entry(*, entry: ListEntry, by: User, seen: int, reason: str = "") -> None:
    """Takes a case off the list; the history keeps it. What was said about it stays, with the comments on the list.

    Raises Denied, WrongState (something others said about it is not settled), Conflict.
    """
    with _working(entry, by, "removed", reason) as now:
        if _since(now, by, seen, ALL) != now.version:
            raise Conflict(now)
        _move_comments(now, by)
        remove(now)


def _move_comments(entry: ListEntry, by: User) -> None:
    comments = list(ListComment.objects.visible_to(by).filter(entry=entry))
    reference = entry.case.reference
    if any(not said.settled and said.by_id != by.pk for said in comments):
        raise WrongState(f"Others said something about {reference} that is open. Settle it, or hold the case back.")
    for said in comments:
        said.case_list = entry.case_list
        save_over(said, seen=said.version, changes={"entry_id": None, "text": f"{reference}: {said.text}"})


def reorder(*, case_list: CaseList, by: User, seen: int, order: Sequence[UUID]) -> bool:
    """Puts the entries in `order`, all of them. True when something moved.

    Raises Denied, WrongState (not the entries of the list), Conflict (the list changed since version `seen`).
    """
    check_editing(case_list, by)
    with transaction.atomic():
        hold_list(case_list, by)
        check_open(case_list)
        if case_list.version != seen:
            raise Conflict(case_list)
        entries = entries_of(case_list, by)
        by_key = {entry.pk: entry for entry in entries}
        if len(order) != len(entries) or set(order) != set(by_key):
            raise WrongState("These are not the cases on the list. Reload the page and order them again.")
        if list(order) == [entry.pk for entry in entries]:
            return False
        _number(case_list, by, [by_key[key] for key in order], "changed")
    return True


def shift_entry(*, entry: ListEntry, by: User, up: bool) -> bool:
    """Moves an entry one place up or down. False when it stands at that end already. Raises Denied, WrongState."""
    return move_entry(entry=entry, by=by, way="up" if up else "down")


def move_entry(*, entry: ListEntry, by: User, way: Way) -> bool:
    """Moves an entry one place, or to an end. False when it stands there already. Raises Denied, WrongState."""
    case_list = entry.case_list
    check_editing(case_list, by)
    with transaction.atomic():
        hold_list(case_list, by)
        check_open(case_list)
        entries = entries_of(case_list, by)
        here = next((place for place, one in enumerate(entries) if one.pk == entry.pk), None)
        if here is None:
            raise WrongState("This is no longer on the list.")
        there = {"up": here - 1, "down": here + 1, "first": 0, "last": len(entries) - 1}[way]
        if there == here or not 0 <= there < len(entries):
            return False
        entries.insert(there, entries.pop(here))
        _number(case_list, by, entries, way)
    return True


def _number(case_list: CaseList, by: User, entries: Sequence[ListEntry], done: str) -> None:
    """Gives the entries the places 1, 2, 3 …: an act of its own, since who moved nothing did not work on the list."""
    with acting(Verb.LIST_EDITED, by=by, about=case_list, detail={"order": done}) as act:
        for place, entry in enumerate(entries, 1):
            save_over(entry, seen=entry.version, changes={"position": place})
        touch(case_list, act)
