"""What the sheet says of a person, key by key, and the digest over it."""

import json
import tomllib
from hashlib import sha256

import pytest

from cases.codes import EventKind
from cases.dates import PartialDate
from cases.models import Facility, Place
from cases.names.systems import NameKind, NameSystem
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.models import ListEntry
from rounds.snapshot import HEADING, LEAVES, canonical, content, digest, frozen, heading, pairs
from tests import make
from tests.house.sources import ROOT
from tests.rounds import cycle
from tests.rounds.choosing.desk import desk, entry_of


@pytest.fixture
def d(cast):
    return desk(cast)


def said(d, *parts, **values):
    """The line of one case with these parts."""
    case = d.case("Tashi Invented", parts=list(parts), **values)
    cycle.entry(d.cast.olga, d.draft, case, ask=" Where is he held? ")
    return content(d.draft, d.cast.olga)[-1]


def test_a_whole_line(d):
    with acting(Verb.VOCABULARY_EDITED, by=d.cast.olga):
        tibet = Place(name="Tibet AR")
        save_new(tibet)
        town = Place(name="Nagchu", region=tibet)
        save_new(town)
        prison = Facility(name="Prison No. 2", place=town)
        save_new(prison)
    line = said(
        d,
        make.name("扎西虚构", system=NameSystem.SIMPLIFIED, position=1),
        make.name("བཀྲ་ཤིས།", system=NameSystem.TIBETAN_SCRIPT, position=2),
        make.event(EventKind.DETAINED, "14 May 2014", certainty="confirmed"),
        make.event(
            EventKind.SENTENCED, "2015", statute_text="art. 103(2)", term_kind="fixed", term_months=114, place=town
        ),
        make.event(EventKind.TRANSFERRED, "2016", facility=prison, certainty="alleged"),
        sex="m",
        birth=PartialDate.parse("3 March 1987"),
    )
    assert line == {
        "serial": 1,
        "name": "Tashi Invented",
        "other_names": [{"text": "扎西虚构", "lang": "zh-Hans"}, {"text": "བཀྲ་ཤིས།", "lang": "bo"}],
        "sex": "male",
        "year_of_birth": "1987",
        "province": "Tibet AR",
        "detained": "14 May 2014",
        "facility": "Prison No. 2",
        "charge": "art. 103(2)",
        "sentence": "9 years 6 months",
        "ask": "Where is he held?",
    }


def test_of_somebody_of_whom_nothing_is_known(d):
    line = said(d)
    assert set(line) == set(LEAVES)
    assert {key for key, value in line.items() if value} == {"serial", "name", "ask"}


@pytest.mark.parametrize("kind", [NameKind.ALIAS, NameKind.PEN_NAME, NameKind.MISSPELLING])
def test_names_that_serve_the_office_stay(d, kind):
    line = said(d, make.name("笔名虚构", kind=kind))
    assert (line["name"], line["other_names"]) == ("Tashi Invented", [])


def test_an_alias_stands_only_where_there_is_no_other_name(d):
    case = d.case()
    only = case.casenames.get()
    only.kind = NameKind.ALIAS
    with acting(Verb.PART_EDITED, by=d.cast.olga):
        only.save()
    cycle.entry(d.cast.olga, d.draft, case)
    assert content(d.draft, d.cast.olga)[0]["name"] == "Tashi Invented"


@pytest.mark.parametrize(
    ("typed", "year"),
    [("1987", "1987"), ("about 1987", "about 1987"), ("3 Mar 1987", "1987"), ("1986 to 1987", "1986–1987")],
)
def test_the_year_of_birth_and_no_more(d, typed, year):
    assert said(d, birth=PartialDate.parse(typed), birth_text=typed)["year_of_birth"] == year


def test_typed_detail_of_a_place_stays(d):
    line = said(d, make.event(EventKind.DETAINED, "2014", place_text="at his sister's in Nagchu"))
    assert (line["province"], line["facility"]) == ("", "")


def test_somebody_out_was_detained_once(d):
    line = said(d, make.event(EventKind.DETAINED, "2014"), make.event(EventKind.MEDICAL_PAROLE, "2016"))
    assert line["detained"] == "2014"


def test_a_charge_that_is_only_alleged_gives_way(d):
    line = said(
        d,
        make.event(EventKind.INDICTED, "2014", statute_text="art. 293", certainty="likely"),
        make.event(EventKind.TRIED_CLOSED, "2015", statute_text="art. 103", certainty="alleged"),
    )
    assert line["charge"] == "art. 293"


def test_what_is_only_alleged_stands_while_nothing_firmer_answers_the_same(d):
    """One unrelated event that is confirmed takes neither charge nor sentence nor detention away."""
    line = said(
        d,
        make.event(EventKind.DETAINED, "2014", certainty="alleged"),
        make.event(EventKind.SENTENCED, "2015", statute_text="art. 103", term_kind="fixed", term_months=60,
                   certainty="alleged"),
        make.event(EventKind.HEALTH, "2016", certainty="confirmed"),
    )  # fmt: skip
    assert (line["detained"], line["charge"], line["sentence"]) == ("2014", "art. 103", "5 years")


def test_each_question_has_its_own_firm_answer(d):
    line = said(
        d,
        make.event(EventKind.DETAINED, "2014", certainty="confirmed"),
        make.event(EventKind.INDICTED, "2014", statute_text="art. 293", certainty="alleged"),
        make.event(EventKind.SENTENCED, "2015", term_kind="fixed", term_months=60, certainty="likely"),
        make.event(EventKind.SENTENCED, "2016", term_kind="fixed", term_months=12, certainty="alleged"),
    )
    assert (line["detained"], line["charge"], line["sentence"]) == ("2014", "art. 293", "5 years")


def test_only_included_entries_in_order(d):
    second, first, proposed, held = (d.case(f"{name} Invented") for name in ("Ann", "Ben", "Cy", "Dee"))
    cycle.entry(d.cast.olga, d.draft, second, position=2)
    cycle.entry(d.cast.olga, d.draft, first, position=1)
    cycle.entry(d.cast.olga, d.draft, proposed, position=3, state="proposed")
    cycle.entry(d.cast.olga, d.draft, held, position=4, state="held_back", state_reason="Not now.")
    assert [(line["serial"], line["name"]) for line in content(d.draft, d.cast.olga)] == [
        (1, "Ben Invented"),
        (2, "Ann Invented"),
    ]
    assert [entry.case_id for entry, _ in pairs(d.draft, d.cast.olga)] == [first.pk, second.pk]


def test_three_queries_however_long(d, django_assert_num_queries):
    for number in range(4):
        cycle.entry(d.cast.olga, d.draft, d.case(f"Person {number}"), position=number)
    with django_assert_num_queries(3 + 3):  # outside a request the grants are read for each
        content(d.draft, d.cast.olga)


def test_the_digest_is_what_it_says():
    lines = [{"serial": 1, "name": "扎西", "other_names": [{"text": "b", "lang": "bo"}]}]
    text = '[{"name":"扎西","other_names":[{"lang":"bo","text":"b"}],"serial":1}]'
    top = {"venue": "Brdo"}
    text = '{"heading":{"venue":"Brdo"},"lines":' + text + "}"
    assert canonical(top, lines) == text.encode()
    assert digest(top, lines) == sha256(text.encode()).hexdigest()


def test_the_digest_does_not_change_on_its_way_through_the_database(d):
    said(d, make.name("扎西虚构"))
    now = content(d.draft, d.cast.olga)
    ListEntry.objects.unscoped("tests").filter(case_list=d.draft).update(snapshot=now[0])
    assert frozen(d.draft, d.cast.olga) == now
    assert digest(None, frozen(d.draft, d.cast.olga)) == digest(None, now)


def test_frozen_lines_stand_in_the_order_of_the_sheet(d):
    for number in (2, 1):
        case = d.case(f"Person {number}")
        cycle.entry(d.cast.olga, d.draft, case, snapshot={"serial": number}, position=-number + 5)
    assert [line["serial"] for line in frozen(d.draft, d.cast.olga)] == [1, 2]


def test_the_classification_of_fields_says_the_same():
    """docs/fields.toml: what is "sheet" there is what a line is made of, no more and no less."""
    rows = tomllib.loads((ROOT / "docs" / "fields.toml").read_text())
    stated = {f"{model}.{name}" for model, columns in rows.items() for name, kind in columns.items() if "sheet" in kind}
    leaves = [*LEAVES.values(), *HEADING.values()]
    assert stated == {field for fields in leaves for field in fields}


def test_nobody_hidden_is_on_it(d):
    """Whoever sees no list gets no line of it."""
    said(d)
    assert content(d.draft, d.cast.lars) == []
    assert entry_of(d.draft, ListEntry.objects.unscoped("tests").get(case_list=d.draft).case)
    sheet = json.loads(canonical(heading(d.draft), content(d.draft, d.cast.olga)))
    assert sheet["lines"][0]["ask"] == "Where is he held?"
