"""What becomes of an entry after the round: in every state, by everybody, one by one and several at once."""

from uuid import uuid4

import pytest

from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.disposition import dispose_entries, dispose_entry, mark_entries_not_raised, mark_not_raised
from rounds.models import CaseList, ListEntry
from tests import make as cases
from tests.rounds import cycle, make
from tests.rounds.closing.world import STATES, circle, entries, list_in, restricted, world

pytestmark = pytest.mark.django_db
ENTRY_STATES = ("proposed", "included", "held_back", "raised", "not_raised")


@pytest.fixture
def here(cast):
    return world(cast)


def put(row, by, **columns):
    """Writes columns as they are, whatever the machine says."""
    with acting(Verb.LIST_EDITED, by=by):
        save_over(row, seen=row.version, changes=columns)
    return row


@pytest.mark.parametrize("list_state", STATES)
@pytest.mark.parametrize("state", ENTRY_STATES)
def test_only_what_was_raised_or_not_is_disposed_of(cast, here, list_state, state):
    case_list = list_in(cast, list_state, here.past, *here.cases[:1])
    (entry,) = entries(case_list)
    put(entry, cast.olga, state=state, state_reason="Why.")
    allowed = list_state in ("handed_over", "approved") and state in ("raised", "not_raised")
    if allowed:
        assert dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition="follow_up")
    else:
        with pytest.raises(WrongState):
            dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition="follow_up")
    entry.refresh_from_db()
    assert entry.disposition == ("follow_up" if allowed else "")


@pytest.mark.parametrize("list_state", STATES)
@pytest.mark.parametrize("state", ENTRY_STATES)
def test_not_raised_is_for_approved_lists_never_tendered(cast, here, list_state, state):
    case_list = list_in(cast, list_state, here.past, *here.cases[:1])
    (entry,) = entries(case_list)
    put(entry, cast.olga, state=state, state_reason="Why.")
    allowed = list_state == "approved" and state == "included"
    if allowed:
        version = case_list.version
        assert mark_not_raised(entry=entry, by=cast.olga, seen=entry.version, reason="Refused at the door.")
        case_list.refresh_from_db()
        assert case_list.version == version + 1
        return
    with pytest.raises(WrongState):
        mark_not_raised(entry=entry, by=cast.olga, seen=entry.version, reason="Refused at the door.")


@pytest.mark.parametrize(("state", "allowed"), [("planned", False), ("postponed", False), ("cancelled", True)])
def test_it_is_decided_after_the_round(cast, here, state, allowed):
    (entry, *_) = entries(here.given)
    put(here.past, cast.olga, state=state, cancelled_by="own")
    entry.case_list.round.refresh_from_db()
    sent = {"entry": entry, "by": cast.olga, "seen": entry.version, "disposition": "satisfied"}
    if allowed:
        assert dispose_entry(**sent)
    else:
        with pytest.raises(WrongState, match="after the round"):
            dispose_entry(**sent)


def test_dropping_needs_a_reason_and_a_choice_is_one_of_four(cast, here):
    (entry, *_) = entries(here.given)
    for disposition in ("drop", "", "success", "raised"):
        with pytest.raises(WrongState):
            dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition=disposition)
    assert dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition="drop", reason="Died in 2019.")
    assert dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition="carry_forward")
    entry.refresh_from_db()
    assert (entry.disposition, entry.disposition_reason) == ("carry_forward", "")
    assert TrailEntry.objects.filter(verb="entry.disposed", object_id=entry.pk).count() == 2


def test_two_who_decide_at_once(cast, as_, here):
    (entry, *_) = entries(here.given)
    url = f"/entries/{entry.pk}/disposition/"
    assert as_(cast.hugo).post(url, {"seen": 2, "disposition": "satisfied"}).status_code == 302
    response = as_(cast.olga).post(url, {"seen": 2, "disposition": "drop", "disposition_reason": "Enough."})
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Somebody changed this since you opened it." in shown
    assert 'value="Enough."' in shown
    assert ListEntry.objects.unscoped("tests").get(pk=entry.pk).disposition == "satisfied"


def test_several_at_once_all_or_none(cast, here):
    one, two = entries(here.given)
    held_back = cycle.entry(
        cast.olga, here.given, cases.case(cast.olga, cast.cn), state="held_back", state_reason="x", position=9
    )
    held_back.case_list = one.case_list
    with pytest.raises(WrongState):
        dispose_entries(entries=[one, two, held_back], by=cast.olga, disposition="follow_up")
    with pytest.raises(Conflict):
        dispose_entries(entries=[one, two], by=cast.olga, disposition="follow_up", seen={one.pk: 2, two.pk: 1})
    assert {entry.disposition for entry in entries(here.given)} == {""}
    one, two, _ = entries(here.given)
    assert dispose_entries(entries=[one, two], by=cast.olga, disposition="follow_up") == 2


def test_the_page_decides_for_the_ticked_ones(cast, as_, here):
    olga, url = as_(cast.olga), f"/rounds/{here.past.pk}/dispositions/"
    ticks = [f"{entry.pk}:{entry.version}" for entry in entries(here.given)]
    assert olga.post(url, {"entry": ticks, "decision": ""}).status_code == 422
    assert olga.post(url, {"entry": ticks, "decision": "drop"}).status_code == 422
    nothing = olga.post(url, {"entry": ["x", f"{uuid4()}:1"], "decision": "satisfied"})
    assert nothing.status_code == 409
    assert b"Tick the entries this is about." in nothing.content
    response = olga.post(url, {"entry": ticks, "decision": "drop", "why_all": "No longer held."}, follow=True)
    assert b"2 entries decided." in response.content
    assert {entry.disposition for entry in entries(here.given)} == {"drop"}


def test_not_raised_in_bulk_then_disposed_of(cast, as_, here):
    never = list_in(cast, "approved", here.past, *here.cases, label=here.past.label())
    ticks = [f"{entry.pk}:{entry.version}" for entry in entries(never)]
    sent = {"entry": ticks, "decision": "not_raised", "why_all": "The list was not taken."}
    assert as_(cast.olga).post(f"/rounds/{here.past.pk}/dispositions/", sent).status_code == 302
    assert {entry.state for entry in entries(never)} == {"not_raised"}
    assert b"The list was not taken." in as_(cast.olga).get(f"/rounds/{here.past.pk}/close/").content
    with pytest.raises(WrongState):
        mark_entries_not_raised(entries=[], by=cast.olga, reason="x")


@pytest.mark.parametrize("who", ["rita", "anna", "bert"])
def test_who_sees_and_may_not_is_told_so(cast, as_, here, who):
    (entry, *_) = entries(here.given)
    by = cast.people[who]
    with pytest.raises(Denied):
        dispose_entry(entry=entry, by=by, seen=entry.version, disposition="satisfied")
    with pytest.raises(Denied):
        mark_not_raised(entry=entry, by=by, seen=entry.version, reason="x")
    client = as_(by)
    assert client.post(f"/entries/{entry.pk}/disposition/", {"disposition": "satisfied"}).status_code == 403
    for path in ("close/", "carry-forward/"):
        assert client.get(f"/rounds/{here.past.pk}/{path}").status_code == 403
    assert client.post(f"/rounds/{here.past.pk}/dispositions/", {}).status_code == 403


@pytest.mark.parametrize("who", ["lars", "nora", "sven", "quin", "zoe", "adam", "otto"])
def test_who_does_not_see_gets_404(cast, as_, here, who):
    (entry, *_) = entries(here.given)
    client = as_(cast.people[who])
    for path in (f"/entries/{entry.pk}/disposition/", f"/rounds/{here.past.pk}/dispositions/"):
        assert client.post(path, {"disposition": "satisfied"}).status_code == 404
    for path in ("close/", "carry-forward/"):
        assert client.get(f"/rounds/{here.past.pk}/{path}").status_code == 404


def test_entries_of_hidden_lists_do_not_exist(cast, as_, here):
    case = cases.case(cast.hugo, cast.cn, marking=2, compartment=cast.north)
    hidden = cycle.handed_over(cast.hugo, cast.anna, here.past, case, label=circle(cast))
    (entry,) = entries(hidden)
    for who in ("olga", "nils"):
        assert as_(cast.people[who]).post(f"/entries/{entry.pk}/disposition/", {"seen": 2}).status_code == 404
        ticks = {"entry": [f"{entry.pk}:{entry.version}"], "decision": "satisfied"}
        assert as_(cast.people[who]).post(f"/rounds/{here.past.pk}/dispositions/", ticks).status_code == 409
    assert entries(hidden)[0].disposition == ""


def test_the_last_decision_after_the_round_is_closed_closes_the_list(cast, here):
    case = cases.case(cast.nils, cast.cn, marking=2)
    hidden = cycle.handed_over(cast.nils, cast.anna, here.past, case, label=restricted(cast))
    put(here.past, cast.olga, state="closed")
    (entry,) = entries(hidden)
    assert dispose_entry(entry=entry, by=cast.nils, seen=entry.version, disposition="follow_up")
    assert CaseList.objects.unscoped("tests").get(pk=hidden.pk).state == "closed"


def test_before_it_is_closed_the_list_stays_open(cast, here):
    for entry in entries(here.given):
        dispose_entry(entry=entry, by=cast.olga, seen=entry.version, disposition="follow_up")
    assert CaseList.objects.unscoped("tests").get(pk=here.given.pk).state == "handed_over"


def test_the_fragment_is_the_page(cast, as_, here):
    one, two = entries(here.given)
    sent = {"seen": one.version, "disposition": "satisfied"}
    answer = as_(cast.olga).post(f"/entries/{one.pk}/disposition/", sent, headers={"HX-Request": "true"})
    whole = as_(cast.olga).get(f"/rounds/{here.past.pk}/close/").content.decode()
    assert answer.status_code == 200
    assert f'form="entry-{two.pk}-form" data-focus' in answer.content.decode()
    assert "1 entry not decided" in answer.content.decode()
    assert "1 entry not decided" in whole


def test_queries_do_not_grow(cast, as_, django_assert_max_num_queries):
    few, olga = world(cast, count=30), as_(cast.olga)
    olga.get("/me/")
    make.event(cast.olga, few.past, title="Event")
    with django_assert_max_num_queries(12):
        olga.get(f"/rounds/{few.past.pk}/close/")
