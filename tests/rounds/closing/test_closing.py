"""Closing a round: what is missing, what is hidden, and carrying on."""

import pytest

from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.audit.models import TrailEntry
from rounds.actions.closing import close_round
from rounds.actions.disposition import dispose_entries, mark_entries_not_raised
from rounds.models import CaseList, Round
from tests import make as cases
from tests.rounds import cycle, make
from tests.rounds.closing.test_disposition import put
from tests.rounds.closing.world import circle, entries, list_in, restricted, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast):
    return world(cast)


def decide(case_list, by, disposition="follow_up"):
    dispose_entries(entries=entries(case_list), by=by, disposition=disposition)


def state_of(row):
    return type(row).objects.unscoped("tests").get(pk=row.pk).state


def test_a_round_closes_with_its_lists(cast, as_, here):
    olga, url = as_(cast.olga), f"/rounds/{here.past.pk}/close/"
    assert b"2 entries not decided" in olga.get(url).content
    assert b"Close the round</button>" not in olga.get(url).content
    assert olga.post(url, {"seen": here.past.version}).status_code == 409
    decide(here.given, cast.olga)
    assert b"Close the round</button>" in olga.get(url).content
    response = olga.post(url, {"seen": here.past.version, "state_reason": "All said."})
    assert (response.status_code, response["Location"]) == (302, f"/rounds/{here.past.pk}/")
    assert (state_of(here.past), state_of(here.given)) == ("closed", "closed")
    entry = TrailEntry.objects.get(verb="round.moved", object_id=here.past.pk, detail__to="closed")
    assert (entry.reason, entry.detail) == ("All said.", {"from": "held", "to": "closed"})
    assert olga.post(url, {"seen": 3}).status_code == 409


@pytest.mark.parametrize("state", ["draft", "in_review", "approved"])
def test_a_list_in_work_stands_in_the_way(cast, as_, here, state):
    decide(here.given, cast.olga)
    list_in(cast, state, here.past, cases.case(cast.olga, cast.cn))
    with pytest.raises(WrongState):
        close_round(round=here.past, by=cast.olga, seen=here.past.version)
    shown = as_(cast.olga).get(f"/rounds/{here.past.pk}/close/").content.decode()
    assert ("still being worked on" in shown) == (state != "approved")
    assert ("approved and never handed over" in shown) == (state == "approved")
    assert "Close the round</button>" not in shown


@pytest.mark.parametrize("state", ["withdrawn", "superseded"])
def test_a_list_given_up_does_not(cast, here, state):
    decide(here.given, cast.olga)
    list_in(cast, state, here.past, cases.case(cast.olga, cast.cn))
    close_round(round=here.past, by=cast.olga, seen=here.past.version)
    assert state_of(here.past) == "closed"


def test_a_list_never_tendered_is_decided_entry_by_entry(cast, here):
    decide(here.given, cast.olga)
    never = list_in(cast, "approved", here.past, *here.cases)
    mark_entries_not_raised(entries=entries(never), by=cast.olga, reason="Not taken.")
    with pytest.raises(WrongState, match="not decided"):
        close_round(round=here.past, by=cast.olga, seen=here.past.version)
    decide(never, cast.olga, "carry_forward")
    close_round(round=here.past, by=cast.olga, seen=here.past.version)
    assert (state_of(here.past), state_of(never)) == ("closed", "approved")


@pytest.mark.parametrize("state", ["planned", "postponed", "cancelled", "closed"])
def test_only_a_round_that_was_held_closes(cast, as_, here, state):
    decide(here.given, cast.olga)
    put(here.past, cast.olga, state=state, cancelled_by="own")
    with pytest.raises(WrongState, match="cannot become closed"):
        close_round(round=here.past, by=cast.olga, seen=here.past.version)
    url = f"/rounds/{here.past.pk}/close/"
    assert as_(cast.olga).post(url, {"seen": here.past.version}).status_code == 409
    assert as_(cast.olga).get(url).status_code == (302 if state in ("planned", "postponed") else 200)


@pytest.mark.parametrize("who", ["rita", "anna", "bert", "lars", "zoe", "nora", "adam"])
def test_officials_of_the_dialogue_close(cast, here, who):
    decide(here.given, cast.olga)
    with pytest.raises(Denied):
        close_round(round=here.past, by=cast.people[who], seen=here.past.version)
    assert state_of(here.past) == "held"


def test_two_who_close_at_once(cast, here):
    decide(here.given, cast.olga)
    seen = here.past.version
    put(Round.objects.unscoped("tests").get(pk=here.past.pk), cast.hugo, venue="Ghent")
    with pytest.raises(Conflict):
        close_round(round=here.past, by=cast.olga, seen=seen)
    assert (state_of(here.past), state_of(here.given)) == ("held", "handed_over")


def hidden_lists(cast, here):
    """One of everything undecided, hidden from olga."""
    case = cases.case(cast.hugo, cast.cn, "Hidden Invented", marking=2, compartment=cast.north)
    within = {"by": cast.hugo, "label": circle(cast)}
    return [
        cycle.handed_over(cast.hugo, cast.anna, here.past, case, label=circle(cast)),
        *(list_in(cast, state, here.past, case, **within) for state in ("draft", "in_review", "approved")),
    ]


def test_what_is_hidden_does_not_stop_whoever_closes_and_is_not_told(cast, as_, here):
    decide(here.given, cast.olga)
    olga, url = as_(cast.olga), f"/rounds/{here.past.pk}/close/"
    before = [_bare(olga.get(path)) for path in (url, f"/rounds/{here.past.pk}/", url)]
    lists = hidden_lists(cast, here)
    assert [_bare(olga.get(path)) for path in (url, f"/rounds/{here.past.pk}/", url)] == before
    assert as_(cast.hugo).post(url, {"seen": here.past.version}).status_code == 409
    assert olga.post(url, {"seen": here.past.version}).status_code == 302
    assert [state_of(one) for one in lists] == ["handed_over", "draft", "in_review", "approved"]
    shown = as_(cast.hugo).get(url).content.decode()
    assert "2 entries not decided" in shown
    assert "2 lists still being worked on" in shown
    decide(lists[0], cast.hugo)
    assert state_of(lists[0]) == "closed"


def test_a_hidden_list_with_nothing_left_to_decide_ends_with_the_round(cast, as_, here):
    decide(here.given, cast.olga)
    handed = hidden_lists(cast, here)[0]
    decide(handed, cast.hugo)
    assert state_of(handed) == "handed_over"
    assert as_(cast.olga).post(f"/rounds/{here.past.pk}/close/", {"seen": here.past.version}).status_code == 302
    assert state_of(handed) == "closed"


def _bare(response):
    """The page without what is different on every request."""
    return b"".join(line for line in response.content.split(b"\n") if b"csrf" not in line)


def test_a_case_marked_higher_does_not_show_in_the_round(cast, as_, here):
    hidden = cases.case(cast.nils, cast.cn, "Marked Invented", marking=2)
    cycle.handed_over(cast.nils, cast.anna, here.past, hidden, label=restricted(cast))
    cycle.raising(cast.nils, hidden, channel="oral_session", round=here.past)
    for path in ("", "close/"):
        assert hidden.reference.encode() in as_(cast.nils).get(f"/rounds/{here.past.pk}/{path}").content
        assert hidden.reference.encode() not in as_(cast.olga).get(f"/rounds/{here.past.pk}/{path}").content


def test_a_round_without_lists_closes(cast, as_):
    empty = make.held(cast.olga, cast.cn, ordinal=39)
    assert b"No list was kept" in as_(cast.olga).get(f"/rounds/{empty.pk}/close/").content
    assert as_(cast.olga).post(f"/rounds/{empty.pk}/close/", {"seen": empty.version}).status_code == 302
    assert CaseList.objects.unscoped("tests").count() == 0
