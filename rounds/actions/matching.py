"""Tying an answer to the raising it answers."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from cases.models import Case
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.coding import after_match
from rounds.actions.response import hold
from rounds.days import day_in_words
from rounds.figures import refresh_days
from rounds.models import CaseList, Raising, Response, ResponseItem
from rounds.states import ItemState

GONE = "This raising is not there any more. Look at the raisings again."
HIGHER = (
    "{what} has a higher label than this reply. Raise the label of the reply first; "
    "then only those who see both see what was answered."
)
LATER = "{reference} was raised after this reply, on {day}. Choose a raising that it can answer, or correct the day."


def match_item(*, item: ResponseItem, by: User, seen: int, raising: Raising) -> bool:
    """Ties an item to a raising. One that is tied already is tied otherwise only while it is recorded; later it is
    corrected. One coded C1 or C2 opens "fix identifiers" now. True when something changed. Raises Denied, WrongState,
    Conflict.
    """
    check(by, Doing.RECORD_RESPONSE, item.label())
    with acting(Verb.ITEM_MATCHED, by=by, about=item):
        hold(item.response, by)
        now = current(item)
        if now.raising_id not in (None, raising.pk) or now.case_id not in (None, raising.case_id):
            check_recorded(now)
        target = held_raisings([raising], by, item.response, also=[now.case_id] if now.case_id else [])[0]
        changed = save_over(item, seen=seen, changes={"raising_id": target.pk, "case_id": target.case_id})
        item.raising, item.case = target, target.case
        if changed:
            refresh_days(key for key in (now.case_id, target.case_id) if key)
            after_match(item=item, by=by)
    return changed


def unmatch_item(*, item: ResponseItem, by: User, seen: int) -> bool:
    """Unties an item that is only recorded; it waits in the queue again. Raises Denied, WrongState, Conflict."""
    check(by, Doing.RECORD_RESPONSE, item.label())
    with acting(Verb.ITEM_MATCHED, by=by, about=item, detail={"matched": False}):
        hold(item.response, by)
        now = current(item)
        check_recorded(now)
        changed = save_over(item, seen=seen, changes={"raising_id": None, "case_id": None})
        if changed and now.case_id:
            refresh_days([now.case_id])
    return changed


def held_raisings(
    raisings: Sequence[Raising], by: User, response: Response, also: Iterable[UUID] = ()
) -> list[Raising]:
    """The raisings, in the order given, as they stand, with their lists, their cases and the cases `also` locked
    (in the order of rounds/actions), if items of `response`, which is held, may be tied to them.

    Inside an action only. Raises WrongState.
    """
    wanted, label = {one.pk for one in raisings}, response.label()
    rows = Raising.objects.visible_to(by).filter(pk__in=wanted).order_by("pk")
    before = list(rows.select_related("entry"))
    for case_list in _held_lists({one.entry.case_list_id for one in before if one.entry}, by):
        check_dominates(label, case_list.label(), "The list of this raising")
    cases = held_cases({*also, *(one.case_id for one in before)}, by)
    found = {one.pk: one for one in rows.select_for_update(of=("self",))}
    if set(found) != wanted:
        raise WrongState(GONE)
    for one in found.values():
        one.case = cases[one.case_id]
        _check_answerable(one, response)
    return [found[one.pk] for one in raisings]


def _check_answerable(raising: Raising, response: Response) -> None:
    if raising.voided:
        raise WrongState("This raising was voided; nothing is matched to it.")
    check_dominates(response.label(), raising.case.label(), raising.case.reference)
    if raising.on > response.on:
        raise WrongState(LATER.format(reference=raising.case.reference, day=day_in_words(raising.on)))


def _held_lists(keys: Iterable[UUID], by: User) -> list[CaseList]:
    rows = CaseList.objects.visible_to(by).select_for_update(of=("self",))
    return list(rows.filter(pk__in=keys).order_by("pk"))


def held_cases(keys: Iterable[UUID], by: User) -> dict[UUID, Case]:
    """The cases as they stand, locked, by their keys. Inside an action only. Raises WrongState."""
    wanted = set(keys)
    rows = Case.objects.visible_to(by).filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk")
    found = {case.pk: case for case in rows}
    if len(found) < len(wanted):
        raise WrongState(GONE)
    return found


def check_dominates(label: Label, other: Label, what: str) -> None:
    """No write-down: the label of a response dominates that of all it speaks of. Raises WrongState."""
    if label.dialogue_id != other.dialogue_id:
        raise WrongState("This belongs to another dialogue than the reply.")
    if not label.dominates(other):
        raise WrongState(HIGHER.format(what=what))


def current(item: ResponseItem) -> ResponseItem:
    """The item as it stands, if no correction has superseded it. Inside an action only. Raises WrongState."""
    why = "asks again under the lock of the response"
    now: ResponseItem | None = ResponseItem.objects.unscoped(why).filter(pk=item.pk).first()
    if now is None:
        raise WrongState("This item was removed. Look at the reply again.")
    if ResponseItem.objects.unscoped(why).filter(supersedes=item.pk).exists():
        raise WrongState("This answer was corrected; work on the correction.")
    return now


def check_recorded(item: ResponseItem) -> None:
    """Only what nobody has coded yet is changed; afterwards it is corrected. Raises WrongState."""
    if item.state != ItemState.RECORDED:
        raise WrongState(f"This answer is {item.get_state_display()}; it is not changed but corrected, with a reason.")
