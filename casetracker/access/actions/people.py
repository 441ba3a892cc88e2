"""Inviting, editing, resetting, deactivating and reactivating users. Nobody is ever deleted."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils import timezone

from casetracker.access.act import Running, check_run
from casetracker.access.actions.grant_life import distrust, end_grants
from casetracker.access.actions.invitations import make_invitation
from casetracker.access.errors import WrongState
from casetracker.access.models import BreakGlass, Grant, GrantState, OutsideIdentity, User
from casetracker.access.roles import Office
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb


def invite_user(
    *, name: str, email: str, office: str = Office.NONE, by: User | None = None, process: str = ""
) -> tuple[User, str]:
    """A new account without password, and the token of its one-time link.

    Done by an access admin, or by a server command (`process`). Raises Denied, WrongState (address taken).
    """
    if by is not None:
        check_run(by, Running.MANAGE_USERS)
    user = User(name=name.strip(), email=email.strip().lower(), office=office)
    user.set_unusable_password()
    with acting(Verb.USER_INVITED, by=by, process=process, about=user):
        _check_address(user)
        save_new(user)
        token = make_invitation(user=user)
    return user, token


def edit_user(*, user: User, by: User, seen: int, name: str, email: str, office: str) -> bool:
    """Changes name, address or office. True when something changed.

    Whoever holds an office reads no content: an account with grants that stand gets none. A new address or office
    suspends active grants until an approver reconfirms them, and ends requests: it may be somebody else's account now.
    Raises Denied, WrongState, Conflict.
    """
    check_run(by, Running.MANAGE_USERS)
    changes = {"name": name.strip(), "email": email.strip().lower(), "office": office}
    with acting(Verb.USER_EDITED, by=by, about=user) as act:
        now = _locked(user)
        act.detail = {"fields": sorted(key for key, value in changes.items() if getattr(now, key) != value)}
        if "email" in act.detail["fields"]:
            _check_address(User(pk=user.pk, email=changes["email"]))
        if "office" in act.detail["fields"]:
            _check_office(now, office)
        if {"email", "office"} & set(act.detail["fields"]):
            distrust(user=user, reason="The address or the office of the account was changed.")
        return save_over(user, seen=seen, changes=changes)


def reset_sign_in(*, user: User, reason: str, by: User | None = None, process: str = "") -> str:
    """Ends password, second factor and sessions of an account and gives the token of a new link.

    Its grants are suspended until an approver of each dialogue reconfirms them, requests end: whoever uses the link may
    be somebody else than before. Raises Denied, WrongState, Conflict.
    """
    if by is not None:
        check_run(by, Running.MANAGE_USERS)
        if by.pk == user.pk:
            raise WrongState("Change your own password on the page of your account.")
    if not user.is_active:
        raise WrongState("This account is deactivated. Reactivate it instead; that makes a new link, too.")
    if not reason.strip():
        raise WrongState("Say why a new link is needed.")
    with acting(Verb.USER_RESET, by=by, process=process, about=user, reason=reason):
        token = _new_credentials(user)
        distrust(user=user, reason=reason)
    return token


def deactivate_user(*, user: User, by: User, seen: int, reason: str) -> None:
    """Ends the account: grants, links, sessions. What the person wrote stays theirs.

    Raises Denied, WrongState (last access admin, no reason), Conflict.
    """
    check_run(by, Running.MANAGE_USERS)
    if not reason.strip():
        raise WrongState("Say why this account is deactivated.")
    if not user.is_active:
        raise WrongState("This account is deactivated already.")
    with acting(Verb.USER_DEACTIVATED, by=by, about=user, reason=reason) as act:
        _check_another_admin(_locked(user))
        end_grants(user=user, reason=reason)
        user.invitations.filter(used_at=None, expires_at__gt=act.at).update(expires_at=act.at)
        save_over(user, seen=seen, changes={"is_active": False})
        end_sessions(user)


def reactivate_user(*, user: User, by: User, seen: int, reason: str) -> str:
    """Opens the account again, with a new link and without its former grants: the token of the link.

    Raises Denied, WrongState, Conflict.
    """
    check_run(by, Running.MANAGE_USERS)
    if user.is_active:
        raise WrongState("This account is active.")
    if not reason.strip():
        raise WrongState("Say why this account is opened again.")
    with acting(Verb.USER_REACTIVATED, by=by, about=user, reason=reason):
        save_over(user, seen=seen, changes={"is_active": True})
        return _new_credentials(user)


def end_sessions(user: User, keep: str | None = None) -> int:
    """Signs the account out everywhere, but for the session with the key `keep`. Returns how many were ended."""
    others = [session for session in UserSession.objects.filter(user=user) if session.session_key != keep]
    for session in others:
        session.end()
    return len(others)


def standing_grants(user: User) -> Any:
    """Grants of `user` that open something now, later, or once somebody decides so."""
    open_states = Q(state__in=[GrantState.REQUESTED, GrantState.SUSPENDED])
    active = Q(state=GrantState.ACTIVE, valid_to__gt=timezone.now())
    every = Grant.objects.unscoped("whoever holds an office holds no grant, wherever it is")
    return every.filter(open_states | active, user=user)


def _new_credentials(user: User) -> str:
    Authenticator.objects.filter(user=user).delete()
    OutsideIdentity.objects.filter(user=user).delete()
    save_over(user, seen=user.version, changes={"password": make_password(None)})
    end_sessions(user)
    return make_invitation(user=user)


def _locked(user: User) -> User:
    """With the active admins, all in one order: two admins who remove each other must not wait for each other."""
    admins = Q(office=Office.ADMIN, is_active=True)
    rows = User.objects.get_queryset().select_for_update().filter(admins | Q(pk=user.pk)).order_by("pk")
    return next(row for row in rows if row.pk == user.pk)


def _check_address(user: User) -> None:
    if User.objects.filter(email__iexact=user.email).exclude(pk=user.pk).exists():
        raise WrongState("There is an account with this address already.")


def _check_office(user: User, office: str) -> None:
    if office != Office.ADMIN:
        _check_another_admin(user)
    if office and standing_grants(user).exists():
        raise WrongState(
            "Whoever holds an office reads no cases: this account has grants that are active, suspended or requested. "
            "Revoke them first."
        )
    lasting = BreakGlass.objects.unscoped("whoever holds an office has nothing open").filter(user=user, ended_at=None)
    if office and lasting.filter(ends_at__gt=timezone.now()).exists():
        raise WrongState("This account has a dialogue open in an emergency. Wait until that is over.")


def _check_another_admin(user: User) -> None:
    """Locks the active admins, so that two of them cannot remove each other at once."""
    admins = User.objects.get_queryset().select_for_update().filter(office=Office.ADMIN, is_active=True)
    if [admin.pk for admin in admins.order_by("pk")] == [user.pk]:
        raise WrongState("This is the last active access admin. Give the office to somebody else first.")
