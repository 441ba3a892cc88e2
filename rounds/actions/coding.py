"""Coding an answer, and the second person who confirms or disputes the coding."""

from datetime import date, timedelta

from django.utils import timezone

from cases.actions.case import store_part
from cases.actions.derive import derive
from cases.models import Case, FollowUp
from cases.states import CaseState
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import User
from casetracker.access.see import sees
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.response import hold
from rounds.codes import Grade, ResponseCode
from rounds.days import day_in_words
from rounds.figures import refresh_days
from rounds.models import ResponseItem
from rounds.states import RESPONSE_ITEM, ItemState

FIX_IDENTIFIERS = "Fix identifiers"
FIX_WITHIN_DAYS = 30
ASKS_FOR_IDENTIFIERS = frozenset({ResponseCode.C1, ResponseCode.C2})
WHY = "takes the lock of the answer being worked on"


def code_item(
    *,
    item: ResponseItem,
    by: User,
    seen: int,
    code: str,
    grade: str | None = None,
    note: str = "",
    repeats: ResponseItem | None = None,
) -> FollowUp | None:
    """Gives an answer its code, for the first time or again after a dispute. The grade is that of the code; only B1
    lets the coder choose. C1 and C2 open the follow-up "fix identifiers", which is returned.

    Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.CODE_ANSWER, item.label())
    graded = grade_of(code, grade, note)
    with acting(Verb.ITEM_CODED, by=by, about=item, detail={"code": code, "grade": graded}):
        hold_item(item, by, seen, Doing.CODE_ANSWER, ItemState.CODED)
        if repeats is not None:
            check_repeats(item, by, code, repeats)
        changes = {
            "state": ItemState.CODED.value,
            "code": code,
            "grade": graded,
            "note": note.strip(),
            "repeats_id": repeats.pk if repeats else None,
            "coded_by_id": by.pk,
            "second_coder_id": None,
            "second_note": "",
        }
        save_over(item, seen=seen, changes=changes)
        if item.case_id is not None:
            refresh_days([item.case_id])
        return after_match(item=item, by=by)


def after_match(*, item: ResponseItem, by: User) -> FollowUp | None:
    """What a code asks for once the case is known: C1 and C2 open "fix identifiers", unless one is open already.

    Called inside the action that codes, and inside the one that matches a coded item. Whoever may code or match may
    have this opened, though they edit no case: the answer asks for it.
    """
    if item.case_id is None or item.code not in ASKS_FOR_IDENTIFIERS:
        return None
    case = Case.objects.unscoped("opens what an answer about it asks for").select_for_update().get(pk=item.case_id)
    if case.state == CaseState.MERGED:
        return None
    standing = FollowUp.objects.unscoped("opened once only").of(case).filter(done_at__isnull=True)
    if standing.filter(what=FIX_IDENTIFIERS).exists():
        return None
    made = FollowUp(
        case=case,
        what=FIX_IDENTIFIERS,
        reason=_why_fix(case, item),
        owner=_who_fixes(case, by),
        due=timezone.localdate() + timedelta(days=FIX_WITHIN_DAYS),
    )
    store_part(made)
    derive(case)
    return made


def _why_fix(case: Case, item: ResponseItem) -> str:
    """Those who see the case but not the answer are told nothing of the answer."""
    if not case.label().dominates(item.label()):
        return "The person cannot be identified by what stands here."
    meaning = ResponseCode(item.code).label
    return f"The answer of {day_in_words(item.response.on)} was coded {item.code}: {meaning}."


def _who_fixes(case: Case, by: User) -> User:
    owner = User.objects.get_queryset().filter(pk=case.owner_id).first() if case.owner_id else None
    return owner if owner is not None and may(owner, Doing.EDIT_CASE, case.label()) else by


def confirm_item(*, item: ResponseItem, by: User, seen: int) -> None:
    """A second person finds the coding right. Raises Denied (also to the coder), WrongState, Conflict."""
    check(by, Doing.CONFIRM_ANSWER, item.label())
    with acting(Verb.ITEM_CONFIRMED, by=by, about=item, detail={"code": item.code}):
        hold_item(item, by, seen, Doing.CONFIRM_ANSWER, ItemState.CONFIRMED)
        _check_second(item, by)
        changes = {"state": ItemState.CONFIRMED.value, "second_coder_id": by.pk, "second_note": ""}
        save_over(item, seen=seen, changes=changes)


def dispute_item(*, item: ResponseItem, by: User, seen: int, second_note: str) -> None:
    """A second person would code it otherwise, and says why. Raises as `confirm_item` does."""
    check(by, Doing.CONFIRM_ANSWER, item.label())
    if not second_note.strip():
        raise WrongState("Say why you dispute the coding, and how you would code the answer.")
    with acting(Verb.ITEM_DISPUTED, by=by, about=item, detail={"code": item.code}):
        hold_item(item, by, seen, Doing.CONFIRM_ANSWER, ItemState.DISPUTED)
        _check_second(item, by)
        changes = {"state": ItemState.DISPUTED.value, "second_coder_id": by.pk, "second_note": second_note.strip()}
        save_over(item, seen=seen, changes=changes)


def _check_second(item: ResponseItem, by: User) -> None:
    if item.coded_by_id == by.pk:
        raise Denied("You coded this answer; somebody else confirms or disputes it.")


def hold_item(item: ResponseItem, by: User, seen: int, doing: Doing, to: str = "") -> None:
    """Takes the locks of the response (corrections are made under it) and of `item`, and asks again, by label and
    state as they are now, whether `by` may do this.

    Inside an action only. With `to` also whether its state leads there. Raises Denied, Conflict, WrongState.
    """
    hold(item.response, by, doing)
    rows = ResponseItem.objects.unscoped(WHY).select_related("response")
    now = rows.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if now is None:
        raise WrongState("This answer was removed. Look at the response again.")
    if now.version != seen:
        raise Conflict(now)
    for column in ("state", "code", "coded_by_id", "case_id", "raising_id"):
        setattr(item, column, getattr(now, column))
    if ResponseItem.objects.unscoped("a superseded answer is not worked on").filter(supersedes_id=item.pk).exists():
        raise WrongState("This answer was corrected; work on the one that took its place.")
    if to and to not in RESPONSE_ITEM[now.state]:
        raise WrongState(f"An answer that is {ItemState(now.state).label} cannot become {ItemState(to).label}.")


def grade_of(code: str, grade: str | None, note: str) -> str:
    """The grade that goes with a code. Raises WrongState: unknown code, a grade of one's own, B1 without saying why."""
    if code not in ResponseCode.values:
        raise WrongState("Choose one of the codes.")
    own = ResponseCode(code).grade
    if not grade or grade == own:
        return own.value
    if code != ResponseCode.B1 or grade != Grade.SUBSTANTIVE:
        raise WrongState(f"{code} is {own.label}; only B1 lets the coder choose.")
    if not note.strip():
        raise WrongState("B1 is substantive when authority, charge and place are given: name them in the note.")
    return grade


def check_repeats(item: ResponseItem, by: User, code: str, repeats: ResponseItem) -> None:
    """Whether `item` may be said to repeat `repeats`: only C8, an earlier answer about the same case that all who see
    the one see, too. Raises WrongState.
    """
    if code != ResponseCode.C8:
        raise WrongState("Only C8 names the answer that is repeated.")
    same_case = item.case_id is not None and repeats.case_id == item.case_id
    within = sees(by, repeats.label()) and item.label().dominates(repeats.label())
    if not same_case or not within or not is_earlier(repeats, item):
        raise WrongState("An answer repeats an earlier one about the same case.")


def is_earlier(one: ResponseItem, other: ResponseItem) -> bool:
    """Whether one answer came before another (each with its response loaded)."""
    return _turn(one) < _turn(other)


def _turn(item: ResponseItem) -> tuple[date, int, str]:
    return item.response.on, item.position, str(item.pk)
