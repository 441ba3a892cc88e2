"""Where what stands on a list comes from: kept as `carried_from`, it holds the label of the list up, and the chain of
what is carried forward does not break."""

import pytest

from casetracker.access.errors import WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.actions.missing import hold_back_missing, put_back_missing
from rounds.looking_back import source_of
from rounds.models import CaseList, ListEntry, Round
from rounds.reasons import ReasonCode
from rounds.suggestions import Reason, Suggestion
from tests.rounds import cycle
from tests.rounds.choosing.desk import GIVEN, decide, desk, entry_of, north
from tests.rounds.make import round_
from tests.two_persons import lower_list


@pytest.fixture
def d(cast):
    return desk(cast)


def restricted(d):
    return Label(d.cast.cn.pk, Marking.RESTRICTED)


def lower(d, case_list):
    case_list.refresh_from_db()
    lower_list(case_list, d.cast.hugo, d.cast.anna)


@pytest.mark.parametrize("decided", ["", "follow_up", "carry_forward"])
def test_a_reason_from_a_higher_list_keeps_the_label_up(d, as_, decided):
    case = d.case()
    old = d.given(case, label=restricted(d))
    if decided:
        decide(d.cast.hugo, old, case, decided)
    high = cycle.case_list(d.cast.nils, d.ahead, label=restricted(d))
    as_(d.cast.nils).post(f"/lists/{high.pk}/suggestions/", {"case": [str(case.pk)]})
    assert "round 40" in entry_of(high, case).why
    assert entry_of(high, case).carried_from.case_list_id == old.pk
    with pytest.raises(WrongState, match="list with a higher label"):
        lower(d, high)


@pytest.mark.parametrize("held", [True, False])
def test_a_missing_name_of_a_higher_list_keeps_the_label_up(d, held):
    case = d.case()
    old = d.given(case, label=restricted(d))
    high = cycle.case_list(d.cast.nils, d.ahead, label=restricted(d))
    if held:
        hold_back_missing(case_list=high, by=d.cast.nils, cases=[case], reasons={case.pk: "Not now."})
    else:
        put_back_missing(case_list=high, by=d.cast.nils, cases=[case])
    assert entry_of(high, case).carried_from.case_list_id == old.pk
    with pytest.raises(WrongState, match="list with a higher label"):
        lower(d, high)


def test_a_name_that_stood_on_no_list_says_so(d):
    """Held back by hand: nothing is said of a list, and nothing holds the label up."""
    case = d.case()
    high = cycle.case_list(d.cast.nils, d.ahead, label=restricted(d))
    hold_back_missing(case_list=high, by=d.cast.nils, cases=[case], reasons={case.pk: "Not now."})
    assert (entry_of(high, case).why, entry_of(high, case).carried_from) == ("", None)
    lower(d, high)


def entry_under(marking, compartment=None):
    cn = Round().pk
    return ListEntry(case_list=CaseList(dialogue_id=cn, marking=marking, compartment_id=compartment))


def test_of_several_sources_the_one_with_the_highest_label():
    low, high = entry_under(1), entry_under(2)
    high.case_list.dialogue_id = low.case_list.dialogue_id
    assert source_of([low, high]) == high
    assert source_of([high, low]) == high
    assert source_of([]) is None


def test_a_reason_that_no_source_covers_is_not_kept(d):
    marked, circle = entry_under(2), entry_under(1, d.cast.north.pk)
    circle.case_list.dialogue_id = marked.case_list.dialogue_id
    reasons = (
        Reason(ReasonCode.CARRIED_FORWARD, "carried", marked),
        Reason(ReasonCode.UNANSWERED, "unanswered", circle),
        Reason(ReasonCode.HEALTH, "health"),
    )
    assert Suggestion(d.case(), reasons, source_of([marked, circle])).why == "carried; health"


def carried_before(d, cast):
    """A case carried once before, and to be carried again."""
    case = d.case()
    earlier = round_(cast.olga, cast.cn, 39, GIVEN.replace(year=GIVEN.year - 1))
    first = cycle.handed_over(cast.hugo, cast.anna, earlier, case, on=GIVEN.replace(year=GIVEN.year - 1))
    old = d.given()
    cycle.entry(cast.hugo, old, case, state="raised", ask="Is he alive?", carried_from=entry_of(first, case), carried=1)
    decide(cast.olga, old, case, "carry_forward")
    return case, entry_of(old, case)


@pytest.mark.parametrize("way", ["reference", "held", "back"])
def test_the_chain_goes_on_however_a_case_comes_on_the_list(d, as_, way):
    case, before = carried_before(d, d.cast)
    if way == "reference":
        as_(d.cast.olga).post(f"/lists/{d.draft.pk}/cases/", {"q": case.reference})
    elif way == "held":
        hold_back_missing(case_list=d.draft, by=d.cast.olga, cases=[case], reasons={case.pk: "Not now."})
    else:
        put_back_missing(case_list=d.draft, by=d.cast.olga, cases=[case])
    mine = entry_of(d.draft, case)
    assert (mine.carried_from_id, mine.carried, mine.ask) == (before.pk, 2, "Is he alive?")


def test_the_beginning_of_a_reference_only_offers_its_case(d, as_):
    case = d.case()
    there = f"/lists/{d.draft.pk}/cases/"
    page = as_(d.cast.olga).post(there, {"q": case.reference[:-2]})
    assert page.status_code == 200
    assert f'name="q" value="{case.reference}"' in page.text
    assert not ListEntry.objects.filter(case_list=d.draft).exists()
    as_(d.cast.olga).post(there, {"q": case.reference.lower().replace("-", " ")})
    assert entry_of(d.draft, case).state == "included"


def test_north_is_above(d):
    """Whoever prepares for a circle: what comes from its list stays in it."""
    case = d.case()
    d.given(case, label=north(d.cast))
    high = cycle.case_list(d.cast.hugo, d.ahead, label=north(d.cast))
    hold_back_missing(case_list=high, by=d.cast.hugo, cases=[case], reasons={case.pk: "Not now."})
    with pytest.raises(WrongState):
        lower(d, high)
