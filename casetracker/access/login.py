"""Signing in: django-allauth, closed to strangers, with our words, our trail and sealed second factors."""

import base64
import io
from typing import Any, ClassVar

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.safestring import mark_safe
from qrcode.image.svg import SvgPathImage

from casetracker.access.actions.account import change_password
from casetracker.access.actions.grant_life import suspend_after_absence
from casetracker.access.models import User
from casetracker.access.second_factor import other_second_factor, with_second_factor
from casetracker.audit.acting import acting, record
from casetracker.audit.verbs import Verb
from casetracker.sealing import seal, unseal


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: people are invited (actions/people.py). Signing in and out leave trail entries."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        # The same for an unknown address, a wrong password and a deactivated account.
        "email_password_mismatch": "This address and password do not match an active account.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again.",
        "rate_limited": "Too many attempts. Wait five minutes and try again.",
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is not right. Codes change every 30 seconds; type the one shown now.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: there is no second form of the answers."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No messages of allauth's own: the pages say what happened."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The active user these credentials belong to. A deactivated account is answered like an unknown one."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def login(self, request: HttpRequest, user: User) -> None:
        with acting(Verb.SIGNED_IN, by=user, about=user):
            suspend_after_absence(user=user)
            super().login(request, user)
        # allauth notes the address that was typed; the account is enough.
        for row in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            row.pop("email", None)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            record(Verb.SIGNED_OUT, by=request.user, about=request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Through our action; the hash goes to the object in hand, for the session that stays is bound to it."""
        user.password = change_password(by=user, password=password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Our own step_up.py has asked before; allauth would let pass whoever has neither password nor second factor,
        and would keep what was posted in the session."""
        return not getattr(context.request, "stepped_up", False)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Whoever has a second factor shows that one, the passkey first: a stolen laptop may know the password."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        strong = [method for method in methods if method["id"] != "reauthenticate"]
        return strong[::-1] or methods


class Backend(AuthenticationBackend):
    """allauth's; with the user of a request comes whether they have a second factor, which every request asks."""

    def get_user(self, user_id: Any) -> User | None:
        found = list(with_second_factor(User.objects.filter(pk=user_id).order_by()))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are sealed for the account they belong to: copied to another, they do not open."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": Adapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": "A second factor is required, and this is your last one. Add another first.",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text.encode(), place=_place())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), place=_place()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return settings.SECOND_FACTOR != "required" or other_second_factor(authenticator)

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "casetracker"}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """What the key shows of the account when it is asked for: the address, as at signing in; no name."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.email, "display_name": user.email}

    def build_totp_svg(self, url: str) -> str:
        """The code as an SVG element for the page itself: the policy of contents allows no `data:` image."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=_Picture, border=2).save(picture)
        text = picture.getvalue().decode()
        svg = text[text.index("<svg") :].replace("<svg ", '<svg role="img" aria-label="QR code" ', 1)
        return mark_safe(svg)  # noqa: S308  (drawn here from a key made here; nothing a person typed)


class _Picture(SvgPathImage):
    """Black on white in either colour scheme: cameras do not read light on dark reliably."""

    background = "white"


def _place() -> str:
    """Where a secret belongs: the account signed in, or the one that is about to be."""
    request = context.request
    stage = getattr(request, "_login_stage", None)
    user = stage.login.user if stage and not request.user.is_authenticated else request.user
    return f"mfa:{user.pk}"
