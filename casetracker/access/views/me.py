"""The own account."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from casetracker.access.act import ROLES, Doing
from casetracker.access.actions.account import end_other_sessions, switch_keys
from casetracker.access.listing import ends_soon, grants_for
from casetracker.access.passkeys import passkey_of
from casetracker.access.roles import Role
from casetracker.access.views.account import Logout
from casetracker.audit.reading import entries_by
from casetracker.web import AuthedRequest, page


@require_safe
def me(request: AuthedRequest) -> HttpResponse:
    """Who I am here, what my grants open and until when, what I did lately, and how I sign in."""
    user = request.user
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    kinds = {row.type: row for row in factors}
    context = {
        "person": user,
        "grants": [
            {
                "grant": grant,
                "opens": [str(doing) for doing in Doing if Role(grant.role) in ROLES[doing]],
                "soon": ends_soon(grant),
            }
            for grant in grants_for(user).filter(user=user).order_by("-valid_to", "pk")
        ],
        "lines": entries_by(user),
        "authenticator": kinds.get("totp"),
        "codes": "recovery_codes" in kinds,
        "passkeys": [passkey_of(row) for row in factors if row.type == "webauthn"],
        "required": settings.SECOND_FACTOR == "required",
        "sessions": _sessions(request),
    }
    return page(request, "access/me.html", context)


@require_POST
def end_sessions(request: AuthedRequest) -> HttpResponse:
    """Sign out everywhere else; with `here` everywhere."""
    ended = end_other_sessions(by=request.user, keep=request.session.session_key)
    if request.POST.get("here") == "1":
        out: HttpResponse = Logout.as_view()(request)
        return out
    messages.success(request, f"Sessions ended elsewhere: {ended}.")
    return redirect("access:me")


@require_POST
def set_keys(request: AuthedRequest) -> HttpResponse:
    """Single-key shortcuts on or off."""
    switch_keys(by=request.user, off=request.POST.get("off") == "1")
    messages.success(request, "Single keys are switched off." if request.user.keys_off else "Single keys are on.")
    return redirect("access:me")


def _browser(agent: str) -> str:
    """The browser in a word: enough to recognise one's own."""
    known = (("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    system = next((name for name in ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux") if name in agent), "")
    browser = next((name for mark, name in known if mark in agent), "A browser")
    return f"{browser}, {system}" if system else browser


def _sessions(request: AuthedRequest) -> list[dict[str, object]]:
    """The sessions of this account that are still open, the newest first: from where, since when, used when.

    A session that is used is put off by its idle time, once a minute; so its end says when it was used.
    """
    rows = list(UserSession.objects.filter(user=request.user).order_by("-created_at"))
    keys = [row.session_key for row in rows]
    open_ones = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    ends = dict(open_ones.values_list("session_key", "expire_date"))
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return [
        {
            "row": row,
            "browser": _browser(row.user_agent),
            "current": row.session_key == request.session.session_key,
            "used": max(ends[row.session_key] - idle, row.created_at),
        }
        for row in rows
        if row.session_key in ends
    ]
