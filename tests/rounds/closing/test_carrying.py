"""Carrying forward: a list of a later round is filled, once, within its label."""

import re
from datetime import date

import pytest

from casetracker.access.errors import Denied, WrongState
from casetracker.audit.models import TrailEntry
from rounds.actions.carrying import carry_forward
from rounds.actions.disposition import dispose_entries
from rounds.models import CaseList, ListEntry
from tests import make as cases
from tests.rounds import cycle, make
from tests.rounds.closing.test_disposition import put
from tests.rounds.closing.world import STATES, circle, entries, list_in, restricted, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast):
    found = world(cast, count=3)
    *carried, dropped = entries(found.given)
    put(carried[0], cast.olga, carried=1, ask="Is he alive?")
    dispose_entries(entries=carried, by=cast.olga, disposition="carry_forward")
    dispose_entries(entries=[dropped], by=cast.olga, disposition="drop", reason="Released.")
    return found


def key_of(page):
    """The key that the form carries."""
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def draft(cast, here, **values):
    return list_in(cast, values.pop("state", "draft"), values.pop("round", here.ahead), **values)


def test_the_list_is_filled_once(cast, here):
    target = draft(cast, here)
    assert carry_forward(round=here.past, case_list=target, by=cast.olga) == 2
    assert carry_forward(round=here.past, case_list=target, by=cast.olga) == 0
    one, two = entries(target)
    assert (one.ask, one.carried, one.why) == ("Is he alive?", 2, "carried forward from round 40 (2 times)")
    assert (two.carried, two.why, two.state) == (1, "carried forward from round 40 (once)", "included")
    assert one.carried_from_id == entries(here.given)[0].pk
    assert TrailEntry.objects.filter(verb="list.carried", object_id=target.pk).count() == 2


def test_what_stands_there_is_left_as_it_is(cast, here):
    target = draft(cast, here)
    cycle.entry(cast.olga, target, here.cases[0], ask="Another question")
    assert carry_forward(round=here.past, case_list=target, by=cast.olga) == 1
    assert {entry.ask for entry in entries(target)} == {"Another question", "Where is he held?"}


@pytest.mark.parametrize("state", STATES)
def test_only_a_list_that_is_worked_on(cast, here, state):
    target = draft(cast, here, state=state)
    if state in ("draft", "in_review"):
        assert carry_forward(round=here.past, case_list=target, by=cast.olga) == 2
        return
    with pytest.raises(WrongState):
        carry_forward(round=here.past, case_list=target, by=cast.olga)


def test_only_to_a_later_round(cast, here):
    before = make.round_(cast.olga, cast.cn, 39, date(2024, 6, 16))
    for round in (here.past, before):
        with pytest.raises(WrongState, match="later round"):
            carry_forward(round=here.past, case_list=draft(cast, here, round=round), by=cast.olga)


@pytest.mark.parametrize("who", ["rita", "anna", "lars", "zoe", "nora"])
def test_officials_who_prepare_lists(cast, here, who):
    with pytest.raises(Denied):
        carry_forward(round=here.past, case_list=draft(cast, here), by=cast.people[who])


def test_nothing_is_written_down(cast, as_, here):
    """What stood on a list with a higher label is not carried to a lower one; who cannot see it carries nothing."""
    high = cases.case(cast.nils, cast.cn, "Marked Invented", marking=2)
    plain = cases.case(cast.olga, cast.cn, "Plain Invented")
    source = cycle.handed_over(cast.nils, cast.anna, here.past, high, plain, label=restricted(cast))
    dispose_entries(entries=entries(source), by=cast.nils, disposition="carry_forward")
    low, upper = draft(cast, here), draft(cast, here, label=restricted(cast))
    assert carry_forward(round=here.past, case_list=low, by=cast.nils) == 2
    assert {entry.case_id for entry in entries(low)} == {one.pk for one in here.cases[:2]}
    shown = as_(cast.nils).get(f"/rounds/{here.past.pk}/carry-forward/").content.decode()
    assert "2 with a higher label left out" in shown
    assert high.reference not in as_(cast.olga).get(f"/rounds/{here.past.pk}/carry-forward/").content.decode()
    assert carry_forward(round=here.past, case_list=upper, by=cast.nils) == 4


def test_a_new_list_is_begun_under_the_lowest_label_that_covers_all(cast, as_, here):
    case = cases.case(cast.hugo, cast.cn, "Circle Invented", marking=2, compartment=cast.north)
    source = cycle.handed_over(cast.hugo, cast.anna, here.past, case, label=circle(cast))
    dispose_entries(entries=entries(source), by=cast.hugo, disposition="carry_forward")
    url = f"/rounds/{here.past.pk}/carry-forward/"
    values = [f"new/{here.ahead.pk}/1/", f"new/{here.ahead.pk}/2/{cast.north.pk}"]
    shown = as_(cast.hugo).get(url).content.decode()
    assert all(f'value="{value}"' in shown for value in values)
    assert f'value="{values[1]}"' not in as_(cast.olga).get(url).content.decode()
    assert as_(cast.olga).post(url, {"target": values[1]}).status_code == 422
    sent = {"target": values[1], "key": key_of(as_(cast.hugo).get(url))}
    response = as_(cast.hugo).post(url, sent, follow=True)
    assert b"3 cases carried forward from round 40." in response.content
    as_(cast.hugo).post(url, sent)
    made = CaseList.objects.unscoped("tests").get(round=here.ahead)
    assert (made.label(), made.prepared_by) == (circle(cast), cast.hugo)


def test_the_page_fills_a_draft(cast, as_, here):
    target, url = draft(cast, here), f"/rounds/{here.past.pk}/carry-forward/"
    olga = as_(cast.olga)
    assert b"round 41, draft" in olga.get(url).content
    assert olga.post(url, {}).status_code == 422
    response = olga.post(url, {"target": target.pk, "key": key_of(olga.get(url))})
    assert (response.status_code, response["Location"]) == (302, f"/lists/{target.pk}/")
    assert ListEntry.objects.unscoped("tests").filter(case_list=target).count() == 2
    assert b"2 on it already" in olga.get(url).content


def test_without_a_later_round_it_says_so(cast, as_, here):
    put(here.ahead, cast.olga, state="cancelled", cancelled_by="own")
    assert b"No later round is planned" in as_(cast.olga).get(f"/rounds/{here.past.pk}/carry-forward/").content
    assert b"Nothing is to be carried" in as_(cast.olga).get(f"/rounds/{here.ahead.pk}/carry-forward/").content
