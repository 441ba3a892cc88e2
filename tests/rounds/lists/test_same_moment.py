"""Two who work at the same moment: the label of a list against those of its cases, what was proposed meanwhile."""

import threading

import pytest
from django.db import connection
from django.db.models import QuerySet

from cases.actions.case import label_case
from cases.models import Case
from casetracker.access.errors import Conflict, WrongState
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions import list_label as lists
from rounds.actions.case_list import add_cases
from rounds.actions.entry import include_proposed
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url
from tests.two_persons import lower_list


@pytest.mark.django_db
def test_a_label_changes_under_the_locks_of_the_cases(cast, monkeypatch):
    high = make.begun(cast, make.round_(cast), *make.cases(cast, 2), by=cast.hugo, label=make.label(cast, 2))
    locked, below, order = QuerySet.select_for_update, lists._check_below, []

    def spied(rows, *args, **kwargs):
        order.append(rows.model)
        return locked(rows, *args, **kwargs)

    def checked(*args):
        order.append("checked")
        below(*args)

    monkeypatch.setattr(QuerySet, "select_for_update", spied)
    monkeypatch.setattr(lists, "_check_below", checked)
    lower_list(make.fresh(high), cast.hugo, cast.anna)
    last = len(order) - 1 - order[::-1].index("checked")
    assert Case in order[:last]


@pytest.mark.django_db(transaction=True)
def test_a_list_comes_down_or_its_case_goes_up_but_not_both(cast, monkeypatch):
    case = make.cases(cast, 1)[0]
    high = make.begun(cast, make.round_(cast), case, by=cast.hugo, label=make.label(cast, 2))
    at_once = connection.vendor == "postgresql"
    locked, raised, told, hold = threading.Event(), threading.Event(), [], lists._hold_contents

    def slowly(*args):
        hold(*args)
        locked.set()
        raised.wait(timeout=2 if at_once else 0)

    def go_up():
        try:
            locked.wait(timeout=30)
            label_case(case=case, by=cast.hugo, seen=case.version, marking=2, compartment=None, reason="Asked for.")
            told.append("raised")
        except WrongState:
            told.append("refused")
        finally:
            raised.set()
            if at_once:
                connection.close()

    monkeypatch.setattr(lists, "_hold_contents", slowly)
    thread = threading.Thread(target=go_up)
    if at_once:
        thread.start()
    lower_list(make.fresh(high), cast.hugo, cast.anna)
    if at_once:
        thread.join(timeout=60)
    else:
        go_up()
    now = Case.objects.unscoped("tests").get(pk=case.pk)
    assert (told, make.fresh(high).marking, now.marking) == (["refused"], 1, 1)


@pytest.mark.django_db
def test_the_list_carried_from_counts_with_the_label_it_has_now(cast):
    held = rounds_make.held(cast.hugo, cast.cn, ordinal=40)
    case = make.cases(cast, 1)[0]
    old = cycle.handed_over(cast.hugo, cast.anna, held, case, label=make.label(cast))
    read_before = make.entries(old)[0]
    with acting(Verb.LIST_LABELLED, by=cast.hugo):
        save_over(make.fresh(old), seen=old.version, changes={"marking": 2})
    low = make.begun(cast, make.round_(cast))
    with pytest.raises(WrongState, match="stood on a list with a higher label"):
        add_cases(case_list=low, by=cast.hugo, cases=[case], carried_from={case.pk: read_before})
    assert make.entries(low) == []


@pytest.mark.django_db
def test_what_a_colleague_proposed_since_is_not_included_unseen(cast, as_):
    draft = make.begun(cast, make.round_(cast), *make.cases(cast, 1), state="proposed")
    seen = make.fresh(draft).version
    add_cases(case_list=make.fresh(draft), by=cast.hugo, cases=make.cases(cast, 1))
    with pytest.raises(Conflict):
        include_proposed(case_list=make.fresh(draft), by=cast.olga, seen=seen)
    for sent in ({"seen": seen}, {"seen": "x"}, {}):
        page = as_(cast.olga).post(url(draft, "include/"), sent)
        assert page.status_code == 409
        assert "Look at what is proposed now" in text_of(page)
    assert {entry.state for entry in make.entries(draft)} == {"proposed"}
    assert as_(cast.olga).post(url(draft, "include/"), {"seen": make.fresh(draft).version}).status_code == 302
    assert {entry.state for entry in make.entries(draft)} == {"included"}
