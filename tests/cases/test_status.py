"""Detention status: derived from the events, and what is cached is what would be derived."""

from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.derive import derived_columns
from cases.actions.part import add_part, edit_part, finish_follow_up, remove_part
from cases.codes import EventKind, Status
from cases.dates import PartialDate
from cases.models import Case, CaseEvent, CaseName, CaseTheme, FollowUp
from cases.status import standing
from casetracker.audit.models import TrailEntry
from tests import make

K = EventKind


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], Status.NOT_KNOWN),
        ([(K.DETAINED, "2014")], Status.HELD),
        ([(K.DETAINED, "May 2014"), (K.RSDL, "2014")], Status.HELD),
        ([(K.DETAINED, "2014-01-01"), (K.RSDL, "2014-05-01")], Status.INCOMMUNICADO),
        ([(K.SENTENCED, "2016"), (K.DETAINED, "2014")], Status.SERVING),
        ([(K.SENTENCED, "2016"), (K.MEDICAL_PAROLE, "2018")], Status.RESTRICTED),
        ([(K.SENTENCED, "2016"), (K.RELEASED, "2018"), (K.HEALTH, "2019")], Status.FREE),
        ([(K.RELEASED, "2018"), (K.DIED, "2019")], Status.DEAD),
        ([(K.DETAINED, ""), (K.RELEASED, "2018")], Status.FREE),
    ],
)
def test_the_last_event_that_implies_one_decides(events, status):
    assert standing([make.event(kind, when) for kind, when in events]).status == status


def test_a_mere_allegation_sets_nobody_free():
    held = make.event(K.SENTENCED, "2016", certainty="confirmed")
    alleged = make.event(K.RELEASED, "2018", certainty="alleged")
    assert standing([held, alleged]).status == Status.SERVING
    assert standing([alleged]).status == Status.FREE


def derived(case):
    names, events, themes = (list(model.objects.all().of(case)) for model in (CaseName, CaseEvent, CaseTheme))
    return derived_columns(names, events, themes, list(FollowUp.objects.all().of(case).filter(done_at__isnull=True)))


def cached(case):
    fresh = Case.objects.get(pk=case.pk)
    return {name: getattr(fresh, name) for name in derived(case)}


DATES = st.sampled_from(["", "2012", "May 2014", "2014-05-03", "c. 2016", "2019"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["event", "name", "due", "edit", "remove", "done"]),
        st.sampled_from(K.values),
        DATES,
        st.sampled_from(["confirmed", "likely", "alleged"]),
        st.integers(0, 5),
    ),
    max_size=7,
)


def step(case, by, what, kind, when, certainty, pick):
    date = PartialDate.parse(when) if when else None
    if what == "event":
        event = make.event(K(kind), when, certainty=certainty, place_text=f"Place {pick}")
        if kind in ("sentenced", "reduced"):
            event.term_kind, event.term_months = "fixed", 12 * (pick + 1)
        add_part(part=event, case=case, by=by)
    if what == "name":
        add_part(part=make.name(["Alias", "丹增"][pick % 2], position=pick), case=case, by=by)
    if what == "due":
        due = FollowUp(what=f"Ask {pick}", owner=by, due=f"2030-01-0{pick + 1}")
        due.full_clean(exclude=["case"])
        add_part(part=due, case=case, by=by)
    pool = [*CaseEvent.objects.all().of(case), *CaseName.objects.all().of(case)]
    if what == "remove" and pool:
        part = pool[pick % len(pool)]
        remove_part(part=part, by=by, seen=part.version, reason="Wrong.")
    events = list(CaseEvent.objects.all().of(case))
    if what == "edit" and events:
        event = events[pick % len(events)]
        edit_part(part=event, by=by, seen=event.version, changes={"when": date, "certainty": certainty})
    waiting = FollowUp.objects.all().of(case).filter(done_at__isnull=True).first()
    if what == "done" and waiting:
        finish_follow_up(follow_up=waiting, by=by, seen=waiting.version, outcome="Done.")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_cache_is_the_derivation(cast, steps):
    case = make.case(cast.olga, cast.cn)
    for one in steps:
        step(case, cast.olga, *one)
        assert cached(case) == derived(case)


def test_the_command_puts_right_and_counts(cast):
    case = make.case(cast.olga, cast.cn, parts=[make.event(K.DETAINED, "2014")])
    make.case(cast.olga, cast.cn)
    Case.objects.filter(pk=case.pk).update(status="free", place_name="Elsewhere")
    with pytest.raises(SystemExit):
        call_command("rederive_status", "--check", stdout=StringIO())
    told = StringIO()
    call_command("rederive_status", stdout=told)
    assert told.getvalue() == "2 cases, 1 differed and are put right.\n"
    assert cached(case)["status"] == "held"
    entry = TrailEntry.objects.get(verb="status.derived")
    assert (entry.process, entry.detail) == ("rederive_status", {"cases": 2, "differed": 1})
