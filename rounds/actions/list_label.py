"""The label of a list: raised by one person, lowered by two (rounds/actions/lowering.py).

Never below what stands on the list, never above what builds on it.
"""

from collections.abc import Sequence
from uuid import UUID

from cases.actions.case import check_label
from cases.lowering import NEEDS_TWO
from cases.models import LedgerDay
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import Label, dominated_q
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.above import check_above
from rounds.actions.case_list import WHY, check_open, entries_of, hold_list
from rounds.figures import refresh_days
from rounds.locks import lock_cases
from rounds.models import CaseList, ListEntry


def label_list(*, case_list: CaseList, by: User, seen: int, marking: int, compartment: UUID | None, reason: str) -> int:
    """Raises the label, in every state: a case on the list may need a higher one years later.

    Gives the number of entries whose `why` was taken off (`_unsay`). Raises Denied, WrongState, Conflict.
    """
    label = Label(case_list.dialogue_id, marking, compartment)
    if not label.dominates(case_list.label()):
        raise WrongState(NEEDS_TWO)
    check_label(by, label)
    check(by, Doing.PREPARE_LIST, case_list.label())
    if not reason.strip():
        raise WrongState("Say why the label changes.")
    with acting(Verb.LIST_LABELLED, by=by, about=case_list, reason=reason, detail={"to": label.marking}):
        hold_list(case_list, by)
        if not label.dominates(case_list.label()):
            raise WrongState("The label was changed in the meantime. Look at the list as it is now.")
        return change_label(case_list, by, seen, label)


def check_lowering(case_list: CaseList, new: Label, by: User) -> None:
    """Whether the list may have this lower label: it is worked on, and all on it is dominated. Raises WrongState."""
    check_open(case_list)
    _check_below(case_list, new, by)
    check_above(case_list, new, by)


def change_label(case_list: CaseList, by: User, seen: int, new: Label) -> int:
    """Writes the label. Inside an action that holds the list. Raises WrongState, Conflict."""
    _hold_contents(case_list)
    _check_below(case_list, new, by)
    check_above(case_list, new, by)
    old = case_list.label()
    save_over(case_list, seen=seen, changes={"marking": new.marking, "compartment_id": new.compartment_id})
    entries = entries_of(case_list, by)
    unsaid = _unsay(entries, old, new, by)
    refresh_days(entry.case_id for entry in entries)
    return unsaid


def _unsay(entries: Sequence[ListEntry], old: Label, new: Label, by: User) -> int:
    """Why a case is on the list was said within the label of then (rounds/reasons.py), of raisings and answers, too.
    Where the new label does not cover all of these, the words are taken off, typed ones as well; the history keeps
    them under the label they had. How many. `by` sees the list, hence all that its old label covered.
    """
    said = {entry.case_id: entry for entry in entries if entry.why}
    days = LedgerDay.objects.visible_to(by).filter(dominated_q(old), case_id__in=list(said)).order_by()
    labels = days.values_list("case_id", "dialogue_id", "marking", "compartment_id").distinct()
    outside = {key for key, *label in labels if not new.dominates(Label(*label))}
    for key in outside:
        save_over(said[key], seen=said[key].version, changes={"why": ""})
    return len(outside)


def _hold_contents(case_list: CaseList) -> None:
    """Takes the locks of what the label is compared with: the version before, the cases on the list, and those of the
    entries carried forward to it (another case, where one was merged since).
    """
    before = CaseList.objects.unscoped("takes the lock of the version before").filter(pk=case_list.supersedes_id)
    list(before.select_for_update())
    rows = ListEntry.objects.unscoped("finds the cases whose locks are taken").filter(case_list=case_list).order_by()
    lock_cases({key for pair in rows.values_list("case_id", "carried_from__case_id") for key in pair if key}, WHY)


def _check_below(case_list: CaseList, new: Label, by: User) -> None:
    """Everything on the list, and what it follows, is dominated by `new`; `by` sees all of it. Raises WrongState."""
    entries = ListEntry.objects.visible_to(by).filter(case_list=case_list)
    rows = list(entries.select_related("case", "carried_from__case_list"))
    above = [row.case.reference for row in rows if not new.dominates(row.case.label())]
    if above:
        raise WrongState(f"On the list are cases with a higher label: {', '.join(above)}. Take them off first.")
    carried = [row.case.reference for row in rows if row.carried_from and not new.dominates(row.carried_from.label())]
    if carried:
        raise WrongState(f"Taken over from a list with a higher label: {', '.join(carried)}.")
    before = CaseList.objects.visible_to(by).filter(pk=case_list.supersedes_id).first()
    if before is not None and not new.dominates(before.label()):
        raise WrongState("The version before has a higher label; this one keeps it.")
