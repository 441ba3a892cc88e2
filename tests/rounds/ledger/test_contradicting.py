"""Answers that contradict: each rule with what sets it off and what explains it away. No database."""

from dataclasses import dataclass
from datetime import date

import pytest

from cases.codes import EventKind
from cases.dates import PartialDate
from cases.models import CaseEvent
from rounds.contradicting import contradictions_of
from rounds.ledger import ledger_of
from tests import make
from tests.rounds import cycle


@dataclass
class Said:
    on: date
    code: str
    assessment: str = ""


def said(year, code, assessment=""):
    return Said(date(year, 6, 1), code, assessment)


def event(kind, when, certainty="likely", **values):
    return CaseEvent(kind=kind, when=PartialDate.parse(when), certainty=certainty, **values)


@pytest.mark.parametrize(
    ("earlier", "now", "found"),
    [
        (["A1"], "C1", "then the person was known"),
        (["B3"], "C2", "then the person was known"),
        (["A8"], "A1", "then the person was said to be dead"),
        (["A8"], "B3", "then the person was said to be dead"),
        (["A3"], "A1", "said not to be held"),
        (["B4"], "B1", "said not to be held"),
        (["A9"], "A2", "said not to be held"),
        (["A3", "C5"], "A1", "said not to be held"),
        (["A1"], "A3", ""),
        (["C1"], "C1", ""),
        (["C1"], "A1", ""),
        (["A1"], "A8", ""),
        (["A1"], "C4", ""),
        (["A3"], "", ""),
        ([""], "C1", ""),
    ],
)
def test_against_earlier_answers(earlier, now, found):
    before = [said(2010 + number, code) for number, code in enumerate(earlier)]
    sentences = contradictions_of(said(2020, now), before, [])
    assert len(sentences) == bool(found)
    assert found in "".join(sentences)


def test_the_last_answer_it_contradicts_is_named_and_only_that():
    sentences = contradictions_of(said(2020, "C1"), [said(2010, "A1"), said(2012, "B3"), said(2015, "C1")], [])
    assert sentences == ["It contradicts the answer of 1 June 2012 (B3): then the person was known."]


def test_a_new_detention_in_between_explains_it():
    again = event(EventKind.DETAINED, "2015")
    assert not contradictions_of(said(2020, "A1"), [said(2010, "A3")], [again])
    alleged = event(EventKind.DETAINED, "2015", certainty="alleged")
    assert contradictions_of(said(2020, "A1"), [said(2010, "A3")], [alleged])
    earlier = event(EventKind.DETAINED, "2005")
    assert contradictions_of(said(2020, "A1"), [said(2010, "A3")], [earlier])


K = EventKind


@pytest.mark.parametrize(
    ("now", "events", "found"),
    [
        ("C1", [event(K.SENTENCED, "2010", "confirmed")], "The detention of this person is confirmed."),
        ("C1", [event(K.SENTENCED, "2010")], ""),
        ("C1", [event(K.SENTENCED, "2024", "confirmed")], ""),
        ("A1", [event(K.DIED, "2015-03-04")], "The death is known since 4 March 2015."),
        ("A1", [event(K.DIED, "2015-03-04", "alleged")], ""),
        ("A1", [event(K.DIED, "2021")], ""),
        ("B1", [event(K.LEFT_COUNTRY, "2015-03-04")], "known to be abroad since 4 March 2015."),
        ("A2", [event(K.RELEASED, "2015-03-04")], "known to be released since 4 March 2015."),
        ("A2", [event(K.RELEASED, "2015-03-04"), event(K.DETAINED, "2018")], ""),
        ("A3", [event(K.DETAINED, "2014-01-02"), event(K.SENTENCED, "2015", term_kind="fixed", term_months=120)],
         "runs to 2 January 2024."),
        ("A3", [event(K.DETAINED, "2005-01-02"), event(K.SENTENCED, "2006", term_kind="fixed", term_months=120)], ""),
        ("A8", [event(K.HEALTH, "2022")], "happened to the person later (health concern, 2022)."),
        ("A8", [event(K.DIED, "2022")], ""),
        ("A3", [event(K.REDUCED, "2022")], "was held later, as far as is known (sentence reduced, 2022)."),
        ("A3", [event(K.DETAINED, "2021"), event(K.SENTENCED, "2022")], ""),
        ("A3", [event(K.REDUCED, "2020")], ""),
        ("C4", [event(K.RELEASED, "2022")], ""),
        ("A4", [event(K.RELEASED, "2022")], ""),
        ("A3", [event(K.PAROLED, "2019"), event(K.RELEASED, "2022")], ""),
        ("A3", [event(K.RELEASED, "2022")], "was held later, as far as is known (released, 2022)."),
    ],
)  # fmt: skip
def test_against_firm_events(now, events, found):
    sentences = contradictions_of(said(2020, now), [], events)
    assert len(sentences) == bool(found), sentences
    assert found in "".join(sentences)


def test_what_was_assessed_as_contradicting_is_told():
    assert contradictions_of(said(2020, "B2", "contradicts"), [], []) == [
        "It was assessed as contradicting other sources."
    ]
    assert not contradictions_of(said(2020, "B2", "consistent"), [], [])


def test_they_stand_in_the_ledger(cast, as_):
    case = make.case(cast.olga, cast.cn)
    for year, code in ((2019, "A1"), (2021, "C1")):
        answer = cycle.response(cast.olga, case.label(), on=date(year, 6, 1))
        cycle.item(cast.olga, answer, cycle.raising(cast.olga, case, on=date(year, 1, 1)), code)
    assert [one.code for one in ledger_of(case, cast.olga).contradicting] == ["C1"]
    text = as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    assert "1 contradiction<" in text
    assert "It contradicts the answer of 1 June 2019 (A1): then the person was known." in text


def test_a_corrected_answer_contradicts_nothing(cast):
    case = make.case(cast.olga, cast.cn)
    asked = cycle.raising(cast.olga, case, on=date(2018, 1, 1))
    first = cycle.response(cast.olga, case.label(), on=date(2019, 6, 1))
    wrong = cycle.item(cast.olga, first, asked, "A1")
    cycle.item(cast.olga, first, asked, "C1", supersedes=wrong, correction_reason="Misread.")
    second = cycle.response(cast.olga, case.label(), on=date(2020, 6, 1))
    cycle.item(cast.olga, second, asked, "C1")
    assert ledger_of(case, cast.olga).contradicting == []
