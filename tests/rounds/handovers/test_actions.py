"""Handing over and correcting, through the actions: states, roles, what each outcome does, two at once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from cases.models import LedgerDay
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.handover import correct_handover, hand_over_list
from rounds.models import CaseList, Handover, ListEntry, Raising
from rounds.states import ListState
from tests import make
from tests.rounds import cycle
from tests.rounds.make import round_

pytestmark = pytest.mark.django_db
MAY = date(2025, 5, 20)
JUNE = date(2025, 6, 2)


def values(outcome="accepted", on=MAY, **more):
    return {
        "on": on, "by": "The chair", "to": "The delegation", "medium": "on paper", "outcome": outcome, "note": "",
        **more,
    }  # fmt: skip


@pytest.fixture
def three(cast):
    return [make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Tashi", "Dolma", "Pema")]


@pytest.fixture
def approved(cast, three):
    made = cycle.case_list(cast.olga, round_(cast.olga, cast.cn), *three, approved_by=cast.anna)
    for entry in entries(made):
        with acting(Verb.LIST_APPROVED, by=cast.anna):
            save_over(
                entry, seen=1, changes={"snapshot": {"serial": entry.position, "ask": f"Frozen {entry.position}"}}
            )
    return made


def entries(case_list):
    rows = ListEntry.objects.unscoped("tests").filter(case_list=case_list)
    return list(rows.select_related("case", "case_list").order_by("position"))


def raisings(**which):
    return list(
        Raising.objects.unscoped("tests").filter(**which).select_related("case").order_by("words", "created_at")
    )


def fresh(row):
    rows = type(row)._base_manager.all().unscoped("tests")
    return rows.get(pk=row.pk)


def give(case_list, by, outcome="accepted", accepted=None, **more):
    return hand_over_list(
        case_list=case_list, by=by, seen=case_list.version, values=values(outcome, **more), accepted=accepted
    )


def correct(handover, who, outcome="accepted", reason="It was another day.", accepted=None, **more):
    old = Handover.objects.unscoped("tests").select_related("case_list__round").get(pk=handover.pk)
    return correct_handover(
        handover=old, by=who, seen=old.version, values=values(outcome, **more), accepted=accepted, reason=reason
    )


TAKEN = {"accepted": True, "refused": False, "read_out": None}


@pytest.mark.parametrize("outcome", TAKEN)
def test_every_outcome_but_not_tendered_makes_raisings(cast, approved, outcome):
    made = give(approved, cast.olga, outcome)
    assert fresh(approved).state == "handed_over"
    assert {(entry.state, entry.accepted) for entry in entries(approved)} == {("raised", TAKEN[outcome])}
    found = raisings()
    assert [one.words for one in found] == ["Frozen 1", "Frozen 2", "Frozen 3"]
    assert {(one.on, one.channel, one.round_id, one.handover_id, one.speaker) for one in found} == {
        (MAY, "list", approved.round_id, made.pk, "The chair")
    }
    assert LedgerDay.objects.unscoped("tests").filter(kind="raised", on=MAY).count() == 3
    entry = TrailEntry.objects.get(verb="list.handed_over")
    assert (entry.object_id, entry.detail) == (approved.pk, {"outcome": outcome, "cases": 3})


def test_partly_keeps_for_each_entry_whether_it_was_taken(cast, approved):
    first, *rest = entries(approved)
    for wrong in ({}, {entry.pk: True for entry in (first, *rest)}, {uuid4(): True}):
        with pytest.raises(WrongState):
            give(approved, cast.olga, "partly", wrong)
    assert (Handover.objects.unscoped("tests").count(), fresh(approved).state) == (0, "approved")
    give(fresh(approved), cast.olga, "partly", {first.pk: True})
    assert [entry.accepted for entry in entries(approved)] == [True, False, False]
    assert len(raisings(voided=False)) == 3


def test_not_tendered_keeps_the_list_approved_and_it_may_be_handed_over_later(cast, approved):
    give(approved, cast.olga, "not_tendered")
    assert (fresh(approved).state, raisings()) == ("approved", [])
    assert {entry.state for entry in entries(approved)} == {"included"}
    give(fresh(approved), cast.olga, on=JUNE)
    assert len(raisings(on=JUNE)) == 3
    assert Handover.objects.unscoped("tests").count() == 2


def test_held_back_entries_are_not_raised(cast, approved):
    held = entries(approved)[0]
    with acting(Verb.LIST_EDITED, by=cast.olga):
        save_over(held, seen=held.version, changes={"state": "held_back", "state_reason": "The family asked."})
    give(approved, cast.olga)
    assert fresh(held).state == "held_back"
    assert len(raisings()) == 2


def test_a_list_without_cases_left_is_not_handed_over(cast):
    empty = cycle.case_list(cast.olga, round_(cast.olga, cast.cn), approved_by=cast.anna)
    with pytest.raises(WrongState, match="No case"):
        give(empty, cast.olga)


def test_not_in_the_future(cast, approved):
    with pytest.raises(WrongState, match="lies ahead"):
        give(approved, cast.olga, on=timezone.localdate() + timedelta(days=1))


@pytest.mark.parametrize("state", [state for state in ListState.values if state != "approved"])
def test_only_an_approved_list_is_handed_over(cast, three, state):
    made = cycle.case_list(
        cast.olga, round_(cast.olga, cast.cn), *three, approved_by=cast.anna, state=state, state_reason="Why."
    )
    for outcome in ("accepted", "not_tendered"):
        with pytest.raises(WrongState):
            give(made, cast.olga, outcome)
    assert Handover.objects.unscoped("tests").count() == 0


@pytest.mark.parametrize("who", ["rita", "anna", "bert", "lars", "nora", "sven", "quin", "zoe", "adam", "otto"])
def test_only_officials_hand_over_and_correct(cast, approved, who):
    with pytest.raises(Denied):
        give(approved, cast.people[who])
    made = give(approved, cast.olga)
    with pytest.raises(Denied):
        correct(made, cast.people[who], on=JUNE)


def test_the_same_form_sent_twice_makes_one_record(cast, approved):
    for outcome in ("not_tendered", "accepted"):
        seen, other = fresh(approved).version, fresh(approved)
        hand_over_list(case_list=fresh(approved), by=cast.olga, seen=seen, values=values(outcome))
        with pytest.raises(Conflict if outcome == "not_tendered" else WrongState):
            hand_over_list(case_list=other, by=cast.hugo, seen=seen, values=values(outcome))
    assert Handover.objects.unscoped("tests").count() == 2
    assert len(raisings()) == 3


def test_a_label_raised_meanwhile_is_asked_again(cast, approved):
    mine = fresh(approved)
    with acting(Verb.LIST_LABELLED, by=cast.hugo):
        save_over(approved, seen=approved.version, changes={"marking": Marking.RESTRICTED})
    with pytest.raises(Denied):
        give(mine, cast.olga)


def test_the_database_keeps_one_raising_an_entry(cast, approved):
    give(approved, cast.olga)
    one = raisings()[0]
    again = Raising(case=one.case, entry_id=one.entry_id, on=MAY, channel="list")
    again.entry = entries(approved)[0]
    with pytest.raises(IntegrityError), acting(Verb.RAISING_RECORDED, by=cast.olga):
        save_new(again)
    again.voided, again.voided_reason = True, "Twice."
    with acting(Verb.RAISING_RECORDED, by=cast.olga):
        save_new(again)


# Corrections


def test_a_corrected_day_moves_the_raisings(cast, approved):
    old = give(approved, cast.olga)
    first = raisings()[0].pk
    new = correct(old, cast.hugo, "refused", on=JUNE, by="The ambassador", reason="The minutes say June.")
    assert (new.supersedes_id, new.correction_reason) == (old.pk, "The minutes say June.")
    assert {(one.on, one.handover_id, one.voided, one.speaker) for one in raisings()} == {
        (JUNE, new.pk, False, "The ambassador")
    }
    assert raisings()[0].pk == first
    assert {entry.accepted for entry in entries(approved)} == {False}
    assert fresh(approved).state == "handed_over"
    assert (fresh(old).on, Handover.objects.unscoped("tests").count()) == (MAY, 2)
    assert set(LedgerDay.objects.unscoped("tests").values_list("on", flat=True)) == {JUNE}


def test_not_handed_over_after_all_voids_the_raisings(cast, approved):
    old = give(approved, cast.olga)
    entry = entries(approved)[0]
    with acting(Verb.ENTRY_DISPOSED, by=cast.olga):
        save_over(entry, seen=entry.version, changes={"disposition": "drop", "disposition_reason": "Released."})
    new = correct(old, cast.olga, "not_tendered", reason="It never left the bag.")
    assert {(one.voided, one.voided_reason) for one in raisings()} == {(True, "It never left the bag.")}
    assert {(e.state, e.accepted, e.disposition) for e in entries(approved)} == {("included", None, "")}
    assert (fresh(approved).state, LedgerDay.objects.unscoped("tests").count()) == ("approved", 0)
    correct(new, cast.olga, "accepted", reason="It did.")
    assert (len(raisings(voided=False)), len(raisings(voided=True))) == (3, 0)
    assert fresh(approved).state == "handed_over"


def test_partly_can_be_corrected(cast, approved):
    first, second, _ = entries(approved)
    old = give(approved, cast.olga, "partly", {first.pk: True})
    correct(old, cast.olga, "partly", accepted={second.pk: True})
    assert [entry.accepted for entry in entries(approved)] == [False, True, False]


def test_a_correction_says_why_and_is_made_once(cast, approved):
    old = give(approved, cast.olga)
    with pytest.raises(WrongState, match="Say why"):
        correct(old, cast.olga, reason=" ")
    with pytest.raises(WrongState, match="lies ahead"):
        correct(old, cast.olga, on=timezone.localdate() + timedelta(days=1))
    correct(old, cast.olga, on=JUNE)
    with pytest.raises(WrongState, match="corrected already"):
        correct(old, cast.hugo, on=JUNE)
    assert Handover.objects.unscoped("tests").count() == 2


def test_an_attempt_that_failed_cannot_become_the_handover_once_there_is_one(cast, approved):
    tried = give(approved, cast.olga, "not_tendered")
    give(fresh(approved), cast.olga, on=JUNE)
    with pytest.raises(WrongState, match="handed over already"):
        correct(tried, cast.olga, "accepted")
    correct(tried, cast.olga, "not_tendered", on=MAY - timedelta(days=1))
    assert len(raisings()) == 3


@pytest.mark.parametrize("state", ["closed", "superseded", "withdrawn"])
def test_what_a_list_over_allows(cast, approved, state):
    """The day and the words of a record can be put right for ever; whether there are raisings cannot."""
    outcome = "accepted" if state == "closed" else "not_tendered"
    old = give(approved, cast.olga, outcome)
    with acting(Verb.LIST_EDITED, by=cast.olga):
        save_over(approved, seen=approved.version, changes={"state": state, "state_reason": "Over."})
    with pytest.raises(WrongState):
        correct(old, cast.olga, "not_tendered" if state == "closed" else "accepted")
    correct(old, cast.olga, outcome, on=JUNE)
    assert fresh(approved).state == state
    assert {one.on for one in raisings()} == ({JUNE} if state == "closed" else set())


def test_a_list_above_ones_grant(cast, three):
    where = Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk)
    made = cycle.case_list(cast.hugo, round_(cast.olga, cast.cn), *three, approved_by=cast.anna, label=where)
    for who in (cast.olga, cast.nils):
        with pytest.raises(Denied):
            give(made, who)
    give(made, cast.hugo)
    assert Raising.objects.visible_to(cast.nils).count() == 0
    assert Raising.objects.visible_to(cast.hugo).count() == 3
    assert CaseList.objects.unscoped("tests").get().state == "handed_over"


def test_a_handover_taken_back_and_recorded_again_keeps_its_answers(cast):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    made = cycle.case_list(cast.olga, round_(cast.olga, cast.cn), case, approved_by=cast.anna)
    first = hand_over_list(case_list=fresh(made), by=cast.olga, seen=made.version, values=values("accepted"))
    raising = cycle.raising_of(made, case)
    cycle.item(cast.olga, cycle.response(cast.olga, case.label()), raising, "A1")
    back = correct_handover(
        handover=first, by=cast.hugo, seen=1, values=values("not_tendered"), reason="It stayed in the bag."
    )
    correct_handover(handover=back, by=cast.olga, seen=1, values=values("accepted"), reason="It was given after all.")
    again = Raising.objects.unscoped("tests").get(case=case)
    assert (again.pk, again.voided) == (raising.pk, False)
    assert LedgerDay.objects.unscoped("tests").filter(case=case, kind="raised").count() == 1
