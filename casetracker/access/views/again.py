"""Once more: the session shows that its person is there (step_up.py). Nothing but that happens on these pages."""

import json
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormView

from casetracker.access.errors import Denied
from casetracker.access.forms.account import CodeAgainForm, PasswordAgainForm
from casetracker.access.forms.passkeys import PasskeyAgainForm
from casetracker.access.views.plain import Plain


class _Again(Plain):
    """An account with neither password nor second factor cannot show it: it is refused, not waved through."""

    request: Any

    def _check_reauthentication_method_available(self, request: HttpRequest) -> Any:
        adapter = account.get_adapter()
        if not adapter.get_reauthentication_methods(request.user):
            raise Denied("This asks for your password, and you have none. Ask an access admin for a new link.")
        return super()._check_reauthentication_method_available(request)  # type: ignore[misc]


class PasswordAgain(_Again, account.ReauthenticateView):
    """The password once more."""

    template_name = "account/password_again.html"
    form_class = PasswordAgainForm


class CodeAgain(_Again, mfa.ReauthenticateView):
    """A code of the app, or a recovery code, once more."""

    template_name = "mfa/code_again.html"
    form_class = CodeAgainForm


class PasskeyAgain(_Again, webauthn.ReauthenticateWebAuthnView):
    """A passkey once more."""

    template_name = "mfa/passkey_again.html"
    form_class = PasskeyAgainForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data()
        return {**context, **kwargs, "options": json.dumps(begin_authentication(self.request.user))}

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = FormView.form_invalid(self, form)
        answer.status_code = 422
        return answer


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The end of the tab in which it was shown."""
    return render(request, "access/again_done.html")
