"""Look-up from anywhere, through the front door."""

import pytest

from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make

URL = "/find/"


def test_the_one_case_is_opened(cast, as_):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    for typed in ("dolma", case.reference.lower()):
        answer = as_(cast.rita).post(URL, {"q": typed})
        assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.reference}/")


def test_several_are_listed_with_the_name_that_was_found(cast, as_):
    make.case(cast.olga, cast.cn, "Dolma Invented", parts=[make.name("Pema", kind="alias")])
    make.case(cast.olga, cast.cn, "Dolma Other")
    text = as_(cast.rita).post(URL, {"q": "dolma"}).content.decode()
    assert "2 cases" in text
    assert text.count('<mark class="hit">') == 2
    assert "alias" in text
    assert "<title>Find a case · casetracker</title>" in text


def test_a_term_in_the_address_is_not_looked_up(cast, as_):
    make.case(cast.olga, cast.cn, "Dolma Invented")
    answer = as_(cast.rita).get(URL, {"q": "dolma"})
    assert answer.status_code == 200
    assert "Dolma" not in answer.content.decode()
    assert not TrailEntry.objects.filter(verb=Verb.CASES_SEARCHED).exists()


def test_nothing_found_offers_a_new_case_without_an_address(cast, as_):
    text = as_(cast.olga).post(URL, {"q": "Nobody Whosoever"}).content.decode()
    assert 'action="/cases/new/"' in text
    assert 'name="carry" value="Nobody Whosoever"' in text
    assert 'name="carry"' not in as_(cast.rita).post(URL, {"q": "Nobody Whosoever"}).content.decode()


def test_a_hidden_case_is_as_good_as_none(cast, as_):
    hidden = make.case(cast.hugo, cast.cn, "Dolma Hidden", marking=Marking.RESTRICTED)
    text = as_(cast.rita).post(URL, {"q": hidden.reference}).content.decode()
    assert "No case that you see" in text


def test_a_mistyped_reference_is_said_to_be_one(cast, as_):
    assert "typing error" in as_(cast.rita).post(URL, {"q": "CN-222222-2"}).content.decode()


def test_suggestions_while_typing(cast, as_):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    answer = as_(cast.rita).post(URL, {"q": "dol"}, HTTP_HX_REQUEST="true")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in text
    assert f'data-url="/cases/{case.reference}/"' in text


def test_the_trail_keeps_count_and_digest_never_the_term(cast, as_):
    make.case(cast.olga, cast.cn, "Dolma Invented")
    as_(cast.rita).post(URL, {"q": "dolma"})
    entry = TrailEntry.objects.get(verb=Verb.CASES_SEARCHED)
    assert (entry.actor, entry.detail["count"], len(entry.detail["digest"])) == (cast.rita, 1, 64)
    assert "dolma" not in str(entry.__dict__).lower()


@pytest.mark.parametrize("who", ["zoe", "nora", "quin", "adam", "otto"])
def test_without_a_grant_nothing_is_looked_up(cast, as_, who):
    assert as_(cast.people[who]).post(URL, {"q": "dolma"}).status_code == 403
    assert 'class="find"' not in as_(cast.people[who]).get("/").content.decode()


def test_queries_stay_few(cast, as_, django_assert_max_num_queries):
    for number in range(9):
        make.case(cast.olga, cast.cn, f"Dolma {'abcdefghi'[number] * 3}")
    client = as_(cast.olga)
    with django_assert_max_num_queries(10):
        client.post(URL, {"q": "dolma"})
