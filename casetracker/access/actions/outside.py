"""Whom the office's own sign-in opens."""

import hashlib

from django.conf import settings
from django.db import IntegrityError, transaction

from casetracker.access.models import User
from casetracker.access.models.outside import OutsideIdentity
from casetracker.access.second_factor import has_second_factor
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb


def account_of(*, subject: str, email: str) -> User | None:
    """The account that somebody at the provider opens; None when there is none.

    Known by subject; the first time by an address the provider has verified. Only an active account whose person has
    used their one-time link (after a reset the provider opens nothing until the new one is used) and, where one is
    required, has a second factor: else whoever may change addresses here could sign in as somebody else.
    """
    digest = hashlib.sha256(f"{settings.OIDC_ISSUER}\0{subject}".encode()).hexdigest()
    known = OutsideIdentity.objects.select_related("user").filter(digest=digest).first()
    user = known.user if known else _by_address(email)
    if user is None or not user.is_active or not user.has_usable_password():
        return None
    if settings.SECOND_FACTOR == "required" and not has_second_factor(user.pk):
        return None
    if known is None:
        try:
            with transaction.atomic(), acting(Verb.OUTSIDE_KNOWN, by=user, about=user):
                OutsideIdentity.objects.create(user=user, digest=digest)
        except IntegrityError:
            return None
    return user


def _by_address(email: str) -> User | None:
    """The account with this address that nobody at the provider is known for yet."""
    return User.objects.filter(email__iexact=email, outside=None).first() if email else None
