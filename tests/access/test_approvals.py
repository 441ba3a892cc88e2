"""Two persons for one act: who decides, on what as it stands now, once. With lowering a label as the act."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.actions.case import edit_case
from cases.actions.lowering import CODE, ask_lower
from cases.models import Case
from casetracker.access import kinds
from casetracker.access.approvals import again, decide, waiting, withdraw
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Approval, Grant, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make

WHY = "The family of Deep Invented made it public."
LATER = timedelta(hours=72, seconds=1)


@pytest.fixture
def case(cast):
    return make.case(cast.nils, cast.cn, "Deep Invented", marking=Marking.RESTRICTED)


@pytest.fixture
def inside(cast):
    return make.case(cast.hugo, cast.cn, "Inner Invented", marking=Marking.RESTRICTED, compartment=cast.north)


def ask(case, by, reason=WHY):
    label = Label(case.dialogue_id, Marking.NORMAL, case.compartment_id)
    return ask_lower(case=case, by=by, seen=now(case).version, label=label, reason=reason)


def now(thing):
    return type(thing).objects.unscoped("tests").get(pk=thing.pk)


def approve(approval, by):
    decide(approval=approval, by=by, seen=approval.version, yes=True)


def refuse(approval, by, reason="Not yet."):
    decide(approval=approval, by=by, seen=approval.version, yes=False, reason=reason)


def take_grants(user):
    Grant.objects.unscoped("tests").filter(user=user).update(state="revoked")


def switch_off(user):
    user = User.objects.get(pk=user.pk)  # whoever decides holds an older copy
    with acting(Verb.USER_DEACTIVATED, process="tests"):
        user.is_active = False
        user.save()


def test_it_happens_when_another_decides_and_once(cast, case):
    asked = ask(case, cast.nils)
    assert now(case).marking == Marking.RESTRICTED
    assert waiting(case, cast.nils) == waiting(case, cast.bert) == asked
    approve(asked, cast.bert)
    assert now(case).marking == Marking.NORMAL
    done = now(asked)
    assert (done.state, done.decided_by, done.version) == ("done", cast.bert, 2)
    assert waiting(case, cast.nils) is None
    with pytest.raises(WrongState, match="done"):
        approve(asked, cast.anna)
    with pytest.raises(WrongState):
        refuse(asked, cast.anna)
    assert Case.history.unscoped("tests").filter(id=case.pk, marking=1).count() == 1


def test_the_trail_tells_who_and_when_and_no_reason(cast, case):
    asked = ask(case, cast.nils)
    approve(asked, cast.anna)
    rows = TrailEntry.objects.filter(object_id=asked.pk).order_by("at", "verb")
    assert [(row.verb, row.actor, row.reason, row.detail) for row in rows] == [
        (Verb.APPROVAL_ASKED, cast.nils, "", {"kind": CODE}),
        (Verb.APPROVAL_GRANTED, cast.anna, "", {"kind": CODE}),
    ]
    done = TrailEntry.objects.get(object_id=case.pk, verb=Verb.CASE_LABELLED)
    assert done.action_id == rows[1].action_id
    assert set(now(asked).parameters) == {"marking", "compartment"}


@pytest.mark.parametrize("who", ["hugo", "rita", "olga", "lars", "vera", "nora", "sven", "zoe", "adam", "otto", "dora"])
def test_who_does_not_decide(cast, case, who):
    asked = ask(case, cast.nils)
    for attempt in (approve, refuse):
        with pytest.raises(Denied):
            attempt(asked, cast.people[who])
    assert (now(asked).state, now(case).marking) == ("waiting", Marking.RESTRICTED)


def test_a_circle_keeps_its_approvals(cast, inside):
    asked = ask(inside, cast.hugo)
    assert {who for who, user in cast.people.items() if Approval.objects.visible_to(user).filter(pk=asked.pk)} == {
        "hugo", "anna",
    }  # fmt: skip
    for who in ("bert", "nils"):
        with pytest.raises(Denied):
            approve(asked, cast.people[who])


def test_a_target_that_rose_takes_its_approval_along(cast):
    case = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    asked = ask(case, cast.nils)
    Case.objects.unscoped("tests").filter(pk=case.pk).update(compartment=cast.north)
    assert not Approval.objects.visible_to(cast.nils).filter(pk=asked.pk).exists()
    assert Approval.objects.visible_to(cast.anna).filter(pk=asked.pk).exists()


def test_nobody_decides_on_what_they_asked_for(cast, case):
    asked = ask(case, cast.anna)
    for attempt in (approve, refuse):
        with pytest.raises(Denied, match="yourself"):
            attempt(asked, cast.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.unscoped("tests").filter(pk=asked.pk).update(
            state="done", decided_by=cast.anna, decided_at=timezone.now()
        )


@pytest.mark.parametrize("lose", [take_grants, switch_off])
@pytest.mark.parametrize("who", ["nils", "bert"])
def test_rights_are_those_of_now(cast, case, who, lose):
    asked = ask(case, cast.nils)
    lose(cast.people[who])
    with pytest.raises(WrongState if who == "nils" else Denied):
        approve(asked, cast.bert)
    assert (now(asked).state, now(case).marking) == ("waiting", Marking.RESTRICTED)


def test_what_changed_since_is_not_done(cast, case):
    asked = ask(case, cast.nils)
    edit_case(case=now(case), by=cast.hugo, seen=1, changes={"summary": "Another."})
    with pytest.raises(WrongState, match="changed since"):
        approve(asked, cast.bert)
    refuse(asked, cast.bert)
    assert now(asked).state == "refused"


def test_what_was_asked_for_cannot_be_exchanged(cast, case):
    asked = ask(case, cast.hugo)
    rows = Approval.objects.unscoped("tests").filter(pk=asked.pk)
    rows.update(parameters={"marking": 1, "compartment": str(cast.north.pk)})
    with pytest.raises(WrongState, match="changed since"):
        approve(asked, cast.anna)


def test_it_waits_three_days(cast, case):
    asked = ask(case, cast.nils)
    with time_machine.travel(asked.requested_at + LATER, tick=False):
        with pytest.raises(WrongState, match="in time"):
            approve(asked, cast.bert)
        assert (now(asked).standing, waiting(case, cast.bert)) == ("expired", None)
        second = again(approval=now(asked), by=cast.nils)
        assert (now(asked).state, second.reason, second.is_waiting) == ("withdrawn", WHY, True)
        approve(second, cast.bert)
    assert now(case).marking == Marking.NORMAL


def test_only_the_expired_is_asked_again_and_one_waits_at_a_time(cast, case):
    asked = ask(case, cast.nils)
    with pytest.raises(WrongState, match="expired"):
        again(approval=asked, by=cast.nils)
    with pytest.raises(WrongState, match="already"):
        ask(case, cast.hugo)
    copy = Approval(kind=CODE, object_id=case.pk, digest="0" * 64, requested_by=cast.hugo, reason="Once more.")
    with acting(Verb.APPROVAL_ASKED, by=cast.hugo), pytest.raises(IntegrityError), transaction.atomic():
        save_new(copy)


def test_a_stale_page_decides_nothing(cast, case):
    asked = ask(case, cast.nils)
    with pytest.raises(Conflict):
        decide(approval=asked, by=cast.bert, seen=0, yes=True)
    assert now(asked).state == "waiting"


def test_reasons(cast, case):
    with pytest.raises(WrongState):
        ask(case, cast.nils, reason="  ")
    asked = ask(case, cast.nils)
    with pytest.raises(WrongState):
        refuse(asked, cast.bert, reason=" ")
    refuse(asked, cast.bert)
    assert (now(asked).decision_reason, now(case).version) == ("Not yet.", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.unscoped("tests").filter(pk=asked.pk).update(decision_reason="")


def test_only_who_asked_takes_it_back(cast, case):
    asked = ask(case, cast.nils)
    with pytest.raises(Denied):
        withdraw(approval=asked, by=cast.hugo, seen=1)
    withdraw(approval=asked, by=cast.nils, seen=1)
    with pytest.raises(WrongState, match="withdrawn"):
        approve(asked, cast.bert)
    assert ask(case, cast.hugo).is_waiting


def test_what_fails_leaves_it_waiting(cast, case, monkeypatch):
    def fail(target, parameters, approval, by):
        kinds.kind_of(CODE + ".real").execute(target, parameters, approval, by)
        raise WrongState("Not today.")

    real = kinds.kind_of(CODE)
    monkeypatch.setitem(kinds._kinds, CODE + ".real", real)
    monkeypatch.setitem(kinds._kinds, CODE, replace(real, execute=fail))
    asked = ask(case, cast.nils)
    with pytest.raises(WrongState, match="Not today"):
        approve(asked, cast.bert)
    assert (now(asked).state, now(case).marking) == ("waiting", Marking.RESTRICTED)
    assert not TrailEntry.objects.filter(verb__in=[Verb.APPROVAL_GRANTED, Verb.CASE_LABELLED]).exists()
