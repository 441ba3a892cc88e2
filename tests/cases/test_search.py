"""Look-up by reference and by name: the same hits for every way of writing a name, on both engines."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.search.lookup import find
from casetracker.access.roles import Marking
from tests import make

# Names of invented persons, and what somebody may type to find them.
WRITTEN = [
    ("Tenzin Dolkar", ["tenzin dolkar", "DOLKAR, Tenzin", "Dolkar Tenzin", "tenzindolkar", "Tenz", "Ténzin Dolkár"]),
    ("李明發", ["李明發", "李明发", "李", "明发", "Li Mingfa", "li ming fa", "Mingfa Li", "LIMINGFA", "Lǐ Míngfā"]),
    ("བསྟན་འཛིན་སྒྲོལ་དཀར", ["བསྟན་འཛིན་སྒྲོལ་དཀར།", "བསྟན་འཛིན", "bstan 'dzin sgrol dkar", "སྒྲོལ་དཀར"]),
    ("ئايگۈل مەمەت", ["ئايگۈل مەمەت", "ايگۈل", "Aygül Memet", "aygul memet", "مەمەت ئايگۈل"]),
    ("Батбаяр Сүхбаатар", ["батбаяр", "Сүхбаатар Батбаяр", "Batbayar Sukhbaatar", "БАТБАЯР СҮХ"]),
    ("Jürgen Søndergård", ["jurgen sondergard", "Søndergård", "SONDERGARD JURGEN"]),
]  # fmt: skip


@pytest.fixture
def everybody(cast):
    return {text: make.case(cast.olga, cast.cn, text) for text, _ in WRITTEN}


@pytest.mark.parametrize(("text", "typed"), [(text, one) for text, many in WRITTEN for one in many])
def test_found_however_it_is_typed(cast, everybody, text, typed):
    found = find(cast.rita, typed)
    assert [hit.case for hit in found.hits] == [everybody[text]]
    assert [name.text for name in found.hits[0].matched] == [text]


@pytest.mark.parametrize("typed", ["Nobody Whosoever", "王", "%", "_", "' OR 1=1", "", "   ", "…", "x" * 500])
def test_nothing_is_found_by_what_nobody_is_called(cast, everybody, typed):
    assert find(cast.rita, typed).hits == ()


def test_exact_before_beginning_before_words_before_inside(cast):
    names = ["Mandawa Long", "Pema Dawa", "Dawa Tsering", "Dawa"]
    made = [make.case(cast.olga, cast.cn, name) for name in names]
    assert [hit.case for hit in find(cast.olga, "dawa").hits] == made[::-1]


def test_a_reference_is_found_and_put_right(cast):
    case = make.case(cast.olga, cast.cn)
    for typed in (case.reference, case.reference.lower().replace("-", " "), case.reference[:5], f" {case.reference}"):
        assert find(cast.olga, typed).only == case


def test_a_mistyped_reference_is_said_to_be_one_without_asking_the_database(cast, django_assert_num_queries):
    case = make.case(cast.olga, cast.cn)
    last = case.reference[-1]
    wrong = case.reference[:-1] + next(one for one in "23" if one != last)
    with django_assert_num_queries(0):
        found = find(cast.olga, wrong)
    assert "typing error" in found.problem
    assert found.hits == ()


def test_what_one_may_not_see_is_not_found(cast):
    plain = make.case(cast.olga, cast.cn, "Dolma Invented")
    hidden = make.case(cast.hugo, cast.cn, "Dolma", marking=Marking.RESTRICTED, compartment=cast.north)
    assert [hit.case for hit in find(cast.hugo, "dolma").hits] == [hidden, plain]
    assert [hit.case for hit in find(cast.nils, "dolma").hits] == [plain]
    assert find(cast.nils, hidden.reference).hits == ()
    assert find(cast.lars, "dolma").hits == ()
    assert find(cast.adam, "dolma").hits == ()


def test_the_limit_is_told(cast):
    for number in range(4):
        make.case(cast.olga, cast.cn, f"Dolma {'abcd'[number] * 3}")
    found = find(cast.olga, "dolma", limit=3)
    assert (len(found.hits), found.more, found.only) == (3, True, None)


def test_queries_stay_few_and_are_driven_from_the_grants(cast):
    for number in range(6):
        make.case(cast.olga, cast.cn, f"Dolma {'abcdef'[number] * 3}")
    with CaptureQueriesContext(connection) as ran:
        find(cast.olga, "Dolma")
    asked = [query["sql"] for query in ran.captured_queries if 'FROM "access_grant"' not in query["sql"]]
    assert len(asked) == 3
    assert all(f"dialogue_id\" = '{cast.cn.pk}" in sql.replace("::uuid", "") or cast.cn.pk.hex in sql for sql in asked)
