"""The difference to the previous list: which list that is, what became of every name, and saying why."""

from datetime import timedelta

import pytest

from cases.actions.case import move_case
from cases.models import Case
from casetracker.access.errors import Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from rounds.actions.missing import hold_back_missing, put_back_missing
from rounds.difference import difference, unexplained
from rounds.models import ListEntry
from rounds.states import ListState
from tests.rounds import cycle
from tests.rounds.choosing.desk import GIVEN, TODAY, decide, desk, entry_of, north
from tests.rounds.make import round_


@pytest.fixture
def d(cast):
    return desk(cast)


def url(d):
    return f"/lists/{d.draft.pk}/difference/"


def put(d, case, **values):
    return cycle.entry(d.cast.olga, d.draft, case, **values)


def test_added_kept_dropped(d):
    both, gone, new = d.case("Ann Both"), d.case("Ben Gone"), d.case("Cy New")
    old = d.given(both, gone)
    put(d, both)
    put(d, new, state="proposed")
    found = difference(d.draft, d.cast.olga)
    assert found.previous == old
    assert [one.case_id for one in found.kept] == [both.pk]
    assert [one.case_id for one in found.added] == [new.pk]
    assert [(one.entry.case_id, one.reason, one.here) for one in found.dropped] == [(gone.pk, "", None)]
    assert [one.case_id for one in unexplained(d.draft, d.cast.olga)] == [gone.pk]


@pytest.mark.parametrize(
    ("disposition", "reason", "told"),
    [
        ("satisfied", "", "satisfied after round 40"),
        ("satisfied", "He is free.", "satisfied after round 40: He is free."),
        ("drop", "The family asked us to.", "dropped after round 40: The family asked us to."),
        ("carry_forward", "", ""),
        ("follow_up", "We ask again.", ""),
        ("", "", ""),
    ],
)
def test_what_was_decided_there_is_a_reason(d, disposition, reason, told):
    case = d.case()
    old = d.given(case)
    if disposition:
        decide(d.cast.olga, old, case, disposition, reason)
    assert [one.reason for one in difference(d.draft, d.cast.olga).dropped] == [told]


def test_held_back_here_is_a_reason(d):
    case = d.case()
    d.given(case)
    mine = put(d, case, state="held_back", state_reason="Not now.")
    found = difference(d.draft, d.cast.olga)
    assert [(one.reason, one.here) for one in found.dropped] == [("held back: Not now.", mine)]
    assert (found.kept, found.missing) == ([], [])


def test_a_closed_case_has_its_reason(d):
    case = d.case()
    d.given(case)
    case.refresh_from_db()
    move_case(case=case, by=d.cast.olga, seen=case.version, to="closed", reason="She went abroad.")
    assert [one.reason for one in difference(d.draft, d.cast.olga).dropped] == ["case closed: She went abroad."]


def test_a_merged_case_is_the_one_it_was_merged_into(d):
    old_file, new_file = d.case("Ann Twice"), d.case("Ann Twice")
    d.given(old_file)
    Case.objects.unscoped("tests").filter(pk=old_file.pk).update(state="merged", merged_into=new_file)
    (missing,) = difference(d.draft, d.cast.olga).missing
    assert missing.case_id == new_file.pk
    put(d, new_file)
    found = difference(d.draft, d.cast.olga)
    assert (len(found.kept), found.dropped) == (1, [])


def test_a_case_merged_out_of_reach_does_not_hold_the_list_up(d):
    old_file = d.case("Ann Twice")
    above = d.case("Ann Above", marking=Marking.RESTRICTED, compartment=d.cast.north)
    d.given(old_file)
    Case.objects.unscoped("tests").filter(pk=old_file.pk).update(state="merged", merged_into=above)
    assert [one.reason for one in difference(d.draft, d.cast.olga).dropped] == ["merged into another case"]


def test_what_was_held_back_there_was_no_name_on_it(d):
    case, off = d.case(), d.case("Ben Off")
    old = d.given(case)
    cycle.entry(d.cast.olga, old, off, state="held_back", state_reason="Not then.")
    assert [one.entry.case_id for one in difference(d.draft, d.cast.olga).dropped] == [case.pk]


def test_the_previous_list_is_the_latest_handed_over(d):
    first, second = d.case("Ann First"), d.case("Ben Second")
    earlier = round_(d.cast.olga, d.cast.cn, 39, GIVEN - timedelta(days=200))
    cycle.handed_over(d.cast.hugo, d.cast.anna, earlier, first, on=GIVEN - timedelta(days=220))
    latest = d.given(second)
    withdrawn = cycle.case_list(d.cast.olga, d.ahead, first)
    assert withdrawn.state == ListState.DRAFT
    assert difference(d.draft, d.cast.olga).previous == latest


def test_looked_at_later_a_list_is_compared_with_the_one_before_it(d):
    first, second, third = (d.case(f"{name} Invented") for name in ("Ann", "Ben", "Cy"))
    earlier = round_(d.cast.olga, d.cast.cn, 39, GIVEN - timedelta(days=200))
    before = cycle.handed_over(d.cast.hugo, d.cast.anna, earlier, first, on=GIVEN - timedelta(days=220))
    middle = d.given(second)
    cycle.handed_over(d.cast.hugo, d.cast.anna, d.ahead, third, on=TODAY)
    assert difference(middle, d.cast.olga).previous == before


def test_a_supplementary_list_counts_with_the_list_of_its_round(d):
    main, more = d.case("Ann Main"), d.case("Ben More")
    first = d.given(main)
    d.given(more, on=GIVEN + timedelta(days=9), supplementary=True)
    found = difference(d.draft, d.cast.olga)
    assert found.previous == first
    assert {one.entry.case_id for one in found.missing} == {main.pk, more.pk}


def test_nobody_is_dropped_by_a_supplementary_list(d):
    d.given(d.case())
    extra = cycle.case_list(d.cast.olga, d.ahead, supplementary=True)
    assert difference(extra, d.cast.olga).dropped == []


def test_a_list_above_is_nobody_s_previous_list_below(d):
    """Hugo sees the list of the circle; a list for all is compared with what all of its readers see."""
    case, shown = d.case("Ann Hidden"), d.case("Ben Shown")
    below = d.given(shown)
    above = d.given(case, label=north(d.cast), on=GIVEN + timedelta(days=3))
    assert difference(d.draft, d.cast.hugo).previous == below
    high = cycle.case_list(d.cast.hugo, d.ahead, label=north(d.cast))
    assert difference(high, d.cast.hugo).previous == above


def test_the_first_list_has_none(d, as_):
    page = as_(d.cast.olga).get(url(d))
    assert page.status_code == 200
    assert "no list before this one" in page.text
    assert unexplained(d.draft, d.cast.olga) == []


def test_hold_back_one_by_one_and_several_at_once(d, as_):
    one, two, three, four = (d.case(f"{name} Invented") for name in ("Ann", "Ben", "Cy", "Dee"))
    old = d.given(one, two, three, four)
    keys = [entry_of(old, case).pk for case in (one, two, three, four)]
    sent = {
        f"reason-{keys[0]}": "Only this one.",
        "tick": [str(keys[1]), str(keys[2])],
        f"reason-{keys[2]}": "Another.",
        "reason": "Quiet talks.",
        "doing": "hold",
    }
    assert as_(d.cast.olga).post(url(d), sent).status_code == 302
    held = {entry.case_id: (entry.state, entry.state_reason) for entry in ListEntry.objects.filter(case_list=d.draft)}
    assert held == {
        one.pk: ("held_back", "Only this one."),
        two.pk: ("held_back", "Quiet talks."),
        three.pk: ("held_back", "Another."),
    }
    assert [entry.case_id for entry in unexplained(d.draft, d.cast.olga)] == [four.pk]


def test_a_reason_is_asked_for(d, as_):
    case, other = d.case(), d.case("Ben Other")
    old = d.given(case, other)
    ticked, untouched = entry_of(old, case).pk, entry_of(old, other).pk
    page = as_(d.cast.olga).post(url(d), {"tick": [str(ticked)], f"reason-{untouched}": "Kept as typed."})
    assert page.status_code == 422
    assert "Say why, here or for all that are ticked." in page.text
    assert "Kept as typed." in page.text
    assert as_(d.cast.olga).post(url(d), {}).status_code == 422
    assert not ListEntry.objects.filter(case_list=d.draft).exists()


def test_put_back_on_the_list(d, as_):
    case = d.case()
    old = d.given(case)
    decide(d.cast.olga, old, case, "carry_forward")
    entry = entry_of(old, case)
    assert as_(d.cast.olga).post(url(d), {"tick": [str(entry.pk)], "doing": "keep"}).status_code == 302
    mine = entry_of(d.draft, case)
    assert (mine.state, mine.carried_from_id, mine.carried, mine.ask) == ("proposed", entry.pk, 1, "Where is he held?")
    assert as_(d.cast.olga).post(url(d), {"doing": "keep"}).status_code == 422


def test_what_is_no_missing_name_is_refused_alike(d, as_):
    """An entry of a list olga does not see, and one that does not exist."""
    d.given(d.case())
    hidden = entry_of(d.given(other := d.case("Ben Other"), label=north(d.cast)), other)
    answers = {
        key: as_(d.cast.olga).post(url(d), {"tick": [key], "reason": "Because.", "doing": "hold"})
        for key in (str(hidden.pk), str(other.pk))
    }
    assert {page.status_code for page in answers.values()} == {422}
    assert not any(key in page.text for key, page in answers.items())


@pytest.mark.parametrize(
    ("who", "status"),
    [("olga", 302), ("hugo", 302), ("nils", 302), ("rita", 403), ("anna", 403), ("lars", 404), ("nora", 404),
     ("zoe", 404), ("adam", 404), ("otto", 404)],
)  # fmt: skip
def test_who_may(d, as_, who, status):
    case = d.case()
    key = str(entry_of(d.given(case), case).pk)
    client = as_(getattr(d.cast, who))
    assert client.get(url(d)).status_code == (404 if status == 404 else 200)
    assert client.post(url(d), {"tick": [key], "reason": "Why.", "doing": "hold"}).status_code == status
    assert ListEntry.objects.filter(case_list=d.draft).exists() == (status == 302)


@pytest.mark.parametrize("state", sorted(set(ListState.values) - {"draft", "in_review"}))
def test_only_lists_that_are_worked_on(d, as_, state):
    case = d.case()
    old = d.given(case)
    after = round_(d.cast.olga, d.cast.cn, 42, TODAY + timedelta(days=200))
    frozen = cycle.case_list(d.cast.olga, after, approved_by=d.cast.anna, state=state, state_reason="So.")
    sent = {"tick": [str(entry_of(old, case).pk)], "reason": "Why.", "doing": "hold"}
    page = as_(d.cast.olga).post(f"/lists/{frozen.pk}/difference/", sent)
    assert page.status_code == 409
    assert not ListEntry.objects.filter(case_list=frozen).exists()
    with pytest.raises(WrongState):
        put_back_missing(case_list=frozen, by=d.cast.olga, cases=[case])


def test_the_actions_ask_themselves(d):
    case = d.case()
    with pytest.raises(Denied):
        hold_back_missing(case_list=d.draft, by=d.cast.rita, cases=[case], reasons={case.pk: "Why."})
    with pytest.raises(WrongState, match="Say for every case"):
        hold_back_missing(case_list=d.draft, by=d.cast.olga, cases=[case], reasons={case.pk: " "})


def test_holding_back_twice_leaves_the_first_reason(d):
    """Two at once: the second meets an entry that is there already, and changes nothing."""
    case = d.case()
    d.given(case)
    for who, why, made in ((d.cast.olga, "First.", 1), (d.cast.hugo, "Second.", 0)):
        assert hold_back_missing(case_list=d.draft, by=who, cases=[case], reasons={case.pk: why}) == made
    assert entry_of(d.draft, case).state_reason == "First."


def test_the_trail_says_how_many(d, as_):
    one, two = d.case("Ann Invented"), d.case("Ben Invented")
    old, before = d.given(one, two), TrailEntry.objects.filter(object_id=d.draft.pk, verb="list.edited").count()
    as_(d.cast.olga).get(url(d))
    keys = [str(entry_of(old, case).pk) for case in (one, two)]
    as_(d.cast.olga).post(url(d), {"tick": keys, "reason": "Why.", "doing": "hold"})
    made = TrailEntry.objects.filter(object_id=d.draft.pk, verb="list.edited").order_by("at")[before:]
    references = sorted([one.reference, two.reference])
    assert [entry.detail for entry in made] == [{"entry": "held_back", "count": 2, "cases": references}]
    action = made[0].action_id
    for case in (one, two):
        rows = list(ListEntry.history.filter(id=entry_of(d.draft, case).pk))
        assert [(row.action_id, row.state, row.state_reason) for row in rows] == [(action, "held_back", "Why.")]
    assert TrailEntry.objects.filter(object_id=d.draft.pk, verb="list.read").count() == 1


def test_sent_twice_it_is_held_back_once_and_leaves_one_entry(d):
    case = d.case()
    d.given(case)
    held = {"case_list": d.draft, "by": d.cast.olga, "cases": [case], "reasons": {case.pk: "Why."}}
    assert [hold_back_missing(**held) for _ in range(2)] == [1, 0]
    assert TrailEntry.objects.filter(object_id=d.draft.pk, verb="list.edited").count() == 1


def test_queries_do_not_grow(d, as_, django_assert_max_num_queries):
    d.given(*(d.case(f"Person {n} Invented") for n in range(5)))
    client = as_(d.cast.olga)
    client.get(url(d))
    with django_assert_max_num_queries(7):
        client.get(url(d))
