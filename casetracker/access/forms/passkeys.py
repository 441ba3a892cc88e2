"""Forms of passkeys. What a browser sends after asking a key is JSON from anybody: unreadable is the same as wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError

NOT_ACCEPTED = "This passkey was not accepted. It has to know you by PIN, fingerprint or face. Try again."
_SLOWED_DOWN = {"too_many_login_attempts", "rate_limited"}


@contextmanager
def _readable() -> Iterator[None]:
    """One answer for all that can be wrong with it; allauth lets some of it through as an error of the server."""
    try:
        yield
    except ValidationError as error:
        if error.code in _SLOWED_DOWN:
            raise
        raise ValidationError(NOT_ACCEPTED, code="not_accepted") from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError) as error:
        raise ValidationError(NOT_ACCEPTED, code="not_accepted") from error


def _quiet(form: forms.Form) -> None:
    """An answer that is not even JSON is told like any other wrong one."""
    form.fields["credential"].error_messages |= {"required": NOT_ACCEPTED, "invalid": NOT_ACCEPTED}
    form.fields["credential"].label = "Passkey"


class PasskeyForm(webauthn.AddWebAuthnForm):
    """A new passkey and what its owner calls it."""

    passwordless = None  # every passkey here knows its person
    name = forms.CharField(
        max_length=60,
        required=False,
        label="Name",
        help_text="By which you will know it again: “work laptop”, “key on my ring”.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _quiet(self)

    def clean(self) -> dict[str, Any]:
        """The key was made for this page, just now, by somebody it knows."""
        with _readable():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class PasskeyNameForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(max_length=60, label="Name", widget=forms.TextInput({"autocomplete": "off"}))


class PasskeyCodeForm(webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _quiet(self)

    def clean_credential(self) -> Any:
        with _readable():
            return super().clean_credential()


class PasskeyAgainForm(webauthn.ReauthenticateWebAuthnForm):
    """A passkey once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _quiet(self)

    def clean_credential(self) -> Any:
        with _readable():
            return super().clean_credential()


class PasskeyLoginForm(webauthn.LoginWebAuthnForm):
    """A passkey alone: it says which account, and knows its person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _quiet(self)

    def clean_credential(self) -> Any:
        """A deactivated account is answered like an unknown one."""
        with _readable():
            row = super().clean_credential()
            if not row.user.is_active:
                raise ValidationError(NOT_ACCEPTED)
            return row
