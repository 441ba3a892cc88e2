"""The office's own sign-in, against a provider of the test's own: whom it opens, and every lie it may tell."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from casetracker.access.models import OutsideIdentity, User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from tests.access import outside_urls
from tests.access.fake_provider import CLIENT, SECRET, Provider
from tests.house.test_settings import WHOLE, start

BACK = "/login/office/back/"


@pytest.fixture(scope="module")
def _running():
    provider = Provider()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def provider(_running, settings):
    settings.ROOT_URLCONF = outside_urls.__name__
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = _running.issuer, CLIENT, SECRET
    _running.says, _running.head, _running.about, _running.signs_with = {}, {}, {}, _running.key
    return _running


def there_and_back(provider, client=None, **changed):
    """Signs in at the provider; the client and the answer to its return."""
    client = client or Client()
    brought = provider.sign_in(client.get("/login/office/")["Location"])
    return client, client.get(BACK, {**brought, **changed})


def edit(user, **changes):
    with acting(Verb.USER_EDITED, process="tests"):
        user.refresh_from_db()
        save_over(user, seen=user.version, changes=changes)


def test_without_a_provider_there_is_no_address_for_it(cast, client):
    for path in ("/login/office/", BACK):
        assert client.get(path).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("outside")
    assert b"with your office" not in client.get("/login/").content


def test_it_opens_the_account_of_the_verified_address(cast, provider):
    assert b"Sign in with your office" in Client().get("/login/").content
    client, answer = there_and_back(provider)
    assert answer["Location"] == "/"
    assert client.get("/me/").context["person"] == cast.olga
    assert client.post("/logout/")["Location"] == "/login/"


def test_from_then_on_by_subject_whatever_the_address(cast, provider):
    there_and_back(provider)
    provider.says = {"email": "rita@office.example"}
    client, _ = there_and_back(provider)
    assert client.get("/me/").context["person"] == cast.olga
    # and the address of Olga, given to somebody else there, does not open her account
    provider.says = {"sub": "person-8"}
    assert there_and_back(provider)[1].status_code == 403
    assert OutsideIdentity.objects.count() == 1
    assert "person-7" not in OutsideIdentity.objects.get().digest


def test_the_second_factor_is_asked_all_the_same(cast, provider, settings):
    settings.SECOND_FACTOR = "required"
    Authenticator.objects.create(user=cast.olga, type="totp", data={})
    provider.says = {"acr": "phrh", "amr": ["hwk", "mfa", "pin"]}
    client, answer = there_and_back(provider)
    assert answer["Location"] == "/login/code/"
    assert client.get("/me/").status_code == 302


def test_it_does_not_count_as_showing_who_is_there(cast, provider):
    """The provider may have waved through whoever sits at the laptop."""
    client, _ = there_and_back(provider)
    assert client.get("/cases/export/")["Location"].startswith("/me/again/")


@pytest.mark.parametrize("case", ["unknown", "unverified", "not quite", "deactivated", "reset", "unenrolled"])
def test_whom_it_does_not_open(cast, provider, settings, case):
    if case == "unknown":
        provider.says = {"email": "nobody@office.example"}
    elif case in ("unverified", "not quite"):
        provider.says = {"email_verified": False if case == "unverified" else "true"}
    elif case == "deactivated":
        edit(cast.olga, is_active=False)
    elif case == "reset":
        edit(cast.olga, password="!")
    else:
        settings.SECOND_FACTOR = "required"
    before = User.objects.get_queryset().count()
    client, answer = there_and_back(provider)
    assert answer.status_code == 403
    assert b"did not open an account here" in answer.content
    assert client.get("/me/").status_code == 302
    assert (User.objects.get_queryset().count(), OutsideIdentity.objects.count()) == (before, 0)


def test_all_refusals_are_the_same_bytes(cast, provider):
    provider.says = {"email": "nobody@office.example"}
    unknown = there_and_back(provider)[1]
    provider.says = {"nonce": "another"}
    assert there_and_back(provider)[1].content == unknown.content
    assert Client().get(BACK).content == unknown.content


@pytest.mark.parametrize(
    "says",
    [
        {"iss": "http://127.0.0.1:1"}, {"aud": "another"}, {"aud": [CLIENT, "another"]}, {"aud": []},
        {"nonce": "another"},
        {"exp": -3600}, {"exp": "never"}, {"iat": 3600}, {"sub": ""}, {"sub": 7},
        {"nonce": None},
    ],
    ids=str,
)  # fmt: skip
def test_claims_that_are_not_believed(cast, provider, says):
    # moments are told from now on: the name of a test is the same on every worker
    says = {
        key: int(time.time()) + said if key in ("exp", "iat") and said != "never" else said
        for key, said in says.items()
    }
    provider.says = says
    assert there_and_back(provider)[1].status_code == 403


@pytest.mark.parametrize("lie", ["stranger", "none", "none and no signature", "shared secret", "unknown key", "junk"])
def test_signatures_that_are_not_believed(cast, provider, lie):
    if lie == "stranger":
        provider.signs_with = provider.stranger
    elif lie == "junk":
        provider.head = {"alg": ["RS256"]}
    elif lie == "unknown key":
        provider.head = {"kid": "zzz"}
    else:
        provider.head = {"alg": "HS256" if lie == "shared secret" else "none"}
        provider.signs_with = None if lie == "none and no signature" else provider.key
    assert there_and_back(provider)[1].status_code == 403


def test_a_key_on_a_curve_is_as_good(cast, provider):
    provider.signs_with, provider.head = provider.curve, {"alg": "ES256", "kid": "b"}
    assert there_and_back(provider)[1]["Location"] == "/"


def test_the_answer_belongs_to_the_browser_that_asked_and_works_once(cast, provider):
    mine, other = Client(), Client()
    brought = provider.sign_in(mine.get("/login/office/")["Location"])
    other.get("/login/office/")
    assert other.get(BACK, brought).status_code == 403
    assert Client().get(BACK, brought).status_code == 403
    assert mine.get(BACK, {**brought, "state": "another"}).status_code == 403
    assert mine.get(BACK, brought).status_code == 403  # asked for once more, from the beginning


@pytest.mark.parametrize("state", ["another", "", "ä"])
def test_an_answer_to_another_question(cast, provider, state):
    """All else is right: somebody was lured into bringing back what they never asked for."""
    assert there_and_back(provider, state=state)[1].status_code == 403


def test_not_after_ten_minutes(cast, provider):
    client = Client()
    brought = provider.sign_in(client.get("/login/office/")["Location"])
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(BACK, brought).status_code == 403


def test_another_verifier_gets_no_token(cast, provider):
    client = Client()
    brought = provider.sign_in(client.get("/login/office/")["Location"])
    provider.codes["one-time-code"]["code_challenge"] = "another"
    assert client.get(BACK, brought).status_code == 403


@pytest.mark.parametrize(
    "about", [{"issuer": "http://127.0.0.1:1"}, {"token_endpoint": None}, {"jwks_uri": "file:///x"}]
)
def test_a_provider_that_is_not_the_one_meant(cast, provider, about):
    client = Client()
    brought = provider.sign_in(client.get("/login/office/")["Location"])
    provider.about = about
    assert client.get(BACK, brought).status_code == 403


def test_a_provider_that_sends_us_elsewhere_is_not_followed(cast, provider):
    provider.about = {"moved": provider.issuer + "/.well-known/openid-configuration?again"}
    assert Client().get("/login/office/").status_code == 403


def test_a_provider_over_a_line_that_anybody_reads(cast, provider, settings):
    settings.HTTPS = True
    assert Client().get("/login/office/").status_code == 403


def test_where_one_goes_afterwards_is_one_of_our_pages(cast, provider):
    for asked, goes in (("/cases/", "/cases/"), ("https://elsewhere.example/", "/")):
        client = Client()
        brought = provider.sign_in(client.get("/login/office/", {"next": asked})["Location"])
        assert client.get(BACK, brought)["Location"] == goes


def test_a_reset_forgets_the_person_at_the_provider(cast, provider, as_):
    there_and_back(provider)
    as_(cast.adam).post(f"/people/{cast.olga.pk}/link/", {"reason": "Lost her laptop.", "seen": "1"})
    assert not OutsideIdentity.objects.exists()
    assert there_and_back(provider)[1].status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ISSUER": "https://id.example"}, "CASETRACKER_OIDC_CLIENT_ID"),
        ({"ISSUER": "https://id.example", "CLIENT_ID": "casetracker"}, "CLIENT_SECRET"),
        ({"ISSUER": "http://id.example", "CLIENT_ID": "casetracker", "CLIENT_SECRET": "s"}, "https://"),
    ],
    ids=str,
)
def test_production_refuses_half_a_provider(given, said):
    answer = start(**WHOLE, **{f"CASETRACKER_OIDC_{name}": value for name, value in given.items()})
    assert answer.returncode != 0
    assert said in answer.stderr
