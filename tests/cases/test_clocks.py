"""Legal clocks warn with figures, and only when it is certain."""

from datetime import date

import pytest

from cases.clocks import clocks
from cases.codes import EventKind as K
from cases.dates import PartialDate
from tests import make

TODAY = date(2025, 11, 23)


def said(*events, today=TODAY, birth=None):
    for event in events:
        event.until = PartialDate.parse(event.until) if isinstance(event.until, str) else event.until
    return [warn.text for warn in clocks(events, today=today, birth=birth and PartialDate.parse(birth))]


def line(events):
    """ "detained 2014, arrested 2015" → events."""
    return [make.event(K(kind), when) for kind, _, when in (one.partition(" ") for one in events.split(", "))]


RSDL = "Residential surveillance at a designated location"
NONE_KNOWN = "and no formal arrest is known (limit 37 days)."
RTL = "re-education through labour was abolished on 28 December 2013."


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ("detained 2014-10-14, arrested 2014-11-27", "Formally arrested 44 days after detention (limit 37 days)."),
        ("detained Oct 2014, arrested 2015", "Formally arrested at least 62 days after detention (limit 37 days)."),
        ("detained 2025-10-01", f"Detained 53 days ago, {NONE_KNOWN}"),
        ("detained 2024", f"Detained at least 327 days ago, {NONE_KNOWN}"),
        ("detained 2020-01-01, released 2020-03-01", "Held for 60 days without a formal arrest that is known (limit"),
        ("rsdl 2019-01-01, arrested 2019-08-01", f"{RSDL} lasted 212 days (limit 6 months)."),
        ("rsdl 2025-01", f"{RSDL} has lasted at least 296 days (limit 6 months)."),
        ("bail 2023-01-01", "Bail pending trial has lasted 1,057 days (limit 12 months)."),
        ("rtl 2015-03", f"Dated March 2015, but {RTL}"),
        ("released 2010, detained 2012", "“Released” is dated 2010, before the first known detention (2012)."),
        ("died 2018-05-01, health 2019", "“Health concern” is dated 2019, after the death of 1 May 2018."),
        ("sentenced 2031", "“Sentenced” is dated 2031, which lies ahead."),
    ],
)
def test_warns_with_the_figures(events, sentence):
    assert sentence in " ".join(said(*line(events)))


@pytest.mark.parametrize(
    "events",
    [
        "detained 2014-10-14, arrested 2014-11-20",
        "detained Oct 2014, arrested Nov 2014",
        "detained c. 12 Oct 2025",
        "detained 2014, indicted 2016",
        "detained 2014-01-01, rsdl 2014-06-01, arrested 2014-09-01",
        "detained, arrested 2015",
        "bail 2025",
        "rtl 2013",
        "released 2012, detained 2012",
        "released 2010, detained",
        "died 2018, health 2018",
    ],
)
def test_keeps_silent_when_it_is_not_certain(events):
    assert said(*line(events)) == []


def test_the_end_of_a_sentence():
    held = make.event(K.DETAINED, "2014-10-14")
    arrested = make.event(K.ARRESTED, "2014-11-01")
    sentenced = make.event(K.SENTENCED, "Mar 2016", term_kind="fixed", term_months=108)
    reduced = make.event(K.REDUCED, "2021", term_months=10)
    late = "The sentence ended on 14 October 2023, 771 days ago; no release is known."
    assert late in said(held, arrested, sentenced)
    assert "The sentence ended on 14 December 2022, 1,075 days ago; no release is known." in said(
        held, arrested, sentenced, reduced
    )
    assert said(held, arrested, sentenced, make.event(K.RELEASED, "2022")) == []
    assert said(held, arrested, sentenced, today=date(2023, 10, 14)) == []


def test_the_end_of_a_sentence_that_began_on_some_day():
    held = make.event(K.DETAINED, "2014")
    sentenced = make.event(K.SENTENCED, "2016", term_kind="fixed", term_months=108)
    assert said(held, sentenced, today=date(2023, 12, 31)) == []
    late = "The sentence ended by 31 December 2023, at least 10 days ago; no release is known."
    assert said(held, sentenced, today=date(2024, 1, 10)) == [late]


def test_an_end_before_the_start():
    event = make.event(K.EXIT_BAN, "2016", until="2014")
    assert said(event) == ["“Exit ban”: its end (2014) lies before its beginning (2016)."]


def test_before_birth():
    assert said(make.event(K.EXIT_BAN, "1980"), birth="c. 1981") == []
    assert said(make.event(K.EXIT_BAN, "1977"), birth="1981") == ["“Exit ban” is dated 1977, before the birth of 1981."]
