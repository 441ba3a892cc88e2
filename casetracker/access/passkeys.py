"""Passkeys of an account: second factors that a browser shows and a phishing page cannot use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.crypto import salted_hmac

from casetracker.access.models import User


@dataclass(frozen=True)
class Passkey:
    """One key as its owner sees it. `handle` stands in addresses."""

    handle: UUID
    name: str
    added: datetime
    used: datetime | None


def handle_of(row: Any) -> UUID:
    """The key of a passkey in addresses: allauth numbers its rows, and a running number counts other people's acts."""
    return UUID(bytes=salted_hmac("casetracker.passkey", str(row.pk), algorithm="sha256").digest()[:16])


def rows_of(user: User) -> list[Any]:
    """The passkeys of one's own, the oldest first."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at"))


def passkey_of(row: Any) -> Passkey:
    """What is shown of a row."""
    return Passkey(handle_of(row), str(row.data["name"]), row.created_at, row.last_used_at)
