"""The list of rounds, its filters and orders, the public rounds, and suspensions."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from rounds.actions.public_rounds import load_public_rounds
from rounds.models import Round, RoundEvent, Suspension
from tests.rounds import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(cast):
    return load_public_rounds(cast.cn, process="tests")


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


def numbers(response):
    found = re.findall(r'href="/rounds/[0-9a-f-]{36}/"[^>]*>(?:<small>)?(\d+|no number)<', response.content.decode())
    return [int(one) if one.isdecimal() else None for one in found]


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_public_rounds_are_those_of_the_vocabulary(cast, public):
    assert vars(public) == {"rounds": 16, "events": 3, "suspensions": 2, "standing": 0}
    assert not Round.objects.exclude(state="held").exists()
    berlin = Round.objects.get(ordinal=23)
    assert (berlin.dates, berlin.presidency) == ("15–16 May 2007", "Germany")
    seminar = berlin.events.get()
    assert (seminar.cancelled, seminar.dates) == (True, "10–11 May 2007")
    assert "walked out over two NGOs" in seminar.cancelled_reason
    assert sorted(RoundEvent.objects.filter(kind="visit").values_list("title", flat=True)) == [
        "Field visit to Shanxi", "Field visit to Tibet",
    ]  # fmt: skip
    first, second = Suspension.objects.order_by("since")
    assert (first.from_words, first.to_words, first.by) == ("spring 1996", "November 1997", "counterpart")
    assert (second.from_words, second.to_words, second.by) == ("2019", "February 2023", "unknown")


def test_loading_again_changes_nothing(cast, public, capsys):
    changed = Round.objects.get(ordinal=40)
    Round.objects.filter(pk=changed.pk).update(venue="Corrected")
    call_command("load_public_rounds", "CN")
    assert capsys.readouterr().out.startswith("0 rounds, 0 events, 0 suspensions added; 18 there already.")
    assert Round.objects.get(ordinal=40).venue == "Corrected"


def test_newest_first_with_suspensions_between(olga, public):
    response = olga.get("/rounds/")
    assert numbers(response) == [40, 39, 38, 37, 34, 32, 31, 30, 28, 25, 24, 23, 16, None, None, None]
    shown = text_of(response)
    assert shown.index("17 February 2023") < shown.index("Suspended 2019") < shown.index("1–2 April 2019")
    assert shown.index("25 February 2000") < shown.index("Suspended spring 1996 – November 1997")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("since=2023&until=2024", [39, 38]),
        ("state=planned", []),
        ("order=ordinal&since=2019", [37, 38, 39, 40]),
        ("order=venue&since=2023", [38, 40, 39]),
        ("order=nonsense&since=2024", [40, 39]),
        ("since=x&until=1999", []),
        ("state=x&since=2024", [40, 39]),
    ],
)
def test_filters_and_orders(olga, public, query, found):
    response = olga.get(f"/rounds/?{query}")
    assert (response.status_code, numbers(response)) == (200, found)


def test_the_next_round_with_its_calendar(cast, olga, public):
    make.round_(cast.olga, cast.cn, 41, timezone.localdate() + timedelta(days=30), venue="Beijing")
    make.round_(cast.olga, cast.cn, 42, timezone.localdate() + timedelta(days=400))
    shown = text_of(olga.get("/rounds/"))
    assert "Next: round 41" in shown
    assert "Beijing · in 30 days" in shown
    assert re.search(r"Handover of the list, from [\d \w]+ T−28", shown)


def test_only_the_own_dialogue(cast, as_, public):
    make.held(cast.lars, cast.nv, ordinal=2)
    assert numbers(as_(cast.lars).get("/rounds/")) == [2]
    assert "China" not in text_of(as_(cast.lars).get("/rounds/"))


@pytest.mark.parametrize("who", ["adam", "otto", "zoe", "nora"])
def test_no_grant_no_rounds(cast, as_, public, who):
    shown = text_of(as_(cast.people[who]).get("/rounds/"))
    assert "No dialogue is open to you" in shown
    assert "Beijing" not in shown


def test_reviewers_see_no_buttons(cast, as_, public):
    shown = as_(cast.rita).get("/rounds/").content.decode()
    assert "Berlin" in shown
    assert not re.search(r"New round|Record a suspension|>Edit", shown)


def test_queries_do_not_grow(cast, olga, public, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        olga.get("/rounds/")


def test_a_suspension_is_recorded_and_contradictions_told(cast, olga, public):
    sent = {"dialogue": cast.cn.pk, "since": "c. 2011", "until": "May 2014", "by": "own"}
    response = olga.post("/rounds/suspensions/new/", sent, follow=True)
    shown = text_of(response)
    assert "Please check: round 31, round 32 took place while the dialogue was suspended." in shown
    made = Suspension.objects.get(since_text="c. 2011")
    assert f'href="/rounds/suspensions/{made.pk}/"' in response.content.decode()


def test_a_suspension_does_not_end_before_it_begins(cast, olga):
    sent = {"dialogue": cast.cn.pk, "since": "2014", "until": "2013", "by": "own"}
    assert "The end lies before the beginning." in text_of(olga.post("/rounds/suspensions/new/", sent))
    assert olga.post("/rounds/suspensions/new/", {**sent, "since": "whenever"}).status_code == 422
    assert olga.post("/rounds/suspensions/new/", {**sent, "dialogue": cast.nv.pk}).status_code == 422
    assert not Suspension.objects.exists()


def test_a_suspension_is_edited_and_both_versions_shown(cast, olga, as_):
    pause = make.suspension(cast.olga, cast.cn, "2019")
    url = f"/rounds/suspensions/{pause.pk}/"
    assert as_(cast.hugo).post(url, {"since": "2019", "until": "2023", "by": "own", "seen": 1}).status_code == 302
    response = olga.post(url, {"since": "May 2019", "by": "unknown", "seen": 1})
    assert response.status_code == 409
    assert {*re.findall(r'name="keep-(\w+)"', response.content.decode())} == {"since", "until", "by"}
    kept = {"since": "May 2019", "until": "", "by": "unknown", "seen": 2}
    kept |= {"keep-since": "yours", "keep-until": "theirs", "keep-by": "theirs"}
    assert olga.post(url, kept).status_code == 302
    pause.refresh_from_db()
    assert (pause.since_text, str(pause.until), pause.by) == ("May 2019", "2023", "own")


def test_a_suspension_of_another_dialogue_is_missing(cast, as_):
    pause = make.suspension(cast.olga, cast.cn, "2019")
    lars, rita = as_(cast.lars), as_(cast.rita)
    hidden, missing = (lars.get(f"/rounds/suspensions/{pk}/") for pk in (pause.pk, uuid4()))
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert rita.get(f"/rounds/suspensions/{pause.pk}/").status_code == 403
    assert rita.post("/rounds/suspensions/new/", {"since": "2019"}).status_code == 403
