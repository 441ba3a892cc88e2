"""The index of lists: what one sees, filters, order, pages, figures."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casetracker.audit.models import TrailEntry
from rounds import list_index
from rounds.handovers import answers_matched, answers_to
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(cast):
    return rounds_make.held(cast.olga, cast.cn, ordinal=40)


@pytest.fixture
def ahead(cast):
    return make.round_(cast, 41, timezone.localdate() + timedelta(days=30))


def titles(response):
    return re.findall(r'<td><a href="/lists/[^"]*">(.*?)</a>', response.content.decode())


def test_nobody_sees_a_list_they_have_no_grant_for(cast, as_, ahead):
    make.begun(cast, ahead, by=cast.hugo, label=make.label(cast, 1, cast.north))
    make.begun(cast, ahead, supplementary=True)
    assert titles(as_(cast.olga).get("/lists/")) == ["Supplementary list for round 41"]
    assert len(titles(as_(cast.hugo).get("/lists/"))) == 2
    assert titles(as_(cast.lars).get("/lists/")) == []
    assert "No dialogue is open to you" in text_of(as_(cast.zoe).get("/lists/"))


def test_empty_it_says_where_to_begin(cast, as_, ahead):
    page = as_(cast.olga).get("/lists/")
    assert "No list has been begun yet" in text_of(page)
    assert f'href="/rounds/{ahead.pk}/lists/new/"' in page.content.decode()
    assert b"/lists/new/" not in as_(cast.rita).get("/lists/").content


def test_figures_of_each_list(cast, as_, past):
    first, second = make.cases(cast, 2)
    old = cycle.handed_over(cast.olga, cast.anna, past, first, second)
    reply = cycle.response(cast.olga, make.label(cast))
    item = cycle.item(cast.olga, reply, cycle.raising_of(old, first), "B3")
    cycle.item(cast.olga, reply, cycle.raising_of(old, first), "A1", supersedes=item, correction_reason="Misread.")
    cycle.item(cast.olga, reply, cycle.raising_of(old, second), "R0")
    assert "2 1 of 2" in text_of(as_(cast.olga).get("/lists/"))


def test_an_answer_counts_where_its_correction_puts_it(cast, as_, past):
    first, second = make.cases(cast, 2)
    old = cycle.handed_over(cast.olga, cast.anna, past, first)
    other = cycle.handed_over(cast.olga, cast.anna, past, second, supplementary=True)
    was, becomes = cycle.raising_of(old, first), cycle.raising_of(other, second)
    reply = cycle.response(cast.olga, make.label(cast))
    item = cycle.item(cast.olga, reply, was, "B3")
    cycle.item(cast.olga, reply, becomes, "B3", supersedes=item, correction_reason="The other case.")
    lists = as_(cast.olga).get("/lists/").context["lines"]
    assert {line.case_list.pk: line.answered for line in lists} == {old.pk: 0, other.pk: 1}
    assert (answers_matched(make.entries(old), cast.olga), answers_matched(make.entries(other), cast.olga)) == (0, 1)
    assert [(one.item.pk, one.superseded) for one in answers_to(was, cast.olga)] == [(item.pk, True)]
    assert [one.superseded for one in answers_to(becomes, cast.olga)] == [False]


def test_an_answer_in_the_circle_counts_for_those_in_it(cast, as_, past):
    case = make.cases(cast, 1)[0]
    old = cycle.handed_over(cast.olga, cast.anna, past, case)
    reply = cycle.response(cast.hugo, make.label(cast, 1, cast.north))
    cycle.item(cast.hugo, reply, cycle.raising_of(old, case), "B3")
    assert "0 of 1" in text_of(as_(cast.olga).get("/lists/"))
    assert "1 of 1" in text_of(as_(cast.hugo).get("/lists/"))


def test_filters_and_their_chips(cast, as_, past, ahead):
    cycle.handed_over(cast.olga, cast.anna, past, *make.cases(cast, 1))
    make.begun(cast, ahead)
    olga = as_(cast.olga)
    assert titles(olga.get("/lists/?state=draft")) == ["Round 41"]
    assert titles(olga.get(f"/lists/?round={past.pk}")) == ["Round 40"]
    page = olga.get(f"/lists/?round={past.pk}&state=draft")
    assert "No list fits this filter" in text_of(page)
    assert f"/lists/?round={past.pk}" in page.content.decode()
    assert len(titles(olga.get("/lists/?state=nonsense&round=x"))) == 2


def test_the_next_round_first_and_work_before_what_is_over(cast, as_, past, ahead):
    cycle.handed_over(cast.olga, cast.anna, past, *make.cases(cast, 1))
    make.begun(cast, ahead, supplementary=True)
    cycle.case_list(cast.olga, ahead, label=make.label(cast), state="withdrawn", state_reason="Why.")
    undated = rounds_make.round_(cast.olga, cast.cn, ordinal=42, starts=None)
    make.begun(cast, undated)
    expected = ["Round 42", "Supplementary list for round 41", "Round 41", "Round 40"]
    olga = as_(cast.olga)
    assert titles(olga.get("/lists/")) == expected
    assert titles(olga.get("/lists/?sort=round")) == expected[::-1]
    assert titles(olga.get("/lists/?sort=state"))[-1] == "Round 41"
    assert titles(olga.get("/lists/?sort=nonsense")) == expected


def test_pages(cast, as_, monkeypatch):
    monkeypatch.setattr(list_index, "SIZE", 2)
    for ordinal in range(1, 6):
        make.begun(cast, rounds_make.round_(cast.olga, cast.cn, ordinal=ordinal, starts=date(2000 + ordinal, 1, 1)))
    olga, seen, there = as_(cast.olga), [], "/lists/"
    while there:
        page = olga.get(there)
        seen += titles(page)
        following = re.search(r'rel="next" href="([^"]*)"', page.content.decode())
        there = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [f"Round {ordinal}" for ordinal in (5, 4, 3, 2, 1)]
    assert "1–2 of 5" in text_of(olga.get("/lists/"))


def test_reading_is_recorded(cast, as_, ahead):
    make.begun(cast, ahead)
    as_(cast.olga).get("/lists/")
    entry = TrailEntry.objects.get(verb="list.read")
    assert (entry.actor, entry.detail["count"], entry.object_id) == (cast.olga, 1, None)


def test_as_many_queries_for_one_list_as_for_ten(cast, as_):
    olga, counts = as_(cast.olga), []
    olga.get("/lists/")
    for ordinal in range(1, 11):
        round_ = rounds_make.round_(cast.olga, cast.cn, ordinal=ordinal, starts=date(2000 + ordinal, 1, 1))
        make.begun(cast, round_, *make.cases(cast, 2))
        if ordinal in (1, 10):
            with CaptureQueriesContext(connection) as queries:
                olga.get("/lists/")
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
