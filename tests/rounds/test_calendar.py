"""The calendar of a round, counted from its first day; spans in words; what stands in which order."""

from datetime import date

import pytest

from cases.dates import PartialDate
from rounds.calendar import calendar_of, next_step
from rounds.days import span_in_words
from rounds.models import Round, Suspension
from rounds.overview import lines, next_round, rounds_within

START = date(2025, 6, 13)


def test_steps_stand_where_practice_puts_them():
    days = {step.mark: step.day for step in calendar_of(START)}
    assert list(days) == [
        "T−56", "T−42", "T−35", "T−28", "T−21", "T−7", "T", "T+2", "T+14", "T+60", "T+180", "T+365",
    ]  # fmt: skip
    assert (days["T−56"], days["T−21"], days["T+365"]) == (date(2025, 4, 18), date(2025, 5, 23), date(2026, 6, 13))


def test_next_step():
    assert next_step(START, date(2025, 5, 16)).mark == "T−28"
    assert next_step(START, date(2025, 5, 17)).mark == "T−21"
    assert next_step(START, date(2026, 6, 14)) is None


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (date(2024, 6, 16), None, "16 June 2024"),
        (date(2007, 5, 15), date(2007, 5, 16), "15–16 May 2007"),
        (date(2015, 11, 30), date(2015, 12, 1), "30 November – 1 December 2015"),
        (date(2018, 12, 31), date(2019, 1, 2), "31 December 2018 – 2 January 2019"),
        (None, None, ""),
    ],
)
def test_spans_in_words(starts, ends, words):
    assert span_in_words(starts, ends) == words


def some():
    rounds = [
        Round(ordinal=1, starts=date(1996, 1, 9), state="held", venue="Brussels"),
        Round(ordinal=2, starts=date(1997, 6, 1), state="held", venue="Beijing"),
        Round(ordinal=3, starts=date(2030, 2, 1), state="planned", venue="Athens"),
        Round(ordinal=4, starts=date(2030, 1, 8), state="cancelled"),
        Round(starts=None, state="planned"),
    ]
    pause = Suspension(since=PartialDate.parse("March to May 1996"), until=PartialDate.parse("November 1997"))
    return rounds, pause


def told(found):
    return [line.round.ordinal if line.round else "pause" for line in found]


def test_suspensions_stand_among_the_rounds_by_date():
    rounds, pause = some()
    today = date(2030, 1, 7)
    assert told(lines(rounds, [pause], order="-starts", today=today)) == [None, 3, 4, 2, "pause", 1]
    assert told(lines(rounds, [pause], order="starts", today=today)) == [1, "pause", 2, 4, 3, None]
    assert told(lines(rounds, [pause], order="venue", today=today))[-2:] == [1, "pause"]


def test_a_round_inside_a_suspension_is_pointed_out():
    rounds, pause = some()
    assert [round.ordinal for round in rounds_within(pause, rounds)] == [2]
    rounds[1].starts = date(1997, 11, 20)
    assert rounds_within(pause, rounds) == ()


def test_the_next_round_is_planned_and_ahead():
    rounds, _ = some()
    assert next_round(rounds, date(2030, 1, 7)).ordinal == 3
    assert next_round(rounds, date(2030, 2, 2)) is None
