"""One approval, many who execute it, and many things that happen to it: one effect at most, and only as asked for.

On PostgreSQL at the same moment, each on a connection of its own; on SQLite, which lets one write at a time, one
straight after the other.
"""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.case import edit_case
from cases.actions.lowering import CODE, ask_lower
from cases.models import Case
from casetracker.access.approvals import again, decide, waiting_for, withdraw
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Approval, Grant
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make

THREADS = 8


def ask(case, by):
    current = Case.objects.unscoped("tests").get(pk=case.pk)
    label = Label(case.dialogue_id, 1)
    return ask_lower(case=current, by=by, seen=current.version, label=label, reason="Made public.")


@pytest.mark.django_db(transaction=True)
def test_eight_who_execute_it_at_once_have_one_effect(cast):
    case = make.case(cast.nils, cast.cn, marking=2)
    asked = ask(case, cast.nils)
    several = connection.vendor == "postgresql"
    start, told = threading.Barrier(THREADS if several else 1), []

    def one(by):
        try:
            start.wait(timeout=30)
            decide(approval=asked, by=by, seen=asked.version, yes=True)
            told.append("done")
        except Exception as refused:
            told.append(type(refused).__name__)
        finally:
            if several:
                connection.close()

    deciders = [cast.anna, cast.bert] * (THREADS // 2)
    if several:
        threads = [threading.Thread(target=one, args=[by]) for by in deciders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    else:
        for by in deciders:
            one(by)
    assert sorted(told) == ["WrongState"] * (THREADS - 1) + ["done"]
    assert TrailEntry.objects.filter(object_id=case.pk, verb=Verb.CASE_LABELLED).count() == 1
    assert TrailEntry.objects.filter(object_id=asked.pk, verb=Verb.APPROVAL_GRANTED).count() == 1
    assert Case.history.unscoped("tests").filter(id=case.pk).count() == 2


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "approve", "approve", "refuse", "withdraw", "again", "edit", "wait", "revoke"]),
        st.sampled_from(["nils", "anna", "bert"]),
    ),
    max_size=9,
)


class Life:
    """The approvals of one case, beside what should be true of them."""

    def __init__(self, cast, clock):
        self.cast, self.clock = cast, clock
        self.case = make.case(cast.hugo, cast.cn, "Long Lived", marking=2)
        self.able = {"nils", "anna", "bert"}
        self.asked = None
        self.by, self.fresh = "", False

    def step(self, what, who):
        """One step by `who`; a refusal is an answer, too."""
        was = self.state()
        try:
            with transaction.atomic():
                getattr(self, what)(self.cast.people[who], who)
        except (Denied, WrongState, Conflict):
            return
        if what == "approve":
            assert was == "waiting"
            assert self.fresh
            assert who in self.able - {self.by, "nils"}
            assert self.by in self.able

    def state(self):
        row = self.asked and Approval.objects.unscoped("tests").get(pk=self.asked.pk)
        return row.standing if row else ""

    def ask(self, by, who):
        self.asked = ask(self.case, by)
        self.by, self.fresh = who, True

    def again(self, by, who):
        if self.asked:
            self.asked = again(approval=Approval.objects.unscoped("tests").get(pk=self.asked.pk), by=by)
            self.by, self.fresh = who, True

    def approve(self, by, who):
        self._decide(by, True)

    def refuse(self, by, who):
        self._decide(by, False)

    def _decide(self, by, yes):
        if not self.asked:
            raise WrongState("Nothing was asked for.")
        decide(approval=self.asked, by=by, seen=1, yes=yes, reason="" if yes else "No.")

    def withdraw(self, by, who):
        if self.asked:
            withdraw(approval=self.asked, by=by, seen=1)

    def edit(self, by, who):
        current = Case.objects.unscoped("tests").get(pk=self.case.pk)
        edit_case(case=current, by=self.cast.hugo, seen=current.version, changes={"summary": f"v{current.version}"})
        self.fresh = False

    def wait(self, by, who):
        self.clock.shift(timedelta(hours=50))

    def revoke(self, by, who):
        Grant.objects.unscoped("tests").filter(user=by).update(state="revoked")
        self.able -= {who}


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_it_is_done_once_by_two_who_may(cast, steps):
    with transaction.atomic(), time_machine.travel("2030-05-06 09:00Z", tick=False) as clock:
        Grant.objects.unscoped("tests").filter(state="active").update(
            valid_from="2030-05-01T00:00Z", valid_to="2030-12-31T00:00Z"
        )
        life = Life(cast, clock)
        for what, who in steps:
            life.step(what, who)
        done = Approval.objects.unscoped("tests").filter(kind=CODE, object_id=life.case.pk, state="done")
        labelled = TrailEntry.objects.filter(object_id=life.case.pk, verb=Verb.CASE_LABELLED).count()
        lowered = Case.objects.unscoped("tests").get(pk=life.case.pk).marking == 1
        assert labelled == done.count() == int(lowered)
        assert not lowered or waiting_for(life.case, CODE) is None
        transaction.set_rollback(True)
