"""No label of a case outgrows a list or a response it is on; and what is said about it to whom."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.bulk import Change, Kind, change_many, plan
from cases.actions.case import label_case
from cases.models import Case
from casetracker.access.errors import WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.models import Round
from tests import make
from tests.rounds import cycle
from tests.two_persons import lower

GENERAL = "Other papers this case is on cannot take this label; ask an approver."
HIGH, NORMAL = Marking.RESTRICTED, Marking.NORMAL


@pytest.fixture
def round(cast):
    with acting(Verb.ROUND_CREATED, by=cast.olga):
        made = Round(dialogue=cast.cn, ordinal=41, starts=date(2027, 6, 13))
        save_new(made)
    return made


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn)


def change(case, by, marking=HIGH, compartment=None):
    now = Case.objects.unscoped("tests").get(pk=case.pk)
    label_case(case=now, by=by, seen=now.version, marking=marking, compartment=compartment, reason="The family asks.")


def refused(case, by, **values):
    with pytest.raises(WrongState) as error:
        change(case, by, **values)
    assert Case.objects.unscoped("tests").get(pk=case.pk).version == case.version
    return error.value.reason


@pytest.mark.parametrize("state", ["draft", "in_review", "withdrawn", "approved", "handed_over", "closed"])
def test_a_list_holds_the_label_down(cast, case, round, state):
    approved = {"approved_by": cast.anna} if state in ("approved", "handed_over", "closed") else {}
    cycle.case_list(cast.olga, round, case, **{**approved, "state": state, "state_reason": "Why."})
    reason = refused(case, cast.nils)
    assert reason.startswith("Not everybody who sees the list for round 41 could see the case then.")


def test_a_response_holds_it_down_matched_or_not_and_corrected_too(cast, case, round):
    said = cycle.response(cast.olga, case.label(), on=date(2027, 8, 1))
    wrong = cycle.item(cast.olga, said, case=case)
    other = make.case(cast.olga, cast.cn)
    cycle.item(cast.olga, said, case=other, supersedes=wrong, correction_reason="Somebody else.")
    assert "the response of 1 August 2027" in refused(case, cast.nils)


def test_a_higher_paper_takes_the_higher_label(cast, case, round):
    cycle.case_list(cast.nils, round, case, label=Label(cast.cn.pk, HIGH))
    cycle.item(cast.nils, cycle.response(cast.nils, Label(cast.cn.pk, HIGH)), case=case)
    change(case, cast.nils)
    # into a circle they are not in: the same again
    assert "the list for round 41" in refused(Case.objects.get(pk=case.pk), cast.hugo, compartment=cast.north)


def test_of_papers_one_does_not_see_it_says_only_that_there_are_some(cast, round):
    case = make.case(cast.nils, cast.cn, marking=NORMAL)
    cycle.case_list(cast.hugo, round, case, label=Label(cast.cn.pk, NORMAL, cast.north.pk))
    assert refused(case, cast.nils) == GENERAL
    assert "round 41" in refused(case, cast.hugo)


def test_lowering_passes(cast, round):
    case = make.case(cast.hugo, cast.cn, marking=HIGH, compartment=cast.north)
    cycle.case_list(cast.hugo, round, case, label=case.label())
    # were the paper too low already, lowering would still be right
    cycle.case_list(cast.hugo, round, case, label=Label(cast.cn.pk, NORMAL))
    lower(case, cast.hugo, cast.anna, marking=HIGH)
    lower(case, cast.hugo, cast.anna, marking=NORMAL)
    assert Case.objects.get(pk=case.pk).marking == NORMAL


def test_raisings_off_the_list_and_promises_follow_their_case(cast, case):
    cycle.raising(cast.olga, case)
    cycle.commitment(cast.olga, case.label(), case=case)
    change(case, cast.nils)


def test_the_page_says_so_before_it_asks_to_confirm(cast, case, round, as_):
    cycle.case_list(cast.olga, round, case)
    data = {"seen": case.version, "marking": HIGH.value, "compartment": "", "reason": "The family asks."}
    for more in ({}, {"confirmed": "1"}):
        answer = as_(cast.nils).post(f"/cases/{case.reference}/label/", {**data, **more})
        assert answer.status_code == 409
        assert "Not everybody who sees the list for round 41" in answer.content.decode()


def test_many_at_once_leave_those_out_and_say_why(cast, case, round):
    cycle.case_list(cast.olga, round, case)
    free = make.case(cast.olga, cast.cn)
    raise_all = Change(Kind.LABEL, marking=HIGH, keep_compartment=True)
    rows = list(Case.objects.filter(pk__in=[case.pk, free.pk]).select_related("owner", "dialogue", "compartment"))
    planned = {one.case.pk: one.skip for one in plan(cases=rows, by=cast.nils, change=raise_all, seen={})}
    assert planned[free.pk] == ""
    assert "list for round 41" in planned[case.pk]
    outcome = change_many(cases=rows, by=cast.nils, change=raise_all, seen={}, reason="The family asks.")
    assert [one.pk for one in outcome.done] == [free.pk]


def test_a_plan_costs_the_same_for_many(cast, round):
    rows = [make.case(cast.olga, cast.cn) for _ in range(12)]
    cycle.case_list(cast.olga, round, *rows)
    raise_all = Change(Kind.LABEL, marking=HIGH, keep_compartment=True)
    counts = []
    for some in (rows[:2], rows):
        with CaptureQueriesContext(connection) as caught:
            assert all(one.skip for one in plan(cases=some, by=cast.nils, change=raise_all, seen={}))
        counts.append(len([query for query in caught if "access_grant" not in query["sql"]]))
    assert counts[0] == counts[1] <= 5


def test_many_are_not_lowered_at_once(cast):
    """Nobody lowers many at once: it takes two persons, case by case."""
    case = make.case(cast.nils, cast.cn, marking=HIGH)
    down = Change(Kind.LABEL, marking=NORMAL, keep_compartment=True)
    row = Case.objects.select_related("owner", "dialogue", "compartment").get(pk=case.pk)
    with pytest.raises(WrongState):
        change_many(cases=[row], by=cast.anna, change=down, seen={}, reason="It is public.")
    assert Case.objects.get(pk=case.pk).marking == HIGH
