"""Where a second factor is required, a signed-in user without one reaches nothing but its setting up."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from casetracker.access.models import User

# What is needed to set one up, and the way out.
OPEN = frozenset(
    {
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "access:again_done",
        "account_login",
        "account_logout",
        "access:invitation",
        "healthz",
    }
)


# An app or a passkey; recovery codes alone are none.
_FACTORS = Authenticator.objects.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def has_second_factor(user_id: Any) -> bool:
    """Whether an authenticator app or a passkey is set up for this account."""
    return bool(_FACTORS.filter(user_id=user_id).exists())


def other_second_factor(factor: Any) -> bool:
    """Whether the account of this second factor has another one."""
    return bool(_FACTORS.filter(user_id=factor.user_id).exclude(pk=factor.pk).exists())


def with_second_factor(users: QuerySet[User]) -> QuerySet[User]:
    """The same users, each with `second_factor`: whether an app or a passkey is set up for the account."""
    return users.annotate(second_factor=Exists(_FACTORS.filter(user=OuterRef("pk"))))


def second_factor_required(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Sends a signed-in user without second factor to its setting up, where settings require one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *args: Any) -> HttpResponse | None:
        if settings.SECOND_FACTOR != "required" or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        # asked anew with the user of every request (login.Backend)
        if (match and match.view_name in OPEN) or getattr(request.user, "second_factor", False):
            return None
        return HttpResponseRedirect(reverse("mfa_activate_totp"))

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
