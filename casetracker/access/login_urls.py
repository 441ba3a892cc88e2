"""URLs of signing in, by the names django-allauth reverses. Single views only: the rest of allauth has no address.

Allauth does without `account_signup`, `account_reset_password` and `account_email` where they have no address (it
catches NoReverseMatch); the names given to `closed` it reverses unprotected on ways that our settings shut.
"""

from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from casetracker.access.views import account, again, outside, passkeys

urlpatterns = [
    path("login/", account.Login.as_view(), name="account_login"),
    path("login/passkey/", passkeys.PasskeyLogin.as_view(), name="mfa_login_webauthn"),
    path("login/code/", account.Code.as_view(), name="mfa_authenticate"),
    path("login/inactive/", account.closed, name="account_inactive"),
    path("login/confirm/", account.closed, name="account_email_verification_sent"),
    path("logout/", account.Logout.as_view(), name="account_logout"),
    path("me/password/", account.PasswordChange.as_view(), name="account_change_password"),
    path("me/password/set/", account.closed, name="account_set_password"),
    path("me/again/", again.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("me/again/code/", again.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("me/again/passkey/", again.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("me/second-factor/", RedirectView.as_view(pattern_name="access:me"), name="mfa_index"),
    path("me/second-factor/set-up/", account.SetUp.as_view(), name="mfa_activate_totp"),
    path("me/second-factor/remove/", account.TakeOff.as_view(), name="mfa_deactivate_totp"),
    path("me/second-factor/codes/", account.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("me/second-factor/codes/new/", account.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("me/second-factor/passkeys/new/", passkeys.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("me/second-factor/passkeys/<uuid:key>/", passkeys.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("me/second-factor/passkeys/<uuid:key>/remove/", passkeys.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]

# Without a provider these have no address.
outside_urls = [
    path("login/office/", outside.away, name="outside"),
    path("login/office/back/", outside.back, name="outside_back"),
]
if settings.OIDC_ISSUER:
    urlpatterns += outside_urls
