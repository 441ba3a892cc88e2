"""Forms of signing in and of the own account."""

import base64
from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from casetracker.access.models import User
from casetracker.sealing import seal, unseal

LONG_ENOUGH = "At least 12 characters. Four or five words that do not belong together are easy to keep in mind."


class LoginForm(account.LoginForm):
    """Address and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["login"].widget.attrs = {"type": "email", "autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""


class PasswordAgainForm(account.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Password"
        self.fields["password"].widget.attrs = {"autocomplete": "current-password", "autofocus": True}


class NewPasswordForm(account.ChangePasswordForm):
    """The present password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": "Present password", "password1": "New password", "password2": "New password again"}
        for name, label in labels.items():
            kind = "current-password" if name == "oldpassword" else "new-password"
            self.fields[name].label = label
            self.fields[name].help_text = LONG_ENOUGH if name == "password1" else ""
            self.fields[name].widget.attrs = {"autocomplete": kind}


class CodeForm(AuthenticateForm):
    """A code of the app or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True
        }  # fmt: skip


class CodeAgainForm(ReauthenticateForm):
    """A code of the app or a recovery code, once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True
        }  # fmt: skip


class SetUpForm(ActivateTOTPForm):
    """The first code of the app that is being set up.

    Until then its key waits in the session, which is in the database: sealed, as the key is afterwards.
    """

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        session, place = context.request.session, f"session:totp:{user.pk}"
        if kept := session.pop(SECRET_SESSION_KEY, ""):
            session[SECRET_SESSION_KEY] = unseal(base64.b64decode(kept), place=place).decode()
        super().__init__(*args, user=user, **kwargs)
        session[SECRET_SESSION_KEY] = base64.b64encode(seal(self.secret.encode(), place=place)).decode()
        self.fields["code"].label = "Code shown by the app"
        self.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class JoinForm(forms.Form):
    """What an invited person sets: their name as colleagues will read it, and a password."""

    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=256,
        help_text=LONG_ENOUGH,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Password again",
        strip=False,
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Both the same, and strong enough for this person."""
        data = self.cleaned_data
        password = data.get("password")
        if password and data.get("again") and password != data["again"]:
            self.add_error("again", "The two are not the same.")
        if password:
            try:
                validate_password(password, User(email=self.user.email, name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data
