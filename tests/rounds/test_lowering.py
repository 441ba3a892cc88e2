"""Lowering the label of a list or a response: one asks, an approver who is another decides."""

import pytest

from casetracker.access.approvals import decide
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.actions.case_list import add_cases
from rounds.actions.list_label import label_list
from rounds.actions.lowering import ask_lower_list, ask_lower_response
from rounds.actions.response import label_response
from rounds.models import Response
from tests import make
from tests.rounds.lists import make as lists
from tests.rounds.responses import make as responses


@pytest.fixture
def deep(cast):
    return lists.begun(cast, lists.round_(cast), by=cast.nils, label=lists.label(cast, 2))


@pytest.fixture
def reply(cast):
    return responses.reply(cast.nils, lists.label(cast, 2))


def approve(asked, by):
    decide(approval=asked, by=by, seen=asked.version, yes=True)


def lower(thing, by, cast):
    ask, name = (ask_lower_response, "response") if isinstance(thing, Response) else (ask_lower_list, "case_list")
    label = Label(cast.cn.pk, Marking.NORMAL)
    return ask(**{name: thing}, by=by, seen=thing.version, label=label, reason="Nothing deep is in it any more.")


@pytest.mark.parametrize("what", ["deep", "reply"])
def test_two_persons(cast, request, what):
    thing = request.getfixturevalue(what)
    asked = lower(thing, cast.nils, cast)
    thing.refresh_from_db()
    assert thing.marking == Marking.RESTRICTED
    for who in (cast.nils, cast.hugo, cast.olga, cast.vera):
        with pytest.raises(Denied):
            approve(asked, who)
    approve(asked, cast.bert)
    thing.refresh_from_db()
    assert thing.marking == Marking.NORMAL


@pytest.mark.parametrize("who", ["nils", "anna", "bert"])
def test_nobody_lowers_alone(cast, deep, reply, who):
    common = {"by": cast.people[who], "seen": 1, "marking": 1, "compartment": None, "reason": "x"}
    with pytest.raises(WrongState):
        label_list(case_list=deep, **common)
    with pytest.raises(WrongState):
        label_response(response=reply, **common)


def test_what_came_onto_the_list_meanwhile_stops_it(cast, deep):
    asked = lower(deep, cast.nils, cast)
    add_cases(case_list=deep, by=cast.nils, cases=[make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)])
    with pytest.raises(WrongState):
        approve(asked, cast.bert)
    with pytest.raises(WrongState):
        lower(lists.fresh(deep), cast.anna, cast)


def test_an_answer_written_meanwhile_stops_it(cast, reply):
    asked = lower(reply, cast.nils, cast)
    responses.answer(cast.nils, reply)
    with pytest.raises(WrongState):
        approve(asked, cast.bert)


def test_through_the_front_door(cast, as_, deep, reply):
    nils = as_(cast.nils)
    sent = {"seen": deep.version, "label": "1/", "reason": "Nothing deep."}
    assert nils.post(f"/lists/{deep.pk}/label/", sent).status_code == 302
    sent = {"seen": "1", "marking": "1", "compartment": "", "reason": "Nothing deep.", "confirmed": "1"}
    assert nils.post(f"/responses/{reply.pk}/label/", sent).status_code == 302
    for path, kind in ((f"/lists/{deep.pk}/", "list.lower"), (f"/responses/{reply.pk}/", "response.lower")):
        asked = Approval.objects.get(kind=kind)
        assert f"/approvals/{asked.pk}/" in as_(cast.bert).get(path).content.decode()
        assert "Now also seen by" in as_(cast.bert).get(f"/approvals/{asked.pk}/").content.decode()
        assert as_(cast.olga).get(f"/approvals/{asked.pk}/").status_code == 404
        approve(asked, cast.bert)
        assert as_(cast.olga).get(path).status_code == 200
