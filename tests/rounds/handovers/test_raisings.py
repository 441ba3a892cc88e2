"""Raisings off the list, through the actions: recording, editing, voiding, taking back; and partners."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.actions.case import label_case
from cases.models import LedgerDay, Theme
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.partner import add_partner, edit_partner
from rounds.actions.raising import edit_raising, record_raisings, restore_raising, void_raising
from rounds.codes import Channel
from rounds.days_told import handed_over_elsewhen, raised_elsewhen
from rounds.models import CaseList, Raising, Round
from tests import make
from tests.rounds import cycle
from tests.rounds.make import held, round_

pytestmark = pytest.mark.django_db
ON = date(2025, 6, 13)
OTHERS = ["rita", "anna", "bert", "lars", "nora", "sven", "quin", "zoe", "adam", "otto"]


def values(**more):
    return {"on": ON, "channel": "oral_session", "words": "We asked after him.", "speaker": "The chair", **more}


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn)


@pytest.fixture
def raising(cast, case):
    return record_raisings(by=cast.olga, cases=[case], values=values())[0]


def fresh(row):
    return type(row)._base_manager.all().unscoped("tests").select_related("case", "entry__case_list").get(pk=row.pk)


def days(case):
    return list(LedgerDay.objects.unscoped("tests").filter(case=case).values_list("on", "channel"))


def term(cast, dialogue, **more):
    made = Theme(dialogue=dialogue, name="Rule of law", **more)
    with acting(Verb.VOCABULARY_EDITED, by=cast.hugo):
        save_new(made)
    return made


def test_several_cases_at_once_with_words_of_their_own(cast, case):
    other = make.case(cast.olga, cast.cn, "Dolma Invented")
    made = record_raisings(by=cast.olga, cases=[case, other], values=values(), words={other.pk: "And after her."})
    assert [one.words for one in made] == ["We asked after him.", "And after her."]
    assert {(one.on, one.channel, one.entry_id, one.handover_id) for one in made} == {(ON, "oral_session", None, None)}
    assert days(case) == days(other) == [(ON, "oral_session")]


@pytest.mark.parametrize("channel", Channel.values)
def test_every_channel_but_the_list(cast, case, channel):
    if channel == "list":
        with pytest.raises(WrongState, match="handing the list over"):
            record_raisings(by=cast.olga, cases=[case], values=values(channel=channel))
    else:
        assert record_raisings(by=cast.olga, cases=[case], values=values(channel=channel))[0].channel == channel


@pytest.mark.parametrize("who", OTHERS)
def test_only_officials_of_the_dialogue(cast, case, raising, who):
    by = cast.people[who]
    for attempt in (
        lambda: record_raisings(by=by, cases=[case], values=values(on=ON - timedelta(1))),
        lambda: edit_raising(raising=fresh(raising), by=by, seen=1, changes={"words": "Other"}),
        lambda: void_raising(raising=fresh(raising), by=by, seen=1, reason="Why."),
        lambda: restore_raising(raising=fresh(raising), by=by, seen=1),
    ):
        with pytest.raises(Denied):
            attempt()
    assert Raising.objects.unscoped("tests").count() == 1


def test_what_is_refused(cast, case):
    foreign = make.case(cast.lars, cast.nv, "Other Invented")
    nv_round, cn_round = round_(cast.lars, cast.nv), round_(cast.olga, cast.cn)
    wrong = [
        ([], values()),
        ([case], values(on=timezone.localdate() + timedelta(1))),
        ([case], values(round=nv_round)),
        ([case], values(round_id=nv_round.pk)),
        ([case], values(theme=term(cast, cast.nv))),
        ([case], values(theme=term(cast, cast.cn, retired=True))),
    ]
    for cases, facts in wrong:
        with pytest.raises(WrongState):
            record_raisings(by=cast.olga, cases=cases, values=facts)
    with pytest.raises(Denied):
        record_raisings(by=cast.olga, cases=[case, foreign], values=values())
    assert Raising.objects.unscoped("tests").count() == 0
    record_raisings(by=cast.olga, cases=[case], values=values(round=cn_round, theme=term(cast, cast.cn)))


def test_a_merged_case_is_not_raised(cast, case):
    with acting(Verb.CASE_MOVED, by=cast.anna):
        other = make.case(cast.olga, cast.cn, "Dolma Invented")
        save_over(case, seen=case.version, changes={"state": "merged", "merged_into_id": other.pk})
    with pytest.raises(WrongState, match="merged"):
        record_raisings(by=cast.olga, cases=[case], values=values())


def test_the_same_form_sent_twice_makes_one_record(cast, case, raising):
    with pytest.raises(WrongState, match="already"):
        record_raisings(by=cast.hugo, cases=[case], values=values())
    record_raisings(by=cast.olga, cases=[case], values=values(words="Once more, at dinner."))
    void_raising(raising=fresh(raising), by=cast.olga, seen=1, reason="Twice.")
    record_raisings(by=cast.olga, cases=[case], values=values())
    assert Raising.objects.unscoped("tests").filter(voided=False).count() == 2


def test_a_raising_has_the_label_its_case_has_now(cast, case, raising):
    mine = fresh(raising)
    label_case(
        case=case, by=cast.hugo, seen=case.version, marking=Marking.RESTRICTED, compartment=cast.north, reason="Circle."
    )
    assert not Raising.objects.visible_to(cast.nils).exists()
    assert Raising.objects.visible_to(cast.hugo).exists()
    for attempt in (
        lambda: record_raisings(by=cast.olga, cases=[mine.case], values=values(words="More")),
        lambda: void_raising(raising=mine, by=cast.olga, seen=1, reason="Why."),
    ):
        with pytest.raises(Denied):
            attempt()


def test_editing(cast, case, raising):
    changes = {"on": ON - timedelta(2), "channel": "demarche"}
    assert edit_raising(raising=raising, by=cast.hugo, seen=1, changes=changes)
    assert days(case) == [(ON - timedelta(2), "demarche")]
    assert not edit_raising(raising=fresh(raising), by=cast.hugo, seen=2, changes=changes)
    with pytest.raises(Conflict):
        edit_raising(raising=fresh(raising), by=cast.olga, seen=1, changes={"words": "Other"})
    for wrong in ({"channel": "list"}, {"on": timezone.localdate() + timedelta(1)}):
        with pytest.raises(WrongState):
            edit_raising(raising=fresh(raising), by=cast.olga, seen=2, changes=wrong)
    with pytest.raises(ValueError, match="voided"):
        edit_raising(raising=fresh(raising), by=cast.olga, seen=2, changes={"voided": True})


def test_a_theme_that_was_retired_since_stays(cast, case):
    theme = term(cast, cast.cn)
    made = record_raisings(by=cast.olga, cases=[case], values=values(theme=theme))[0]
    with acting(Verb.VOCABULARY_EDITED, by=cast.hugo):
        save_over(theme, seen=1, changes={"retired": True})
    assert edit_raising(raising=fresh(made), by=cast.olga, seen=1, changes={"theme_id": theme.pk, "words": "Other"})


def test_voiding_and_taking_it_back(cast, case, raising):
    with pytest.raises(WrongState, match="not voided"):
        restore_raising(raising=fresh(raising), by=cast.olga, seen=1)
    with pytest.raises(WrongState, match="Say why"):
        void_raising(raising=fresh(raising), by=cast.olga, seen=1, reason=" ")
    with pytest.raises(Conflict):
        void_raising(raising=fresh(raising), by=cast.olga, seen=7, reason="Another person.")
    void_raising(raising=raising, by=cast.olga, seen=1, reason="Another person.")
    assert (fresh(raising).voided_reason, days(case)) == ("Another person.", [])
    with pytest.raises(WrongState, match="is voided"):
        void_raising(raising=fresh(raising), by=cast.olga, seen=2, reason="Again.")
    with pytest.raises(WrongState, match="voided"):
        edit_raising(raising=fresh(raising), by=cast.olga, seen=2, changes={"words": "Other"})
    restore_raising(raising=fresh(raising), by=cast.hugo, seen=2)
    assert (fresh(raising).voided, days(case)) == (False, [(ON, "oral_session")])


def test_raisings_of_a_list_follow_its_handover(cast, case):
    cycle.handed_over(cast.olga, cast.anna, round_(cast.olga, cast.cn), case)
    made = fresh(cycle.raising_of(CaseList.objects.unscoped("tests").get(), case))
    for attempt in (
        lambda: edit_raising(raising=made, by=cast.olga, seen=1, changes={"words": "Other"}),
        lambda: void_raising(raising=made, by=cast.olga, seen=1, reason="Why."),
        lambda: restore_raising(raising=made, by=cast.olga, seen=1),
    ):
        with pytest.raises(WrongState, match="handover"):
            attempt()


def test_days_that_do_not_fit_are_told(cast):
    two = Round(ordinal=40, starts=ON, ends=ON + timedelta(1), state="held")
    assert raised_elsewhen(ON, two) == raised_elsewhen(ON + timedelta(1), two) == raised_elsewhen(ON, None) == ""
    assert "outside the days" in raised_elsewhen(ON + timedelta(2), two)
    assert "outside the days" in raised_elsewhen(ON - timedelta(1), two)
    assert raised_elsewhen(ON - timedelta(1), Round(starts=ON, state="planned")) == ""
    approved = CaseList(round=two, approved_at=timezone.now().replace(year=2025, month=5, day=20))
    assert handed_over_elsewhen(date(2025, 5, 21), approved) == []
    assert "before the approval" in handed_over_elsewhen(date(2025, 5, 19), approved)[0]
    assert "after the round" in handed_over_elsewhen(ON + timedelta(2), approved)[0]


def test_partners(cast):
    made = add_partner(by=cast.olga, name=" Switzerland ")
    assert made.name == "Switzerland"
    with pytest.raises(WrongState, match="already"):
        add_partner(by=cast.lars, name="switzerland")
    with pytest.raises(WrongState):
        add_partner(by=cast.olga, name=" ")
    assert edit_partner(partner=made, by=cast.lars, seen=1, changes={"name": "Swiss Confederation"})
    with pytest.raises(Conflict):
        edit_partner(partner=made, by=cast.olga, seen=1, changes={"note": "Since 1991."})
    other = add_partner(by=cast.olga, name="Norway")
    with pytest.raises(WrongState, match="already"):
        edit_partner(partner=other, by=cast.olga, seen=1, changes={"name": "SWISS confederation"})


@pytest.mark.parametrize("who", [who for who in OTHERS if who != "lars"])
def test_only_officials_keep_partners(cast, who):
    made = add_partner(by=cast.olga, name="Switzerland")
    with pytest.raises(Denied):
        add_partner(by=cast.people[who], name="Norway")
    with pytest.raises(Denied):
        edit_partner(partner=made, by=cast.people[who], seen=1, changes={"name": "Norway"})


def test_a_raising_at_a_held_round(cast, case):
    made = record_raisings(
        by=cast.olga, cases=[case], values=values(round=held(cast.olga, cast.cn), on=date(2025, 7, 1))
    )
    assert made[0].on == date(2025, 7, 1)
