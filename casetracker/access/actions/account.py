"""What people do to their own account: password, second factor, sessions. Each leaves an entry in the trail."""

from django.contrib.auth.hashers import make_password

from casetracker.access.actions.people import end_sessions
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb


def change_password(*, by: User, password: str) -> str:
    """Sets the own password; returns its hash (the session is bound to it). Raises Conflict."""
    user = User.objects.get_queryset().get(pk=by.pk)
    with acting(Verb.PASSWORD_CHANGED, by=by, about=user):
        save_over(user, seen=user.version, changes={"password": make_password(password)})
    return user.password


def end_other_sessions(*, by: User, keep: str | None) -> int:
    """Signs the own account out everywhere but in the session with the key `keep`. Returns how many were ended."""
    with acting(Verb.SESSIONS_ENDED, by=by, about=by) as act:
        act.detail = {"count": end_sessions(by, keep)}
    return int(act.detail["count"])


def switch_keys(*, by: User, off: bool) -> None:
    """Single-key shortcuts off or on, for oneself. Raises Conflict."""
    with acting(Verb.USER_EDITED, by=by, about=by, detail={"fields": ["keys_off"]}):
        user = User.objects.get_queryset().get(pk=by.pk)
        save_over(user, seen=user.version, changes={"keys_off": off})
    by.keys_off = off
