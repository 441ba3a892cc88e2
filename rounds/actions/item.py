"""The answers in a reply: adding them, changing what nobody has coded yet, correcting the rest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.db.models import Max

from cases.actions.case import hold as hold_case
from cases.actions.part import add_part
from cases.models import Case, CaseName
from cases.names.guess import guess_system
from cases.names.systems import NameKind
from cases.states import CaseState
from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.matching import check_dominates, check_recorded, current, held_cases, held_raisings
from rounds.actions.response import hold
from rounds.figures import refresh_days
from rounds.models import Commitment, ItemClaim, Raising, Response, ResponseItem
from rounds.states import ItemState

EDITABLE = frozenset({"verbatim", "translation", "written_as"})
NO_NAME = UUID(int=0)


def add_item(
    *,
    response: Response,
    by: User,
    values: dict[str, Any],
    raising: Raising | None = None,
    case: Case | None = None,
    key: UUID | None = None,
) -> ResponseItem:
    """One answer, tied to `raising`, or to a `case` that was not raised, or waiting to be matched.

    Raises Denied, WrongState.
    """
    raisings, cases = [] if raising is None else [raising], [] if case is None else [case]
    return add_items(response=response, by=by, values=values, raisings=raisings, cases=cases, key=key)[0]


def add_items(
    *,
    response: Response,
    by: User,
    values: dict[str, Any],
    raisings: Sequence[Raising],
    cases: Sequence[Case] = (),
    key: UUID | None = None,
) -> list[ResponseItem]:
    """The same words as an answer to each of `raisings`, and about each of `cases`, which were told of though nobody
    raised them; without any, one answer that waits to be matched.

    With `key` their keys are made from it: sent twice, they are added once. Raises Denied, WrongState.
    """
    check(by, Doing.RECORD_RESPONSE, response.label())
    whom: list[Raising | Case] = [*raisings, *cases]
    _check_words(values, matched=bool(whom))
    if standing := _added(response, by, key, whom):
        return standing
    try:
        with acting(Verb.ITEM_ADDED, by=by, about=response, detail={"items": max(len(whom), 1)}):
            return _add_all(response, by, values, raisings, cases, key)
    except IntegrityError:
        if standing := _added(response, by, key, whom):
            return standing
        raise


def edit_item(*, item: ResponseItem, by: User, seen: int, changes: dict[str, Any]) -> bool:
    """Changes the words of an item that is only recorded. True when something changed.

    Raises Denied, WrongState, Conflict.
    """
    if unknown := set(changes) - EDITABLE:
        raise ValueError(f"Not edited here: {sorted(unknown)}")
    check(by, Doing.RECORD_RESPONSE, item.label())
    with acting(Verb.ITEM_EDITED, by=by, about=item, detail={"fields": sorted(changes)}):
        hold(item.response, by)
        now = current(item)
        check_recorded(now)
        merged = {name: changes.get(name, getattr(now, name)) for name in EDITABLE}
        _check_words(merged, matched=now.raising_id is not None)
        return save_over(item, seen=seen, changes=changes)


def remove_item(*, item: ResponseItem, by: User, seen: int, reason: str) -> None:
    """Takes out an item that is only recorded; its history stays. What it corrected stands again.

    Raises Denied, WrongState (no reason, coded, still used), Conflict.
    """
    check(by, Doing.RECORD_RESPONSE, item.label())
    if not reason.strip():
        raise WrongState("Say why this is removed.")
    with acting(Verb.ITEM_REMOVED, by=by, about=item, reason=reason):
        hold(item.response, by)
        now = current(item)
        check_recorded(now)
        _refuse_if_used(item, by)
        stands_again = _items_of(item.supersedes_id)
        remove(item, seen=seen)
        refresh_days({one.case_id for one in [now, *stands_again] if one.case_id})


def correct_item(
    *, item: ResponseItem, by: User, seen: int, values: dict[str, Any], raising: Raising | None, reason: str
) -> ResponseItem:
    """A new item in the place of one that is coded already, which stays and is shown struck. It is coded anew.

    Raises Denied, WrongState (no reason, only recorded, superseded), Conflict.
    """
    check(by, Doing.RECORD_RESPONSE, item.label())
    if not reason.strip():
        raise WrongState("Say why this is corrected.")
    _check_words(values, matched=raising is not None)
    with acting(Verb.ITEM_CORRECTED, by=by, about=item, reason=reason) as act:
        hold(item.response, by)
        now = current(item)
        if now.state == ItemState.RECORDED:
            raise WrongState("Nobody has coded this answer yet: change it, there is nothing to correct.")
        if now.version != seen:
            raise Conflict(now)
        was = [now.case_id] if now.case_id else []
        target = held_raisings([raising], by, item.response, also=was)[0] if raising else None
        made = ResponseItem(
            response=item.response,
            raising=target,
            case=target.case if target else _stays(now),
            position=now.position,
            supersedes=item,
            correction_reason=reason.strip(),
            **_words_of(values),
        )
        save_new(made)
        act.about = made
        refresh_days(key for key in (now.case_id, made.case_id) if key)
    return made


def name_case(*, item: ResponseItem, by: User, reason: str = "") -> CaseName:
    """Adds the name as the counterpart writes it to the case the item is matched to. Where the reply is marked higher
    than the case, more people will read it then: only with a reason. Raises Denied, WrongState.
    """
    with acting(Verb.ITEM_EDITED, by=by, about=item, reason=reason, detail={"named": 1}):
        hold(item.response, by)
        now = current(item)
        if not now.written_as or now.case_id is None:
            raise WrongState("Match the answer to a case first.")
        case = Case.objects.visible_to(by).select_related("dialogue").filter(pk=now.case_id).first()
        if case is None:
            raise WrongState("This case is not there any more.")
        hold_case(case, by)
        if not case.label().dominates(item.response.label()) and not reason.strip():
            raise WrongState("The reply is marked higher than the case. Say why the name may stand on the case.")
        names = CaseName.objects.visible_to(by).of(case)
        if names.filter(text=now.written_as).exists():
            raise WrongState("The case has this name already.")
        name = CaseName(
            text=now.written_as,
            system=guess_system(now.written_as, pack=case.dialogue.pack),
            kind=NameKind.COUNTERPART,
            position=names.count(),
        )
        add_part(part=name, case=case, by=by, reason=reason)
    return name


def _add_all(
    response: Response,
    by: User,
    values: dict[str, Any],
    raisings: Sequence[Raising],
    cases: Sequence[Case],
    key: UUID | None,
) -> list[ResponseItem]:
    hold(response, by)
    keys = list(dict.fromkeys(case.pk for case in cases))
    whom: list[tuple[Raising | None, Case | None]] = [
        (target, target.case) for target in held_raisings(raisings, by, response, also=keys)
    ]
    found = held_cases(keys, by)
    for case in found.values():
        check_dominates(response.label(), case.label(), case.reference)
        if case.state == CaseState.MERGED:
            raise WrongState(f"{case.reference} was merged into another case; add the answer there.")
    whom += [(None, found[one]) for one in keys]
    rows = ResponseItem.objects.visible_to(by).filter(response=response)
    last = rows.aggregate(last=Max("position"))["last"] or 0
    made = []
    for place, (target, about) in enumerate(whom or [(None, None)], start=1):
        item = ResponseItem(response=response, raising=target, case=about, position=last + place, **_words_of(values))
        if key is not None:
            item.pk = _key(key, target or about)
        save_new(item)
        made.append(item)
    refresh_days(item.case_id for item in made if item.case_id)
    return made


def _key(key: UUID, whom: Raising | Case | None) -> UUID:
    """The key of an item made from the key of the form, so that the same form gives the same items."""
    return uuid5(key, str(whom.pk if whom else NO_NAME))


def _added(response: Response, by: User, key: UUID | None, whom: Sequence[Raising | Case]) -> list[ResponseItem]:
    if key is None:
        return []
    keys = [_key(key, one) for one in whom] or [_key(key, None)]
    return list(ResponseItem.objects.visible_to(by).filter(response=response, pk__in=keys).order_by("position"))


def _stays(item: ResponseItem) -> Case | None:
    """Whom a correction without a raising is about: as before, where the answer was tied to a case nobody raised."""
    return item.case if item.raising_id is None else None


def _words_of(values: dict[str, Any]) -> dict[str, str]:
    if unknown := set(values) - EDITABLE:
        raise ValueError(f"Not part of an item's words: {sorted(unknown)}")
    return {name: str(text).strip() for name, text in values.items()}


def _check_words(values: dict[str, Any], *, matched: bool) -> None:
    if not matched and not any(str(text).strip() for text in values.values()):
        raise WrongState("Write the words or the name, so that the answer can be matched later.")


def _items_of(key: UUID | None) -> list[ResponseItem]:
    return list(ResponseItem.objects.unscoped("what a removed correction stood for stands again").filter(pk=key))


def _refuse_if_used(item: ResponseItem, by: User) -> None:
    """What `by` sees is named, anything else only in general. Raises WrongState."""
    why = "an answer is removed only when nothing rests on it"
    resting = (("claims", ItemClaim, "item"), ("commitments", Commitment, "item"), ("answers", ResponseItem, "repeats"))
    known = [words for words, model, key in resting if model.objects.visible_to(by).filter(**{key: item}).exists()]
    if known:
        raise WrongState(f"Change first what rests on this item: {', '.join(known)}.")
    if any(model.objects.unscoped(why).filter(**{key: item}).exists() for _, model, key in resting):
        raise WrongState("Something rests on this item, so it stays; ask an approver.")
