"""The way to the office's own sign-in and back."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from casetracker.access.actions.outside import account_of
from casetracker.access.outside import Refused, begin, finish


@login_not_required
@require_GET
def away(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    if request.user.is_authenticated:
        return redirect("desk:home")
    try:
        return redirect(begin(request.session, _back(request), get_next_redirect_url(request) or ""))
    except Refused:
        return _refused(request)


@login_not_required
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """From the provider: to the second factor, or to one page that says the same for every reason."""
    if request.user.is_authenticated:
        return redirect("desk:home")
    try:
        claims, goal = finish(request.session, request.GET, _back(request))
    except Refused:
        return _refused(request)
    user = account_of(subject=claims.subject, email=claims.email)
    if user is None:
        return _refused(request)
    record_authentication(request, user, method="outside")
    answer: Any = perform_login(request, Login(user=user, redirect_url=goal or None))
    return answer  # type: ignore[no-any-return]


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("outside_back"))


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "account/outside_refused.html", status=403)
