"""What every response carries, and whose eyes every query is read with."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.csp import build_policy

from casetracker.access.see import Serving, serving
from casetracker.logs import number_request
from casetracker.refusals import too_large

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
GetResponse = Callable[[HttpRequest], HttpResponse]

_HEADERS = {
    "Content-Security-Policy": build_policy(settings.SECURE_CSP, None),
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
# What is downloaded must not act as a page of ours, whatever is in it.
_DOWNLOAD = "default-src 'none'; sandbox"


def response_headers(get_response: GetResponse) -> GetResponse:
    """Outermost: numbers the request for the log, and completes the headers of whatever comes back.

    Nothing is stored, indexed or embedded; static files keep their own caching. A refusal made by a middleware (a wrong
    host, a redirect to HTTPS) never reaches the inner ones that set headers, so all of them are set here, too.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        number_request(request)
        response = get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            response.headers["Content-Security-Policy"] = _DOWNLOAD
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", _hsts())
        is_static = request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
        if not is_static or response.status_code >= 300:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def _hsts() -> str:
    return f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"


def known_methods(get_response: GetResponse) -> GetResponse:
    """Nothing here is asked by any other method. Class views of libraries would answer PUT and DELETE, past step-up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return middleware


def viewer_scope(get_response: GetResponse) -> GetResponse:
    """Raises the net (access/net.py) for the time of the request, and ends sessions older than the absolute limit."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _keep_session(request)
        token = serving.set(Serving(request.user))
        try:
            return get_response(request)
        finally:
            serving.reset(token)

    middleware.process_view = _refuse_large  # type: ignore[attr-defined]
    return middleware


def _refuse_large(request: HttpRequest, *args: Any) -> HttpResponse | None:
    """Reads what was sent before any view does: an upload past the limit is refused, not taken without its file."""
    if request.method == "POST":
        request.POST  # noqa: B018  (reading it is what fills FILES and sets the mark)
    return too_large() if request.META.get("casetracker.too_large") else None


def _keep_session(request: HttpRequest) -> None:
    """Ends a session past its absolute limit; otherwise notes, once a minute, that it is in use."""
    now = int(timezone.now().timestamp())
    begun = request.session.get("begun")
    if begun is None:
        request.session["begun"] = request.session["touched"] = now
    elif now - begun > settings.SESSION_ABSOLUTE_SECONDS:
        logout(request)
    elif now - request.session["touched"] > settings.SESSION_TOUCH_SECONDS:
        request.session["touched"] = now
