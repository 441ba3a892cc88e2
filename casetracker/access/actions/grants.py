"""Requesting and deciding grants. Every change counts from the next request on.

What becomes of them afterwards: grant_life.py.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from casetracker.access.act import Running, check_approve_grant, check_run, may_run
from casetracker.access.approvals import ask, decide, end_waiting, waiting_for
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Compartment, Dialogue, Grant, GrantCompartment, GrantState, User
from casetracker.access.roles import Marking, Role
from casetracker.access.see import Label, active_now, forget_holdings, holdings, recused_q
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

SERVER = "server command"
APPROVE = "grant.approve"  # the kind of its approval: grant_approval.py
NOT_ASKED = "Nobody waits for this decision any more. The grant has to be requested again."


def longest_end(start: datetime) -> datetime:
    """The latest end a grant beginning at `start` may have: whole days of this office's calendar."""
    return timezone.localtime(start) + timedelta(days=settings.GRANT_MAX_DAYS)


def request_grant(
    *,
    by: User,
    user: User,
    dialogue: Dialogue,
    role: str,
    marking: int,
    compartments: Iterable[Compartment],
    valid_from: datetime,
    valid_to: datetime,
    reason: str,
    renews: Grant | None = None,
) -> Grant:
    """A grant that waits for an approver of its dialogue. Raises Denied, WrongState.

    `renews`: the grant it follows, of the same person and dialogue, which runs on until its own end.
    """
    _check_request(by, user, reason)
    _check_span(valid_from, valid_to)
    grant = Grant(
        user=user,
        dialogue=dialogue,
        role=Role(role),
        marking=Marking(marking),
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        requested_by=by,
        renews=renews,
    )
    if renews is not None:
        _check_renewal(grant, renews)
    with acting(Verb.GRANT_REQUESTED, by=by, about=grant, reason=reason):
        check_holder(user)
        _store(grant, compartments)
        ask(kind=APPROVE, target=grant, by=by, parameters={}, reason=reason)
    return grant


def _check_request(by: User, user: User, reason: str) -> None:
    check_run(by, Running.REQUEST_GRANT)
    if user.pk == by.pk:
        raise Denied("Nobody requests a grant for themselves.")
    if not reason.strip():
        raise WrongState("Say what this person needs the grant for.")


def _check_span(valid_from: datetime, valid_to: datetime) -> None:
    if valid_to <= valid_from or valid_to <= timezone.now():
        raise WrongState("A grant ends after it begins, and not in the past.")
    if valid_to > longest_end(valid_from):
        raise WrongState(f"A grant lasts {settings.GRANT_MAX_DAYS} days at most; it can be requested again.")


def approve_grant(*, grant: Grant, by: User, seen: int, reason: str = "") -> None:
    """Puts a requested grant in force. Raises Denied (not one's own, not beyond one's reach), WrongState, Conflict."""
    check_decides(grant, by)
    if grant.requested_by is None or not may_run(grant.requested_by, Running.REQUEST_GRANT):
        raise WrongState("Whoever requested this is not an access admin any more. It has to be requested again.")
    _check_requested(grant)
    asked = waiting_for(grant, APPROVE)
    if asked is None:
        raise WrongState(NOT_ASKED)
    given = {"seen": seen, "why": reason}
    decide(approval=asked, by=by, seen=asked.version, yes=True, reason=reason, given=given, target=grant)


def refuse_grant(*, grant: Grant, by: User, seen: int, reason: str) -> None:
    """Refuses a requested grant. Raises Denied, WrongState, Conflict."""
    check_approve_grant(by, grant)
    _check_requested(grant)
    asked = waiting_for(grant, APPROVE)
    if asked is None:
        end_one(Verb.GRANT_REFUSED, grant, seen, GrantState.REFUSED, reason, by=by)
        return
    if grant.version != seen:
        raise Conflict(grant)
    decide(approval=asked, by=by, seen=asked.version, yes=False, reason=reason, target=grant)


def _check_requested(grant: Grant) -> None:
    if grant.state != GrantState.REQUESTED:
        raise WrongState(f"This grant is {grant.standing}; there is nothing to decide.")


def name_first_approver(*, user: User, dialogue: Dialogue, compartment: Compartment | None = None) -> Grant:
    """The first approver of a dialogue (or of a compartment), by a command on the server.

    Nobody inside could approve it. Refused (WrongState) while there is an active approver.
    """
    within = Label(dialogue.pk, Marking.NORMAL, compartment.pk if compartment else None)
    active = Grant.objects.unscoped("whether the dialogue has an approver").filter(
        active_now(), ~recused_q(within), dialogue=dialogue, role=Role.APPROVER, user__is_active=True
    )
    if compartment is not None:
        active = active.filter(in_compartments__compartment=compartment)
    if active.exists():
        raise WrongState("There is an active approver: grants are requested by an access admin and approved by them.")
    now = timezone.now()
    reason = "Named on the server: nobody could have approved it."
    grant = Grant(
        user=user,
        dialogue=dialogue,
        role=Role.APPROVER,
        marking=max(Marking),
        state=GrantState.ACTIVE,
        valid_from=now,
        valid_to=longest_end(now),
        reason=reason,
        by_server_command=True,
    )
    with acting(Verb.GRANT_NAMED, process=SERVER, about=grant, reason=reason):
        check_holder(user)
        _store(grant, [compartment] if compartment else [])
    return grant


def may_decide(user: User, grant: Grant) -> bool:
    """Whether `user` may approve or reconfirm this grant: for showing the form."""
    try:
        check_decides(grant, user)
    except Denied:
        return False
    return True


def check_decides(grant: Grant, by: User) -> None:
    """An approver of that dialogue, another one, whose own grant reaches as far. Raises Denied."""
    check_approve_grant(by, grant)
    circles = frozenset(GrantCompartment.objects.filter(grant=grant).values_list("compartment_id", flat=True))
    if not any(reaches(holding, grant, circles) for holding in holdings(by)):
        raise Denied("You can approve only what you may read yourself; this grant reaches further than yours.")


def reaches(holding: Any, grant: Grant, circles: frozenset[UUID]) -> bool:
    """Whether an approver's holding covers all that the grant would open."""
    return bool(
        holding.role == Role.APPROVER
        and holding.dialogue_id == grant.dialogue_id
        and holding.marking >= grant.marking
        and circles <= holding.compartments
    )


def _check_renewal(grant: Grant, renews: Grant) -> None:
    """Same person and dialogue, and nothing that follows it yet. Raises WrongState."""
    if (renews.user_id, renews.dialogue_id) != (grant.user_id, grant.dialogue_id):
        raise WrongState("A grant is renewed for the same person in the same dialogue.")
    if renews.state != GrantState.ACTIVE:
        raise WrongState(f"This grant is {renews.standing}; it cannot be renewed. Request a new one.")
    following = Grant.objects.unscoped("whether a grant is renewed already").filter(renews=renews)
    if following.filter(state__in=[GrantState.REQUESTED, GrantState.ACTIVE, GrantState.SUSPENDED]).exists():
        raise WrongState("A renewal of this grant is requested or approved already.")


def check_holder(user: User) -> User:
    """Locks the account, so that it cannot get an office or be deactivated meanwhile; the account as it is then."""
    now = User.objects.get_queryset().select_for_update().get(pk=user.pk)
    if not now.is_active:
        raise WrongState("This account is deactivated.")
    if now.office:
        raise WrongState(f"This account holds an office ({now.get_office_display()}) and therefore reads no cases.")
    return now


def _check_joined(user: User) -> None:
    """Whoever made the one-time link could still use it: no grant opens anything before its person has."""
    if not user.has_usable_password():
        raise WrongState(
            f"{user.name} has not used the one-time link yet. Ask them to; decide when you know it was they who did."
        )


def activate(verb: Verb, grant: Grant, by: User, seen: int, reason: str, expected: GrantState) -> None:
    """Puts a grant in force that is in state `expected`. Raises WrongState, Conflict."""
    if grant.state != expected:
        raise WrongState(f"This grant is {grant.standing}; there is nothing to decide.")
    if grant.valid_to <= timezone.now():
        raise WrongState("The time of this grant is over. It has to be requested again.")
    with acting(verb, by=by, about=grant, reason=reason) as act:
        _check_joined(check_holder(grant.user))
        changes = {"state": GrantState.ACTIVE, "approved_by_id": by.pk, **confirmed(by, act.at)}
        save_over(grant, seen=seen, changes=changes)
    forget_holdings()


def confirmed(by: User, at: datetime) -> dict[str, Any]:
    """What a grant says once `by` has made sure that it is needed: its quarter begins anew."""
    return {"confirmed_at": at, "confirmed_by_id": by.pk}


def end_one(
    verb: Verb, grant: Grant, seen: int, state: GrantState, reason: str, *, by: User | None, process: str = ""
) -> None:
    """Ends one grant, or refuses it. Raises WrongState (no reason), Conflict."""
    if not reason.strip():
        raise WrongState("Say why.")
    with acting(verb, by=by, process=process, about=grant, reason=reason) as act:
        changes = {
            "state": state, "ended_by_id": by.pk if by else None, "ended_at": act.at, "end_reason": reason.strip()
        }  # fmt: skip
        save_over(grant, seen=seen, changes=changes)
        end_waiting(grant, APPROVE, reason=reason)
    forget_holdings()


def _store(grant: Grant, compartments: Iterable[Compartment]) -> None:
    save_new(grant)
    for compartment in compartments:
        if compartment.dialogue_id != grant.dialogue_id:
            raise WrongState("A compartment belongs to the dialogue of its grant.")
        GrantCompartment.objects.create(grant=grant, compartment=compartment)
    forget_holdings()
