"""Raisings off the list: recording, editing, voiding them. Those of a list follow its handover."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from cases.models import Case, Theme
from cases.states import CaseState
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import Dialogue, User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.handover import check_day
from rounds.actions.tied import check_before_answers
from rounds.codes import Channel
from rounds.figures import refresh_days
from rounds.locks import lock_cases
from rounds.models import Raising, Round

EDITABLE = frozenset({"on", "channel", "round", "partner", "theme", "speaker", "words"})
OF_A_LIST = "This raising belongs to the handover of a list. Correct the record of that handover."
WHY = "takes the locks of the cases whose raisings are written, and of these"
AGAIN = "{reference} is recorded as raised already on this day, in the same way and the same words."


def record_raisings(
    *, by: User, cases: Sequence[Case], values: dict[str, Any], words: Mapping[UUID, str] | None = None
) -> list[Raising]:
    """One raising for each of `cases`, all of one dialogue.

    `values`: on, channel (any but "list"), round, partner, theme, speaker, words; rows or keys ("round_id").
    `words`: case → words of its own, where they differ. Raises Denied, WrongState.
    """
    for case in cases:
        check(by, Doing.RECORD_RAISING, case.label())
    _check_cases(cases)
    check_facts(by=by, dialogue=cases[0].dialogue_id, values=values, before=None)
    made = [_new(case, values, (words or {}).get(case.pk, "")) for case in cases]
    with acting(Verb.RAISING_RECORDED, by=by, detail={"cases": len(made), "channel": values["channel"]}) as act:
        _hold(cases, by)
        _check_cases(cases)
        for raising in made:
            _refuse_twice(raising)
            save_new(raising)
        refresh_days(case.pk for case in cases)
        # The trail names one of them, of those with the highest marking; the history of each carries the same act.
        act.about = max(made, key=lambda raising: raising.case.marking)
    return made


def edit_raising(*, raising: Raising, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes what was recorded. True when something changed. Raises Denied, WrongState, Conflict."""
    check(by, Doing.RECORD_RAISING, raising.label())
    check_own(raising)
    _check_voided(raising, voided=False)
    unknown = {name.removesuffix("_id") for name in changes} - EDITABLE
    if unknown:
        raise ValueError(f"Not edited here: {sorted(unknown)}")
    check_facts(by=by, dialogue=raising.case.dialogue_id, values=changes, before=raising)
    with acting(Verb.RAISING_EDITED, by=by, about=raising, reason=reason, detail={"fields": sorted(changes)}):
        _check_voided(_held(raising, by), voided=False)
        check_before_answers([raising.pk], changes.get("on", raising.on), by)
        changed = save_over(raising, seen=seen, changes=changes)
        if changed:
            refresh_days([raising.case_id])
    return changed


def void_raising(*, raising: Raising, by: User, seen: int, reason: str) -> None:
    """It was recorded by mistake: it stays, struck, and counts for nothing. Raises Denied, WrongState, Conflict."""
    check(by, Doing.RECORD_RAISING, raising.label())
    check_own(raising)
    _check_voided(raising, voided=False)
    if not reason.strip():
        raise WrongState("Say why it is voided.")
    with acting(Verb.RAISING_VOIDED, by=by, about=raising, reason=reason):
        _check_voided(_held(raising, by), voided=False)
        save_over(raising, seen=seen, changes={"voided": True, "voided_reason": reason.strip()})
        refresh_days([raising.case_id])


def restore_raising(*, raising: Raising, by: User, seen: int) -> None:
    """Takes a voiding back. Raises Denied, WrongState, Conflict."""
    check(by, Doing.RECORD_RAISING, raising.label())
    check_own(raising)
    _check_voided(raising, voided=True)
    with acting(Verb.RAISING_EDITED, by=by, about=raising, detail={"fields": ["voided"]}):
        now = _held(raising, by)
        _check_voided(now, voided=True)
        _refuse_twice(now)
        save_over(raising, seen=seen, changes={"voided": False, "voided_reason": ""})
        refresh_days([raising.case_id])


def check_own(raising: Raising) -> None:
    """Whether the raising stands for itself. Raises WrongState."""
    if raising.entry_id is not None:
        raise WrongState(OF_A_LIST)


def _check_voided(raising: Raising, *, voided: bool) -> None:
    if raising.voided and not voided:
        raise WrongState("This raising is voided already. Take the voiding back before you change it.")
    if voided and not raising.voided:
        raise WrongState("This raising is not voided.")


def check_facts(*, by: User, dialogue: UUID, values: dict[str, Any], before: Raising | None) -> None:
    """Day, channel, round and theme fit the dialogue; what is kept as it was is not asked again. Raises WrongState."""
    on: date | None = values.get("on")
    if on is not None:
        check_day(on)
    if values.get("channel") == Channel.LIST:
        raise WrongState("A case is raised on a list by handing the list over.")
    round_id, theme_id = _key(values, "round"), _key(values, "theme")
    known = Round.objects.visible_to(by).filter(dialogue=dialogue)
    if round_id and not known.filter(pk=round_id).exists():
        raise WrongState("That round is not one of this dialogue.")
    if theme_id and (before is None or theme_id != before.theme_id):
        where = Dialogue.objects.visible_to(by).get(pk=dialogue)
        offered: Any = Theme.objects.visible_to(by).offered_in(where)
        if not offered.filter(pk=theme_id).exists():
            raise WrongState("That theme is not in the vocabulary of this dialogue.")


def _key(values: dict[str, Any], name: str) -> UUID | None:
    row = values.get(name)
    return row.pk if row is not None else values.get(f"{name}_id")


def _check_cases(cases: Sequence[Case]) -> None:
    if not cases:
        raise WrongState("Name at least one case.")
    if len({case.dialogue_id for case in cases}) > 1:
        raise WrongState("These cases are of different dialogues. Record them dialogue by dialogue.")
    for case in cases:
        if case.state == CaseState.MERGED:
            raise WrongState(f"{case.reference} was merged into another case; record it there.")


def _new(case: Case, values: dict[str, Any], words: str) -> Raising:
    own = {"words": words.strip()} if words.strip() else {}
    return Raising(case=case, **{**values, **own})


def _hold(cases: Sequence[Case], by: User) -> None:
    """Takes the locks of the cases, in order, and asks again by their labels as they are now.

    Raises Denied.
    """
    now = lock_cases([case.pk for case in cases], WHY)
    for case in cases:
        current = now[case.pk]
        case.marking, case.compartment_id, case.state = current.marking, current.compartment_id, current.state
        check(by, Doing.RECORD_RAISING, case.label())


def _held(raising: Raising, by: User) -> Raising:
    """Takes the lock of the case, then that of the raising, which is given as it stands. Raises Denied."""
    _hold([raising.case], by)
    now: Raising = Raising.objects.unscoped(WHY).select_for_update().get(pk=raising.pk)
    return now


def _refuse_twice(raising: Raising) -> None:
    """The same form sent twice makes one record. Who sees the case sees all its raisings off the list."""
    same = {name: getattr(raising, name) for name in ("case_id", "on", "channel", "words", "speaker")}
    same |= {f"{name}_id": getattr(raising, f"{name}_id") for name in ("round", "partner", "theme")}
    rows = Raising.objects.unscoped("the same raising is recorded once").filter(voided=False, entry__isnull=True)
    if (
        rows.filter(**{key: value for key, value in same.items() if value is not None})
        .filter(**{f"{key}__isnull": True for key, value in same.items() if value is None})
        .exists()
    ):
        raise WrongState(AGAIN.format(reference=raising.case.reference))
