"""The own account: own grants, own entries, own sessions, and nobody else's."""

from datetime import timedelta

from django.test import Client

from casetracker.access.models import Grant
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make

LOGIN = {"login": "olga@office.example", "password": "correct horse battery"}


def test_the_page_says_what_ones_grants_open_and_until_when(cast, as_, django_assert_max_num_queries):
    client = as_(cast.olga)
    with django_assert_max_num_queries(12):
        body = client.get("/me/").content.decode()
    grant = cast.olga.grants.get()
    assert "EU–China" in body
    assert "log cases, edit cases" in body
    assert f"{grant.last_day.day} " in body
    assert "Rita" not in body
    Grant.objects.filter(pk=grant.pk).update(valid_to=grant.valid_from + timedelta(days=35))
    assert "ends in " in client.get("/me/").content.decode()


def test_an_office_has_a_page_without_grants(cast, as_):
    assert b"Whoever holds an office reads no cases." in as_(cast.adam).get("/me/").content


def test_own_entries_only_and_only_within_reach(cast, as_):
    mine = make.case(cast.olga, cast.cn)
    theirs = make.case(cast.hugo, cast.cn, "Other Person")
    body = as_(cast.olga).get("/me/").content.decode()
    assert mine.reference in body
    assert theirs.reference not in body
    Grant.objects.filter(user=cast.olga).update(state="revoked")
    assert mine.reference not in as_(cast.olga).get("/me/").content.decode()


def test_signing_out_everywhere_else(cast):
    here, there = Client(HTTP_USER_AGENT="Firefox/140 on Linux"), Client()
    here.post("/login/", LOGIN)
    there.post("/login/", LOGIN)
    assert b"Firefox, Linux" in here.get("/me/").content
    assert len(here.get("/me/").context["sessions"]) == 2
    assert here.post("/me/sessions/").status_code == 302
    assert there.get("/me/").status_code == 302
    assert len(here.get("/me/").context["sessions"]) == 1
    entry = TrailEntry.objects.get(verb=Verb.SESSIONS_ENDED)
    assert (entry.actor, entry.detail) == (cast.olga, {"count": 1})


def test_keys_are_switched_off_for_oneself(cast, as_):
    client = as_(cast.olga)
    client.post("/me/keys/", {"off": "1"})
    assert b'data-keys="off"' in client.get("/me/").content
    assert b'data-keys="off"' not in as_(cast.rita).get("/me/").content
    client.post("/me/keys/", {"off": "0"})
    assert b'data-keys="off"' not in client.get("/me/").content


def test_reading_by_get_and_writing_by_post(cast, as_):
    client = as_(cast.olga)
    assert client.get("/me/sessions/").status_code == 405
    assert client.get("/me/keys/").status_code == 405
    assert client.get("/logout/").status_code == 405
