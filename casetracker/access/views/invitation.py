"""Joining by a one-time link."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from casetracker.access.actions.invitations import accept_invitation, open_invitation
from casetracker.access.errors import WrongState
from casetracker.access.forms.account import JoinForm
from casetracker.access.views.answers import form_methods, posted


@login_not_required
@sensitive_post_parameters()
@form_methods
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Name and password of an invited person. Used, outdated and invented links are answered alike (404)."""
    found = open_invitation(token)
    if found is None:
        return render(request, "access/invitation_over.html", status=404)
    form = JoinForm(posted(request), user=found.user, initial={"name": found.user.name})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            accept_invitation(invitation=found, name=data["name"], password=data["password"])
        except WrongState:
            return render(request, "access/invitation_over.html", status=404)
        logout(request)
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect(settings.LOGIN_URL)
    context = {"form": form, "email": found.user.email}
    return render(request, "access/invitation.html", context, status=422 if form.errors else 200)
