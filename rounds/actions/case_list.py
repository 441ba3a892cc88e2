"""Lists for a round: beginning one, what is said about it, its label, the cases on it, its end and its next version.

A list's label dominates that of everything on it, so who sees a list sees it whole. Whoever writes takes the lock of
the list first: two who work on one list wait for each other, and what they do is judged by the list as it then is.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.actions.case import check_label
from cases.models import Case
from cases.states import CaseState
from casetracker.access.act import Doing, check
from casetracker.access.approvals import end_waiting
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import Act, acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.locks import lock_cases
from rounds.models import CaseList, ListEntry, Round
from rounds.states import CASE_LIST, Disposition, EntryState, ListState, RoundState

OPEN = frozenset({ListState.DRAFT.value, ListState.IN_REVIEW.value})
EDITABLE = frozenset({"note", "supplementary"})
COPIED = (
    "case_id", "position", "ask", "why", "carried_from_id", "carried", "consent_override", "consent_override_by_id",
)  # fmt: skip
NOTHING: Mapping[UUID, Any] = MappingProxyType({})
WHY = "until the action ends no label of a case of the list changes, nor that of a list that shares one, seen or not"


def create_list(
    *,
    by: User,
    round: Round,
    label: Label,
    supplementary: bool = False,
    note: str = "",
    reason: str = "",
    key: UUID | None = None,
) -> CaseList:
    """A new list, a draft without entries; with `key`, under that. Raises Denied, WrongState (the round is over)."""
    check(by, Doing.PREPARE_LIST, label)
    check_label(by, label)
    if label.dialogue_id != round.dialogue_id:
        raise Denied("A list is for a round of its own dialogue.")
    _check_ahead(round)
    made = CaseList(
        dialogue_id=label.dialogue_id,
        marking=label.marking,
        compartment_id=label.compartment_id,
        round=round,
        supplementary=supplementary,
        note=note,
        prepared_by=by,
    )
    if key is not None:
        made.pk = key
    with acting(Verb.LIST_CREATED, by=by, reason=reason) as act:
        # Closing the round waits, or has been waited for. The weaker lock: others may refer to the round meanwhile.
        _check_ahead(Round.objects.visible_to(by).select_for_update(no_key=True).get(pk=round.pk))
        save_new(made)
        act.about = made
    return made


def _check_ahead(round: Round) -> None:
    if round.state in (RoundState.CLOSED, RoundState.CANCELLED):
        raise WrongState(f"This round is {round.get_state_display()}: no list is prepared for it any more.")


def check_open(case_list: CaseList) -> None:
    """A list is worked on as a draft and in review; from approval on it stays as it is. Raises WrongState."""
    if case_list.state in (ListState.APPROVED, ListState.HANDED_OVER, ListState.CLOSED):
        raise WrongState(
            f"This list is {case_list.get_state_display()} and stays as it is."
            + (" Begin a new version to change it." if case_list.state == ListState.APPROVED else "")
        )
    if case_list.state not in OPEN:
        raise WrongState(f"This list was {case_list.get_state_display()}; it is not worked on any more.")


def check_editing(case_list: CaseList, by: User) -> None:
    """Whether `by` may change the list now. Raises Denied, WrongState."""
    check(by, Doing.PREPARE_LIST, case_list.label())
    check_open(case_list)


def hold_list(case_list: CaseList, by: User, doing: Doing = Doing.PREPARE_LIST) -> None:
    """Takes the lock of the list and asks again whether `by` may, by its label as it is now; `case_list` then is the
    list as it is now. Inside an action only. Raises Denied.
    """
    rows = CaseList.objects.unscoped("takes the lock of the list that is written").select_for_update()
    now = rows.get(pk=case_list.pk)
    for column in CaseList._meta.concrete_fields:
        setattr(case_list, column.attname, getattr(now, column.attname))
    check(by, doing, case_list.label())


def touch(case_list: CaseList, act: Act) -> None:
    """Gives the list its next version: whoever approves an older one is told. Holds the lock already."""
    save_over(case_list, seen=case_list.version, changes={"changed_at": act.at})


def entries_of(case_list: CaseList, by: User) -> list[ListEntry]:
    """The entries in order, with their cases."""
    rows = ListEntry.objects.visible_to(by).filter(case_list=case_list)
    return list(rows.select_related("case", "case_list").order_by("position", "id"))


def edit_list(*, case_list: CaseList, by: User, seen: int, changes: dict[str, Any]) -> bool:
    """Changes note and kind. True when something changed: who changed nothing did not work on the list, and may
    approve it. Raises Denied, WrongState, Conflict.
    """
    check_editing(case_list, by)
    if set(changes) - EDITABLE:
        raise ValueError(f"Not edited here: {sorted(set(changes) - EDITABLE)}")
    with transaction.atomic():
        hold_list(case_list, by)
        check_open(case_list)
        if not differs(case_list, changes):
            return False
        with acting(Verb.LIST_EDITED, by=by, about=case_list, detail={"fields": sorted(changes)}):
            return save_over(case_list, seen=seen, changes=changes)


def differs(row: Any, changes: Mapping[str, Any]) -> bool:
    """Whether any of these columns would change."""
    return any(getattr(row, name) != value for name, value in changes.items())


def add_cases(
    *,
    case_list: CaseList,
    by: User,
    cases: Sequence[Case],
    why: Mapping[UUID, str] = NOTHING,
    carried_from: Mapping[UUID, ListEntry] = NOTHING,
    state: str = EntryState.PROPOSED,
) -> list[ListEntry]:
    """Puts cases at the end of the list, each once; those on it already are passed over. `why` and `carried_from` go
    by the key of the case. The ask begins as that of the entry carried forward, else as that of the case.

    Raises Denied (a case `by` does not see), WrongState (merged, or marked higher than the list).
    """
    if state not in (EntryState.PROPOSED, EntryState.INCLUDED):
        raise ValueError("An entry begins as proposed or included.")
    check_editing(case_list, by)
    with transaction.atomic():
        wanted = held_for_more(case_list, by, cases)
        if not wanted:
            return []
        with acting(Verb.LIST_EDITED, by=by, about=case_list) as act:
            made = put_on(case_list, by, wanted, act, why=why, carried_from=carried_from, state=state)
            act.detail = {"added": len(made), "carried": sum(entry.carried > 0 for entry in made)}
    return made


def held_for_more(case_list: CaseList, by: User, cases: Sequence[Case]) -> list[UUID]:
    """Takes the lock of the list. Keys of those of `cases` that are not on it yet, each once.

    In a transaction only. Raises Denied, WrongState.
    """
    hold_list(case_list, by)
    check_open(case_list)
    there = {entry.case_id for entry in entries_of(case_list, by)}
    return list(dict.fromkeys(case.pk for case in cases if case.pk not in there))


def put_on(
    case_list: CaseList,
    by: User,
    wanted: Sequence[UUID],
    act: Act,
    *,
    why: Mapping[UUID, str],
    carried_from: Mapping[UUID, ListEntry],
    state: str,
    reasons: Mapping[UUID, str] = NOTHING,
) -> list[ListEntry]:
    """Entries for the cases that `held_for_more` found, at the end of the list; the list gets its next version.
    `reasons` say why each is in that state. Inside an action that holds the list. Raises Denied, WrongState.
    """
    place = max((entry.position for entry in entries_of(case_list, by)), default=0)
    earlier = {key: carried_from[key] for key in wanted if key in carried_from}
    lock_cases([*wanted, *(entry.case_id for entry in earlier.values())], WHY)
    before = _as_now(earlier, by)
    made = []
    for position, case in enumerate(_fit(wanted, case_list, by), start=place + 1):
        entry = _new_entry(case_list, case, before.get(case.pk))
        entry.position, entry.why = position, why.get(case.pk, "")[:300]
        entry.state, entry.state_reason = state, reasons.get(case.pk, "").strip()
        save_new(entry)
        made.append(entry)
    touch(case_list, act)
    return made


def _fit(wanted: Sequence[UUID], case_list: CaseList, by: User) -> list[Case]:
    """The cases as they are now, under their locks, in this order, each fit for the list. Raises Denied, WrongState."""
    found = {case.pk: case for case in Case.objects.visible_to(by).filter(pk__in=wanted)}
    if len(found) < len(wanted):
        raise Denied("Only cases that you see can be put on a list.")
    for case in found.values():
        if case.state == CaseState.MERGED:
            raise WrongState(f"{case.reference} was merged into another case; put that one on the list.")
    label = case_list.label()
    above = sorted(case.reference for case in found.values() if not label.dominates(case.label()))
    if above:
        raise WrongState(
            f"Not everybody who sees this list may see {', '.join(above)}. Change the label of the list first, "
            "or put it on a list with a higher one."
        )
    return [found[key] for key in wanted]


def _as_now(earlier: Mapping[UUID, ListEntry], by: User) -> dict[UUID, ListEntry]:
    """Entries of lists before, as they and their lists are now: the label held in memory may be an older one.

    Raises Denied (one that `by` does not see, or no longer).
    """
    keys = [entry.pk for entry in earlier.values()]
    rows = ListEntry.objects.visible_to(by).filter(pk__in=keys).select_related("case_list") if keys else ()
    found = {entry.pk: entry for entry in rows}
    if not found.keys() >= set(keys):
        raise Denied("Only entries that you see can be carried forward.")
    return {case: found[entry.pk] for case, entry in earlier.items()}


def _new_entry(case_list: CaseList, case: Case, before: ListEntry | None) -> ListEntry:
    """Not saved yet. Raises WrongState."""
    if before is not None and not case_list.label().dominates(before.label()):
        raise WrongState(f"{case.reference} stood on a list with a higher label than this one.")
    return ListEntry(
        case_list=case_list,
        case=case,
        ask=(before.ask if before else "") or case.ask,
        carried_from=before,
        carried=before.carried + 1 if before and before.disposition == Disposition.CARRY_FORWARD else 0,
    )


def withdraw_list(*, case_list: CaseList, by: User, seen: int, reason: str) -> None:
    """Ends a list that was not handed over; discarding a draft is this, too. Nothing is deleted.

    Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.PREPARE_LIST, case_list.label())
    check_move(case_list, ListState.WITHDRAWN)
    if not reason.strip():
        raise WrongState("Say why the list is withdrawn.")
    with acting(Verb.LIST_WITHDRAWN, by=by, about=case_list, reason=reason, detail={"from": case_list.state}):
        hold_list(case_list, by)
        check_move(case_list, ListState.WITHDRAWN)
        save_over(case_list, seen=seen, changes={"state": ListState.WITHDRAWN, "state_reason": reason.strip()})
        end_waiting(case_list, "list.approve", reason=reason)


def new_version(*, case_list: CaseList, by: User, seen: int, reason: str) -> CaseList:
    """A draft copy of an approved list, which is superseded at once: any later change resets approval.

    Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.PREPARE_LIST, case_list.label())
    check_move(case_list, ListState.SUPERSEDED)
    if not reason.strip():
        raise WrongState("Say why the list changes after its approval.")
    with acting(Verb.LIST_SUPERSEDED, by=by, about=case_list, reason=reason):
        hold_list(case_list, by)
        check_move(case_list, ListState.SUPERSEDED)
        entries = entries_of(case_list, by)
        save_over(case_list, seen=seen, changes={"state": ListState.SUPERSEDED, "state_reason": reason.strip()})
        label = {name: getattr(case_list, name) for name in ("dialogue_id", "marking", "compartment_id", "round_id")}
        made = CaseList(
            **label,
            number=case_list.number + 1,
            supplementary=case_list.supplementary,
            supersedes=case_list,
            prepared_by=by,
            note=case_list.note,
        )
        with acting(Verb.LIST_CREATED, by=by, reason=reason) as act:
            save_new(made)
            act.about = made
        for entry in entries:
            save_new(_copied(entry, made))
    return made


def _copied(entry: ListEntry, case_list: CaseList) -> ListEntry:
    """The entry for the next version. One recorded as not raised is there to be raised again: it is included."""
    given_up = entry.state == EntryState.NOT_RAISED
    return ListEntry(
        case_list=case_list,
        state=EntryState.INCLUDED if given_up else entry.state,
        state_reason="" if given_up else entry.state_reason,
        **{name: getattr(entry, name) for name in COPIED},
    )


def check_nothing_given_up(case_list: CaseList, by: User) -> None:
    """A list is handed over as it was approved: no entry of it was recorded as not raised. Raises WrongState."""
    rows = ListEntry.objects.visible_to(by).filter(case_list=case_list, state=EntryState.NOT_RAISED)
    given_up = [entry.case.reference for entry in rows.select_related("case").order_by("position", "id")]
    if given_up:
        raise WrongState(
            f"Recorded as not raised: {', '.join(given_up)}. Begin a new version of the list to hand it over."
        )


def may_become(case_list: CaseList, to: str) -> bool:
    """Whether the list may become `to` now, by what is done to lists here: that a handover was recorded by mistake is
    said by correcting the handover.
    """
    return case_list.state != ListState.HANDED_OVER and to in CASE_LIST[case_list.state]


def check_move(case_list: CaseList, to: str) -> None:
    """Raises WrongState unless `may_become`."""
    if not may_become(case_list, to):
        raise WrongState(f"A list that is {case_list.get_state_display()} cannot become {ListState(to).label}.")
