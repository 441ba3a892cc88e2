"""Passkeys: adding, naming, removing them, and signing in with one alone. allauth's views, our pages and entries."""

import json
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.auth import begin_authentication, begin_registration
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic.edit import FormView

from casetracker.access.forms.passkeys import PasskeyForm, PasskeyLoginForm, PasskeyNameForm
from casetracker.access.passkeys import handle_of, passkey_of, rows_of
from casetracker.access.second_factor import has_second_factor
from casetracker.access.step_up import step_up_required
from casetracker.access.views.plain import Plain
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb

KIND = {"kind": "passkey"}


@method_decorator(step_up_required, name="dispatch")
class AddPasskey(Plain, webauthn.AddWebAuthnView):
    """A new passkey: the browser makes it, the page sends what is public of it."""

    template_name = "mfa/passkey_add.html"
    form_class = PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data()
        # Kept on the device and knowing its person: such a key opens without a password, too.
        options = begin_registration(self.request.user, True)
        alone = settings.SECOND_FACTOR == "required" and not has_second_factor(self.request.user.pk)
        return {**context, **kwargs, "options": json.dumps(options), "required": alone}

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        record(Verb.SECOND_FACTOR_SET, by=self.request.user, about=self.request.user, detail=KIND)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn", reauthenticated=True)
        messages.success(self.request, "The passkey is added.")
        return answer


class _Own:
    """One of the own passkeys, by its handle."""

    request: Any
    kwargs: dict[str, Any]
    success_url = reverse_lazy("access:me")

    def get_object(self, queryset: Any = None) -> Any:
        for row in rows_of(self.request.user):
            if handle_of(row) == self.kwargs["key"]:
                return row
        raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "passkey": passkey_of(self.object)}  # type: ignore[attr-defined]


@method_decorator(step_up_required, name="dispatch")
class RenamePasskey(_Own, Plain, webauthn.EditWebAuthnView):
    """Another name for a passkey."""

    template_name = "mfa/passkey_name.html"
    form_class = PasskeyNameForm

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        record(Verb.SECOND_FACTOR_NAMED, by=self.request.user, about=self.request.user, detail=KIND)
        messages.success(self.request, "The passkey has its new name.")
        return answer


@method_decorator(step_up_required, name="dispatch")
class RemovePasskey(_Own, Plain, webauthn.RemoveWebAuthnView):
    """Removing a passkey; the last second factor stays where one is required."""

    template_name = "mfa/passkey_remove.html"

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            form.add_error(None, adapter.error_messages["cannot_delete_authenticator"])
            return self.form_invalid(form)
        answer: HttpResponse = super().form_valid(form)
        record(Verb.SECOND_FACTOR_REMOVED, by=self.request.user, about=self.request.user, detail=KIND)
        messages.success(self.request, "The passkey is removed.")
        return answer


@method_decorator(login_not_required, name="dispatch")
class PasskeyLogin(Plain, webauthn.LoginWebAuthnView):
    """Signing in with a passkey alone: two factors in one, for it knows its person."""

    template_name = "mfa/passkey_login.html"
    form_class = PasskeyLoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = self.render_to_response(self.get_context_data())
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = FormView.form_invalid(self, form)
        answer.status_code = 422
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "options": json.dumps(begin_authentication(None)), "next": self.request.GET.get("next", "")}
