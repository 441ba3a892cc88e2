"""Entries recorded as not raised: the list is not handed over with them, its next version has them included again."""

import pytest

from casetracker.access.errors import Denied, WrongState
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import new_version
from rounds.actions.disposition import dispose_entry, mark_not_raised
from rounds.actions.handover import correct_handover, hand_over_list
from rounds.actions.review import approve_list, has_edited, submit_list
from rounds.models import Raising
from tests import people
from tests.rounds.handovers.test_actions import values
from tests.rounds.lists import make

pytestmark = pytest.mark.django_db
GIVEN_UP = "Begin a new version of the list"


@pytest.fixture
def approved(cast):
    """An approved list with three cases, after its round."""
    made = make.approved(cast, make.round_(cast), *make.cases(cast))
    with acting(Verb.ROUND_MOVED, by=cast.olga):
        save_over(made.round, seen=made.round.version, changes={"state": "held", "starts": values()["on"]})
    return made


def give_up(case_list, by):
    entry = make.entries(case_list)[0]
    mark_not_raised(entry=entry, by=by, seen=entry.version, reason="Refused at the door.")
    return make.fresh(case_list)


def test_a_new_version_includes_them_again(cast, approved):
    now = give_up(approved, cast.olga)
    new_version(case_list=now, by=cast.olga, seen=now.version, reason="We try again.")
    second = now.successors.get()
    assert {(one.state, one.state_reason) for one in make.entries(second)} == {("included", "")}
    assert make.entries(now)[0].state_reason == "Refused at the door."


def test_who_gave_one_up_does_not_approve_the_next_version(cast, approved):
    with acting(Verb.GRANT_APPROVED, by=cast.anna):
        people.grant(cast.hugo, cast.cn, Role.APPROVER, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
    now = give_up(approved, cast.hugo)
    second = new_version(case_list=now, by=cast.olga, seen=now.version, reason="We try again.")
    submit_list(case_list=second, by=cast.olga, seen=second.version)
    second = make.fresh(second)
    with pytest.raises(Denied, match="has not worked on it"):
        approve_list(case_list=second, by=cast.hugo, seen=second.version, digest=make.digest(second, cast.hugo))


def test_what_becomes_of_an_entry_edits_no_list(cast, approved):
    give_up(approved, cast.olga)
    entry = make.entries(approved)[0]
    dispose_entry(entry=entry, by=cast.hugo, seen=entry.version, disposition="follow_up")
    assert not has_edited(make.fresh(approved), cast.hugo)


@pytest.mark.parametrize("outcome", ["accepted", "read_out", "refused"])
def test_it_is_not_handed_over_with_one(cast, approved, outcome):
    now = give_up(approved, cast.olga)
    with pytest.raises(WrongState, match=GIVEN_UP):
        hand_over_list(case_list=now, by=cast.olga, seen=now.version, values=values(outcome))
    assert make.fresh(approved).state == "approved"
    assert not Raising.objects.unscoped("tests").exists()


def test_nor_by_correcting_the_record_that_it_was_not_tendered(cast, approved):
    paper = hand_over_list(case_list=approved, by=cast.olga, seen=approved.version, values=values("not_tendered"))
    paper.case_list = give_up(approved, cast.olga)
    with pytest.raises(WrongState, match=GIVEN_UP):
        correct_handover(handover=paper, by=cast.olga, seen=1, values=values(), reason="It was taken after all.")
    assert make.fresh(approved).state == "approved"
    assert not Raising.objects.unscoped("tests").exists()
