"""Passkeys, without a browser (tests/journeys/test_journey_passkeys.py has one): what no key may open."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from casetracker.access.passkeys import handle_of
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from tests.signed_in import sign_in
from tests.soft_key import SoftKey, asked_for

NEW = "/me/second-factor/passkeys/new/"
PHRASE = "correct horse battery"
# Shapes a browser never sends; some of them are an error of the server in what stands below us.
JUNK = [
    "", "no json", "{}", "[]", "5", "null", '"text"', '{"id": "YQ"}', '{"id": 5, "rawId": 5, "response": 5}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "_w",'
    ' "authenticatorData": "YQ", "signature": "YQ", "userHandle": "YQ"}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0Iiwi'
    'Y2hhbGxlbmdlIjoiWVEiLCJvcmlnaW4iOiJ4In0", "attestationObject": "oA", "authenticatorData": "YQ", "signature": "YQ",'
    ' "userHandle": null}}',
]  # fmt: skip


def add(client, key=None, name="Office key"):
    """Adds a key through the page; the key and the answer. Its site is the one of the test client."""
    key = key or SoftKey()
    asked = asked_for(client.get(NEW))
    return key, client.post(NEW, {"name": name, "credential": key.create(asked)})


def key_of(person, name="Office key"):
    """The row of a key that somebody added."""
    before = set(Authenticator.objects.values_list("pk", flat=True))
    assert add(sign_in(Client(), person), name=name)[1].status_code == 302
    return Authenticator.objects.exclude(pk__in=before).get(type="webauthn")


def test_a_new_key_must_know_its_person_and_stay_on_the_device(cast, as_):
    asked = asked_for(as_(cast.olga).get("/me/second-factor/passkeys/new/"))
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["rp"] == {"id": "testserver", "name": "casetracker"}
    assert "Olga" not in json.dumps(asked)


def test_adding_a_key_shows_the_recovery_codes_and_leaves_an_entry(cast, as_):
    client = as_(cast.olga)
    _, answer = add(client)
    assert answer["Location"] == "/me/second-factor/codes/"
    assert client.get(answer["Location"]).status_code == 200
    entry = TrailEntry.objects.get(verb="user.second_factor_set")
    assert (entry.actor, entry.detail) == (cast.olga, {"kind": "passkey"})


@pytest.mark.parametrize(
    "key", [{"knows": False}, {"site": "https://testserver.example"}, {"site": "http://testserver"}], ids=str
)
def test_keys_that_are_not_accepted(cast, as_, key):
    """One that does not know its person; one that a false page asks; one over a line anybody reads."""
    _, answer = add(as_(cast.olga), SoftKey(**key))
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()


def test_a_key_opens_as_second_step_and_alone_and_once_more(cast, as_):
    key, _ = add(as_(cast.olga))
    second, alone = Client(), Client()
    second.post("/login/", {"login": "olga@office.example", "password": PHRASE})
    shown = key.get(asked_for(second.get("/login/code/")))
    assert second.post("/login/code/", {"credential": shown})["Location"] == "/"
    assert second.get("/cases/export/").status_code == 200

    shown = key.get(asked_for(alone.get("/login/passkey/")))
    assert alone.post("/login/passkey/", {"credential": shown})["Location"] == "/"
    assert alone.get("/me/").status_code == 200
    # an answer is for one question
    assert Client().post("/login/passkey/", {"credential": shown}).status_code == 422

    later = sign_in(Client(), cast.olga, ago=3600)
    shown = key.get(asked_for(later.get("/me/again/passkey/?next=/cases/export/")))
    answer = later.post("/me/again/passkey/", {"credential": shown, "next": "/cases/export/"})
    assert answer["Location"] == "/cases/export/"
    assert later.get("/cases/export/").status_code == 200


def test_nobody_unverified_gets_in(cast, as_):
    """The key knew its person when it was added; the one who holds it now does not know the PIN."""
    key, _ = add(as_(cast.olga))
    key.knows = False
    second, alone, later = Client(), Client(), sign_in(Client(), cast.olga, ago=3600)
    second.post("/login/", {"login": "olga@office.example", "password": PHRASE})
    for client, path in ((second, "/login/code/"), (alone, "/login/passkey/"), (later, "/me/again/passkey/")):
        shown = key.get(asked_for(client.get(path)))
        assert client.post(path, {"credential": shown}).status_code == 422
    assert {client.get("/me/").status_code for client in (second, alone)} == {302}
    assert later.get("/cases/export/").status_code == 302


def test_a_key_of_somebody_else_is_no_second_step(cast, as_):
    add(as_(cast.olga))
    other, _ = add(as_(cast.rita))
    client = Client()
    client.post("/login/", {"login": "olga@office.example", "password": PHRASE})
    shown = other.get(asked_for(client.get("/login/code/")))
    assert client.post("/login/code/", {"credential": shown}).status_code == 422
    # nor does it open her account by saying it is hers
    other.handle = str(cast.olga.pk.hex).encode()
    shown = other.get(asked_for(client.get("/login/passkey/", follow=True)))
    assert client.post("/login/passkey/", {"credential": shown}).status_code in {302, 422}
    assert client.get("/me/").status_code == 302


def test_a_deactivated_account_is_told_what_an_unknown_key_is_told(cast, as_, settings):
    key, _ = add(as_(cast.olga))
    with acting(Verb.USER_DEACTIVATED, process="tests"):
        save_over(cast.olga, seen=1, changes={"is_active": False})
    bodies = set()
    for one in (key, SoftKey()):
        client = Client()
        one.handle = one.handle or key.handle
        shown = one.get(asked_for(client.get("/login/passkey/")))
        answer = client.post("/login/passkey/", {"credential": shown})
        assert answer.status_code == 422
        bodies.add(answer.content.decode().count("was not accepted"))
    assert len(bodies) == 1


def test_a_key_alone_must_know_its_person(db, client):
    answer = client.get("/login/passkey/")
    assert asked_for(answer)["userVerification"] == "required"
    assert asked_for(answer)["allowCredentials"] == []


@pytest.mark.parametrize("junk", JUNK)
def test_what_cannot_be_read_is_wrong_everywhere(cast, as_, junk):
    mine = as_(cast.olga)
    mine.get("/me/second-factor/passkeys/new/")
    stranger = Client()
    stranger.get("/login/passkey/")
    for client, path in ((mine, "/me/second-factor/passkeys/new/"), (stranger, "/login/passkey/")):
        answer = client.post(path, {"credential": junk})
        assert answer.status_code == 422, path
        assert b"was not accepted" in answer.content
    assert not Authenticator.objects.exists()


def test_a_key_counts_as_second_factor_from_the_next_request_on(cast, as_, settings):
    settings.SECOND_FACTOR = "required"
    client = as_(cast.olga)
    assert client.get("/me/")["Location"] == "/me/second-factor/set-up/"
    assert client.get("/me/second-factor/passkeys/new/").status_code == 200
    key = key_of(cast.olga)
    assert client.get("/me/").status_code == 200
    key.delete()
    assert client.get("/me/")["Location"] == "/me/second-factor/set-up/"


def test_the_second_factor_costs_no_query_of_its_own(cast, as_, settings, django_assert_max_num_queries):
    settings.SECOND_FACTOR = "required"
    key_of(cast.olga)
    client = as_(cast.olga)
    client.get("/me/")
    with django_assert_max_num_queries(12):
        assert client.get("/me/").status_code == 200


def test_the_password_alone_does_not_open_an_account_with_a_key(cast, client):
    key_of(cast.olga)
    form = {"login": "olga@office.example", "password": PHRASE}
    assert client.post("/login/", form)["Location"] == "/login/code/"
    page = client.get("/login/code/")
    assert b"data-passkey" in page.content
    assert b"Or a recovery code" in page.content
    assert client.get("/me/").status_code == 302
    assert client.post("/login/code/", {"credential": "{}"}).status_code == 422
    assert client.post("/login/code/", {"code": "000000"}).status_code == 422


def test_naming_and_removing_ones_own(cast, as_):
    key = key_of(cast.olga)
    client, path = as_(cast.olga), f"/me/second-factor/passkeys/{handle_of(key)}/"
    body = client.get("/me/").content.decode()
    assert "Office key" in body
    assert path in body
    assert f"/{key.pk}/" not in body
    assert client.post(path, {"name": ""}).status_code == 422
    assert client.post(path, {"name": "Key on my ring"})["Location"] == "/me/"
    assert b"Key on my ring" in client.get("/me/").content
    assert client.post(path + "remove/")["Location"] == "/me/"
    assert not Authenticator.objects.exists()


def test_nobody_elses(cast, as_):
    """Rita, with a key of her own, asks for Olga's: as if it did not exist."""
    path = f"/me/second-factor/passkeys/{handle_of(key_of(cast.olga))}/"
    key_of(cast.rita)
    client = as_(cast.rita)
    for method, to in (("get", path), ("post", path), ("get", path + "remove/"), ("post", path + "remove/")):
        assert getattr(client, method)(to, {"name": "Mine now"}).status_code == 404
    assert Authenticator.objects.get(user=cast.olga, type="webauthn").data["name"] == "Office key"


def test_the_last_second_factor_stays_where_one_is_required(cast, as_, settings):
    settings.SECOND_FACTOR = "required"
    first, second = key_of(cast.olga), key_of(cast.olga, "Spare")
    client = as_(cast.olga)
    assert client.post(f"/me/second-factor/passkeys/{handle_of(first)}/remove/").status_code == 302
    refused = client.post(f"/me/second-factor/passkeys/{handle_of(second)}/remove/")
    assert refused.status_code == 422
    assert b"this is your last one" in refused.content
    assert Authenticator.objects.get(user=cast.olga, type="webauthn").pk == second.pk


def test_an_app_stays_unless_there_is_a_key(cast, as_, settings):
    settings.SECOND_FACTOR = "required"
    Authenticator.objects.create(user=cast.olga, type="totp", data={})
    client = as_(cast.olga)
    assert client.post("/me/second-factor/remove/").status_code == 422
    key_of(cast.olga)
    assert client.post("/me/second-factor/remove/").status_code == 302


def test_the_passkey_is_asked_for_before_a_code(cast):
    Authenticator.objects.create(user=cast.olga, type="totp", data={})
    key_of(cast.olga)
    client = sign_in(Client(), cast.olga, ago=3600)
    assert client.get("/me/again/?next=/")["Location"].startswith("/me/again/passkey/")


def test_a_reset_of_the_sign_in_takes_the_keys_away(cast, as_):
    key_of(cast.olga)
    as_(cast.adam).post(f"/people/{cast.olga.pk}/link/", {"reason": "Lost her laptop.", "seen": "1"})
    assert not Authenticator.objects.filter(user=cast.olga).exists()
