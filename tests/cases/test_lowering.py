"""Lowering the label of a case: one asks, an approver who is another decides. Raising stays one person's act."""

import pytest

from cases.actions.case import edit_case, label_case
from cases.actions.lowering import ask_lower
from cases.models import Case
from casetracker.access.approvals import decide
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval, Grant
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from tests import make


@pytest.fixture
def deep(cast):
    return make.case(cast.hugo, cast.cn, "Deep Invented", marking=Marking.RESTRICTED, compartment=cast.north)


def normal(cast):
    return Label(cast.cn.pk, Marking.NORMAL)


def ask(case, by, label, reason="The family made it public."):
    return ask_lower(case=case, by=by, seen=case.version, label=label, reason=reason)


def approve(approval, by):
    decide(approval=approval, by=by, seen=approval.version, yes=True)


def now(case):
    return Case.objects.get(pk=case.pk)


def test_nobody_lowers_alone(cast, deep):
    for who in (cast.hugo, cast.anna):
        with pytest.raises(WrongState):
            label_case(case=deep, by=who, seen=1, marking=1, compartment=None, reason="Public.")
    assert now(deep).label() == deep.label()


def test_an_official_asks_and_an_approver_decides(cast, deep):
    asked = ask(deep, cast.hugo, normal(cast))
    assert now(deep).marking == Marking.RESTRICTED
    approve(asked, cast.anna)
    assert now(deep).label() == normal(cast)
    newest = Case.history.filter(id=deep.pk).first()
    assert (newest.history_user, newest.history_change_reason) == (cast.anna, "The family made it public.")


def test_an_approver_who_asked_does_not_decide(cast, deep):
    asked = ask(deep, cast.anna, normal(cast))
    with pytest.raises(Denied):
        approve(asked, cast.anna)
    assert now(deep).marking == Marking.RESTRICTED


@pytest.mark.parametrize("who", ["hugo", "bert", "nils", "olga", "vera", "rita"])
def test_who_does_not_decide(cast, deep, who):
    """Hugo is no approver, Bert is one but not in the circle, the others see less still."""
    asked = ask(deep, cast.anna, normal(cast))
    with pytest.raises(Denied):
        approve(asked, cast.people[who])
    assert now(deep).marking == Marking.RESTRICTED


@pytest.mark.parametrize("who", ["rita", "olga", "lars"])
def test_who_may_not_ask(cast, who):
    case = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    with pytest.raises(Denied):
        ask(case, cast.people[who], normal(cast))
    assert not Approval.objects.filter(kind="case.lower").exists()


def test_leaving_a_circle_needs_two_even_for_a_higher_marking(cast):
    case = make.case(cast.hugo, cast.cn, compartment=cast.north)
    higher = Label(cast.cn.pk, Marking.RESTRICTED)
    with pytest.raises(WrongState):
        label_case(case=case, by=cast.hugo, seen=1, marking=2, compartment=None, reason="Out.")
    approve(ask(case, cast.hugo, higher), cast.anna)
    assert now(case).label() == higher


def test_a_label_that_rises_is_not_asked_for(cast):
    case = make.case(cast.nils, cast.cn)
    with pytest.raises(WrongState):
        ask(case, cast.nils, Label(cast.cn.pk, Marking.RESTRICTED))
    label_case(case=case, by=cast.nils, seen=1, marking=2, compartment=None, reason="As asked.")
    assert now(case).marking == Marking.RESTRICTED


def test_what_changed_since_is_not_opened(cast):
    """Also a part written meanwhile: it would be opened with the case."""
    for change in (
        lambda case: edit_case(case=case, by=cast.nils, seen=1, changes={"summary": "New."}),
        lambda case: make.part(make.name("Alias Invented"), case, cast.nils),
    ):
        case = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
        asked = ask(case, cast.nils, normal(cast))
        change(Case.objects.get(pk=case.pk))
        with pytest.raises(WrongState):
            approve(asked, cast.bert)
        assert now(case).marking == Marking.RESTRICTED


def test_rights_lost_meanwhile(cast):
    case = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    asked = ask(case, cast.nils, normal(cast))
    Grant.objects.filter(user=cast.nils).update(state="revoked")
    with pytest.raises(WrongState):
        approve(asked, cast.bert)
    assert now(case).marking == Marking.RESTRICTED


def test_through_the_front_door(cast, as_):
    case = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    path = f"/cases/{case.reference}/label/"
    sent = {"seen": "1", "marking": "1", "compartment": "", "reason": "Public now."}
    assert "Ask a second person" in as_(cast.nils).post(path, sent).content.decode()
    assert as_(cast.nils).post(path, {**sent, "confirmed": "1"}).status_code == 302
    asked = Approval.objects.get(kind="case.lower")
    assert now(case).marking == Marking.RESTRICTED
    text = as_(cast.bert).get(f"/cases/{case.reference}/").content.decode()
    assert "Waits for a second person" in text
    assert f"/approvals/{asked.pk}/" in text
    assert as_(cast.olga).get(f"/approvals/{asked.pk}/").status_code == 404
    assert "INTERNAL" in as_(cast.bert).get(f"/approvals/{asked.pk}/").content.decode()
    approve(asked, cast.bert)
    assert "Waits for" not in as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    # The downgrade opens the case, not what it said before.
    assert "Public now." in as_(cast.nils).get(f"/cases/{case.reference}/history/").content.decode()


def test_many_are_not_lowered_at_once(cast, as_):
    case = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    sent = {"doing": "label", "step": "plan", "marking": "1", "compartment": "keep", "case": f"{case.pk}:1"}
    text = as_(cast.nils).post("/cases/bulk/", sent).content.decode()
    assert "needs a second person" in text
    as_(cast.nils).post("/cases/bulk/", {**sent, "step": "confirm", "reason": "Public."})
    assert now(case).marking == Marking.RESTRICTED
