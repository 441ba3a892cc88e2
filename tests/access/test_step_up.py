"""What matters most asks again who is there; nothing typed is lost, and nothing typed is kept."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from casetracker.access.step_up import is_fresh
from tests import make
from tests.signed_in import sign_in

PHRASE = "correct horse battery"
AGAIN = "/me/again/?next="
HOUR = 3600


def stale(person, **more):
    return sign_in(Client(), person, ago=HOUR, **more)


@pytest.fixture
def moments():
    """`moments(minutes)` → the clock so many minutes from now."""
    start = timezone.now()
    return lambda minutes: time_machine.travel(start + timedelta(minutes=minutes), tick=False)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("olga", "/cases/export/"),
        ("olga", "/matrix/export/"),
        ("adam", "/grants/new/"),
        ("adam", "/people/invite/"),
        ("olga", "/me/password/"),
        ("olga", "/me/second-factor/set-up/"),
        ("olga", "/me/second-factor/passkeys/new/"),
    ],
)
def test_a_stale_session_is_asked_before_the_form(cast, who, path):
    person = cast.people[who]
    assert stale(person).get(path)["Location"] == AGAIN + path
    assert sign_in(Client(), person).get(path).status_code == 200


@pytest.mark.parametrize("what", ["edit", "deactivate", "link"])
def test_nor_is_an_account_touched_from_a_stale_session(cast, what):
    path = f"/people/{cast.rita.pk}/{what}/"
    assert stale(cast.adam).get(path)["Location"] == AGAIN + path
    assert stale(cast.adam).post(path, {"name": "Rita", "office": "admin"}).status_code == 409


def test_not_by_the_session_of_somebody_who_was_there_before(cast):
    client = stale(cast.rita)
    sign_in(client, cast.olga, ago=HOUR)
    assert client.get("/cases/export/").status_code == 302


def test_the_way_there_and_back(cast):
    client = stale(cast.olga)
    asked = client.get("/cases/export/?state=active")
    assert asked["Location"] == "/me/again/?next=/cases/export/%3Fstate%3Dactive"
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 422
    assert client.get("/cases/export/").status_code == 302
    back = client.post(asked["Location"], {"password": PHRASE})
    assert back["Location"] == "/cases/export/?state=active"
    assert client.get(back["Location"]).status_code == 200


def test_it_leads_nowhere_else(cast):
    told = stale(cast.olga).post("/me/again/?next=https://elsewhere.example/", {"password": PHRASE})
    assert told["Location"] == "/"


def test_five_minutes(cast, moments):
    with moments(0):
        client = sign_in(Client(), cast.olga)
    with moments(4.9):
        assert client.get("/cases/export/").status_code == 200
    with moments(5.1):
        assert client.get("/cases/export/").status_code == 302


def test_a_clock_set_back_opens_nothing(cast, moments):
    with moments(10):
        client = sign_in(Client(), cast.olga)
    with moments(0):
        assert client.get("/cases/export/").status_code == 302


def test_a_form_opened_in_time_may_be_sent_for_a_quarter_of_an_hour(cast, moments):
    form = {"role": "official"}
    with moments(0):
        client = sign_in(Client(), cast.adam)
        assert client.get(f"/grants/new/?dialogue={cast.cn.pk}").status_code == 200
    with moments(14):
        assert client.post(f"/grants/new/?dialogue={cast.cn.pk}", form).status_code == 422
        # this form, no other
        assert client.post(f"/grants/{cast.quin.grants.get().pk}/decide/", form).status_code == 409
    with moments(15.1):
        assert client.post(f"/grants/new/?dialogue={cast.cn.pk}", form).status_code == 409


def test_a_form_opened_by_a_stale_session_stays_shut(cast, moments):
    with moments(0):
        client = stale(cast.adam)
        assert client.get("/grants/new/").status_code == 302
    with moments(1):
        assert client.post("/grants/new/", {"role": "official"}).status_code == 409


def test_what_was_typed_comes_back_and_stays_nowhere(cast):
    grant = cast.quin.grants.get()
    path, form = f"/grants/{grant.pk}/decide/", {"decision": "approve", "reason": "Works <here> & there", "seen": "1"}
    client = stale(cast.anna)
    answer = client.post(path, form)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert f'action="{path}"' in body
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body))
    assert sent["reason"] == "Works &lt;here&gt; &amp; there"
    assert (sent["decision"], sent["seen"]) == ("approve", "1")
    assert "Works" not in str(dict(client.session.items()))
    grant.refresh_from_db()
    assert grant.state == "requested"
    done = client.post("/me/again/?next=/me/again/done/", {"password": PHRASE})
    assert done["Location"] == "/me/again/done/"
    assert b"Go back to the other" in client.get(done["Location"]).content
    assert client.post(path, form).status_code == 302
    grant.refresh_from_db()
    assert grant.state == "active"


def test_only_approving_a_list_is_asked(cast):
    client, path = stale(cast.anna), "/lists/00000000-0000-4000-8000-000000000000/state/"
    assert client.get(path + "?to=approved")["Location"].startswith("/me/again/")
    assert client.post(path, {"to": "approved"}).status_code == 409
    assert client.post(path, {"to": "draft", "reason": "Not yet."}).status_code == 404


def test_a_sealed_source_is_asked_for_alike_whether_it_exists_or_not(cast):
    case = make.case(cast.hugo, cast.cn)
    key = "00000000-0000-4000-8000-000000000000"
    there, nowhere = f"/cases/{case.reference}/sources/{key}/unseal/", f"/cases/CN-7K3QF2-Z/sources/{key}/unseal/"
    client = stale(cast.hugo)
    assert {client.get(path)["Location"].partition("=")[0] for path in (there, nowhere)} == {"/me/again/?next"}
    assert client.post(there, {"reason": "Why."}).status_code == 409


def test_who_has_a_second_factor_shows_that_one(cast):
    """The password may be kept in the browser of a stolen laptop."""
    Authenticator.objects.create(user=cast.olga, type="totp", data={})
    client = stale(cast.olga)
    assert client.get("/cases/export/").status_code == 302
    asked = client.get(AGAIN + "/cases/export/")
    assert asked["Location"] == "/me/again/code/?next=%2Fcases%2Fexport%2F"
    assert client.post(AGAIN + "/cases/export/", {"password": PHRASE})["Location"] == asked["Location"]
    assert client.get("/cases/export/").status_code == 302
    just_the_password = sign_in(Client(), cast.olga, methods=("password",))
    assert just_the_password.get("/cases/export/").status_code == 302
    assert sign_in(Client(), cast.olga).get("/cases/export/").status_code == 200


def test_who_can_show_nothing_is_refused_and_not_waved_through(cast):
    cast.olga.set_unusable_password()
    cast.olga.save(update_fields=["password"])
    client = stale(cast.olga)
    assert client.get("/cases/export/").status_code == 302
    refused = client.get(AGAIN + "/cases/export/")
    assert refused.status_code == 403
    assert b"Ask an access admin for a new link" in refused.content
    assert client.post("/cases/export/", {"step": "send"}).status_code == 409
    assert client.get("/me/second-factor/set-up/").status_code == 302


def test_nothing_posted_is_suspended_in_the_session(cast):
    client = stale(cast.olga)
    key = "00000000-0000-4000-8000-000000000000"
    for path in (
        "/me/password/", "/me/second-factor/set-up/", "/me/second-factor/codes/new/",
        "/me/second-factor/passkeys/new/", f"/me/second-factor/passkeys/{key}/",
        f"/me/second-factor/passkeys/{key}/remove/", "/cases/export/", "/matrix/export/",
    ):  # fmt: skip
        assert client.post(path, {"password1": "canary words", "name": "canary words"}).status_code == 409, path
        assert "canary" not in str(dict(client.session.items())), path


def test_guessing_the_password_here_is_slowed_down(cast):
    client = stale(cast.olga)
    answers = [client.post("/me/again/", {"password": "wrong"}).status_code for _ in range(11)]
    assert answers[-1] == 429
    assert client.post("/me/again/", {"password": PHRASE}).status_code == 429


def test_a_stranger_is_never_fresh(rf, cast, client):
    request = rf.get("/")
    request.session = {"account_authentication_methods": [{"method": "password", "at": time.time()}]}
    request.user = cast.olga
    assert not is_fresh(request)
