"""Which list is the one before, and what is carried forward from rounds that did not take place."""

from datetime import timedelta

import pytest

from rounds.actions.round import move_round
from rounds.difference import difference
from rounds.models import CaseList, ListEntry
from tests.rounds import cycle
from tests.rounds.choosing.desk import GIVEN, TODAY, decide, desk, entry_of
from tests.rounds.make import round_


@pytest.fixture
def d(cast):
    return desk(cast)


def handed_over(d, round, *cases, **values):
    return cycle.handed_over(d.cast.hugo, d.cast.anna, round, *cases, **values)


def cancel(d, round):
    move_round(
        round=round, by=d.cast.olga, seen=round.version, to="cancelled", reason="So.", cancelled_by="counterpart"
    )


def previous(d, case_list):
    return difference(case_list, d.cast.olga).previous


def test_a_list_of_the_same_round_is_followed_by_supplementary_ones_only(d):
    old = d.given(d.case("Ann Before"))
    own = handed_over(d, d.ahead, d.case("Ben Beside"), on=TODAY)
    assert previous(d, d.draft) == old
    assert previous(d, own) == old
    assert previous(d, cycle.case_list(d.cast.olga, d.ahead, supplementary=True)) == own
    late = handed_over(d, d.ahead, d.case("Cy Late"), on=TODAY + timedelta(days=1))
    assert previous(d, late) == old


def test_a_list_of_a_later_round_comes_before_none(d):
    old = d.given(d.case("Ann Before"))
    later = round_(d.cast.olga, d.cast.cn, 42, TODAY + timedelta(days=300))
    handed_over(d, later, d.case("Ben Later"), on=TODAY)
    assert previous(d, d.draft) == old


def test_of_days_not_known_nothing_is_said(d):
    d.given(d.case("Ann Before"))
    unknown = round_(d.cast.olga, d.cast.cn, None, None, venue="Geneva")
    given = handed_over(d, unknown, d.case("Ben Unknown"), on=TODAY)
    assert previous(d, d.draft) == given


def test_what_was_given_for_a_round_cancelled_later_counts(d):
    """Its day was never reached: that it was planned for a later one says nothing."""
    d.given(d.case("Ann Before"))
    cancelled = round_(d.cast.olga, d.cast.cn, 42, TODAY + timedelta(days=300))
    given = handed_over(d, cancelled, d.case("Ben Cancelled"), on=TODAY)
    cancel(d, cancelled)
    assert previous(d, d.draft) == given


def test_a_superseded_version_is_not_compared_with_its_successors(d):
    old = d.given(d.case("Ann Before"))
    values = {"supplementary": True, "state": "superseded", "state_reason": "So."}
    first = cycle.case_list(d.cast.olga, d.ahead, **values)
    second = cycle.case_list(d.cast.olga, d.ahead, supersedes=first, number=2, **values)
    case = d.case("Ben New")
    handed_over(d, d.ahead, case, on=TODAY, supplementary=True, supersedes=second, number=3)
    assert previous(d, first) == previous(d, second) == old


def never_tendered(d, case, starts) -> CaseList:
    """A list of a round cancelled since, approved and never tendered, with a case to be carried forward."""
    off = round_(d.cast.olga, d.cast.cn, None, starts, venue="Geneva")
    made = cycle.case_list(d.cast.hugo, off, approved_by=d.cast.anna)
    cycle.entry(d.cast.hugo, made, case, state="not_raised", state_reason="The round was cancelled.")
    decide(d.cast.olga, made, case, "carry_forward")
    cancel(d, off)
    return made


@pytest.mark.parametrize("starts", [None, GIVEN + timedelta(days=100), TODAY + timedelta(days=300)])
def test_carried_forward_from_a_cancelled_round(d, as_, starts):
    d.given(d.case("Ann Before"))
    case = d.case("Ben Carried")
    off = never_tendered(d, case, starts)
    assert "carried_forward" in d.reasons(case)
    as_(d.cast.olga).post(f"/lists/{d.draft.pk}/cases/", {"q": case.reference})
    assert entry_of(d.draft, case).carried_from.case_list_id == off.pk


def test_what_a_round_long_cancelled_left_is_not_brought_up_again(d):
    d.given(d.case("Ann Before"))
    case = d.case("Ben Carried")
    never_tendered(d, case, GIVEN - timedelta(days=300))
    assert "carried_forward" not in d.reasons(case)
    assert ListEntry.objects.unscoped("tests").get(case=case).disposition == "carry_forward"
