"""The page of a round: what it brought, per viewer; and the answers of one list in sequence."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from casetracker.audit.models import TrailEntry
from tests import make as cases
from tests.rounds import cycle, make
from tests.rounds.closing.test_disposition import put
from tests.rounds.closing.world import list_in, restricted, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast):
    return world(cast)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def card(response, name):
    """The words of one card of the page; "" when it is not there."""
    found = re.search(rf'<section class="card" id="{name}".*?</section>', response.content.decode(), re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def answered(cast, here, code="A1", place=0, **values):
    said = values.pop("said", None) or cycle.response(cast.olga, here.past.label(), **values)
    return cycle.item(cast.olga, said, cycle.raising_of(here.given, here.cases[place]), code)


def test_lists_say_how_far_they_were_answered(cast, as_, here):
    url, olga = f"/rounds/{here.past.pk}/", as_(cast.olga)
    assert "unanswered" in card(olga.get(url), "lists")
    answered(cast, here, "R0")
    assert "0 of 2 answered" in card(olga.get(url), "lists")
    answered(cast, here)
    assert "partly answered" in card(olga.get(url), "lists")
    answered(cast, here, "", place=1)
    assert re.search(r"(?<!partly )(?<!of 2 )(?<!un)answered .* 2 of 2 answered", card(olga.get(url), "lists"))
    assert "2 not decided" in card(olga.get(url), "lists")


def test_an_answer_the_viewer_does_not_see_answers_nothing(cast, as_, here):
    secret = cycle.response(cast.nils, restricted(cast), round=here.past)
    answered(cast, here, said=secret)
    url = f"/rounds/{here.past.pk}/"
    assert "1 of 2 answered" in card(as_(cast.nils).get(url), "lists")
    assert "0 of 2 answered" in card(as_(cast.olga).get(url), "lists")
    assert card(as_(cast.olga).get(url), "came-back") == ""


@pytest.mark.parametrize(
    ("state", "who", "shown"),
    [
        ("planned", "olga", True), ("postponed", "olga", True), ("held", "olga", True), ("held", "rita", False),
        ("held", "anna", False), ("cancelled", "olga", False), ("closed", "olga", False),
    ],
)  # fmt: skip
def test_a_new_list_begins_here(cast, as_, here, state, who, shown):
    put(here.past, cast.olga, state=state, cancelled_by="own")
    page = as_(cast.people[who]).get(f"/rounds/{here.past.pk}/").content.decode()
    assert (f'href="/rounds/{here.past.pk}/lists/new/"' in page) == shown


def test_what_was_raised_how(cast, as_, here):
    cycle.raising(cast.olga, here.cases[0], channel="oral_session", round=here.past)
    cycle.raising(cast.olga, here.cases[1], channel="oral_session", round=here.past, voided=True, voided_reason="x")
    cycle.raising(cast.olga, here.cases[1], channel="demarche")
    shown = card(as_(cast.rita).get(f"/rounds/{here.past.pk}/"), "raised")
    assert "List 2 cases:" in shown
    assert f"Oral in session 1 case: {here.cases[0].reference}" in shown
    assert "Démarche" not in shown


def test_what_came_back_for_older_lists_and_later(cast, as_, here):
    later = make.held(cast.olga, cast.cn, ordinal=42, starts=date(2026, 3, 1))
    answered(cast, here, "B3", round=later, on=date(2026, 3, 1))
    loose = cycle.response(cast.olga, later.label(), round=later, on=date(2026, 3, 1))
    cycle.item(cast.olga, loose, verbatim="该人不详。")
    older = card(as_(cast.olga).get(f"/rounds/{later.pk}/"), "came-back")
    assert f"For the list for round 40 1 partial {here.cases[0].reference}" in older
    assert "1 answer matched to nothing yet" in older
    assert "1 partial" in card(as_(cast.olga).get(f"/rounds/{here.past.pk}/"), "later")
    assert card(as_(cast.olga).get(f"/rounds/{here.past.pk}/"), "came-back") == ""


def test_the_page_costs_the_same(cast, as_, django_assert_max_num_queries):
    many = world(cast, count=20)
    for place in range(20):
        answered(cast, many, place=place, round=many.past)
        cycle.commitment(cast.olga, many.past.label(), round=many.past, case=many.cases[place])
    olga = as_(cast.olga)
    olga.get("/me/")
    with django_assert_max_num_queries(20):
        olga.get(f"/rounds/{many.past.pk}/")


def test_answers_in_sequence(cast, as_, here):
    said = cycle.response(cast.olga, here.past.label(), on=date(2025, 11, 20), round=here.past, language="zh-Hans")
    raising = cycle.raising_of(here.given, here.cases[1])
    wrong = cycle.item(cast.olga, said, raising, "B4", verbatim="错。")
    right = {"verbatim": "他在二号监狱。", "translation": "He is in Prison No. 2.", "assessment": "consistent"}
    cycle.item(cast.olga, said, raising, "A1", supersedes=wrong, correction_reason="Misread.", **right)
    shown = as_(cast.rita).get(f"/lists/{here.given.pk}/answers/")
    words = text_of(shown)
    first, second = (words.index(case.reference) for case in here.cases)
    waited = (timezone.localdate() - cycle.JUNE).days
    assert first < words.index("not answered") < second < words.index("He is in Prison No. 2.")
    assert f"{waited:,} days since it was raised" in words
    assert "1 of 2 answered" in words
    assert "consistent with other sources" in words
    assert "错。" not in words
    assert '<blockquote lang="zh-Hans" dir="ltr">他在二号监狱。' in shown.content.decode()
    assert TrailEntry.objects.filter(verb="list.read", object_id=here.given.pk).count() == 1


def test_a_refusal_is_no_answer(cast, as_, here):
    answered(cast, here, "R0")
    words = text_of(as_(cast.olga).get(f"/lists/{here.given.pk}/answers/"))
    assert "refused, not answered" in words
    assert "0 of 2 answered" in words


def test_answers_of_what_is_hidden(cast, as_, here):
    case = cases.case(cast.nils, cast.cn, marking=2)
    hidden = cycle.handed_over(cast.nils, cast.anna, here.past, case, label=restricted(cast))
    answered(cast, here, said=cycle.response(cast.nils, restricted(cast)))
    assert as_(cast.olga).get(f"/lists/{hidden.pk}/answers/").status_code == 404
    assert "0 of 2 answered" in text_of(as_(cast.olga).get(f"/lists/{here.given.pk}/answers/"))
    assert "1 of 2 answered" in text_of(as_(cast.nils).get(f"/lists/{here.given.pk}/answers/"))


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_a_list_that_was_not_raised_can_be_read(cast, as_, here, state):
    made = list_in(cast, state, here.ahead, here.cases[0])
    assert "not raised so far" in text_of(as_(cast.olga).get(f"/lists/{made.pk}/answers/"))


def test_reading_answers_costs_the_same(cast, as_, django_assert_max_num_queries):
    many = world(cast, count=40)
    for place in range(40):
        answered(cast, many, place=place, on=cycle.JUNE + timedelta(days=place))
    olga = as_(cast.olga)
    olga.get("/me/")
    with django_assert_max_num_queries(10):
        olga.get(f"/lists/{many.given.pk}/answers/")
