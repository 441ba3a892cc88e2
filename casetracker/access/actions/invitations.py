"""One-time links by which a person sets their password. The token is shown once and never kept."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from casetracker.access.errors import WrongState
from casetracker.access.models import Invitation, User
from casetracker.audit.acting import acting, current_act
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb

LASTS = timedelta(hours=72)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_invitation(*, user: User) -> str:
    """A new link for `user`: its token. Earlier links stop working. Inside an action only."""
    act = current_act()
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=act.at).update(expires_at=act.at)
    Invitation.objects.create(
        user=user, digest=_digest(token), made_by=act.by, made_at=act.at, expires_at=act.at + LASTS
    )
    return token


def open_invitation(token: str) -> Invitation | None:
    """The invitation a token opens; None for unknown, used, outdated and deactivated alike."""
    found = Invitation.objects.select_related("user").filter(digest=_digest(token)).first()
    if found is None or not found.is_open(timezone.now()) or not found.user.is_active:
        return None
    return found


def accept_invitation(*, invitation: Invitation, name: str, password: str) -> User:
    """Sets name and password by a link that is still open. Raises WrongState when somebody was faster."""
    user = invitation.user
    with acting(Verb.USER_JOINED, by=user, about=user) as act:
        unused = Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=act.at)
        if not unused.update(used_at=act.at):
            raise WrongState("This link has been used already. Ask an access admin for a new one.")
        save_over(user, seen=user.version, changes={"name": name, "password": make_password(password)})
    return user
