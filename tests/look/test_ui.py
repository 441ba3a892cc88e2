"""Formatting filters."""

import datetime as dt

import pytest
import time_machine

from casetracker.templatetags import ui

TODAY = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.date(2014, 5, 14), "14 May 2014"),
        ("2014-05-14", "14 May 2014"),
        ("2014-05", "May 2014"),
        ("2014", "2014"),
        ("2014-13", "2014-13"),
        ("c. 2014", "c. 2014"),
        (None, ""),
    ],
)
def test_a_day_keeps_its_precision(value, words):
    assert ui.day(value) == words


def test_a_moment_is_local():
    assert ui.moment(dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)) == "2 July 2026, 00:30"


@pytest.mark.parametrize(
    ("days", "words"), [(-3, "3 days late"), (0, "due today"), (1, "due tomorrow"), (16, "due in 16 days")]
)
def test_due_dates_in_words(days, words):
    assert ui.due(TODAY.date() + dt.timedelta(days)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "yesterday"), (5, "5 days ago"), (21, "3 weeks ago"), (800, "2 years ago"), (-2, "in 2 days")],
)
def test_how_long_ago(days, words):
    assert ui.ago(TODAY.date() - dt.timedelta(days)) == words


def test_counts_take_their_word():
    assert [ui.plural_count(1, "case"), ui.plural_count(2398, "case"), ui.plural_count(2, "entry,entries")] == [
        "1 case",
        "2,398 cases",
        "2 entries",
    ]


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("bo", ' lang="bo" dir="ltr"'),
        ("ug", ' lang="ug" dir="rtl"'),
        ("ug-Latn", ' lang="ug-Latn" dir="ltr"'),
        ("kk-Arab", ' lang="kk-Arab" dir="rtl"'),
        ("", ""),
        ('"><b>', ' lang="&quot;&gt;&lt;b&gt;" dir="ltr"'),
    ],
)
def test_language_and_direction(tag, attributes):
    assert ui.lang_attrs(tag) == attributes


def test_tones_look_at_the_whole_key_first():
    assert [ui.status_tone(key) for key in ("pre_trial", "not_known", "free", "new")] == ["none", "wait", "good", ""]
    assert [ui.state_tone(key) for key in ("in_review", "handed_over", "held")] == ["part", "info", "good"]
