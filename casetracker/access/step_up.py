"""Step-up: before what matters most a session shows again that its person is there.

Asked on the way to a page with a form, so that nothing is typed in vain. A form opened so may be sent for a quarter of
an hour. One that is sent later, or was never opened so, is answered with itself (409): what was typed goes back to the
browser and is kept nowhere here, in particular not in the session.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from casetracker.access.second_factor import has_second_factor

# In the session: path of a form page → when it was last opened by a fresh session, in seconds since 1970.
OPENED = "stepped_up"
_PAGES_KEPT = 12

Answer = Callable[..., HttpResponseBase]


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session has shown within STEP_UP_SECONDS that its person is there; signing in counts."""
    return _ago(_shown_at(request)) <= settings.STEP_UP_SECONDS


def step_up_required(view: Answer) -> Answer:
    """The view answers a session that is fresh; others are asked again first.

    GET and HEAD lead to `/me/again/` and back. A POST is allowed for STEP_UP_FORM_SECONDS after the same address was
    opened by a fresh session. Put it inside `require_POST` and the like.
    """
    return step_up_when(lambda request: True)(view)


def step_up_when(asked: Callable[[Any], bool]) -> Callable[[Answer], Answer]:
    """`step_up_required` for the requests of which `asked(request)` holds; the others pass."""

    def decorator(view: Answer) -> Answer:
        return _stepped(view, asked)

    return decorator


def _stepped(view: Answer, asked: Callable[[Any], bool]) -> Answer:
    @wraps(view)
    def stepped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not asked(request):
            return view(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            if not is_fresh(request):
                return HttpResponseRedirect(again_url(request.get_full_path()))
            _note_opened(request)
        elif not (is_fresh(request) or (request.method == "POST" and _was_opened(request))):
            return _asked_again(request)
        # Read by login.Adapter.
        request.stepped_up = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return stepped


def again_url(back: str) -> str:
    """Where one shows that one is there; from there it goes on to `back`."""
    return f"{reverse('account_reauthenticate')}?next={quote(back)}"


def _shown_at(request: HttpRequest) -> float:
    """When the session last showed it: by the second factor where the account has one, else by the password."""
    user = request.user
    if not user.is_authenticated:
        return 0.0
    known = getattr(user, "second_factor", None)
    strong = has_second_factor(user.pk) if known is None else known
    # The office's own sign-in may have waved somebody through without asking: it does not count.
    methods = {"mfa"} if strong else {"mfa", "password"}
    records = get_authentication_records(request, user)
    return max((float(row["at"]) for row in records if row["method"] in methods), default=0.0)


def _ago(moment: float) -> float:
    gone = time.time() - moment
    return gone if gone >= 0 else float("inf")


def _note_opened(request: HttpRequest) -> None:
    opened = dict(request.session.get(OPENED, {}))
    opened[request.path] = int(time.time())
    newest = sorted(opened.items(), key=lambda item: item[1])[-_PAGES_KEPT:]
    request.session[OPENED] = dict(newest)


def _was_opened(request: HttpRequest) -> bool:
    opened: dict[str, int] = request.session.get(OPENED, {})
    return _ago(opened.get(request.path, 0)) <= settings.STEP_UP_FORM_SECONDS


def _asked_again(request: HttpRequest) -> HttpResponse:
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "again": again_url(reverse("access:again_done")),
        "action": request.get_full_path(),
        "typed": [(name, value) for name, value in typed if name != "csrfmiddlewaretoken" and "password" not in name],
        "files": bool(request.FILES),
    }
    return render(request, "access/step_up.html", context, status=409)
