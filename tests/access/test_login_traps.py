"""What goes wrong with sign-in elsewhere (shared habits of the trade), each with the test that it does not here."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as live
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from casetracker.access.actions.invitations import make_invitation
from casetracker.access.second_factor import OPEN
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from tests.access.twin import all_probes, url_names
from tests.signed_in import sign_in as fresh

PHRASE = "correct horse battery"
# By whoever has no second factor where one is required.
MAY_BE_REACHED = {
    "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "access:again_done", "account_login", "account_logout",
    "access:invitation", "healthz",
}  # fmt: skip
WRONG = "wrong wrong wrong"


def sign_in(client, who, phrase=PHRASE, **more):
    return client.post("/login/", {"login": f"{who}@office.example", "password": phrase}, **more)


def set_up(client):
    secret = client.get("/me/second-factor/set-up/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/me/second-factor/set-up/", {"code": code}).status_code == 302
    return secret


@pytest.fixture
def shared_cache(db, settings):
    """The cache of production: a table, which all workers share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}}
    call_command("createcachetable", verbosity=0)
    yield caches["default"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE web_cache")


def test_a_code_is_worth_nothing_to_a_second_worker(shared_cache, cast, client):
    """The mark of a used code is in the table: a worker that has never seen it finds it there."""
    sign_in(client, "olga")
    secret = set_up(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        first, second = Client(), Client()
        sign_in(first, "olga")
        sign_in(second, "olga")
        assert first.post("/login/code/", {"code": code}).status_code == 302
        del caches["default"]  # another process would have its own connection and object
        assert second.post("/login/code/", {"code": code}).status_code == 422
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM web_cache")
        assert cursor.fetchone()[0] > 0


def test_a_code_of_the_step_before_is_too_late(cast, client):
    """With a tolerance of one step a code was good again 31 seconds later."""
    assert live.MFA_TOTP_TOLERANCE == 0
    sign_in(client, "olga")
    secret = set_up(client)
    begin = (int(time.time()) // 30 + 4) * 30
    for moment, status in ((begin + 31, 422), (begin - 1, 422), (begin + 29, 302)):
        with time_machine.travel(moment, tick=False):
            other = Client()
            sign_in(other, "olga")
            code = format_hotp_value(hotp_value(secret, begin // 30))
            assert other.post("/login/code/", {"code": code}).status_code == status, moment - begin


def test_guesses_are_counted_for_all_workers_together(shared_cache, cast):
    for _ in range(5):
        sign_in(Client(), "olga", WRONG)
        del caches["default"]
    assert b"Too many attempts" in sign_in(Client(), "olga").content


def test_guesses_are_counted_by_account_from_wherever_they_come(cast):
    for number in range(5):
        sign_in(Client(), "olga", WRONG, REMOTE_ADDR=f"192.0.2.{number}")
    assert b"Too many attempts" in sign_in(Client(), "olga", REMOTE_ADDR="192.0.2.77").content
    assert sign_in(Client(), "rita", REMOTE_ADDR="192.0.2.77").status_code == 302


def test_guesses_are_counted_by_place_for_whichever_account(cast):
    for number in range(10):
        sign_in(Client(), f"guess{number}", WRONG)
    assert b"Too many attempts" in sign_in(Client(), "rita").content
    assert sign_in(Client(), "rita", REMOTE_ADDR="192.0.2.77").status_code == 302


def test_a_made_up_place_is_not_believed(cast):
    for number in range(10):
        sign_in(Client(), f"guess{number}", WRONG, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert b"Too many attempts" in sign_in(Client(), "rita", HTTP_X_FORWARDED_FOR="192.0.2.200").content


def test_an_unknown_account_slows_down_alike(cast):
    bodies: set[bytes] = set()
    for who in ("olga", "nobody"):
        for number in range(5):
            sign_in(Client(), who, WRONG, REMOTE_ADDR=f"192.0.{len(bodies)}.{number}")
        answer = sign_in(Client(), who, WRONG, REMOTE_ADDR="192.0.2.99")
        bodies.add(re.sub(rb'name="csrf\w+" value="\w+"', b"", answer.content).replace(who.encode(), b"who"))
    assert len(bodies) == 1
    assert b"Too many attempts" in bodies.pop()


def test_too_many_requests_get_the_page_that_says_so(cast):
    answers = [Client().post("/login/", {"login": "", "password": ""}) for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {422}
    assert answers[30].status_code == 429
    assert b"Wait five minutes" in answers[30].content
    assert answers[30]["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answers[30]["Content-Security-Policy"]


def test_guessing_codes_is_slowed_down(cast, client):
    sign_in(client, "olga")
    secret = set_up(client)
    other = Client()
    sign_in(other, "olga")
    for _ in range(5):
        other.post("/login/code/", {"code": "000000"})
    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        assert b"Too many attempts" in other.post("/login/code/", {"code": code}).content


@pytest.mark.parametrize("who", ["nobody", "olga", "dora", "without"])
def test_every_answer_costs_one_hash(cast, monkeypatch, who):
    """Unknown, wrong, deactivated, no password yet: a stopwatch tells none of them apart."""
    cast.zoe.set_unusable_password()
    cast.zoe.save(update_fields=["password"])
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    assert sign_in(Client(), "zoe" if who == "without" else who, WRONG).status_code == 422
    assert len(hashed) == 1


def test_secrets_are_sealed_in_every_row(cast, client):
    sign_in(client, "olga")
    secret = set_up(client)
    codes = client.get("/me/second-factor/codes/").context["unused_codes"]
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    kept += str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in kept
    assert not any(code in kept for code in codes)
    assert PHRASE not in kept
    assert "@office.example" not in kept


def test_a_recovery_code_works_once(cast, client):
    sign_in(client, "olga")
    set_up(client)
    code = client.get("/me/second-factor/codes/").context["unused_codes"][0]
    for status in (302, 422):
        other = Client()
        sign_in(other, "olga")
        assert other.post("/login/code/", {"code": code}).status_code == status


def test_nothing_but_setting_up_opens_on_any_address(stage, settings):
    """Where a second factor is required: every address, by everybody with an almost entitled account."""
    settings.SECOND_FACTOR = "required"
    client = fresh(Client(), stage.cast.hugo)
    reached = set()
    for name, probes in all_probes(stage.aims["linked"]).items():
        if name == "account_logout":
            continue
        for probe in probes[:4]:
            answer = getattr(client, probe.method.lower())(probe.path, probe.data or {})
            if not (answer.status_code == 302 and answer["Location"] == "/me/second-factor/set-up/"):
                reached.add(name)
    assert reached <= MAY_BE_REACHED
    assert OPEN <= MAY_BE_REACHED <= set(url_names())


def test_the_session_changes_its_key_at_sign_in(cast, client):
    """A key planted before signing in is not the key of the session afterwards."""
    client.get("/login/passkey/")
    planted = client.session.session_key
    assert planted
    sign_in(client, "olga")
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["session"] = planted
    assert thief.get("/me/").status_code == 302


def test_sign_out_everywhere_means_here_too(cast):
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "olga")
        client.get("/me/")
    out = here.post("/me/sessions/", {"here": "1"})
    assert out["Location"] == "/login/"
    assert out["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert {client.get("/me/").status_code for client in (here, there)} == {302}


def test_the_list_of_sessions_says_where_from_and_when(cast):
    start = timezone.now()
    here, there = Client(), Client(HTTP_USER_AGENT="Chrome/150 on Android", REMOTE_ADDR="192.0.2.7")
    with time_machine.travel(start, tick=False):
        sign_in(there, "olga")
    with time_machine.travel(start + timedelta(minutes=10), tick=False):
        there.get("/me/")
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        sign_in(here, "olga")
        rows = here.get("/me/").context["sessions"]
    other = next(row for row in rows if not row["current"])
    assert (other["browser"], other["row"].ip) == ("Chrome, Android", "192.0.2.7")
    assert abs(other["used"] - start - timedelta(minutes=10)) < timedelta(seconds=2)
    with time_machine.travel(start + timedelta(minutes=41), tick=False):
        assert len(here.get("/me/").context["sessions"]) == 1


@pytest.mark.parametrize("spent", ["used", "replaced", "outdated", "deactivated", "invented"])
def test_a_one_time_link_that_is_over_says_nothing(cast, spent):
    """Used, replaced, outdated, of a deactivated account, never made: the same bytes."""
    form = {"name": "Olga", "password": "four words that differ", "again": "four words that differ"}
    with acting(Verb.USER_RESET, process="tests"):
        token = make_invitation(user=cast.dora if spent == "deactivated" else cast.olga)
        if spent == "replaced":
            make_invitation(user=cast.olga)
    path = f"/invitation/{'x' * 43 if spent == 'invented' else token}/"
    if spent == "used":
        assert Client().post(path, form).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=72.1 if spent == "outdated" else 0), tick=False):
        never = Client().get("/invitation/never/")
        for answer in (Client().get(path), Client().post(path, form)):
            assert (answer.status_code, answer.content) == (404, never.content)


def test_a_one_time_link_lasts_three_days_and_signs_nobody_in(cast):
    with acting(Verb.USER_RESET, process="tests"):
        token = make_invitation(user=cast.olga)
    with time_machine.travel(timezone.now() + timedelta(hours=71.9), tick=False):
        client = Client()
        form = {"name": "Olga", "password": "four words that differ", "again": "four words that differ"}
        assert client.post(f"/invitation/{token}/", form)["Location"] == "/login/"
        assert client.get("/me/").status_code == 302
