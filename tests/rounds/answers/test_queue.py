"""The queues: what waits for whom, oldest first, and from one answer to the next."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.answer_queue import waiting
from rounds.models import ResponseItem
from tests.rounds import cycle, make
from tests.rounds.answers.desk import CAME, a_case, answered, claim, corrected, in_state, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return a_case(cast.olga, cast)


def order(response):
    body = response.content.decode().split("<tbody", 1)[-1]
    return re.findall(r'href="/answers/([0-9a-f-]{36})/', body)


def one_of_each(cast, case):
    made = {state: answered(cast.olga, case, **in_state(state, cast.rita, cast.anna)) for state in
            ("recorded", "coded", "confirmed", "disputed", "assessed")}  # fmt: skip
    claim(cast.rita, made["assessed"])
    return made


def test_what_waits_for_whom(cast, as_, case):
    made = one_of_each(cast, case)
    assert waiting(cast.olga) == {"to-code": 1, "to-confirm": 1, "disputed": 1, "to-assess": 1, "claims": 1}
    assert waiting(cast.rita) == {"to-code": 1, "to-confirm": 0, "disputed": 1, "to-assess": 1, "claims": 1}
    tabs = {
        "to-code": "recorded",
        "to-confirm": "coded",
        "disputed": "disputed",
        "to-assess": "confirmed",
        "claims": "assessed",
    }
    for tab, state in tabs.items():
        assert order(as_(cast.olga).get(f"/answers/?tab={tab}")) == [str(made[state].pk)]
    assert order(as_(cast.rita).get("/answers/?tab=to-confirm")) == []
    assert "Released" in text_of(as_(cast.olga).get("/answers/?tab=claims"))


def test_what_was_corrected_waits_no_more(cast, as_, case):
    for item in one_of_each(cast, case).values():
        corrected(cast.olga, item)
    assert waiting(cast.olga) == {"to-code": 5, "to-confirm": 0, "disputed": 0, "to-assess": 0, "claims": 0}


def test_nothing_of_what_is_hidden(cast, as_, case):
    label = Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk)
    hidden = answered(cast.hugo, case, label=label)
    assert set(waiting(cast.olga).values()) == {0}
    assert order(as_(cast.olga).get("/answers/")) == []
    assert as_(cast.olga).get(f"/answers/{hidden.pk}/").status_code == 404
    assert order(as_(cast.hugo).get("/answers/")) == [str(hidden.pk)]


def test_oldest_first_by_response_and_on_to_the_next(cast, as_, case):
    late = answered(cast.olga, case, on=CAME)
    said = cycle.response(cast.olga, case.label(), on=CAME.replace(year=2020))
    second, first = (cycle.item(cast.olga, said, verbatim="查无此人。", position=place) for place in (2, 1))
    wanted = [str(one.pk) for one in (first, second, late)]
    rita = as_(cast.rita)
    assert order(rita.get("/answers/")) == wanted
    at = f"/answers/{first.pk}/code/?queue=to-code"
    for place, following in enumerate([wanted[1], wanted[2], None]):
        page = rita.get(f"/answers/{wanted[place]}/?queue=to-code").content.decode()
        assert ("Nothing else waits here" in page) == (following is None)
        response = rita.post(at, {"seen": 1, "code": "B3", "and-next": "1"})
        if following is None:
            assert response["Location"] == "/answers/?tab=to-code"
        else:
            assert response["Location"] == f"/answers/{following}/?queue=to-code"
            at = f"/answers/{following}/code/?queue=to-code"


def test_from_the_last_on_to_those_passed_over(cast, as_, case):
    first, last = answered(cast.olga, case, on=CAME.replace(year=2020)), answered(cast.olga, case)
    page = as_(cast.rita).get(f"/answers/{last.pk}/?queue=to-code").content.decode()
    assert f'href="/answers/{first.pk}/?queue=to-code" rel="next"' in page


def test_from_the_middle_on_not_back(cast, as_, case):
    _, middle, last = (answered(cast.olga, case, on=CAME.replace(year=year)) for year in (2019, 2020, 2021))
    page = as_(cast.rita).get(f"/answers/{middle.pk}/?queue=to-code").content.decode()
    assert f'href="/answers/{last.pk}/?queue=to-code" rel="next"' in page


def test_saving_and_staying(cast, as_, case):
    item = answered(cast.olga, case)
    response = as_(cast.rita).post(f"/answers/{item.pk}/code/?queue=to-code", {"seen": 1, "code": "B3"})
    assert response["Location"] == f"/answers/{item.pk}/?queue=to-code"


def test_of_one_round(cast, as_, case):
    round_ = make.held(cast.olga, cast.cn)
    inside = cycle.item(cast.olga, cycle.response(cast.olga, case.label(), round=round_), verbatim="查无此人。")
    answered(cast.olga, case)
    found = as_(cast.rita).get(f"/answers/?round={round_.pk}")
    assert order(found) == [str(inside.pk)]
    assert re.search(r"To code\s*<span class=\"count\">1<", found.content.decode())
    assert f"round={round_.pk}" in found.content.decode().split("<tbody")[1]
    assert len(order(as_(cast.rita).get(f"/answers/?round={inside.pk}"))) == 2


def test_pages_and_nothing_missed(cast, as_, case, monkeypatch):
    monkeypatch.setattr("rounds.views.answers.index.DEFAULT_SIZE", 2)
    said = cycle.response(cast.olga, case.label(), on=CAME)
    items = [str(cycle.item(cast.olga, said, verbatim="查", position=place).pk) for place in range(1, 6)]
    rita, found, address = as_(cast.rita), [], "/answers/"
    while address:
        response = rita.get(address)
        found += order(response)
        more = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        address = more[1].replace("&amp;", "&") if more else ""
    assert found == items


@pytest.mark.parametrize("tab", ["to-code", "to-confirm", "disputed", "to-assess", "claims", "nonsense"])
def test_empty_queues_say_so(cast, as_, tab):
    shown = text_of(as_(cast.rita).get(f"/answers/?tab={tab}"))
    assert re.search(r"Every|Nothing|No coding|No claim", shown)


@pytest.mark.parametrize("who", ["lars", "nora", "zoe", "adam", "otto"])
def test_outside_nothing_waits(cast, as_, case, who):
    one_of_each(cast, case)
    assert order(as_(cast.people[who]).get("/answers/?tab=to-code")) == []


def test_reading_is_recorded_without_words(cast, as_, case):
    item = answered(cast.olga, case)
    as_(cast.rita).get("/answers/")
    as_(cast.rita).get(f"/answers/{item.pk}/")
    listed, read = (TrailEntry.objects.get(verb=verb) for verb in ("response.listed", "response.read"))
    assert (listed.detail["count"], listed.detail["queue"]) == (1, "to-code")
    assert (read.object_id, read.reference) == (item.pk, case.reference)


def test_queries_do_not_grow(cast, as_, case, django_assert_max_num_queries):
    for _ in range(2):
        one_of_each(cast, case)
    rita = as_(cast.rita)
    counts = [_count(rita, f"/answers/?tab={tab}") for tab in ("to-code", "claims")]
    for _ in range(3):
        one_of_each(cast, case)
    assert [_count(rita, f"/answers/?tab={tab}") for tab in ("to-code", "claims")] == counts
    assert max(counts) <= 12
    for state in ("recorded", "coded", "assessed"):
        item = ResponseItem.objects.filter(state=state).first()
        with django_assert_max_num_queries(12):
            rita.get(f"/answers/{item.pk}/?queue=to-code")


def test_queries_of_a_page_do_not_grow(cast, as_, case):
    item = one_of_each(cast, case)["assessed"]
    rita = as_(cast.rita)
    before = _count(rita, f"/answers/{item.pk}/?queue=to-code")
    for _ in range(3):
        one_of_each(cast, case)
        claim(cast.rita, item)
    assert _count(rita, f"/answers/{item.pk}/?queue=to-code") == before
    assert _count(rita, f"/answers/{item.pk}/claims/new/?queue=to-code") <= 15


def _count(client, address):

    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)
