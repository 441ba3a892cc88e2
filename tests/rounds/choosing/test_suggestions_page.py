"""The page of suggestions: filters, counts, ticking, and who may put cases on a list."""

from datetime import timedelta

import pytest

from cases import paging
from cases.models import CaseTheme, Place, Theme
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds import reasons
from rounds.models import ListEntry
from rounds.states import ListState
from rounds.views.choosing import suggestions as view
from tests import make
from tests.rounds import cycle
from tests.rounds.choosing.desk import TODAY, decide, desk, entry_of, north
from tests.rounds.make import round_


@pytest.fixture
def d(cast):
    return desk(cast)


def url(d, query=""):
    return f"/lists/{d.draft.pk}/suggestions/{query}"


def shown(d, client, query=""):
    page = client.get(url(d, query))
    assert page.status_code == 200
    return [one.case.pk for one in page.context["rows"]]


def test_reasons_and_counts_stand_on_the_page(d, as_):
    silent, never = d.case("Ann Silent"), d.case("Ben Never")
    d.given(silent)
    page = as_(d.cast.olga).get(url(d))
    assert "not answered since round 40" in page.text
    chips = {one["label"]: one["count"] for one in page.context["reasons"]}
    assert chips == {"all": 2, "not answered last time": 1, "never raised": 1}
    assert [one.case.pk for one in page.context["rows"]] == [silent.pk, never.pk]
    assert "Ann Silent" not in page.text.partition("</title>")[0]


def test_filter_by_reason_theme_owner_place(d, as_):
    with acting(Verb.VOCABULARY_EDITED, by=d.cast.olga):
        theme, tibet = Theme(name="Religion"), Place(name="Tibet AR", pack="cn")
        save_new(theme)
        save_new(tibet)
        town = Place(name="Nagchu", pack="cn", region=tibet)
        save_new(town)
    plain, other = d.case("Ann Plain"), d.case("Ben Other", owner=d.cast.olga)
    make.part(CaseTheme(theme=theme), other, d.cast.olga)
    make.part(make.event(when="2014", place=town), plain, d.cast.olga)
    silent, alone = d.case("Cy Silent"), d.case("Dee Alone", owner=None)
    d.given(silent)
    client = as_(d.cast.olga)
    assert shown(d, client, "?reason=unanswered") == [silent.pk]
    assert shown(d, client, f"?theme={theme.pk}") == [other.pk]
    assert shown(d, client, "?owner=me") == [other.pk]
    assert set(shown(d, client, f"?owner={d.cast.hugo.pk}")) == {plain.pk, silent.pk}
    assert shown(d, client, "?owner=nobody") == [alone.pk]
    assert shown(d, client, f"?place={tibet.pk}") == [plain.pk]
    assert shown(d, client, f"?place={tibet.pk}&owner=me") == []


@pytest.mark.parametrize(
    "query", ["?reason=nonsense", "?theme=7", "?owner=x", "?place=00000000-0000-4000-8000-000000000000"]
)
def test_a_filter_that_is_not_offered_shows_nothing(d, as_, query):
    d.case()
    page = as_(d.cast.olga).get(url(d, query))
    assert page.status_code == 422
    assert page.context["rows"] == []
    assert "This filter cannot be applied" in page.text


def test_pages(d, as_, monkeypatch):
    monkeypatch.setattr(view, "SIZE", 2)
    cases = [d.case(f"{name} Invented") for name in ("Ann", "Ben", "Cy")]
    client = as_(d.cast.olga)
    first = client.get(url(d))
    assert [one.case.pk for one in first.context["rows"]] == [one.pk for one in cases[:2]]
    assert first.context["pager"]["shown"] == "1–2 of 3"
    assert first.context["pager"]["next_url"].endswith("?page=2")
    assert shown(d, client, "?page=2") == [cases[2].pk]
    assert shown(d, client, "?page=9") == shown(d, client, "?page=-1") == shown(d, client)


def test_no_more_than_a_thousand_are_counted_and_shown(d, as_, monkeypatch):
    monkeypatch.setattr(view, "SIZE", 2)
    monkeypatch.setattr(view, "CAP", 3)
    monkeypatch.setattr(reasons, "CAP", 3)
    monkeypatch.setattr(paging, "CAP", 3)
    cases = [d.case(f"{name} Invented") for name in ("Ann", "Ben", "Cy", "Dee", "Eve")]
    client = as_(d.cast.olga)
    first = client.get(url(d))
    assert [one["words"] for one in first.context["reasons"]] == ["3+", "3+"]
    assert first.context["pager"]["shown"] == "1–2 of 3+"
    assert first.context["pager"]["last_url"].endswith("?page=2")
    assert "The first thousand are shown." in first.text
    assert shown(d, client, "?page=2") == [cases[2].pk]
    assert shown(d, client, "?page=3") == shown(d, client)


def test_ticked_ones_go_on_the_list_with_their_reasons(d, as_):
    carried, never = d.case("Ann Carried"), d.case("Ben Never")
    old = d.given(carried)
    decide(d.cast.olga, old, carried, "carry_forward")
    sent = {"case": [str(carried.pk), str(never.pk)], "query": "reason=&owner=nobody&nonsense=1"}
    answer = as_(d.cast.olga).post(url(d), sent)
    assert (answer.status_code, answer["Location"]) == (302, url(d, "?owner=nobody"))
    first, second = entry_of(d.draft, carried), entry_of(d.draft, never)
    assert first.why == "carried forward from round 40; not answered since round 40"
    assert (first.state, first.carried, first.carried_from.case_list_id) == ("proposed", 1, old.pk)
    assert (second.why, second.carried_from) == ("never raised", None)
    assert (first.position, second.position) == (1, 2)


def test_hidden_missing_and_unfit_cases_are_passed_over_alike(d, as_):
    fine = d.case("Ann Fine")
    above = d.case("Ben Above", marking=Marking.RESTRICTED)
    draft = d.case("Cy Draft", state="draft")
    missing = "00000000-0000-4000-8000-000000000000"
    client = as_(d.cast.hugo)
    for sent in (str(above.pk), missing, str(draft.pk), "nonsense"):
        answer = client.post(url(d), {"case": [sent]}, follow=True)
        assert not ListEntry.objects.filter(case_list=d.draft).exists(), answer.status_code
    page = client.post(url(d), {"case": [str(fine.pk), str(above.pk), missing]}, follow=True)
    assert "1 case is now on the list, as proposed. 2 could not be put on it, or stood on it already." in page.text
    assert [entry.case_id for entry in ListEntry.objects.filter(case_list=d.draft)] == [fine.pk]


def test_nothing_ticked(d, as_):
    d.case()
    page = as_(d.cast.olga).post(url(d), {"query": "reason=never_raised"})
    assert page.status_code == 422
    assert "Tick the cases that go on the list." in page.text


@pytest.mark.parametrize(
    ("who", "status"),
    [("olga", 302), ("hugo", 302), ("nils", 302), ("rita", 403), ("anna", 403), ("lars", 404), ("nora", 404),
     ("zoe", 404), ("adam", 404), ("otto", 404)],
)  # fmt: skip
def test_who_may(d, as_, who, status):
    case = d.case()
    client = as_(getattr(d.cast, who))
    assert client.get(url(d)).status_code == (404 if status == 404 else 200)
    assert client.post(url(d), {"case": [str(case.pk)]}).status_code == status
    assert ListEntry.objects.filter(case_list=d.draft).exists() == (status == 302)


def test_a_list_of_the_circle_is_there_for_the_circle(d, as_):
    high = cycle.case_list(d.cast.hugo, d.ahead, label=north(d.cast))
    for who, status in (("hugo", 200), ("nils", 404), ("olga", 404)):
        assert as_(getattr(d.cast, who)).get(f"/lists/{high.pk}/suggestions/").status_code == status


@pytest.mark.parametrize("state", sorted(set(ListState.values) - {"draft", "in_review"}))
def test_only_lists_that_are_worked_on(d, as_, state):
    case = d.case()
    frozen = cycle.case_list(d.cast.olga, d.ahead, approved_by=d.cast.anna, state=state, state_reason="So.")
    page = as_(d.cast.olga).get(f"/lists/{frozen.pk}/suggestions/")
    assert 'name="case"' not in page.text
    answer = as_(d.cast.olga).post(f"/lists/{frozen.pk}/suggestions/", {"case": [str(case.pk)]})
    assert answer.status_code == 409
    assert not ListEntry.objects.filter(case_list=frozen).exists()


def test_reviewers_read(d, as_):
    d.case()
    page = as_(d.cast.rita).get(url(d))
    assert "never raised" in page.text
    assert 'name="case"' not in page.text


def test_empty(d, as_):
    assert "Nothing is suggested" in as_(d.cast.olga).get(url(d)).text
    assert "No suggestion fits" in as_(d.cast.olga).get(url(d, "?reason=health")).text


def test_a_round_without_a_day(d, as_):
    undated = cycle.case_list(d.cast.olga, round_(d.cast.olga, d.cast.cn, 43, None))
    d.case()
    assert as_(d.cast.olga).get(f"/lists/{undated.pk}/suggestions/").status_code == 200


def test_the_trail_keeps_counts_and_no_names(d, as_):
    d.case()
    as_(d.cast.olga).get(url(d))
    entry = TrailEntry.objects.get(object_id=d.draft.pk, verb="case.listed")
    assert entry.detail["count"] == 1
    assert set(entry.detail) == {"count", "digest"}


def test_what_is_hidden_changes_no_byte(d, as_):
    """Olga's page with and without a list, an answer and a case above her."""
    silent = d.case("Ann Silent")
    d.given(silent)
    client = as_(d.cast.olga)
    client.get(url(d))
    before = (client.get(url(d)).context["rows"], client.get(url(d)).context["reasons"])
    above = d.case("Ben Above", marking=Marking.RESTRICTED, compartment=d.cast.north)
    hidden = d.given(silent, above, label=north(d.cast), on=TODAY - timedelta(days=20))
    d.answered(hidden, silent, "C1", days_ago=10)
    after = (client.get(url(d)).context["rows"], client.get(url(d)).context["reasons"])
    assert [(one.case.pk, one.reasons) for one in after[0]] == [(one.case.pk, one.reasons) for one in before[0]]
    assert after[1] == before[1]


def test_queries_do_not_grow(d, as_, django_assert_max_num_queries):
    silent = [d.case(f"Person {n} Invented") for n in range(6)]
    d.given(*silent[:4])
    client = as_(d.cast.olga)
    client.get(url(d))
    with django_assert_max_num_queries(10):
        client.get(url(d))
    for n in range(8):
        d.case(f"Further {n} Invented")
    with django_assert_max_num_queries(10):
        client.get(url(d, "?reason=never_raised"))
