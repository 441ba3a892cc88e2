"""Handing an approved list over, and correcting the record of it. All outcomes but "not tendered" make raisings."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import Act, acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import check_nothing_given_up, hold_list
from rounds.actions.tied import check_before_answers
from rounds.codes import Acceptance, Channel
from rounds.consent import ON_SHEET, stopped
from rounds.days import day_in_words
from rounds.figures import refresh_days
from rounds.locks import lock_cases
from rounds.models import CaseList, Handover, ListEntry, Raising, Round
from rounds.states import Disposition, EntryState, ListState

WHY = "keeps raisings and entries in step with the handover of their list"
WITHOUT = (
    "No consent to be handed over in writing held on that day for {}. If they have not been handed over yet, do not: "
    "assess them anew, or begin a new version of the list without them. If they have, say why."
)
NONE_LEFT = "No case on this list is left to hand over: each was held back, or recorded as not raised."


def hand_over_list(
    *,
    case_list: CaseList,
    by: User,
    seen: int,
    values: dict[str, Any],
    accepted: Mapping[UUID, bool] | None = None,
    consent_reason: str = "",
) -> Handover:
    """Records that `case_list` was handed over. Unless it was not tendered, every included entry becomes a raising.

    `seen` is the version of the list. `values`: on, by, to, medium, outcome, note. `accepted`: entry → whether the
    counterpart took it, needed when the outcome is *partly*. `consent_reason`: why cases for which no consent held on
    that day were handed over all the same; it is kept in the record and in the trail, and needed where there are any.
    Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.HAND_OVER, case_list.label())
    check_day(values["on"])
    why = consent_reason.strip()
    made = Handover(case_list=case_list, consent_reason=why, **values)
    detail = {"outcome": made.outcome}
    with acting(Verb.LIST_HANDED_OVER, by=by, about=case_list, reason=why, detail=detail) as act:
        _hold(case_list, by)
        if case_list.state != ListState.APPROVED:
            raise WrongState(why_not_now(case_list))
        if case_list.version != seen:
            raise Conflict(case_list)
        save_new(made)
        if raises(made.outcome):
            check_nothing_given_up(case_list, by)
            _check_answers(case_list, made.on, by)
            if lacking := check_consent(_entries(case_list, EntryState.INCLUDED), made.on, why):
                act.detail["without_consent"] = lacking
            act.detail["cases"] = _raise(case_list, made, accepted or {})
        _set_list(case_list, act, ListState.HANDED_OVER if raises(made.outcome) else ListState.APPROVED)
    return made


def correct_handover(
    *,
    handover: Handover,
    by: User,
    seen: int,
    values: dict[str, Any],
    accepted: Mapping[UUID, bool] | None = None,
    reason: str,
    consent_reason: str = "",
) -> Handover:
    """A new record that supersedes `handover`; both stay. Raisings are kept with the new day, made or voided.
    `seen` is the version of `handover`; `consent_reason` as in `hand_over_list`. Raises Denied, WrongState, Conflict.
    """
    case_list = handover.case_list
    check(by, Doing.HAND_OVER, case_list.label())
    check_day(values["on"])
    if not reason.strip():
        raise WrongState("Say why the record is corrected.")
    said = consent_reason.strip() or (handover.consent_reason if values["on"] == handover.on else "")
    told = {"correction_reason": reason.strip(), "consent_reason": said}
    made = Handover(case_list=case_list, supersedes=handover, **told, **values)
    with acting(Verb.HANDOVER_CORRECTED, by=by, about=case_list, reason=reason) as act:
        _hold(case_list, by)
        _check_still_stands(handover, seen)
        was, becomes = raises(handover.outcome), raises(made.outcome)
        check_correction(case_list, was=was, becomes=becomes)
        if becomes:
            _check_answers(case_list, made.on, by)
        save_new(made)
        act.detail = {"from": handover.outcome, "to": made.outcome}
        if was and becomes:
            _keep(case_list, handover, made, accepted or {})
        elif was:
            _void(case_list, reason.strip())
        elif becomes:
            _make(case_list, made, by, accepted or {})
        if was != becomes:
            _set_list(case_list, act, ListState.HANDED_OVER if becomes else ListState.APPROVED)
    return made


def _make(case_list: CaseList, made: Handover, by: User, accepted: Mapping[UUID, bool]) -> None:
    """Raisings after all, by the corrected record."""
    check_nothing_given_up(case_list, by)
    check_consent(_entries(case_list, EntryState.INCLUDED), made.on, made.consent_reason)
    _raise(case_list, made, accepted)


def raises(outcome: str) -> bool:
    """Whether a handover with this outcome makes raisings."""
    return outcome != Acceptance.NOT_TENDERED


def check_day(on: date) -> None:
    """What was recorded has happened. Raises WrongState."""
    if on > timezone.localdate():
        raise WrongState(f"{day_in_words(on)} lies ahead. Record it once it has happened.")


def check_consent(entries: Sequence[ListEntry], on: date, why: str, states: Sequence[str] = ON_SHEET) -> int:
    """What was handed over is recorded, with or without consent; where that was lacking on the day, with the reason.
    How many lacked it. Raises WrongState (no reason).
    """
    lacking = stopped(entries, on, states)
    if lacking and not why:
        raise WrongState(WITHOUT.format(", ".join(entry.case.reference for entry in lacking)))
    return len(lacking)


def frozen_ask(entry: ListEntry) -> str:
    """The question as the sheet put it."""
    return str((entry.snapshot or {}).get("ask", "")) or entry.ask


def why_not_now(case_list: CaseList) -> str:
    """Why a list that is not approved is not handed over, in words for whoever tries."""
    if case_list.state in (ListState.HANDED_OVER, ListState.CLOSED):
        return "This list was handed over already. If the record of it is wrong, correct that record."
    return f"This list is {case_list.get_state_display()}. Only an approved list is handed over."


def check_correction(case_list: CaseList, *, was: bool, becomes: bool) -> None:
    """Whether the record of a handover may turn from making raisings (`was`) to `becomes` now. Raises WrongState."""
    if was == becomes:
        return
    if becomes and case_list.state != ListState.APPROVED:
        raise WrongState(f"{why_not_now(case_list)} Of this record, the day and the words can be corrected.")
    if was and case_list.state != ListState.HANDED_OVER:
        raise WrongState(
            f"This list is {case_list.get_state_display()}: what became of its cases is decided. "
            "The day, the words and how it was taken can be corrected, but not that it was handed over."
        )


def _hold(case_list: CaseList, by: User) -> None:
    """Takes the locks of the round, of the list and of the cases on it, in the order of rounds/actions: raisings refer
    to all of them. `case_list` then is the list as it is now. Inside an action only. Raises Denied.
    """
    # The weaker lock: others may still refer to the round, only closing it waits.
    Round.objects.visible_to(by).select_for_update(no_key=True).filter(pk=case_list.round_id).first()
    hold_list(case_list, by, Doing.HAND_OVER)
    entries = ListEntry.objects.unscoped(WHY).filter(case_list=case_list).order_by()
    lock_cases(entries.values_list("case_id", flat=True), WHY)


def _check_answers(case_list: CaseList, on: date, by: User) -> None:
    """Also to raisings voided before: they stand again with what was tied to them. Raises WrongState."""
    rows = Raising.objects.unscoped(WHY).filter(entry__case_list=case_list).order_by()
    check_before_answers(list(rows.values_list("pk", flat=True)), on, by)


def _check_still_stands(handover: Handover, seen: int) -> None:
    rows = Handover.objects.unscoped("a record is superseded once")
    if rows.filter(supersedes=handover).exists():
        raise WrongState("This record was corrected already. Open the list and correct the record that stands.")
    current = rows.get(pk=handover.pk)
    if current.version != seen:
        raise Conflict(current)


def _set_list(case_list: CaseList, act: Act, state: str) -> None:
    """Also when the state stays, the list gets a new version: who looked at it before sees that something happened."""
    save_over(case_list, seen=case_list.version, changes={"state": state, "changed_at": act.at})


def _entries(case_list: CaseList, state: str) -> list[ListEntry]:
    rows = ListEntry.objects.unscoped(WHY).filter(case_list=case_list, state=state).order_by("position", "id")
    entries = list(rows.select_related("case"))
    for entry in entries:
        entry.case_list = case_list
    return entries


def _raise(case_list: CaseList, handover: Handover, accepted: Mapping[UUID, bool]) -> int:
    """One raising for each included entry, in the words that were frozen; one that an earlier correction voided stands
    again, with what was matched to it. Gives their number. Raises WrongState.
    """
    entries = _entries(case_list, EntryState.INCLUDED)
    if not entries:
        raise WrongState(NONE_LEFT)
    taken = _taken(handover.outcome, entries, accepted)
    voided = Raising.objects.unscoped(WHY).filter(entry__in=[entry.pk for entry in entries], voided=True)
    before = {
        raising.entry_id: raising
        for raising in voided.select_related("case", "entry__case_list").order_by("changed_at")
    }
    for entry in entries:
        save_over(entry, seen=entry.version, changes={"state": EntryState.RAISED.value, "accepted": taken[entry.pk]})
        if (raising := before.get(entry.pk)) is not None:
            again = {"voided": False, "voided_reason": "", "handover_id": handover.pk, "on": handover.on}
            save_over(raising, seen=raising.version, changes={**again, "speaker": handover.by})
            continue
        save_new(
            Raising(
                case=entry.case,
                entry=entry,
                handover=handover,
                round_id=case_list.round_id,
                on=handover.on,
                channel=Channel.LIST,
                speaker=handover.by,
                words=frozen_ask(entry),
            )
        )
    refresh_days({*(entry.case_id for entry in entries), *(one.case_id for one in before.values())})
    return len(entries)


def _keep(case_list: CaseList, old: Handover, new: Handover, accepted: Mapping[UUID, bool]) -> None:
    entries = {entry.pk: entry for entry in _entries(case_list, EntryState.RAISED)}
    if new.on != old.on:
        check_consent(list(entries.values()), new.on, new.consent_reason, [EntryState.RAISED])
    taken = _taken(new.outcome, list(entries.values()), accepted)
    for entry in entries.values():
        save_over(entry, seen=entry.version, changes={"accepted": taken[entry.pk]})
    raisings = _raisings(entries)
    for raising in raisings:
        changes: dict[str, Any] = {"handover_id": new.pk, "on": new.on}
        if raising.speaker == old.by:
            changes["speaker"] = new.by
        save_over(raising, seen=raising.version, changes=changes)
    # a case merged since is on the sheet; its raisings are of the one it was merged into
    refresh_days({*(entry.case_id for entry in entries.values()), *(one.case_id for one in raisings)})


def _void(case_list: CaseList, reason: str) -> None:
    """The list was not handed over after all: its raisings are voided, its entries wait again."""
    entries = {entry.pk: entry for entry in _entries(case_list, EntryState.RAISED)}
    raisings = _raisings(entries)
    for raising in raisings:
        save_over(raising, seen=raising.version, changes={"voided": True, "voided_reason": reason})
    waiting = {
        "state": EntryState.INCLUDED.value,
        "accepted": None,
        "disposition": Disposition.NONE.value,
        "disposition_reason": "",
    }
    for entry in entries.values():
        save_over(entry, seen=entry.version, changes=waiting)
    # a case merged since is on the sheet; its raisings are of the one it was merged into
    refresh_days({*(entry.case_id for entry in entries.values()), *(one.case_id for one in raisings)})


def _raisings(entries: Mapping[UUID, ListEntry]) -> list[Raising]:
    """The raisings of these entries that stand."""
    rows = Raising.objects.unscoped(WHY).filter(entry__in=list(entries), voided=False).select_related("case")
    raisings = list(rows.order_by("pk"))
    for raising in raisings:
        if raising.entry_id is not None:
            raising.entry = entries[raising.entry_id]
    return raisings


def _taken(outcome: str, entries: list[ListEntry], accepted: Mapping[UUID, bool]) -> dict[UUID, bool | None]:
    """Entry → whether the counterpart took it; unknown where it was read out. Raises WrongState."""
    if outcome != Acceptance.PARTLY:
        whole = {Acceptance.ACCEPTED.value: True, Acceptance.REFUSED.value: False}.get(str(outcome))
        return {entry.pk: whole for entry in entries}
    taken: dict[UUID, bool | None] = {entry.pk: bool(accepted.get(entry.pk)) for entry in entries}
    if not any(taken.values()):
        raise WrongState("None is ticked as accepted. Tick those that were, or record the list as refused.")
    if all(taken.values()):
        raise WrongState("All are ticked as accepted. Take away those that were not, or record the list as accepted.")
    return taken
