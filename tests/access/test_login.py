"""Signing in and out, the second factor, the own password."""

import re
import time
from http.cookies import SimpleCookie

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from casetracker.access.models import User
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from casetracker.sealing import SealBroken
from tests.signed_in import sign_in as sign_in_as

PHRASE = "correct horse battery"


def sign_in(client: Client, who: str, phrase: str = PHRASE):
    return client.post("/login/", {"login": f"{who}@office.example", "password": phrase})


def did(user: User) -> list[str]:
    return list(TrailEntry.objects.filter(actor=user).order_by("at").values_list("verb", flat=True))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up(client: Client) -> str:
    """Sets up the second factor of a client just signed in; the secret."""
    secret = client.get("/me/second-factor/set-up/").context["form"].secret
    assert secret not in str(dict(client.session.items()))
    assert client.post("/me/second-factor/set-up/", {"code": code_of(secret)}).status_code == 302
    return secret


def test_signing_in_and_out_leaves_entries_and_nothing_in_the_browser(cast, client):
    versions = User.history.filter(id=cast.olga.pk).count()
    assert sign_in(client, "OLGA")["Location"] == "/"
    assert client.get("/me/").status_code == 200
    out = client.post("/logout/")
    assert out["Location"] == "/login/"
    assert out["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get("/me/").status_code == 302
    assert did(cast.olga) == [Verb.SIGNED_IN, Verb.SIGNED_OUT]
    cast.olga.refresh_from_db()
    assert cast.olga.last_login is not None
    assert User.history.filter(id=cast.olga.pk).count() == versions


def test_a_cookie_is_worth_nothing_after_signing_out(cast, client):
    sign_in(client, "olga")
    kept = SimpleCookie({key: morsel.value for key, morsel in client.cookies.items()})
    client.post("/logout/")
    thief = Client()
    thief.cookies = kept
    assert thief.get("/me/").status_code == 302


def test_unknown_wrong_and_deactivated_are_told_the_same(cast, client):
    answers = {
        (answer.status_code, re.sub(rb'name="csrf\w+" value="\w+"', b"", answer.content).replace(who.encode(), b"who"))
        for who, phrase in [("nobody", PHRASE), ("olga", "wrong wrong wrong"), ("dora", PHRASE)]
        for answer in [sign_in(Client(), who, phrase)]
    }
    assert len(answers) == 1
    status, body = answers.pop()
    assert status == 422
    assert b"do not match an active account" in body
    assert not did(cast.dora)


def test_guessing_is_slowed_down(cast, client):
    for _ in range(5):
        sign_in(client, "olga", "wrong wrong wrong")
    assert b"Too many attempts" in sign_in(client, "olga").content
    assert client.get("/me/").status_code == 302


def test_nobody_signs_up_or_resets_by_mail(cast, client):
    for name in ("account_signup", "account_reset_password", "account_email", "socialaccount_login"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("/signup/", "/accounts/signup/", "/password/reset/", "/login/inactive/", "/login/confirm/"):
        assert client.post(path, {"email": "new@office.example"}).status_code == 404
    assert mail.outbox == []


def test_only_the_setting_up_opens_while_a_second_factor_is_missing(cast, client, settings):
    settings.SECOND_FACTOR = "required"
    sign_in(client, "olga")
    for path in ("/", "/cases/", "/me/", "/grants/", "/me/password/"):
        assert client.get(path)["Location"] == "/me/second-factor/set-up/"
    assert client.post("/me/keys/", {"off": "1"})["Location"] == "/me/second-factor/set-up/"
    secret = set_up(client)
    assert client.get("/me/").status_code == 200
    assert Verb.SECOND_FACTOR_SET in did(cast.olga)
    assert len(secret) >= 32


def test_a_second_factor_counts_from_the_next_request_on_and_until_it_is_gone(cast, as_, settings):
    settings.SECOND_FACTOR = "required"
    client, another = as_(cast.olga), as_(cast.rita)
    assert client.get("/me/")["Location"] == "/me/second-factor/set-up/"
    Authenticator.objects.create(user=cast.olga, type="recovery_codes", data={})
    assert client.get("/me/")["Location"] == "/me/second-factor/set-up/"
    app = Authenticator.objects.create(user=cast.olga, type="totp", data={})
    assert client.get("/me/").status_code == 200
    assert another.get("/me/")["Location"] == "/me/second-factor/set-up/"
    app.delete()
    assert client.get("/me/")["Location"] == "/me/second-factor/set-up/"


def test_a_user_of_whom_nothing_is_known_counts_as_without(cast, as_, settings):
    settings.SECOND_FACTOR = "required"
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    Authenticator.objects.create(user=cast.olga, type="totp", data={})
    assert as_(cast.olga).get("/me/")["Location"] == "/me/second-factor/set-up/"


def test_the_page_that_sets_it_up_keeps_to_the_policy(cast, client):
    sign_in(client, "olga")
    body = client.get("/me/second-factor/set-up/").content.decode()
    assert "<svg" in body
    assert "data:" not in body
    assert "style=" not in body


def test_a_code_is_asked_for_and_works_once(cast, client):
    sign_in(client, "olga")
    secret = set_up(client)
    codes = client.get("/me/second-factor/codes/").context["unused_codes"]
    code, again, third = code_of(secret), Client(), Client()
    assert sign_in(again, "olga")["Location"] == "/login/code/"
    assert again.get("/me/").status_code == 302
    assert again.post("/login/code/", {"code": "000000"}).status_code == 422
    assert again.post("/login/code/", {"code": code}).status_code == 302
    assert again.get("/me/").status_code == 200
    sign_in(third, "olga")
    assert third.post("/login/code/", {"code": code}).status_code == 422
    assert third.post("/login/code/", {"code": codes[0]}).status_code == 302
    assert third.get("/me/").status_code == 200


def test_secrets_are_sealed_for_their_account(cast, client):
    sign_in(client, "olga")
    secret = set_up(client)
    row = Authenticator.objects.get(user=cast.olga, type="totp")
    assert secret not in str(row.data)
    client.post("/logout/")
    Authenticator.objects.create(user=cast.rita, type="totp", data=row.data)
    sign_in(client, "rita")
    with pytest.raises(SealBroken):
        client.post("/login/code/", {"code": code_of(secret)})


def test_a_required_second_factor_stays(cast, client, settings):
    settings.SECOND_FACTOR = "required"
    sign_in(client, "olga")
    set_up(client)
    assert client.post("/me/second-factor/remove/").status_code == 422
    assert Authenticator.objects.filter(user=cast.olga, type="totp").exists()
    settings.SECOND_FACTOR = "off"
    assert client.post("/me/second-factor/remove/").status_code == 302
    assert not Authenticator.objects.filter(user=cast.olga).exists()
    assert did(cast.olga)[-1] == Verb.SECOND_FACTOR_REMOVED


def test_changing_the_second_factor_asks_for_the_password_on_a_page_of_its_own(cast, client):
    sign_in_as(client, cast.olga, ago=3600)
    asked = client.get("/me/second-factor/set-up/")
    assert asked["Location"].startswith("/me/again/?next=")
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(asked["Location"], {"password": PHRASE})["Location"] == "/me/second-factor/set-up/"


def test_the_own_password(cast, client):
    elsewhere = Client()
    sign_in(elsewhere, "olga")
    sign_in(client, "olga")
    form = {"oldpassword": PHRASE, "password1": "four words that differ", "password2": "four words that differ"}
    assert client.post("/me/password/", {**form, "oldpassword": "wrong"}).status_code == 422
    assert client.post("/me/password/", {**form, "password1": "short", "password2": "short"}).status_code == 422
    assert client.post("/me/password/", form)["Location"] == "/me/"
    assert client.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert Verb.PASSWORD_CHANGED in did(cast.olga)
    assert sign_in(Client(), "olga").status_code == 422
    assert sign_in(Client(), "olga", "four words that differ").status_code == 302


def test_where_one_goes_afterwards_is_one_of_our_pages(cast, client):
    form = {"login": "olga@office.example", "password": PHRASE, "next": "https://elsewhere.example/"}
    assert client.post("/login/", form)["Location"] == "/"
