"""After the round: what becomes of each entry of its lists, and of a list once nothing on it is left to decide."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import hold_list, touch
from rounds.models import CaseList, ListEntry, Round
from rounds.states import Disposition, EntryState, ListState, RoundState

DONE = (EntryState.RAISED, EntryState.NOT_RAISED)
AFTER = (RoundState.HELD, RoundState.CLOSED, RoundState.CANCELLED)
OVER = (RoundState.CLOSED, RoundState.CANCELLED)


def dispose_entry(*, entry: ListEntry, by: User, seen: int, disposition: str, reason: str = "") -> bool:
    """Decides what becomes of an entry (with list, its round and case loaded). True when something changed.

    Dropping needs a reason. When the round is over and this was the last entry undecided, the list ends, too.
    Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.DISPOSE_ENTRY, entry.case_list.label())
    check_disposition(entry, disposition, reason)
    said = reason.strip()
    with acting(Verb.ENTRY_DISPOSED, by=by, about=entry, reason=said, detail={"to": disposition}):
        _hold(entry, by)
        check_disposition(_now(entry), disposition, reason)
        changed = save_over(entry, seen=seen, changes={"disposition": disposition, "disposition_reason": said})
        if changed and entry.case_list.round.state in OVER:
            end_list(entry.case_list)
    return changed


def check_disposition(entry: ListEntry, disposition: str, reason: str) -> None:
    """Whether this can be decided about `entry` now. Raises WrongState."""
    if not disposition or disposition not in Disposition.values:
        raise WrongState("Choose what becomes of the entry.")
    if disposition == Disposition.DROP and not reason.strip():
        raise WrongState("Say why the case is dropped.")
    _check_after(entry)
    if entry.state not in DONE:
        raise WrongState(
            f"An entry that is {entry.get_state_display()} has nothing to decide: it was neither raised nor "
            "recorded as not raised."
        )


def dispose_entries(
    *,
    entries: Sequence[ListEntry],
    by: User,
    disposition: str,
    reason: str = "",
    seen: Mapping[UUID, int] | None = None,
) -> int:
    """The same for several entries, all or none; `seen` holds the versions looked at. The number changed.

    Raises Denied, WrongState, Conflict.
    """
    if not entries:
        raise WrongState("Tick the entries this is about.")
    with transaction.atomic():
        return sum(
            dispose_entry(entry=entry, by=by, seen=_version(entry, seen), disposition=disposition, reason=reason)
            for entry in sorted(entries, key=_place)
        )


def mark_not_raised(*, entry: ListEntry, by: User, seen: int, reason: str) -> bool:
    """Records that an entry of an approved list that was never tendered was not raised. True when it changed.

    The list gets a new version: whoever was about to hand it over looks again. Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.DISPOSE_ENTRY, entry.case_list.label())
    _check_not_raised(entry, reason)
    said = reason.strip()
    case_list = entry.case_list
    # About the list: it changes what would be handed over, so it counts as working on it (rounds.actions.review).
    with acting(Verb.ENTRY_DISPOSED, by=by, about=case_list, reason=said, detail={"to": "not_raised"}) as act:
        _hold(entry, by)
        _check_not_raised(_now(entry), reason)
        changed = save_over(entry, seen=seen, changes={"state": EntryState.NOT_RAISED, "state_reason": said})
        touch(case_list, act)
    return changed


def mark_entries_not_raised(
    *, entries: Sequence[ListEntry], by: User, reason: str, seen: Mapping[UUID, int] | None = None
) -> int:
    """The same for several entries, all or none. The number changed. Raises Denied, WrongState, Conflict."""
    if not entries:
        raise WrongState("Tick the entries this is about.")
    with transaction.atomic():
        return sum(
            mark_not_raised(entry=entry, by=by, seen=_version(entry, seen), reason=reason)
            for entry in sorted(entries, key=_place)
        )


def end_list(case_list: CaseList) -> bool:
    """Closes a list handed over for a round that is over, when nothing on it is left to decide. True when it did.

    Inside an action that holds the list, only.
    """
    if case_list.state != ListState.HANDED_OVER:
        return False
    rows = ListEntry.objects.unscoped("closes a list when nothing on it is left to decide").filter(case_list=case_list)
    if rows.filter(state__in=DONE, disposition="").exists():
        return False
    return save_over(case_list, seen=case_list.version, changes={"state": ListState.CLOSED})


def _hold(entry: ListEntry, by: User) -> None:
    """Takes the locks of the round and of the list, in this order, and has both as they are now in `entry`.

    Inside an action only. Raises Denied.
    """
    case_list = entry.case_list
    round = Round.objects.visible_to(by).select_for_update().get(pk=case_list.round_id)
    hold_list(case_list, by, Doing.DISPOSE_ENTRY)
    case_list.round = round


def _now(entry: ListEntry) -> ListEntry:
    """The entry as it stands, with the list that is held."""
    now: ListEntry = ListEntry.objects.unscoped("asks again under the lock of its list").get(pk=entry.pk)
    now.case_list = entry.case_list
    return now


def _check_not_raised(entry: ListEntry, reason: str) -> None:
    _check_after(entry)
    if entry.case_list.state != ListState.APPROVED or entry.state != EntryState.INCLUDED:
        raise WrongState(
            "Only entries of a list that was approved and never tendered are recorded as not raised. "
            "A list that was handed over raised them."
        )
    if not reason.strip():
        raise WrongState("Say why it was not raised.")


def _check_after(entry: ListEntry) -> None:
    case_list = entry.case_list
    if case_list.round.state not in AFTER:
        raise WrongState("What becomes of the entries is decided after the round.")
    if case_list.state not in (ListState.HANDED_OVER, ListState.APPROVED):
        raise WrongState(f"This list is {case_list.get_state_display()}; its entries stay as they are.")


def _version(entry: ListEntry, seen: Mapping[UUID, int] | None) -> int:
    return entry.version if seen is None else seen.get(entry.pk, 0)


def _place(entry: ListEntry) -> tuple[str, int, str]:
    # Everybody takes locks in the same order.
    return str(entry.case_list_id), entry.position, str(entry.pk)
