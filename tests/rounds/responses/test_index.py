"""The list of responses and the queue of unmatched answers: filters, order, pages, what each viewer sees."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from tests import make
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.responses.make import NOVEMBER, answer, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(cast):
    return Label(cast.cn.pk, Marking.NORMAL)


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


def shown(client, url="/responses/"):
    page = client.get(url)
    assert page.status_code == 200
    return re.findall(r'<a href="/responses/([0-9a-f-]{36})/">', page.content.decode())


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_an_empty_list_says_what_to_do(cast, olga, as_):
    assert "Record a response" in text_of(olga.get("/responses/"))
    assert "Record a response" not in text_of(as_(cast.rita).get("/responses/"))


def test_newest_first_and_other_orders(cast, olga, where):
    old = cycle.response(cast.olga, where, on=NOVEMBER - timedelta(days=400))
    fresh = cycle.response(cast.olga, where, on=NOVEMBER, form="embassy")
    assert shown(olga) == [str(fresh.pk), str(old.pk)]
    assert shown(olga, "/responses/?order=on") == [str(old.pk), str(fresh.pk)]
    assert shown(olga, "/responses/?order=-form") == [str(old.pk), str(fresh.pk)]
    assert shown(olga, "/responses/?order=nonsense") == [str(fresh.pk), str(old.pk)]


def test_filters_by_round_form_and_what_is_left(cast, olga, where):
    case = make.case(cast.olga, cast.cn)
    asked = cycle.raising(cast.olga, case)
    held = rounds_make.held(cast.olga, cast.cn)
    empty = cycle.response(cast.olga, where, round=held)
    recorded = cycle.response(cast.olga, where, form="shown")
    cycle.item(cast.olga, recorded, asked)
    loose = cycle.response(cast.olga, where)
    cycle.item(cast.olga, loose)
    coded = cycle.response(cast.olga, where)
    cycle.item(cast.olga, coded, asked, "B3")
    done = cycle.response(cast.olga, where)
    cycle.item(cast.olga, done, asked, "B3", state="assessed", assessment="new", second_coder=cast.rita)
    for query, found in {
        f"round={held.pk}": [empty],
        "form=shown": [recorded],
        "left=empty": [empty],
        "left=unmatched": [loose],
        "left=code": [recorded, loose],
        "left=confirm": [coded],
        "left=nothing": [done],
        "left=nonsense": [empty, recorded, loose, coded, done],
        "form=public": [],
    }.items():
        assert sorted(shown(olga, f"/responses/?{query}")) == sorted(str(one.pk) for one in found), query


def test_what_was_corrected_is_not_left_to_do(cast, olga, where):
    asked = cycle.raising(cast.olga, make.case(cast.olga, cast.cn))
    response = cycle.response(cast.olga, where)
    struck = cycle.item(cast.olga, response, asked, "B3")
    cycle.item(cast.olga, response, asked, "A1", supersedes=struck, correction_reason="Another page.")
    assert "1 to confirm" in text_of(olga.get("/responses/"))


def test_counts_and_queue_are_per_viewer(cast, as_, where):
    hidden = Label(cast.cn.pk, Marking.RESTRICTED)
    cycle.item(cast.olga, cycle.response(cast.olga, where))
    secret = cycle.response(cast.nils, hidden)
    cycle.item(cast.nils, secret, verbatim="Hidden words.")
    assert [len(shown(as_(who))) for who in (cast.olga, cast.rita, cast.nils, cast.lars)] == [1, 1, 2, 0]
    assert "Items to match 1 " in text_of(as_(cast.olga).get("/responses/"))
    assert "Items to match 2 " in text_of(as_(cast.nils).get("/responses/"))
    assert "Hidden words." not in text_of(as_(cast.olga).get("/responses/unmatched/"))
    assert "Hidden words." in text_of(as_(cast.nils).get("/responses/unmatched/"))


def test_pages_by_key_and_a_constant_number_of_queries(cast, olga, where):
    case = make.case(cast.olga, cast.cn)
    asked = cycle.raising(cast.olga, case)
    for place in range(60):
        response = cycle.response(cast.olga, where, on=NOVEMBER - timedelta(days=place))
        cycle.item(cast.olga, response, asked if place % 2 else None, written_as="Tashi Invented")
    olga.get("/responses/")
    first = shown(olga)
    counts = []
    for url in ("/responses/", f"/responses/?after={first[-1]}", f"/responses/?before={first[9]}&left=code"):
        with CaptureQueriesContext(connection) as asked_for:
            olga.get(url)
        counts.append(len(asked_for))
    assert max(counts) <= 12, counts
    assert len(shown(olga, f"/responses/?after={first[-1]}")) == 10
    with CaptureQueriesContext(connection) as asked_for:
        page = olga.get("/responses/unmatched/")
    assert len(asked_for) <= 12
    assert page.content.count(b"Match<span") == 25
    assert "Next" in text_of(page)


def test_the_queue_offers_likely_cases_under_the_label(cast, as_, where):
    seen = make.case(cast.olga, cast.cn, "Dolma Invented")
    asked = cycle.raising(cast.olga, seen)
    above = make.case(cast.nils, cast.cn, "Dolma Invented", marking=Marking.RESTRICTED)
    cycle.raising(cast.nils, above)
    response = reply(cast.olga, where)
    item = answer(cast.olga, response, written_as="Invented Dolma")
    for who in (cast.olga, cast.nils):
        page = as_(who).get("/responses/unmatched/")
        assert seen.reference in text_of(page)
        assert above.reference not in text_of(page)
    sent = {"seen": item.version, "raising": asked.pk, "then": "queue"}
    answered = as_(cast.olga).post(f"/responses/items/{item.pk}/match/", sent)
    assert answered["Location"] == "/responses/unmatched/"
    item.refresh_from_db()
    assert item.case_id == seen.pk
    assert "Every answer is matched" in text_of(as_(cast.olga).get("/responses/unmatched/"))


def test_reviewers_read_the_queue_and_match_nothing(cast, as_, where):
    item = answer(cast.olga, reply(cast.olga, where), written_as="Tashi Invented")
    asked = cycle.raising(cast.olga, make.case(cast.olga, cast.cn))
    page = as_(cast.rita).get("/responses/unmatched/")
    assert b"Match" not in page.content.replace(b"Answers to match", b"")
    sent = {"seen": item.version, "raising": asked.pk}
    assert as_(cast.rita).post(f"/responses/items/{item.pk}/match/", sent).status_code == 403


def test_reading_is_recorded_without_content(cast, olga, where):
    cycle.item(cast.olga, cycle.response(cast.olga, where), written_as="Tashi Invented")
    olga.get("/responses/")
    olga.get("/responses/unmatched/")
    entries = TrailEntry.objects.filter(verb="response.listed")
    assert [set(entry.detail) for entry in entries] == [{"count", "digest"}] * 2
