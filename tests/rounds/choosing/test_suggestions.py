"""Suggestions: each reason alone, the rank, the label of the list, and what each viewer is told."""

from datetime import timedelta

import pytest

from cases.actions.case import move_case
from cases.codes import EventKind
from cases.models import Case, CaseTheme, FollowUp, Theme
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds import reasons
from rounds.reasons import WEIGHTS, ReasonCode, reasons_in
from rounds.suggestions import Suggestions, carried_entries
from tests import make
from tests.rounds import cycle
from tests.rounds.choosing.desk import GIVEN, TODAY, decide, desk, north
from tests.two_persons import lower


@pytest.fixture
def d(cast):
    return desk(cast)


def serving_until(day, **values):
    """Events of a sentence of ten years that ends on `day`."""
    start = f"{day.year - 10}-{day.month:02}-{min(day.day, 28):02}"
    return [
        make.event(EventKind.DETAINED, start, certainty="confirmed"),
        make.event(EventKind.SENTENCED, start, term_kind="fixed", term_months=120, certainty="confirmed"),
    ]


def test_never_raised(d):
    case = d.case()
    assert d.reasons(case) == {"never_raised": "never raised"}
    d.raised(case)
    assert d.reasons(case) == {}


def test_never_raised_is_for_active_cases(d):
    case = d.case(state="monitoring")
    assert d.reasons(case) == {}


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_cases_that_are_not_open_are_never_suggested(d, state):
    case = d.case(state="draft" if state == "draft" else "active", age=5)
    if state == "closed":
        move_case(case=case, by=d.cast.olga, seen=case.version, to="closed", reason="Released years ago.")
    assert d.reasons(case) == {}


def test_not_answered_last_time(d):
    silent, told = d.case("Ann Silent"), d.case("Ben Told")
    old = d.given(silent, told)
    d.answered(old, told)
    assert d.reasons(silent) == {"unanswered": "not answered since round 40"}
    assert d.reasons(told) == {}


def test_a_late_answer_to_something_older_and_a_refusal_are_no_answer(d):
    case = d.case()
    older = d.raised(case, 900)
    old = d.given(case)
    reply = cycle.response(d.cast.olga, old.label(), on=TODAY - timedelta(days=100))
    cycle.item(d.cast.olga, reply, older, "B2")
    d.answered(old, case, "R0", days_ago=50)
    assert list(d.reasons(case)) == ["unanswered"]
    d.answered(old, case, days_ago=40)
    assert d.reasons(case) == {}


@pytest.mark.parametrize(("decided", "code"), [("carry_forward", "carried_forward"), ("follow_up", "follow_up")])
def test_what_was_decided_after_the_round(d, decided, code):
    case = d.case()
    old = d.given(case)
    d.answered(old, case)
    decide(d.cast.olga, old, case, decided)
    assert list(d.reasons(case)) == [code]
    assert "round 40" in d.reasons(case)[code]


@pytest.mark.parametrize("decided", ["satisfied", "drop"])
def test_nobody_asks_again_after_what_is_settled(d, decided):
    case = d.case()
    old = d.given(case)
    decide(d.cast.olga, old, case, decided, "The family asked us to.")
    assert d.reasons(case) == {}


def test_carried_entries(d):
    case, other = d.case(), d.case("Ben Other")
    old = d.given(case, other)
    decide(d.cast.olga, old, case, "carry_forward")
    assert {key: entry.case_list_id for key, entry in carried_entries(d.draft, d.cast.olga).items()} == {
        case.pk: old.pk
    }


@pytest.mark.parametrize(
    ("days", "code"),
    [(-400, "term_over"), (-30, "term_over"), (5, "release_due"), (235, "release_due"), (250, None)],
)
def test_the_end_of_the_sentence(d, days, code):
    """The round begins in 60 days: due are those up to 240 days from today."""
    case = d.case(parts=serving_until(TODAY + timedelta(days=days)), state="monitoring")
    assert list(d.reasons(case)) == ([code] if code else [])


def test_nobody_is_due_who_is_out(d):
    out = make.event(EventKind.RELEASED, (TODAY - timedelta(days=10)).isoformat(), certainty="confirmed")
    case = d.case(parts=[*serving_until(TODAY + timedelta(days=30)), out], state="monitoring")
    assert d.reasons(case) == {}


def test_health(d):
    fresh = (TODAY - timedelta(days=200)).isoformat()
    stale = (TODAY - timedelta(days=700)).isoformat()
    assert "health" in d.reasons(d.case(parts=[make.event(EventKind.HEALTH, fresh)], state="monitoring"))
    assert d.reasons(d.case("Ben Well", parts=[make.event(EventKind.HEALTH, stale)], state="monitoring")) == {}


def test_health_by_theme_and_by_answer(d):
    with acting(Verb.VOCABULARY_EDITED, by=d.cast.olga):
        theme = Theme(name="Health and medical care")
        save_new(theme)
    themed, told, long_ago = (d.case(name, state="monitoring") for name in ("Ann Ill", "Ben Ill", "Cy Ill"))
    make.part(CaseTheme(theme=theme), themed, d.cast.olga)
    old = d.given(told, long_ago, on=TODAY - timedelta(days=900))
    d.answered(old, told, "B3")
    d.answered(old, long_ago, "B3", days_ago=800)
    assert "health" in d.reasons(themed)
    assert d.reasons(told) == {"health": "concern for health"}
    assert d.reasons(long_ago) == {}


@pytest.mark.parametrize("code", ["C1", "C2"])
def test_identifiers_to_fix(d, code):
    case = d.case()
    old = d.given(case)
    d.answered(old, case, code)
    words = d.reasons(case)["fix_identifiers"]
    assert words.startswith(f"last answer {code}, ")
    assert words.endswith("no follow-up on identifiers open")
    make.part(FollowUp(what="Fix identifiers", owner=d.cast.olga, due=TODAY), case, d.cast.olga)
    assert d.reasons(case)["fix_identifiers"].endswith("identifiers still to be fixed")


def test_identifiers_were_good_enough_later(d):
    case = d.case()
    old = d.given(case)
    first = d.answered(old, case, "C1", days_ago=90)
    d.answered(old, case, "A1", days_ago=80)
    assert d.reasons(case) == {}
    assert first.code == "C1"


def test_new_information(d):
    case = d.case(parts=[make.event(EventKind.DETAINED, "2015")])
    d.raised(case, 400)
    assert d.reasons(case) == {}
    make.part(make.event(EventKind.TRANSFERRED, "2016"), case, d.cast.olga)
    assert list(d.reasons(case)) == ["new_information"]
    d.raised(case, 0)
    assert d.reasons(case) == {}


def test_new_information_on_what_was_never_raised(d):
    assert list(d.reasons(d.case(age=100))) == ["new_information", "never_raised"]
    assert list(d.reasons(d.case("Ben Older", age=200))) == ["never_raised"]


def test_carried_forward_first_then_by_weight(d):
    never, due, carried = d.case("Ann Never"), d.case("Ben Due", parts=serving_until(TODAY)), d.case("Cy Carried")
    old = d.given(carried)
    d.answered(old, carried)
    decide(d.cast.olga, old, carried, "carry_forward")
    assert [one.case.pk for one in d.suggested()] == [carried.pk, due.pk, never.pk]


def test_carried_forward_outweighs_everything_else():
    rest = sum(weight for code, weight in WEIGHTS.items() if code != ReasonCode.CARRIED_FORWARD)
    assert WEIGHTS[ReasonCode.CARRIED_FORWARD] > rest
    assert list(WEIGHTS) == list(ReasonCode)
    assert reasons_in(0) == ()


def test_what_is_on_the_list_is_not_suggested(d):
    case = d.case()
    cycle.entry(d.cast.olga, d.draft, case, state="held_back", state_reason="Not now.")
    assert d.reasons(case) == {}


def test_only_what_the_label_of_the_list_covers(d):
    """Hugo sees the restricted case and the one of the circle; a list for all of the dialogue offers neither."""
    restricted = d.case("Ann Above", marking=Marking.RESTRICTED)
    circle = d.case("Ben Circle", marking=Marking.RESTRICTED, compartment=d.cast.north)
    assert d.reasons(restricted, d.cast.hugo) == {}
    high = cycle.case_list(d.cast.hugo, d.ahead, label=north(d.cast))
    assert "never_raised" in d.reasons(restricted, d.cast.hugo, high)
    assert "never_raised" in d.reasons(circle, d.cast.hugo, high)


def test_other_dialogues_are_not_offered(d):
    make.case(d.cast.lars, d.cast.nv, "Ola Elsewhere")
    assert d.suggested() == []


@pytest.mark.parametrize("who", ["olga", "hugo"])
def test_hidden_raisings_and_answers_change_nothing(d, who):
    """What stands on a list above neither makes nor takes away a reason, for those who see it neither: it is kept
    as `why` on a list that more people see."""
    person = getattr(d.cast, who)
    case, silent = d.case("Ann Plain"), d.case("Ben Silent")
    shown = d.given(silent)
    before = [(one.case.pk, one.reasons) for one in d.suggested(person)]
    hidden = d.given(case, silent, label=north(d.cast), on=GIVEN + timedelta(days=5))
    d.answered(hidden, case, "C1", label=north(d.cast))
    d.answered(shown, silent, "B3", label=north(d.cast))
    decide(d.cast.hugo, hidden, case, "carry_forward")
    assert [(one.case.pk, one.reasons) for one in d.suggested(person)] == before


def test_above_they_count_for_a_list_above(d):
    case = d.case("Ann Plain")
    hidden = d.given(case, label=north(d.cast))
    decide(d.cast.hugo, hidden, case, "carry_forward")
    high = cycle.case_list(d.cast.hugo, d.ahead, label=north(d.cast))
    assert list(d.reasons(case, d.cast.hugo, high)) == ["carried_forward", "unanswered"]


def test_why_fits_its_column(d):
    case = d.case(parts=[*serving_until(TODAY - timedelta(days=20)), make.event(EventKind.HEALTH, "2026")], age=3)
    old = d.given(case)
    d.answered(old, case, "C2")
    make.part(make.event(EventKind.TRANSFERRED, "2016"), case, d.cast.olga)
    decide(d.cast.olga, old, case, "carry_forward")
    one = d.suggested()[0]
    assert len(one.reasons) > 3
    assert 100 < len(one.why) <= 300


def test_all_cases_and_one_page_are_told_the_same(d):
    """A reason is asked of all cases and again of those of a page: both must find the same cases."""
    for make_them in (test_not_answered_last_time, test_health, test_new_information_on_what_was_never_raised):
        make_them(d)
    test_new_information(d)
    for number, code in enumerate(("C1", "C2", "A1")):
        case = d.case(f"Known {number}", parts=serving_until(TODAY - timedelta(days=number)))
        given = d.given(case)
        d.answered(given, case, code)
        d.answered(given, case, "C1" if code == "A1" else "B2", days_ago=100 if number else 200)
    quiet = d.case("Quiet Invented")
    d.raised(quiet, 400)
    make.part(FollowUp(what="Ask the family", owner=d.cast.olga, due=TODAY), quiet, d.cast.olga)
    found = Suggestions(d.draft, d.cast.olga, today=TODAY)
    ranking = found.ranking(found.candidates())
    told = {one.case.pk: one.score for one in found.of(d_keys())}
    assert dict(ranking.scores) == {key: score for key, score in told.items() if score}
    assert len({code for score in told.values() for code in reasons_in(score)}) > 5


def d_keys():
    return list(Case.objects.unscoped("tests").values_list("pk", flat=True))


def test_what_stands_on_a_list_above_the_case_is_known_above_alone(d):
    """Raised on a list of the circle only: never raised for the others, raised and changed since for the circle."""
    case = d.case("Ann Plain", parts=[make.event(EventKind.DETAINED, "2015")])
    above = d.given(case, label=north(d.cast))
    decide(d.cast.hugo, above, case, "satisfied")
    make.part(make.event(EventKind.TRANSFERRED, "2016"), case, d.cast.olga)
    assert {"never_raised", "new_information"} == set(d.reasons(case, d.cast.hugo))
    high = cycle.case_list(d.cast.hugo, d.ahead, label=north(d.cast))
    assert set(d.reasons(case, d.cast.hugo, high)) == {"new_information"}


def test_a_case_whose_label_falls_is_told_no_more_than_others_see(d):
    """Its raisings on a list above it count for those who see that list."""
    case = d.case("Ann Above", marking=Marking.RESTRICTED, compartment=d.cast.north)
    d.given(case, label=north(d.cast))
    case.refresh_from_db()
    assert case.raised_until is not None
    lower(case, d.cast.hugo, d.cast.anna)
    assert d.reasons(case) == {"new_information": "logged or changed lately", "never_raised": "never raised"}


def test_the_first_of_each_reason_stand_for_all(d, monkeypatch):
    monkeypatch.setattr(reasons, "CAP", 1)
    cases = [d.case(f"{name} Invented") for name in ("Cy", "Ben", "Ann")]
    assert [one.case.pk for one in d.suggested()] == [cases[2].pk, cases[1].pk]
