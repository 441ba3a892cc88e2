"""The pages of signing in: allauth's views with our templates, forms, status codes and trail entries."""

import json
from typing import Any, cast

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator

from casetracker.access.actions.account import end_other_sessions
from casetracker.access.forms.account import CodeForm, LoginForm, NewPasswordForm, SetUpForm
from casetracker.access.forms.passkeys import PasskeyCodeForm
from casetracker.access.outside import is_on
from casetracker.access.step_up import step_up_required
from casetracker.access.views.plain import Plain
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page


class Login(Plain, account.LoginView):
    """Address and password; links to the other ways."""

    template_name = "account/login.html"
    form_class = LoginForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "outside": is_on()}


@method_decorator(login_not_required, name="dispatch")
class Logout(account.LogoutView):
    """Ends the session and tells the browser to forget everything it kept."""

    http_method_names = ("post",)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post(*args, **kwargs)
        answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return answer


@method_decorator(step_up_required, name="dispatch")
class PasswordChange(account.PasswordChangeView):
    """The own password; other sessions end."""

    template_name = "account/password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("access:me")

    def get_default_success_url(self) -> str:
        return reverse("access:me")

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        end_other_sessions(by=self.request.user, keep=self.request.session.session_key)
        messages.success(self.request, "Password changed. Other sessions of yours have ended.")
        return answer

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        status = 422 if context["form"].is_bound else 200
        return page(cast(AuthedRequest, self.request), self.template_name, context, status=status)


class Code(Plain, mfa.AuthenticateView):
    """The second step of signing in: a passkey, a code of the app, or one of the recovery codes."""

    template_name = "mfa/code.html"
    form_class = CodeForm
    webauthn_form_class = PasskeyCodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return {
            **context,
            "passkeys": "webauthn" in kinds,
            "codes": bool(kinds - {"webauthn"}),
            "app": "totp" in kinds,
            "options": json.dumps(context["js_data"]["request_options"]),
        }

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = mfa.AuthenticateView.form_invalid(self, form)
        answer.status_code = 422
        return answer


@method_decorator(step_up_required, name="dispatch")
class SetUp(Plain, totp.ActivateTOTPView):
    """Setting up an authenticator app."""

    template_name = "mfa/set_up.html"
    form_class = SetUpForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        grouped = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return {**context, "secret": grouped, "required": settings.SECOND_FACTOR == "required"}

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        record(Verb.SECOND_FACTOR_SET, by=self.request.user, about=self.request.user)
        # Password and code were typed just now: the recovery codes are shown without asking for them again.
        record_authentication(self.request, self.request.user, "mfa", reauthenticated=True)
        messages.success(self.request, "The second factor is set up. Write down the recovery codes now.")
        return answer


@method_decorator(step_up_required, name="dispatch")
class TakeOff(Plain, totp.DeactivateTOTPView):
    """Removing the authenticator app, where none is required."""

    template_name = "mfa/take_off.html"
    success_url = reverse_lazy("access:me")

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        record(Verb.SECOND_FACTOR_REMOVED, by=self.request.user, about=self.request.user)
        messages.success(self.request, "The second factor is removed.")
        return answer


@method_decorator(step_up_required, name="dispatch")
class Codes(Plain, recovery_codes.ViewRecoveryCodesView):
    """The recovery codes that are left."""

    template_name = "mfa/codes.html"


@method_decorator(step_up_required, name="dispatch")
class NewCodes(Plain, recovery_codes.GenerateRecoveryCodesView):
    """New recovery codes in place of the old ones."""

    template_name = "mfa/new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        record(Verb.RECOVERY_CODES_MADE, by=self.request.user, about=self.request.user)
        return answer


@login_not_required
def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """What allauth asks for by name and nobody may have: signing up, resetting a password by mail."""
    raise Http404
