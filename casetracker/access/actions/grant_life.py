"""What becomes of grants in force: revoked, ended together, suspended, reconfirmed, gone through every quarter."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from casetracker.access.act import Doing, Running, check, may, may_run
from casetracker.access.actions.grants import activate, check_decides, check_holder, confirmed, end_one, reaches
from casetracker.access.errors import WrongState
from casetracker.access.models import Dialogue, Grant, GrantState, User
from casetracker.access.see import forget_holdings, holdings
from casetracker.audit.acting import acting, current_act
from casetracker.audit.records import save_over, touch
from casetracker.audit.verbs import Verb

STANDING = (GrantState.REQUESTED, GrantState.ACTIVE, GrantState.SUSPENDED)


def reconfirm_grant(*, grant: Grant, by: User, seen: int, reason: str) -> None:
    """Puts a suspended grant in force again, or says of one in force that it is still needed.

    The approver knows who uses the account. Raises Denied, WrongState, Conflict.
    """
    check_decides(grant, by)
    if not reason.strip():
        raise WrongState("Say how you made sure who uses the account.")
    if grant.is_due:
        _confirm(grant, by, seen, reason)
    else:
        activate(Verb.GRANT_RECONFIRMED, grant, by, seen, reason, GrantState.SUSPENDED)


def keep_grants(*, grants: Iterable[Grant], by: User, seen: dict[Any, int], reason: str = "") -> int:
    """Says of several grants that they are still needed; those suspended by the clock are in force again.

    All or none. `seen`: grant key → version looked at. How many. Raises Denied, WrongState, Conflict.
    """
    chosen = _chosen(grants)
    with acting(Verb.GRANTS_REVIEWED, by=by, reason=reason, detail={"count": len(chosen)}):
        for grant in chosen:
            check_decides(grant, by)
            if not grant.is_due:
                raise WrongState("One of these grants needs no reconfirmation any more. Look again.")
            _confirm(grant, by, seen[grant.pk], reason)
    return len(chosen)


def end_several(
    *,
    grants: Iterable[Grant],
    by: User,
    seen: dict[Any, int],
    reason: str,
    dialogue: Dialogue | None = None,
    counted: int | None = None,
) -> int:
    """Ends several grants in one action, for example at a change of presidency. All or none; how many.

    `dialogue`: the one they all belong to; `counted`: how many the person says there are, where that was asked.
    Raises Denied, WrongState, Conflict.
    """
    chosen = _chosen(grants)
    if counted not in (None, len(chosen)):
        raise WrongState(f"You typed {counted}; the grants chosen are {len(chosen)}. Look at the list again.")
    if not reason.strip():
        raise WrongState("Say why these grants end.")
    with acting(Verb.GRANTS_ENDED, by=by, about=dialogue, reason=reason, detail={"count": len(chosen)}):
        for grant in sorted(chosen, key=lambda one: one.user_id == by.pk):  # one's own right to do it goes last
            if dialogue is not None and grant.dialogue_id != dialogue.pk:
                raise WrongState("Only grants of one dialogue are ended together.")
            revoke_grant(grant=grant, by=by, seen=seen[grant.pk], reason=reason)
    return len(chosen)


def revoke_grant(*, grant: Grant, by: User, seen: int, reason: str) -> None:
    """Ends a grant (or takes back a request). An access admin or an approver of its dialogue.

    Raises Denied, WrongState, Conflict.
    """
    if not may_run(by, Running.REQUEST_GRANT):
        check(by, Doing.APPROVE_GRANT, grant.label())
    if not is_standing(grant):
        raise WrongState(f"This grant is {grant.standing} already.")
    end_one(Verb.GRANT_REVOKED, grant, seen, GrantState.REVOKED, reason, by=by)


def suspend_grants(*, user: User, reason: str) -> int:
    """Suspends every active grant of `user` that is not over; those suspended already have to be looked at anew. How
    many. Inside an action only.
    """
    outer = current_act()
    every = _grants_of(user, GrantState.ACTIVE, GrantState.SUSPENDED)
    found = [grant for grant in every if grant.valid_to > outer.at]
    for grant in found:
        with acting(Verb.GRANT_SUSPENDED, by=outer.by, process=outer.process, about=grant, reason=reason):
            if not save_over(grant, seen=grant.version, changes={"state": GrantState.SUSPENDED}):
                touch(grant)
    forget_holdings()
    return len(found)


def distrust(*, user: User, reason: str) -> None:
    """The account may be somebody else's now: what it holds is suspended, what was asked for it has to be asked for
    again (an approver may have made sure of its person before). Inside an action only.
    """
    outer = current_act()
    for grant in _grants_of(user, GrantState.REQUESTED):
        end_one(
            Verb.GRANT_REVOKED, grant, grant.version, GrantState.REVOKED, reason, by=outer.by, process=outer.process
        )
    suspend_grants(user=user, reason=reason)


def suspend_after_absence(*, user: User) -> int:
    """At a sign-in, before it counts: suspends the grants of somebody who was away for long. How many.

    Away is counted from the last sign-in (no session outlives a day). Inside the action of signing in only.
    """
    last = User.objects.get_queryset().values_list("last_login", flat=True).get(pk=user.pk)
    if last is None or timezone.now() - last <= timedelta(days=settings.ABSENCE_DAYS):
        return 0
    return suspend_grants(user=user, reason=f"No sign-in for more than {settings.ABSENCE_DAYS} days.")


def end_grants(*, user: User, reason: str) -> None:
    """Revokes every grant of `user` that could open anything. Inside an action only."""
    outer = current_act()
    for grant in _grants_of(user, *STANDING):
        end_one(
            Verb.GRANT_REVOKED, grant, grant.version, GrantState.REVOKED, reason, by=outer.by, process=outer.process
        )


def is_standing(grant: Grant) -> bool:
    """Whether there is something left to revoke."""
    waiting = grant.state in (GrantState.REQUESTED, GrantState.SUSPENDED)
    return waiting or (grant.state == GrantState.ACTIVE and grant.valid_to > timezone.now())


def decidable(user: User, grants: Iterable[Grant]) -> list[Grant]:
    """Those of `grants` (fetched with all their compartments) that `user` may reconfirm: for showing them."""
    held = holdings(user)
    return [
        grant
        for grant in grants
        if user.pk not in (grant.user_id, grant.requested_by_id)
        and any(reaches(one, grant, _circles(grant)) for one in held)
    ]


def may_revoke(user: User, grant: Grant) -> bool:
    """Whether `user` may revoke this grant: for showing the form."""
    return is_standing(grant) and (
        may_run(user, Running.REQUEST_GRANT) or may(user, Doing.APPROVE_GRANT, grant.label())
    )


def _confirm(grant: Grant, by: User, seen: int, reason: str) -> None:
    with acting(Verb.GRANT_RECONFIRMED, by=by, about=grant, reason=reason) as act:
        check_holder(grant.user)
        save_over(grant, seen=seen, changes=confirmed(by, act.at))
    forget_holdings()


def _circles(grant: Grant) -> frozenset[Any]:
    return frozenset(link.compartment_id for link in grant.in_compartments.all())


def _chosen(grants: Iterable[Grant]) -> list[Grant]:
    """In the order of their keys: of two who go through them at once, neither waits for the other's lock for ever."""
    found = sorted(grants, key=lambda grant: grant.pk)
    if not found:
        raise WrongState("Choose at least one grant.")
    return found


def _grants_of(user: User, *states: GrantState) -> list[Grant]:
    every = Grant.objects.unscoped("all grants of an account whose sign-in changes")
    return list(every.filter(user=user, state__in=states).order_by("pk"))
