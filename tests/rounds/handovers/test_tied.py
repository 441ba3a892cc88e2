"""What is tied to a raising: its day stays before the answer; what was corrected is struck and not counted."""

from datetime import timedelta

import pytest

from casetracker.access.errors import WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.actions.handover import correct_handover, hand_over_list
from rounds.actions.item import correct_item
from rounds.actions.raising import edit_raising
from rounds.handovers import answers_matched, answers_to
from rounds.models import CaseList, Handover, Raising
from tests import make
from tests.rounds import cycle
from tests.rounds.cycle import JUNE
from tests.rounds.handovers.test_actions import fresh, values
from tests.rounds.make import round_

pytestmark = pytest.mark.django_db
ANSWERED = JUNE + timedelta(days=200)
AFTER = ANSWERED + timedelta(days=1)


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tashi Invented")


@pytest.fixture
def raising(cast, case):
    return cycle.raising(cast.olga, case)


@pytest.fixture
def given(cast, case):
    return cycle.handed_over(cast.olga, cast.anna, round_(cast.olga, cast.cn), case)


def answered(cast, raising, marking=Marking.NORMAL, code="B2"):
    reply = cycle.response(cast.hugo, Label(cast.cn.pk, marking), on=ANSWERED)
    return cycle.item(cast.hugo, reply, raising, code)


def move(cast, as_, raising, on):
    sent = {"on": on.isoformat(), "channel": raising.channel, "words": raising.words, "seen": fresh(raising).version}
    return as_(cast.olga).post(f"/raisings/{raising.pk}/edit/", sent)


def test_a_raising_does_not_move_behind_its_answer(cast, as_, case, raising):
    answered(cast, raising)
    page = move(cast, as_, raising, AFTER)
    assert page.status_code == 409
    assert f"An answer about {case.reference} came on 30 December 2025, before this day" in page.text
    assert "First correct the day of that reply, or tie the answer to another raising." in page.text
    assert fresh(raising).on == JUNE
    assert move(cast, as_, raising, ANSWERED).status_code == 302
    assert fresh(raising).on == ANSWERED


def test_an_answer_that_is_hidden_is_not_told(cast, as_, raising):
    answered(cast, raising, Marking.RESTRICTED)
    page = move(cast, as_, raising, AFTER)
    assert page.status_code == 409
    assert "ask an approver" in page.text
    assert "December" not in page.text
    assert fresh(raising).on == JUNE


def test_other_words_of_it_can_be_changed(cast, raising):
    answered(cast, raising)
    assert edit_raising(raising=raising, by=cast.olga, seen=1, changes={"words": "Otherwise."})


def test_an_answer_that_was_corrected_stops_nothing(cast, raising):
    wrong = answered(cast, raising)
    now = {"verbatim": "It was another person.", "translation": "", "written_as": ""}
    correct_item(item=wrong, by=cast.olga, seen=1, values=now, raising=None, reason="Misread.")
    assert edit_raising(raising=raising, by=cast.olga, seen=1, changes={"on": AFTER})


@pytest.mark.parametrize("way", ["corrected", "back again", "given again"])
def test_a_handover_does_not_move_behind_an_answer(cast, as_, case, given, way):
    answered(cast, cycle.raising_of(given, case))
    paper = Handover.objects.unscoped("tests").select_related("case_list").get()
    if way != "corrected":
        first = {"values": values("not_tendered"), "reason": "A mistake."}
        paper = correct_handover(handover=fresh(paper), by=cast.olga, seen=1, **first)
    late = {**values("accepted"), "on": AFTER}
    now = CaseList.objects.unscoped("tests").get(pk=given.pk)
    act = {
        "given again": lambda: hand_over_list(case_list=now, by=cast.olga, seen=now.version, values=late),
    }.get(
        way, lambda: correct_handover(handover=fresh(paper), by=cast.olga, seen=paper.version, values=late, reason="x")
    )
    with pytest.raises(WrongState, match="came on 30 December 2025, before this day"):
        act()
    assert Raising.objects.unscoped("tests").get().on == JUNE
    in_time = {**late, "on": ANSWERED}
    correct_handover(handover=fresh(paper), by=cast.olga, seen=paper.version, values=in_time, reason="The day.")
    assert Raising.objects.unscoped("tests").get().on == ANSWERED


def test_struck_answers_are_shown_struck(cast, as_, raising):
    wrong = answered(cast, raising)
    now = {"verbatim": "He is alive.", "translation": "", "written_as": ""}
    right = correct_item(item=wrong, by=cast.olga, seen=1, values=now, raising=raising, reason="Misread.")
    shown = {(one.item.pk, one.superseded) for one in answers_to(raising, cast.olga)}
    assert shown == {(wrong.pk, True), (right.pk, False)}
    assert '<span class="tag">corrected</span>' in as_(cast.olga).get(f"/raisings/{raising.pk}/").text


def test_an_answer_corrected_to_none_is_struck_too(cast, raising):
    """What took its place is tied to nothing, so it is not among the answers."""
    wrong = answered(cast, raising)
    now = {"verbatim": "It was another person.", "translation": "", "written_as": ""}
    correct_item(item=wrong, by=cast.olga, seen=1, values=now, raising=None, reason="Misread.")
    assert [(one.item.pk, one.superseded) for one in answers_to(raising, cast.olga)] == [(wrong.pk, True)]


def test_matched_answers_are_counted_as_they_stand(cast, case, given):
    raising, entries = cycle.raising_of(given, case), list(given.entries.unscoped("tests"))
    assert answers_matched(entries, cast.olga) == 0
    wrong = answered(cast, raising)
    answered(cast, raising, Marking.RESTRICTED)
    assert (answers_matched(entries, cast.olga), answers_matched(entries, cast.hugo)) == (1, 2)
    now = {"verbatim": "He is alive.", "translation": "", "written_as": ""}
    correct_item(item=wrong, by=cast.olga, seen=1, values=now, raising=raising, reason="Misread.")
    assert (answers_matched(entries, cast.olga), answers_matched(entries, cast.hugo)) == (1, 2)
