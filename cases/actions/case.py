"""Logging, editing, moving, labelling and assigning cases."""

from collections.abc import Sequence
from typing import Any

from cases.actions.derive import derive, derive_raised, rebuild_keys
from cases.containers import check_label_change
from cases.lowering import NEEDS_TWO
from cases.models import Case, CaseName
from cases.models.part import Part
from cases.names.scripts import script_of
from cases.reference import make_reference
from cases.states import CASE, CaseState
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.see import Label, holdings
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

EDITABLE = frozenset(
    {
        "sex",
        "birth",
        "birth_text",
        "origin",
        "origin_text",
        "ethnic_group",
        "religion",
        "occupation",
        "summary",
        "handover_summary",
        "ask",
    }
)


def check_label(by: User, label: Label) -> None:
    """A label that exists and that `by` would still see by a grant: an emergency opening lets nobody write under it.
    Raises Denied.
    """
    if not any(holding.role and holding.dominates(label) for holding in holdings(by)):
        raise Denied("You cannot give a label that you could not see yourself.")
    if label.compartment_id is not None:
        circles = Compartment.objects.visible_to(by).filter(pk=label.compartment_id, dialogue=label.dialogue_id)
        if not circles.exists():
            raise Denied("That compartment is not one of this dialogue.")


def new_reference(dialogue: Dialogue) -> str:
    """A reference never used before."""
    while True:
        reference = make_reference(dialogue.prefix)
        if not Case.objects.unscoped("a reference is never reused").filter(reference=reference).exists():
            return reference


def create_case(
    *, by: User, label: Label, values: dict[str, Any], parts: Sequence[Part] = (), reason: str = ""
) -> Case:
    """A new case (draft until `state` in `values` says otherwise) with its first parts.

    `parts` are unsaved, without case, and in an order in which what they point to comes first.
    Raises Denied.
    """
    check(by, Doing.LOG_CASE, label)
    check_label(by, label)
    dialogue = Dialogue.objects.visible_to(by).get(pk=label.dialogue_id)
    case = Case(
        dialogue=dialogue, marking=label.marking, compartment_id=label.compartment_id, **{"owner": by, **values}
    )
    with acting(Verb.CASE_CREATED, by=by, reason=reason) as act:
        case.reference = new_reference(dialogue)
        save_new(case)
        act.about = case
        for part in parts:
            part.case = case
            store_part(part)
        derive(case)
    return case


def store_part(part: Part) -> None:
    """Saves a new part with what is derived from it alone (script and keys of a name). Inside an action only."""
    if isinstance(part, CaseName):
        part.script = script_of(part.text).value
    save_new(part)
    if isinstance(part, CaseName):
        rebuild_keys(part)


def check_open(case: Case) -> None:
    """A merged case is only a pointer. Raises WrongState."""
    if case.state == CaseState.MERGED:
        raise WrongState("This case was merged into another; work on that one.")


def hold(case: Case, by: User) -> None:
    """Takes the lock of `case` and asks again, by its label and state as they are now, whether `by` may write to it.

    Inside an action only. Raises Denied, WrongState.
    """
    now = Case.objects.unscoped("takes the lock of the case whose part is written").select_for_update().get(pk=case.pk)
    case.marking, case.compartment_id, case.state = now.marking, now.compartment_id, now.state
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)


def edit_case(*, case: Case, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes the case's own columns. True when something changed. Raises Denied, WrongState, Conflict."""
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    unknown = {name.removesuffix("_id") for name in changes} - EDITABLE
    if unknown:
        raise ValueError(f"Not edited here: {sorted(unknown)}")
    with acting(Verb.CASE_EDITED, by=by, about=case, reason=reason) as act:
        changed = save_over(case, seen=seen, changes=changes)
        act.detail = {"fields": sorted(changes)}
    return changed


def move_case(*, case: Case, by: User, seen: int, to: str, reason: str) -> None:
    """Changes the state. Closing and reopening need a reason. Raises Denied, WrongState, Conflict."""
    check(by, Doing.EDIT_CASE, case.label())
    if to not in CASE[case.state] or to == CaseState.MERGED:
        raise WrongState(f"A case that is {case.get_state_display()} cannot become {CaseState(to).label}.")
    reason_needed = CaseState.CLOSED in (to, case.state)
    if reason_needed and not reason.strip():
        raise WrongState("Say why: closing and reopening are kept with their reason.")
    closing = reason.strip() if to == CaseState.CLOSED else ""
    with acting(Verb.CASE_MOVED, by=by, about=case, reason=reason, detail={"from": case.state, "to": to}):
        save_over(case, seen=seen, changes={"state": to, "closed_reason": closing})


def label_case(*, case: Case, by: User, seen: int, marking: int, compartment: Compartment | None, reason: str) -> None:
    """Raises the label; lowering it, or leaving a compartment, needs two persons (cases/actions/lowering.py).

    Raises Denied, WrongState (no reason, not higher; a list or response it is on has a lower label), Conflict.
    """
    new = Label(case.dialogue_id, marking, compartment.pk if compartment else None)
    old = case.label()
    if not new.dominates(old):
        raise WrongState(NEEDS_TWO)
    check_label(by, new)
    check(by, Doing.EDIT_CASE, old)
    if not reason.strip():
        raise WrongState("Say why the label changes.")
    with acting(Verb.CASE_LABELLED, by=by, about=case, reason=reason, detail={"from": old.marking, "to": marking}):
        rows = Case.objects.unscoped("takes the lock of the case whose label changes")
        now = rows.select_for_update().get(pk=case.pk)
        if not new.dominates(now.label()):
            raise WrongState("The label was changed in the meantime. Look at the case as it is now.")
        check_label_change(now, new, by)
        save_over(case, seen=seen, changes={"marking": marking, "compartment_id": new.compartment_id})
        derive_raised([case.pk])


def assign_case(*, case: Case, by: User, seen: int, owner: User | None, reason: str = "") -> None:
    """Gives the case to somebody who may edit it, or to nobody. Raises Denied, WrongState, Conflict."""
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    if owner is not None and not may(owner, Doing.EDIT_CASE, case.label()):
        raise WrongState(f"{owner.name} could not edit this case.")
    with acting(Verb.CASE_ASSIGNED, by=by, about=case, reason=reason):
        save_over(case, seen=seen, changes={"owner_id": owner.pk if owner else None})
