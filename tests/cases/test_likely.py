"""Who may be the same person, and why."""

import pytest

from cases.dates import PartialDate
from cases.models import Place
from cases.search.likely import Person, likely_same
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make


def person(*names, birth="", **values):
    return Person(names, birth=PartialDate.parse(birth) if birth else None, **values)


@pytest.fixture
def tenzin(cast):
    return make.case(
        cast.olga, cast.cn, "Tenzin Dolkar", sex="f", birth=PartialDate.parse("1971"),
        parts=[make.name("李明发", position=1), make.event(when="2014", place_text="Kardze")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "strong", "why"),
    [
        (person("Dolkar Tenzin"), True, "same name"),
        (person("TENZIN DÓLKAR", birth="c. 1971"), True, "same name; births agree (1971)"),
        (person("Tenzin Dolkar", birth="1972"), True, "same name; births lie close (1971)"),
        (person("Tenzin Dolkar", birth="1985"), False, "same name; but that person was born 1971"),
        (person("Tenzin Dolkar", sex="m"), False, "same name; but that case says female"),
        (person("Tenzin Dolkar", place_text="kardze"), True, "same name; both in Kardze"),
        (person("Li Mingfa"), False, "same name in another script or spelling"),
        (person("Li Mingfa", birth="1971"), True, "same name in another script or spelling; births agree (1971)"),
        (person("李明發"), True, "same name"),
        (person("李名发"), False, "one name is part of the other"),
        (person("Nobody Whosoever", "Tenzin Dolkar"), True, "same name"),
    ],
)
def test_hints_say_why(cast, tenzin, who, strong, why):
    (hint,) = likely_same(cast.rita, who)
    assert (hint.case, hint.strong, hint.why) == (tenzin, strong, why)


@pytest.mark.parametrize("who", [person("Tenzin"), person("Pema Dolkar"), person("王"), person(""), person()])
def test_others_are_not_hinted_at(cast, tenzin, who):
    assert likely_same(cast.rita, who) == []


def test_a_longer_name_is_a_weak_hint(cast):
    make.case(cast.olga, cast.cn, "Tenzin Dolkar Rinchen")
    (hint,) = likely_same(cast.olga, person("Tenzin Dolkar"))
    assert not hint.strong


def test_the_likeliest_comes_first_and_a_merged_case_not_at_all(cast, tenzin):
    other = make.case(cast.olga, cast.cn, "Tenzin Dolkar", birth=PartialDate.parse("1990"))
    hints = likely_same(cast.olga, person("Tenzin Dolkar", birth="1971"))
    assert [(hint.case, hint.strong) for hint in hints] == [(tenzin, True), (other, False)]


def test_places_meet_in_their_region(cast):
    with acting(Verb.VOCABULARY_LOADED, process="tests"):
        region = Place(name="Sichuan", pack="cn")
        save_new(region)
        county = Place(name="Ngaba", pack="cn", region=region)
        save_new(county)
    make.case(cast.olga, cast.cn, "Li Mingfa", parts=[make.event(place=county)])
    (hint,) = likely_same(cast.olga, person("李明发", place=region))
    assert (hint.strong, hint.pro) == (True, ["both in Sichuan"])


def test_a_hidden_case_is_no_hint(cast):
    make.case(cast.hugo, cast.cn, "Tenzin Dolkar", marking=Marking.RESTRICTED, compartment=cast.north)
    assert likely_same(cast.nils, person("Tenzin Dolkar")) == []
    assert len(likely_same(cast.anna, person("Tenzin Dolkar"))) == 1


def test_queries_do_not_grow(cast, django_assert_max_num_queries):
    for _ in range(9):
        make.case(cast.olga, cast.cn, "Tenzin Dolkar")
    with django_assert_max_num_queries(8):
        assert len(likely_same(cast.olga, person("Tenzin Dolkar"))) == 6
