"""The page of a round: facts, state, agenda, events, history, and what it refuses."""

import re
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.models import Theme
from casetracker.audit.models import TrailEntry
from rounds.models import AgendaItem, Round, RoundEvent
from tests.rounds import make

pytestmark = pytest.mark.django_db
FACTS = {"ordinal": "40", "starts": "2025-06-13", "venue": "Brussels"}


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


@pytest.fixture
def round_(cast):
    return make.round_(cast.olga, cast.cn, venue="Brussels")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_round_is_made(cast, olga):
    response = olga.post("/rounds/new/", {"dialogue": cast.cn.pk, **FACTS, "starts": "13 June 2025"})
    made = Round.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/rounds/{made.pk}/")
    assert (made.ordinal, made.starts, made.state, made.ends) == (40, date(2025, 6, 13), "planned", None)
    assert TrailEntry.objects.get(verb="round.created").object_id == made.pk


def test_a_wrong_form_comes_back_as_typed(cast, olga):
    response = olga.post(
        "/rounds/new/", {"dialogue": cast.cn.pk, "starts": "13.6.25", "ends": "x", "venue": "Brussels"}
    )
    assert response.status_code == 422
    assert b'value="13.6.25"' in response.content
    assert "Write the day as 2024-06-16 or 16 June 2024." in text_of(response)
    backwards = {"dialogue": cast.cn.pk, "starts": "2025-06-13", "ends": "2025-06-12"}
    assert "The last day lies before the first." in text_of(olga.post("/rounds/new/", backwards))
    assert not Round.objects.exists()


def test_a_number_is_given_once_in_a_dialogue(cast, olga, round_):
    response = olga.post("/rounds/new/", {"dialogue": cast.cn.pk, **FACTS})
    assert response.status_code == 409
    assert "There is a round 40 in this dialogue already." in text_of(response)
    make.round_(cast.lars, cast.nv)
    assert Round.objects.count() == 2


def test_a_round_is_not_made_in_another_dialogue(cast, olga):
    for dialogue in (cast.nv.pk, uuid4()):
        response = olga.post("/rounds/new/", {"dialogue": dialogue, **FACTS})
        assert response.status_code == 422
    assert not Round.objects.exists()


def test_facts_are_edited_in_their_place(cast, olga, round_):
    page = olga.get(f"/rounds/{round_.pk}/edit/")
    assert b'name="seen" value="1"' in page.content
    assert b"Put on the agenda" in page.content
    response = olga.post(f"/rounds/{round_.pk}/edit/", {**FACTS, "seen": 1, "chair": "EEAS", "why": "Known now."})
    assert (response.status_code, response["Location"]) == (302, f"/rounds/{round_.pk}/#facts")
    shown = text_of(olga.get(f"/rounds/{round_.pk}/"))
    assert "Olga Brandt edited the round" in shown
    assert "Known now." in shown


def test_two_who_edit_at_once_see_both_versions(cast, olga, as_, round_):
    url = f"/rounds/{round_.pk}/edit/"
    as_(cast.hugo).post(url, {**FACTS, "seen": 1, "venue": "Ghent", "chair": "EEAS"})
    response = olga.post(url, {**FACTS, "seen": 1, "venue": "Liège", "note": "A note."})
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Hugo Lindqvist saved this" in shown
    assert {*re.findall(r'name="keep-(\w+)"', shown)} == {"venue", "chair", "note"}
    sent = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.split('class="form conflict"')[1])
    )
    sent |= {"keep-venue": "yours", "keep-chair": "theirs", "keep-note": "yours"}
    assert olga.post(url, sent).status_code == 302
    round_.refresh_from_db()
    assert (round_.venue, round_.chair, round_.note, round_.version) == ("Liège", "EEAS", "A note.", 3)


def test_a_round_is_held_on_a_day_that_is_past(cast, olga):
    url = "/rounds/{}/state/"
    dateless = make.round_(cast.olga, cast.cn, 41, None)
    response = olga.post(url.format(dateless.pk), {"seen": 1, "to": "held"})
    assert response.status_code == 409
    assert "Give the first day of the round before it is recorded as held." in text_of(response)
    ahead = make.round_(cast.olga, cast.cn, 42, timezone.localdate() + timedelta(days=5))
    assert "it cannot have been held yet" in text_of(olga.post(url.format(ahead.pk), {"seen": 1, "to": "held"}))
    past = make.round_(cast.olga, cast.cn, 43, date(2024, 6, 16))
    assert olga.post(url.format(past.pk), {"seen": 1, "to": "held"}).status_code == 302
    assert Round.objects.get(pk=past.pk).state == "held"


def test_a_round_is_closed_on_its_closing_page(cast, olga):
    held = make.held(cast.olga, cast.cn)
    url, closing = f"/rounds/{held.pk}/state/", f"/rounds/{held.pk}/close/"
    assert olga.get(url + "?to=closed")["Location"] == closing
    assert olga.post(url, {"seen": 2, "to": "closed"}).status_code == 409
    assert f'href="{closing}"' in olga.get(f"/rounds/{held.pk}/").content.decode()
    assert olga.post(closing, {"seen": 2}).status_code == 302
    assert Round.objects.get(pk=held.pk).state == "closed"


def test_cancelling_asks_by_whom_and_why(cast, olga, round_):
    url = f"/rounds/{round_.pk}/state/"
    assert b"Cancelled by" in olga.get(url + "?to=cancelled").content
    for missing in ({}, {"cancelled_by": "counterpart"}, {"state_reason": "Said so."}):
        assert olga.post(url, {"seen": 1, "to": "cancelled", **missing}).status_code == 422
    whole = {"seen": 1, "to": "cancelled", "cancelled_by": "counterpart", "state_reason": "A visit elsewhere."}
    assert olga.post(url, whole).status_code == 302
    shown = text_of(olga.get(f"/rounds/{round_.pk}/"))
    assert "A visit elsewhere." in shown
    assert "recorded the round as cancelled" in shown
    assert olga.post(url, {"seen": 2, "to": "held"}).status_code == 409


def test_postponed_and_planned_again(cast, olga, round_):
    url = f"/rounds/{round_.pk}/state/"
    assert olga.post(url, {"seen": 1, "to": "postponed", "state_reason": "Elections."}).status_code == 302
    assert olga.post(url, {"seen": 2, "to": "planned"}).status_code == 302
    assert Round.objects.get().state_reason == ""


def test_a_state_changed_by_two_is_asked_again(cast, olga, round_):
    url = f"/rounds/{round_.pk}/"
    olga.post(url + "edit/", {**FACTS, "seen": 1, "venue": "Ghent"})
    response = olga.post(url + "state/", {"seen": 1, "to": "postponed", "state_reason": "Elections."})
    assert response.status_code == 409
    assert "Somebody changed this since you opened it." in text_of(response)
    assert b'name="seen" value="2"' in response.content
    assert Round.objects.get().state == "planned"


def test_a_closed_round_is_corrected_with_a_reason(cast, olga):
    closed = make.held(cast.olga, cast.cn)
    olga.post(f"/rounds/{closed.pk}/close/", {"seen": 2})
    url = f"/rounds/{closed.pk}/edit/"
    assert olga.post(url, {**FACTS, "seen": 3, "venue": "Ghent"}).status_code == 409
    assert olga.post(url, {**FACTS, "seen": 3, "venue": "Ghent", "why": "Misread."}).status_code == 302
    assert olga.post(f"/rounds/{closed.pk}/agenda/", {"title": "Late"}).status_code == 409


def test_the_agenda_keeps_its_order(cast, olga, round_):
    call_command("load_vocabulary", "general", "cn", stdout=StringIO())
    torture, tibet = Theme.objects.get(code="torture"), Theme.objects.get(code="tibet")
    url = f"/rounds/{round_.pk}/agenda/"
    for sent in ({"theme": tibet.pk}, {"theme": torture.pk}, {"title": "Any other business"}):
        assert olga.post(url, sent).status_code == 302
    assert olga.post(url, {}).status_code == 422
    assert "This theme is on the agenda already." in text_of(olga.post(url, {"theme": tibet.pk}))
    last = AgendaItem.objects.get(title="Any other business")
    olga.post(f"/rounds/agenda/{last.pk}/move/", {"way": "up"})
    olga.post(f"/rounds/agenda/{last.pk}/move/", {"way": "up"})
    olga.post(f"/rounds/agenda/{last.pk}/move/", {"way": "up"})
    assert [str(item.theme or item.title) for item in AgendaItem.objects.order_by("position")] == [
        "Any other business", "Tibet", "Torture and ill-treatment",
    ]  # fmt: skip
    assert olga.post(f"/rounds/agenda/{last.pk}/remove/").status_code == 302
    assert "took off the agenda: Any other business" in text_of(olga.get(f"/rounds/{round_.pk}/"))


def test_a_button_keeps_the_focus(cast, olga, round_):
    for title in ("One", "Two"):
        olga.post(f"/rounds/{round_.pk}/agenda/", {"title": title})
    two = AgendaItem.objects.get(title="Two")
    moved = olga.post(f"/rounds/agenda/{two.pk}/move/", {"way": "up"}, headers={"HX-Request": "true"})
    assert moved.status_code == 200
    whole = olga.get(f"/rounds/{round_.pk}/").content.decode()
    assert re.findall(r'aria-label="(Move \w+: \w+)"', moved.content.decode()) == re.findall(
        r'aria-label="(Move \w+: \w+)"', whole
    )


def test_themes_of_other_dialogues_are_not_offered(cast, olga, as_, round_):
    call_command("load_vocabulary", "nv", stdout=StringIO())
    coast = Theme.objects.get(code="coast")
    assert b"Coastal" not in olga.get(f"/rounds/{round_.pk}/").content
    assert olga.post(f"/rounds/{round_.pk}/agenda/", {"theme": coast.pk}).status_code == 422


def test_events_are_added_edited_cancelled_and_taken_back(cast, olga, round_):
    url = f"/rounds/{round_.pk}/events/new/"
    assert olga.get(url).status_code == 200
    assert olga.post(url, {"kind": "visit", "title": "Field visit", "starts": "2025-06-10"}).status_code == 302
    event = RoundEvent.objects.get()
    own = f"/rounds/events/{event.pk}/"
    assert olga.post(own, {"kind": "visit", "venue": "Shanxi", "seen": 1}).status_code == 302
    assert olga.post(own + "cancel/", {"seen": 2}).status_code == 422
    assert olga.post(own + "cancel/", {"seen": 2, "cancelled_reason": "Floods."}).status_code == 302
    assert "Floods." in text_of(olga.get(f"/rounds/{round_.pk}/"))
    assert olga.post(own + "cancel/", {"seen": 3, "cancelled_reason": "Again."}).status_code == 409
    assert olga.post(own, {"kind": "visit", "seen": 3, "venue": "Shanxi"}).status_code == 302
    event.refresh_from_db()
    assert (event.cancelled, event.venue) == (False, "Shanxi")


PATHS = ["", "edit/", "state/?to=cancelled", "events/new/"]


@pytest.mark.parametrize("who", ["lars", "nora", "sven", "zoe", "adam", "otto"])
def test_who_is_not_in_the_dialogue_gets_404_in_the_same_bytes(cast, as_, round_, who):
    event = make.event(cast.olga, round_)
    client = as_(cast.people[who])
    for path in PATHS:
        hidden, missing = client.get(f"/rounds/{round_.pk}/{path}"), client.get(f"/rounds/{uuid4()}/{path}")
        assert (hidden.status_code, hidden.content) == (404, missing.content)
        assert hidden.headers == missing.headers
    for path in (f"/rounds/events/{event.pk}/", f"/rounds/events/{event.pk}/cancel/"):
        assert client.post(path, {"seen": 1, "kind": "visit"}).status_code == 404
    assert client.post(f"/rounds/{round_.pk}/agenda/", {"title": "x"}).status_code == 404


def test_who_may_only_read_sees_no_buttons_and_is_told_no(cast, as_, round_):
    event = make.event(cast.olga, round_)
    rita = as_(cast.rita)
    shown = rita.get(f"/rounds/{round_.pk}/").content.decode()
    assert "Round 40" in shown
    assert not re.search(r"Edit|Cancel|Put on the agenda|Record as held", shown)
    for path in ("edit/", "state/?to=cancelled", "events/new/"):
        assert rita.get(f"/rounds/{round_.pk}/{path}").status_code == 403
    for path in (f"{round_.pk}/edit/", f"{round_.pk}/state/?to=held", f"{round_.pk}/agenda/", f"events/{event.pk}/"):
        assert rita.post(f"/rounds/{path}", {**FACTS, "seen": 1, "kind": "visit", "title": "x"}).status_code == 403
    assert rita.get("/rounds/new/").status_code == 403
    assert Round.objects.get().version == 1


def test_neighbours_and_warning(cast, olga, round_):
    before = make.held(cast.olga, cast.cn, ordinal=39, starts=date(2024, 6, 16))
    make.suspension(cast.olga, cast.cn, "2023", "2026")
    shown = olga.get(f"/rounds/{round_.pk}/").content.decode()
    assert f'href="/rounds/{before.pk}/" rel="prev"' in shown
    assert "The dialogue was suspended then" in shown


def test_queries_do_not_grow(cast, olga, round_, django_assert_max_num_queries):
    for number in range(8):
        make.event(cast.olga, round_, title=f"Event {number}")
    with django_assert_max_num_queries(20):
        olga.get(f"/rounds/{round_.pk}/")
