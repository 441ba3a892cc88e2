"""Sessions as signing in leaves them."""

import time
from typing import Any

from allauth.account.internal.flows import login
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client


def sign_in(client: Client, person: Any, *, methods: tuple[str, ...] = ("password", "mfa"), ago: float = 0) -> Client:
    """Signs the client in as that person, who showed `methods` so many seconds ago (access/step_up.py)."""
    client.force_login(person)
    return show_again(client, person, methods=methods, ago=ago)


def show_again(
    client: Client, person: Any, *, methods: tuple[str, ...] = ("password", "mfa"), ago: float = 0
) -> Client:
    """The same client, whose person has just shown (or so many seconds ago) that they are there."""
    session = client.session
    at = time.time() - ago
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": at} for method in methods]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(person)
    session.save()
    return client
