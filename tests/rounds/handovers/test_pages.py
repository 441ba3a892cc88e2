"""Pages of handovers, raisings and partners, through the front door."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.reference import make_reference
from casetracker.audit.models import TrailEntry
from rounds.handovers import handovers_of
from rounds.models import Handover, Partner, Raising
from tests import make
from tests.rounds import cycle
from tests.rounds.handovers.test_actions import correct, entries, fresh, give, raisings
from tests.rounds.make import held, round_

pytestmark = pytest.mark.django_db
FACTS = {"on": "2 June 2025", "by": "The chair", "to": "The delegation", "outcome": "accepted", "confirmed": "on"}
RAISED = {"step": "record", "on": "2025-06-13", "channel": "oral_session", "words": "We asked after him."}
STRANGERS = ["lars", "nora", "sven", "quin", "zoe", "adam", "otto"]
COLLEAGUES = ["rita", "anna", "bert"]


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


@pytest.fixture
def cases(cast):
    return [make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Tashi", "Dolma", "Pema")]


@pytest.fixture
def approved(cast, cases):
    made = cycle.case_list(cast.olga, round_(cast.olga, cast.cn), *cases, approved_by=cast.anna, sha256="5ea1" * 16)
    return made


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_handing_over(approved, cases, olga):
    url = f"/lists/{approved.pk}/handover/"
    shown = olga.get(url)
    assert (shown.status_code, "5ea1" * 16 in text_of(shown)) == (200, True)
    assert all(case.reference in text_of(shown) for case in cases)
    done = olga.post(url, {**FACTS, "seen": approved.version})
    assert (done.status_code, done["Location"]) == (302, f"/lists/{approved.pk}/#handovers")
    assert len(raisings(voided=False)) == 3
    again = olga.post(url, {**FACTS, "seen": approved.version})
    assert (again.status_code, Handover.objects.unscoped("tests").count()) == (409, 1)
    assert "handed over already" in text_of(again)
    assert olga.get(url).status_code == 302


def test_two_officials_at_once(cast, as_, approved, olga):
    """The second is told and nothing they typed is lost; what they ask for again is judged anew."""
    url, seen = f"/lists/{approved.pk}/handover/", approved.version
    olga.post(url, {**FACTS, "outcome": "not_tendered", "seen": seen})
    first = entries(approved)[0]
    mine = {**FACTS, "outcome": "partly", f"accepted-{first.pk}": "on", "note": "Kept words", "seen": seen}
    second = as_(cast.hugo).post(url, mine)
    assert second.status_code == 409
    assert "Somebody changed this since" in text_of(second)
    assert "Kept words" in text_of(second)
    assert re.search(rf'name="accepted-{first.pk}"[^>]* checked', second.content.decode())
    now = re.search(r'name="seen" value="(\d+)"', second.content.decode())[1]
    assert as_(cast.hugo).post(url, {**mine, "seen": now}).status_code == 302
    assert [entry.accepted for entry in entries(approved)] == [True, False, False]


def test_what_the_form_asks(approved, olga):
    url = f"/lists/{approved.pk}/handover/"
    tomorrow = timezone.localdate() + timedelta(1)
    for wrong, told in (
        ({"on": ""}, "Day: This field is required"),
        ({"on": str(tomorrow)}, "lies ahead"),
        ({"by": ""}, "Handed over by: This field is required"),
        ({"outcome": ""}, "Choose what became of the list"),
        ({"outcome": "lost"}, "Select a valid choice"),
        ({"confirmed": ""}, "Compare the paper with the sheet"),
    ):
        answer = olga.post(url, {**FACTS, "seen": approved.version, **wrong})
        assert (answer.status_code, told in text_of(answer)) == (422, True), told
    partly = olga.post(url, {**FACTS, "outcome": "partly", "seen": approved.version})
    assert (partly.status_code, "None is ticked" in text_of(partly)) == (409, True)
    assert not Handover.objects.unscoped("tests").exists()
    plain = {**FACTS, "outcome": "not_tendered", "confirmed": "", "seen": approved.version}
    assert olga.post(url, plain).status_code == 302


@pytest.mark.parametrize("who", [*STRANGERS, *COLLEAGUES])
def test_who_gets_to_these_pages(cast, as_, approved, cases, who):
    give(approved, cast.olga)
    raising = cycle.raising(cast.olga, cases[0])
    paper = Handover.objects.unscoped("tests").get()
    client, status = as_(cast.people[who]), 403 if who in COLLEAGUES else 404
    for url in (f"/lists/{approved.pk}/handover/", f"/handovers/{paper.pk}/correct/", f"/raisings/{raising.pk}/edit/"):
        assert (client.get(url).status_code, client.post(url, FACTS).status_code) == (status, status), url
    assert client.post(f"/raisings/{raising.pk}/void/", {"reason": "x", "seen": "1"}).status_code == status
    assert client.post(f"/raisings/{raising.pk}/restore/", {"seen": "1"}).status_code == status
    assert client.get(f"/raisings/{raising.pk}/").status_code == (200 if who in COLLEAGUES else 404)
    if who != "lars":
        assert client.get("/raisings/new/").status_code == client.get("/partners/new/").status_code == 403


def test_a_warning_for_a_day_that_does_not_fit(approved, olga):
    late = {**FACTS, "on": "2025-07-01", "seen": approved.version}
    followed = olga.post(f"/lists/{approved.pk}/handover/", late)
    assert followed.status_code == 302
    told = [str(message) for message in olga.get("/partners/").context["messages"]]
    assert any("lies after the round" in one for one in told)


def test_correcting(cast, approved, olga):
    old = give(approved, cast.olga)
    url = f"/handovers/{old.pk}/correct/"
    shown = olga.get(url)
    assert 'value="2025-05-20"' in shown.content.decode()
    assert olga.post(url, {**FACTS, "seen": "1"}).status_code == 422
    done = olga.post(url, {**FACTS, "outcome": "read_out", "seen": "1", "reason": "The minutes say June."})
    assert done.status_code == 302
    assert {one.on for one in raisings()} == {date(2025, 6, 2)}
    again = olga.post(url, {**FACTS, "seen": "1", "reason": "Once more."})
    assert (again.status_code, "corrected already" in text_of(again)) == (409, True)
    assert olga.get(url).status_code == 302


def test_both_records_stand_on_the_list(cast, approved):
    old = give(approved, cast.olga, "not_tendered")
    late = give(fresh(approved), cast.olga)
    new = correct(late, cast.hugo, "refused", reason="Wrong box.")
    shown = handovers_of(approved, cast.rita)
    assert [(one.handover.pk, one.superseded, one.recorded_by) for one in shown] == [
        (new.pk, False, "Hugo Lindqvist"),
        (late.pk, True, "Olga Brandt"),
        (old.pk, False, "Olga Brandt"),
    ]
    assert handovers_of(approved, cast.lars) == []


def test_raising_several_cases(cast, cases, olga):
    first, second, third = cases
    round = held(cast.olga, cast.cn)
    shown = olga.get(f"/raisings/new/?round={round.pk}&case={first.reference}&case={second.reference}")
    assert f'value="{round.pk}" selected' in shown.content.decode()
    sent = {**RAISED, "case": [first.reference, second.reference], "round": round.pk}
    done = olga.post("/raisings/new/", {**sent, f"words-{second.reference}": "And after her."})
    made = {one.case_id: one for one in raisings()}
    assert (done.status_code, set(made)) == (302, {first.pk, second.pk})
    assert (made[first.pk].words, made[second.pk].words) == ("We asked after him.", "And after her.")
    assert {(one.round_id, one.partner_id) for one in made.values()} == {(round.pk, None)}
    page = text_of(olga.get(done["Location"]))
    assert "Recorded together with" in page
    assert second.reference in page
    assert third.reference not in page
    twice = olga.post("/raisings/new/", {**sent, f"words-{second.reference}": "And after her."})
    assert (twice.status_code, len(raisings())) == (409, 2)


def test_by_a_partner_outside_the_days_of_the_round(cast, cases, olga):
    with_partner = olga.post("/partners/new/", {"name": "Switzerland"})
    assert with_partner.status_code == 302
    partner = Partner.objects.get()
    round = held(cast.olga, cast.cn)
    sent = {**RAISED, "case": cases[0].reference, "round": round.pk, "partner": partner.pk, "on": "20 June 2025"}
    done = olga.post("/raisings/new/", sent, follow=True)
    assert "20 June 2025 lies outside the days of this round" in text_of(done)
    assert raisings()[0].partner == partner


def test_naming_cases(cast, cases, olga):
    """References in any spelling, a name, ticked rows; hidden and missing are told in the same words."""
    hidden = make.case(cast.hugo, cast.cn, "Hidden Invented", marking=2, compartment=cast.north)
    missing = make_reference("CN")
    first, second, third = cases
    more = f"{first.reference.lower()}  {hidden.reference}\n{second.reference.replace('-', ' ')}\n{missing}; Hidden"
    shown = olga.post("/raisings/new/", {"step": "look", "more": more, "q": "Pema", "words": "Typed before."})
    assert [case for case, _ in shown.context["lines"]] == [first, second]
    told = dict(shown.context["missing"])
    same = "There is no case with this reference among those you see."
    assert list(told) == [hidden.reference, missing, "Hidden"]
    assert told[hidden.reference] == told[missing] == same
    assert [hit.case for hit in shown.context["hits"]] == [third]
    assert "Typed before." in text_of(shown)
    assert "Hidden Invented" not in text_of(shown)
    ticked = olga.post("/raisings/new/", {"case": [f"{third.pk}:1", f"{hidden.pk}:1"], "query": ""})
    assert [case for case, _ in ticked.context["lines"]] == [third]
    added = olga.post("/raisings/new/", {"case": first.reference, "add": third.reference, "step": "record", **RAISED})
    assert [case for case, _ in added.context["lines"]] == [first, third]
    assert not raisings()


def test_nothing_is_recorded_while_a_case_is_missing_or_waiting(cast, cases, olga):
    hidden = make.case(cast.hugo, cast.cn, "Hidden Invented", marking=2)
    some = {**RAISED, "case": [cases[0].reference, hidden.reference]}
    assert olga.post("/raisings/new/", some).status_code == 422
    waiting = {**RAISED, "case": cases[0].reference}
    assert olga.post("/raisings/new/", {**waiting, "more": cases[1].reference}).status_code == 200
    assert olga.post("/raisings/new/", {**waiting, "q": "Pema"}).status_code == 200
    assert not raisings()
    assert olga.post("/raisings/new/", {**waiting, "q": "Pema", "looked": "Pema"}).status_code == 302
    assert olga.post("/raisings/new/", RAISED).status_code == 409


def test_a_name_is_never_in_the_trail(cases, olga):
    olga.post("/raisings/new/", {"step": "look", "q": "Pema Invented"})
    kept = TrailEntry.objects.get(verb="case.searched")
    assert set(kept.detail) == {"count", "digest", "suggested"}
    assert "Pema" not in str(list(TrailEntry.objects.values()))


def test_the_page_of_a_raising_shows_its_answers(cast, as_, approved, cases, olga):
    give(approved, cast.olga)
    raising = cycle.raising_of(approved, cases[0])
    seen = cycle.response(cast.olga, approved.label())
    secret = cycle.response(cast.hugo, type(approved.label())(cast.cn.pk, 2), on=date(2025, 12, 1))
    item = cycle.item(cast.olga, seen, raising, "B3", verbatim="他身体健康。")
    cycle.item(cast.olga, seen, raising, "A1", verbatim="Corrected words.", supersedes=item, correction_reason="Typo.")
    cycle.item(cast.hugo, secret, raising, "C1", verbatim="Secret words.")
    shown = olga.get(f"/raisings/{raising.pk}/")
    assert [(one.item.code, one.superseded) for one in shown.context["answers"]] == [("B3", True), ("A1", False)]
    assert f"/answers/{item.pk}/" in shown.content.decode()
    assert "Secret words." not in text_of(shown)
    assert "Secret words." in text_of(as_(cast.hugo).get(f"/raisings/{raising.pk}/"))
    assert b"Void" not in shown.content
    assert TrailEntry.objects.filter(verb="case.read", object_id=raising.pk).count() == 2


def test_editing_and_voiding_a_raising(cast, as_, cases, olga):
    made = cycle.raising(cast.olga, cases[0], words="Named at dinner.")
    url = f"/raisings/{made.pk}/"
    sent = {"on": "2025-06-14", "channel": "un", "words": "Named in Geneva.", "seen": "1"}
    assert olga.post(f"{url}edit/", sent).status_code == 302
    stale = as_(cast.hugo).post(f"{url}edit/", {**sent, "words": "Named in Vienna."})
    assert (stale.status_code, b'name="keep-words"' in stale.content) == (409, True)
    kept = {**sent, "words": "Named in Vienna.", "seen": "2", "keep-words": "theirs"}
    assert as_(cast.hugo).post(f"{url}edit/", kept).status_code == 302
    assert raisings()[0].words == "Named in Geneva."
    assert olga.post(f"{url}void/", {"seen": "2"}).status_code == 422
    assert olga.post(f"{url}void/", {"seen": "1", "reason": "Another person."}).status_code == 409
    assert olga.post(f"{url}void/", {"seen": "2", "reason": "Another person."}).status_code == 302
    assert "Another person." in text_of(olga.get(url))
    assert olga.get(f"{url}edit/").status_code == olga.get(f"{url}void/").status_code == 302
    assert olga.post(f"{url}restore/", {"seen": "2"}).status_code == 409
    assert olga.post(f"{url}restore/", {"seen": "3"}).status_code == 302
    assert not raisings()[0].voided


def test_partners(cast, as_, olga):
    assert olga.post("/partners/new/", {"name": "Switzerland"}).status_code == 302
    made = Partner.objects.get()
    assert olga.post("/partners/new/", {"name": "switzerland"}).status_code == 409
    assert olga.post(f"/partners/{made.pk}/", {"name": "Norway", "seen": "1"}).status_code == 302
    assert "Norway" in text_of(as_(cast.rita).get("/partners/"))
    assert b"/partners/new/" not in as_(cast.rita).get("/partners/").content
    assert as_(cast.rita).get(f"/partners/{made.pk}/").status_code == 403
    assert as_(cast.adam).get("/partners/").status_code == 403


def test_as_many_queries_for_one_as_for_many(cast, olga, django_assert_max_num_queries):
    cases = [make.case(cast.olga, cast.cn, f"Number{n} Invented") for n in range(12)]
    made = cycle.case_list(cast.olga, round_(cast.olga, cast.cn), *cases, approved_by=cast.anna)
    olga.get("/partners/")
    named = "&".join(f"case={case.reference}" for case in cases)
    urls = [f"/lists/{made.pk}/handover/", f"/raisings/new/?{named}"]
    olga.post("/raisings/new/", {**RAISED, "case": [case.reference for case in cases]})
    raising = Raising.objects.unscoped("tests").first()
    for n in range(5):
        cycle.item(cast.olga, cycle.response(cast.olga, made.label()), raising, "B3", position=n)
    urls += [f"/raisings/{raising.pk}/", f"/raisings/{raising.pk}/edit/", f"/raisings/{raising.pk}/void/", "/partners/"]
    for url in urls:
        with django_assert_max_num_queries(12):
            assert olga.get(url).status_code == 200
    give(made, cast.olga)
    paper = Handover.objects.unscoped("tests").get()
    with django_assert_max_num_queries(12):
        assert olga.get(f"/handovers/{paper.pk}/correct/").status_code == 200
