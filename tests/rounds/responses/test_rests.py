"""What rests on an answer, and what stands again when a correction goes."""

from datetime import date, timedelta

import pytest

from cases.models import LedgerDay
from casetracker.access.errors import WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.actions.item import correct_item, remove_item
from rounds.actions.response import edit_response, label_response
from rounds.ledger import ledger_of
from rounds.open_raisings import open_raisings
from tests import make
from tests.rounds import cycle
from tests.rounds.make import held
from tests.rounds.responses.make import NOVEMBER, answer, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Dolma Invented")


def told(case):
    return LedgerDay.objects.unscoped("tests").filter(case=case, kind="answered").count()


def test_what_a_removed_correction_stood_for_counts_again(cast, case):
    said = reply(cast.olga, case.label())
    first = cycle.item(cast.olga, said, cycle.raising(cast.olga, case), "A1")
    other = make.case(cast.olga, cast.cn, "Li Invented")
    right = correct_item(
        item=first, by=cast.olga, seen=1, values={}, raising=cycle.raising(cast.olga, other), reason="Another man."
    )
    assert (told(case), told(other)) == (0, 1)
    remove_item(item=right, by=cast.olga, seen=right.version, reason="It was he after all.")
    assert (told(case), told(other)) == (1, 0)


def test_a_late_answer_to_an_older_raising_leaves_the_newer_one_open(cast, case):
    old = cycle.raising(cast.olga, case, on=date(2025, 1, 10))
    new = cycle.raising(cast.olga, case, on=date(2025, 6, 13))
    cycle.item(cast.olga, cycle.response(cast.olga, case.label(), on=date(2025, 9, 1)), old, "B3")
    assert open_raisings(cast.olga, None, dialogue=cast.cn.pk) == [new]
    assert ledger_of(case, cast.olga).waiting_since == new.on


def test_a_response_is_not_raised_above_a_later_answer_that_repeats_it(cast, case, as_):
    asked = cycle.raising(cast.olga, case)
    first = cycle.response(cast.olga, case.label(), on=NOVEMBER)
    again = cycle.response(cast.olga, case.label(), on=NOVEMBER + timedelta(days=60))
    earlier = cycle.item(cast.olga, first, asked, "A1")
    cycle.item(cast.olga, again, cycle.raising(cast.olga, case, channel="un"), "C8", repeats=earlier)
    with pytest.raises(WrongState, match="later answer that repeats"):
        label_response(response=first, by=cast.nils, seen=1, marking=2, compartment=None, reason="Marked later.")


def test_what_is_repeated_out_of_sight_is_not_told_of(cast, case, as_):
    deep = cycle.response(cast.nils, Label(cast.cn.pk, Marking.RESTRICTED), on=date(2025, 9, 3))
    earlier = cycle.item(cast.nils, deep, cycle.raising(cast.nils, case), "A1")
    cycle.item(
        cast.olga, cycle.response(cast.olga, case.label()), cycle.raising(cast.olga, case), "C8", repeats=earlier
    )
    page = f"/cases/{case.reference}/"
    assert "3 September 2025" not in as_(cast.olga).get(page).content.decode()
    assert "Repeats the" in as_(cast.nils).get(page).content.decode()


def test_of_what_one_does_not_see_it_is_said_only_that_there_is_something(cast, case):
    item = answer(cast.olga, reply(cast.olga, case.label()), cycle.raising(cast.olga, case))
    cycle.commitment(cast.nils, Label(cast.cn.pk, Marking.RESTRICTED), item=item)
    for who, words in ((cast.olga, "Something rests"), (cast.nils, "commitments")):
        with pytest.raises(WrongState, match=words) as refused:
            remove_item(item=item, by=who, seen=1, reason="Twice.")
    assert "Something" not in refused.value.reason


def test_a_reply_is_not_emptied(cast, case):
    said = reply(cast.olga, case.label())
    with pytest.raises(WrongState, match="Write what came back"):
        edit_response(response=said, by=cast.olga, seen=1, changes={"verbatim": "", "translation": ""})


def test_pages_carry_the_mark_of_the_highest_answer_on_them(cast, case, as_):
    listed = cycle.handed_over(cast.olga, cast.anna, held(cast.olga, cast.cn), case)
    deep = cycle.response(cast.nils, Label(cast.cn.pk, Marking.RESTRICTED))
    high = cycle.item(cast.nils, deep, cycle.raising_of(listed, case), "A1")
    low = cycle.item(cast.olga, cycle.response(cast.olga, case.label()), cycle.raising_of(listed, case), "B3")
    for url in (f"/lists/{listed.pk}/answers/", f"/answers/{low.pk}/", f"/answers/{high.pk}/"):
        assert as_(cast.nils).get(url).context["marking_label"] == Marking.RESTRICTED.on_paper
    assert as_(cast.olga).get(f"/answers/{low.pk}/").context["marking_label"] == Marking.NORMAL.on_paper
