"""Two persons for one act: one asks, another decides; what was asked for is done once, as it was asked for.

docs/decisions/0009-two-persons.md. The kinds of acts register themselves when the application starts.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.kinds import Kind, kind_of, register
from casetracker.access.models import Approval, ApprovalState, User
from casetracker.access.see import forget_holdings
from casetracker.audit.acting import Act, acting, current_act
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

__all__ = [
    "Kind",
    "again",
    "ask",
    "changed_since",
    "decide",
    "digest_of",
    "end_waiting",
    "may_decide",
    "register",
    "waiting",
    "waiting_for",
    "withdraw",
]

BY_ANOTHER = "You asked for this yourself. Somebody else has to decide."
CHANGED = "What this is about changed since it was asked for. Look at it as it is now, and ask again if it still holds."
EXPIRED = "Nobody decided in time. It has to be asked for again."
ASKER_GONE = "Whoever asked for this may not do so any more. Somebody who may has to ask again."
UNSEEN = "What this is about is not visible to you."
ONE_WAITS = "This was asked for already and waits for a second person."
NOT_NOW = "This is {}; there is nothing to decide."


def ask(*, kind: str, target: Any, by: User, parameters: dict[str, Any], reason: str) -> Approval:
    """Asks for an act; nothing happens until another person decides. Raises Denied, WrongState."""
    what = kind_of(kind)
    if not reason.strip():
        raise WrongState("Say why.")
    label = what.label(target, parameters)
    made = Approval(
        kind=kind,
        object_id=target.pk,
        parameters=parameters,
        requested_by=by,
        reason=reason.strip(),
    )
    if label is not None:
        made.dialogue_id, made.marking, made.compartment_id = label.dialogue_id, label.marking, label.compartment_id
    with acting(Verb.APPROVAL_ASKED, by=by, about=made, detail={"kind": kind}) as act:
        _hold_row(target)
        what.check_ask(by, target, parameters)
        _end_expired(what, target, act)
        made.digest = digest_of(what, target, parameters)
        made.requested_at, waits = act.at, what.waits()
        made.expires_at = act.at + waits if waits is not None else None
        save_new(made)
    return made


def again(*, approval: Approval, by: User, reason: str = "") -> Approval:
    """Asks once more for what nobody decided on in time. Raises Denied, WrongState."""
    if not approval.is_expired:
        raise WrongState("Only what expired is asked for again.")
    what = kind_of(approval)
    target = what.targets(by).filter(pk=approval.object_id).first()
    if target is None:
        raise Denied(UNSEEN)
    why = reason.strip() or approval.reason
    return ask(kind=approval.kind, target=target, by=by, parameters=approval.parameters, reason=why)


def decide(
    *,
    approval: Approval,
    by: User,
    seen: int,
    yes: bool,
    reason: str = "",
    given: Mapping[str, Any] | None = None,
    target: Any = None,
) -> None:
    """Does what was asked for, or refuses it. Once, in one transaction, as it was asked for.

    Rights of both persons are asked about as they stand now. `given` goes to `execute` with the parameters (what the
    decider looked at); `target` is the row in hand, brought up to date (fetched when not given).
    Raises Denied, WrongState (changed, expired, decided already), Conflict.
    """
    if not yes and not reason.strip():
        raise WrongState("Say why this is refused.")
    what, verb = kind_of(approval), Verb.APPROVAL_GRANTED if yes else Verb.APPROVAL_REFUSED
    forget_holdings()
    with acting(verb, by=by, about=approval, detail={"kind": approval.kind}) as act:
        target = _held(what, approval, by, target)
        now = _locked(approval, seen)
        forget_holdings()  # a right may have gone while the locks were waited for
        person = _as_now(by)
        what.check_decide(person, target, now.parameters)
        if now.requested_by_id == person.pk:
            raise Denied(BY_ANOTHER)
        if not yes:
            _settle(now, ApprovalState.REFUSED, act, reason)
            if what.refuse is not None:
                what.refuse(target, now, by, reason)
            return
        _check_in_time(now, act.at)
        _check_asker(what, now, target)
        if digest_of(what, target, now.parameters) != now.digest:
            raise WrongState(CHANGED)
        _settle(now, ApprovalState.DONE, act, reason)
        what.execute(target, {**now.parameters, **(given or {})}, now, by)


def withdraw(*, approval: Approval, by: User, seen: int, reason: str = "") -> None:
    """Takes back what one asked for, also when it expired. Raises Denied, WrongState, Conflict."""
    if approval.requested_by_id != by.pk:
        raise Denied("Only the person who asked for this can take it back.")
    what = kind_of(approval)
    with acting(Verb.APPROVAL_WITHDRAWN, by=by, about=approval, detail={"kind": approval.kind}) as act:
        target = _held(what, approval, by, None)
        now = _locked(approval, seen)
        _settle(now, ApprovalState.WITHDRAWN, act, reason)
        if what.give_up is not None:
            what.give_up(target, now, by, reason)


def end_waiting(target: Any, kind: str, *, reason: str, refused: bool = False) -> None:
    """Ends what waits on `target`, where the target itself took another way. Inside an action that holds its lock."""
    outer = current_act()
    now = waiting_for(target, kind)
    if now is None:
        return
    by_another = outer.by is not None and outer.by.pk != now.requested_by_id
    state = ApprovalState.REFUSED if refused and by_another and reason.strip() else ApprovalState.WITHDRAWN
    verb = Verb.APPROVAL_REFUSED if state == ApprovalState.REFUSED else Verb.APPROVAL_WITHDRAWN
    with acting(verb, by=outer.by, process=outer.process, about=now, detail={"kind": kind}) as act:
        _settle(now, state, act, reason)


def waiting(target: Any, user: User, kind: str = "") -> Approval | None:
    """What waits for a second person on `target`, in time, as far as `user` may know: for the page of the target."""
    rows = Approval.objects.visible_to(user).in_time().filter(object_id=target.pk)
    found: Approval | None = (
        (rows.filter(kind=kind) if kind else rows)
        .select_related("requested_by", "decided_by")
        .order_by("requested_at", "pk")
        .first()
    )
    return found


def changed_since(approval: Approval, target: Any) -> bool:
    """Whether what was asked about is not as it was: then it cannot be done any more, only asked for again."""
    return digest_of(kind_of(approval), target, approval.parameters) != approval.digest


def may_decide(approval: Approval, target: Any, user: User) -> str:
    """Why `user` cannot decide on what waits; "" when they can. For pages: `decide` asks for itself."""
    if not approval.is_waiting:
        return EXPIRED if approval.is_expired else NOT_NOW.format(approval.standing)
    if approval.requested_by_id == user.pk:
        return BY_ANOTHER
    try:
        kind_of(approval).check_decide(user, target, approval.parameters)
    except (Denied, WrongState) as refused:
        return refused.reason
    return ""


def waiting_for(target: Any, kind: str) -> Approval | None:
    """What waits on `target`, expired or not, whoever sees it. For actions: they check rights of their own."""
    rows = Approval.objects.unscoped("the action about the target checks who may").filter(
        kind=kind, object_id=target.pk, state=ApprovalState.WAITING
    )
    found: Approval | None = rows.select_related("requested_by").first()
    return found


def digest_of(what: Kind, target: Any, parameters: dict[str, Any]) -> str:
    """SHA-256 over what is asked for and what it was asked about, as JSON with sorted keys."""
    whole = {
        "kind": what.code,
        "object": str(target.pk),
        "parameters": parameters,
        "facts": what.facts(target, parameters),
    }
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return sha256(text.encode()).hexdigest()


def _held(what: Kind, approval: Approval, by: User, target: Any) -> Any:
    """The target as it is now, under its lock: who works on the target takes that one first, too. Raises Denied."""
    if target is None:
        target = what.targets(by).filter(pk=approval.object_id).order_by().first()
        if target is None:
            raise Denied(UNSEEN)
    if what.hold is not None:
        what.hold(target, by)
    else:
        # What was read before the lock may have changed without a new version (a part of it was added).
        _hold_row(target)
        try:
            target.refresh_from_db(from_queryset=what.targets(by).order_by())
        except ObjectDoesNotExist:
            raise Denied(UNSEEN) from None
    return target


def _hold_row(target: Any) -> None:
    """Takes the lock of the target's row."""
    list(_rows(target).select_for_update(no_key=True).values_list("pk"))


def _rows(target: Any) -> Any:
    rows = type(target)._base_manager.all()
    if hasattr(rows, "unscoped"):
        rows = rows.unscoped("takes the lock of what is decided about")
    return rows.filter(pk=target.pk).order_by()


def _locked(approval: Approval, seen: int) -> Approval:
    """The approval under its lock. Raises WrongState (decided already), Conflict."""
    rows = Approval.objects.unscoped("takes the lock of the approval that is decided").select_for_update(of=("self",))
    now: Approval = rows.get(pk=approval.pk)
    if now.state != ApprovalState.WAITING:
        raise WrongState(NOT_NOW.format(now.standing))
    if now.version != seen:
        raise Conflict(now)
    return now


def _check_in_time(now: Approval, moment: datetime) -> None:
    if now.expires_at is not None and now.expires_at <= moment:
        raise WrongState(EXPIRED)


def _check_asker(what: Kind, now: Approval, target: Any) -> None:
    """Whoever asked is still active, still sees the target and may still ask. Raises WrongState."""
    asker = User.objects.get(pk=now.requested_by_id)
    if not asker.is_active or not what.targets(asker).filter(pk=target.pk).order_by().exists():
        raise WrongState(ASKER_GONE)
    try:
        what.check_ask(asker, target, now.parameters)
    except Denied:
        raise WrongState(ASKER_GONE) from None


def _as_now(by: User) -> User:
    """The decider as they stand now. Raises Denied."""
    person = User.objects.get(pk=by.pk)
    if not person.is_active:
        raise Denied("This account is deactivated.")
    return person


def _settle(now: Approval, state: ApprovalState, act: Act, reason: str) -> None:
    changes = {
        "state": state, "decided_by_id": act.by.pk if act.by else None, "decided_at": act.at,
        "decision_reason": reason.strip(),
    }  # fmt: skip
    save_over(now, seen=now.version, changes=changes)


def _end_expired(what: Kind, target: Any, outer: Act) -> None:
    """Makes room where what waits has expired. Raises WrongState where it has not."""
    before = waiting_for(target, what.code)
    if before is None:
        return
    if not before.is_expired:
        raise WrongState(ONE_WAITS)
    with acting(Verb.APPROVAL_WITHDRAWN, by=outer.by, about=before, detail={"kind": what.code}) as act:
        _settle(before, ApprovalState.WITHDRAWN, act, "It had expired and was asked for again.")
