"""Partial dates: what is read, how it is written, and how two of them compare."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.dates import FIRST_YEAR, LAST_YEAR, PartialDate

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Any partial date, with whole months and years as often as odd ranges."""
    first, second = sorted((draw(DAYS), draw(DAYS)))
    shape = draw(st.sampled_from(["day", "month", "months", "year", "years", "range"]))
    if shape in ("day", "month", "year"):
        second = first
    if shape in ("month", "months"):
        first, second = first.replace(day=1), end_of_month(second)
    if shape in ("year", "years"):
        first, second = first.replace(month=1, day=1), second.replace(month=12, day=31)
    return PartialDate(first, second, draw(st.booleans()))


def end_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "encoded", "words"),
    [
        ("2014", "2014-01-01/2014-12-31", "2014"),
        (" 2014-05 ", "2014-05-01/2014-05-31", "May 2014"),
        ("2012-02", "2012-02-01/2012-02-29", "February 2012"),
        ("2014-05-14", "2014-05-14/2014-05-14", "14 May 2014"),
        ("2014-05-14 00:00:00", "2014-05-14/2014-05-14", "14 May 2014"),
        ("2014/5/14", "2014-05-14/2014-05-14", "14 May 2014"),
        ("May 2014", "2014-05-01/2014-05-31", "May 2014"),
        ("Sept. 2014", "2014-09-01/2014-09-30", "September 2014"),
        ("14 May 2014", "2014-05-14/2014-05-14", "14 May 2014"),
        ("14-MAY-2014", "2014-05-14/2014-05-14", "14 May 2014"),
        ("3rd of May, 2014", "2014-05-03/2014-05-03", "3 May 2014"),
        ("May 14, 2014", "2014-05-14/2014-05-14", "14 May 2014"),
        ("14.5.2014", "2014-05-14/2014-05-14", "14 May 2014"),
        ("3.4.2014", "2014-04-03/2014-04-03", "3 April 2014"),
        ("14/5/2014", "2014-05-14/2014-05-14", "14 May 2014"),
        ("5/14/2014", "2014-05-14/2014-05-14", "14 May 2014"),
        ("5/5/2014", "2014-05-05/2014-05-05", "5 May 2014"),
        ("05/2014", "2014-05-01/2014-05-31", "May 2014"),
        ("2014年5月14日", "2014-05-14/2014-05-14", "14 May 2014"),
        ("２０１４年５月", "2014-05-01/2014-05-31", "May 2014"),
        ("c. 2014", "2014-01-01/2014-12-31~", "c. 2014"),
        ("ca 2014", "2014-01-01/2014-12-31~", "c. 2014"),
        ("about 2014", "2014-01-01/2014-12-31~", "c. 2014"),
        ("2014?", "2014-01-01/2014-12-31~", "c. 2014"),
        ("around May 2014", "2014-05-01/2014-05-31~", "c. May 2014"),
        ("early 2014", "2014-01-01/2014-12-31~", "c. 2014"),
        ("mid-2014", "2014-01-01/2014-12-31~", "c. 2014"),
        ("late in May 2014", "2014-05-01/2014-05-31~", "c. May 2014"),
        ("1959 or 1960", "1959-01-01/1960-12-31", "1959 or 1960"),
        ("1959-1960", "1959-01-01/1960-12-31", "1959 or 1960"),
        ("1959–1960", "1959-01-01/1960-12-31", "1959 or 1960"),
        ("between 1959 and 1960", "1959-01-01/1960-12-31", "1959 or 1960"),
        ("about 1959 or 1960", "1959-01-01/1960-12-31~", "c. 1959 or 1960"),
        ("2014 to 2016", "2014-01-01/2016-12-31", "2014–2016"),
        ("1990s", "1990-01-01/1999-12-31", "1990–1999"),
        ("3-5 May 2014", "2014-05-03/2014-05-05", "3 May 2014 to 5 May 2014"),
        ("May or June 2014", "2014-05-01/2014-06-30", "May 2014 to June 2014"),
        ("2014-05-03 - 2014-06-05", "2014-05-03/2014-06-05", "3 May 2014 to 5 June 2014"),
        ("2014-05-03/2014-05-05~", "2014-05-03/2014-05-05~", "c. 3 May 2014 to 5 May 2014"),
    ],
)
def test_reads_what_people_write(typed, encoded, words):
    read = PartialDate.parse(typed)
    assert (read.encode(), str(read)) == (encoded, words)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Write a date as 2014"),
        ("last spring", "Write a date as 2014"),
        ("2014-2015-2016", "Write a date as 2014"),
        ("~" * 100_000 + "2014", "Write a date as 2014"),
        ("3/4/2014", "Write 2014-04-03 for 3 April, or 2014-03-04 for 4 March."),
        ("03-04-2014", "can be read as two dates"),
        ("2014-13", "There is no month 13"),
        ("31 April 2014", "There is no 31 April 2014."),
        ("29.2.2013", "There is no 29 February 2013."),
        ("2014-05-00", "There is no 0 May 2014."),
        ("99/99/2014", "There is no month 99"),
        ("14.5.14", "four digits"),
        ("May '14", "four digits"),
        ("1799", "from 1800 to 2200"),
        ("2201-01", "from 1800 to 2200"),
        ("1960-1959", "earlier one first"),
        ("5 May 2014 to 3 May 2014", "earlier one first"),
    ],
)
def test_says_what_to_write_instead(typed, advice):
    with pytest.raises(ValueError) as refused:
        PartialDate.parse(typed)
    assert advice in str(refused.value)


@given(partial_dates())
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(value):
    assert PartialDate.parse(str(value)) == value
    assert PartialDate.decode(value.encode()) == value
    assert PartialDate.parse(value.encode()) == value


@given(st.lists(partial_dates(), min_size=2, max_size=6))
@settings(max_examples=100, deadline=None)
def test_stored_text_sorts_as_the_values_do(values):
    assert [value.encode() for value in sorted(values)] == sorted(value.encode() for value in values)


@given(partial_dates(), partial_dates())
@settings(max_examples=200, deadline=None)
def test_certainty_and_distance_agree(one, other):
    least, most = one.days_until(other)
    assert least <= most
    assert one.certainly_before(other) == (least > 0)
    assert one.certainly_after(other) == (most < 0)
    assert other.days_until(one) == (-most, -least)


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    with suppress(ValueError):
        assert PartialDate.parse(text).earliest.year >= FIRST_YEAR


@pytest.mark.parametrize("text", ["", "2014", "2014-01-01", "2014-01-01/2014-12-31!", "2014-02-30/2014-03-01"])
def test_only_the_stored_form_is_decoded(text):
    with pytest.raises(ValueError):
        PartialDate.decode(text)


def test_refuses_ends_out_of_order_or_out_of_range():
    with pytest.raises(ValueError, match="earlier one first"):
        PartialDate(date(2014, 2, 1), date(2014, 1, 1))
    with pytest.raises(ValueError, match="from 1800"):
        PartialDate(date(1799, 12, 31), date(1800, 1, 1))


@pytest.mark.parametrize(
    ("typed", "precision"),
    [("14 May 2014", "day"), ("c. May 2014", "month"), ("2014", "year"), ("1959 or 1960", "range"),
     ("3 to 5 May 2014", "range"), ("May or June 2014", "range")],
)  # fmt: skip
def test_precision(typed, precision):
    assert PartialDate.parse(typed).precision == precision


def test_overlapping_dates_are_neither_before_nor_after():
    year, month = PartialDate.parse("2014"), PartialDate.parse("May 2014")
    assert not year.certainly_before(month)
    assert not year.certainly_after(month)
    assert year.certainly_before(PartialDate.parse("2015"))


def test_about_leaves_room_on_both_sides():
    assert not PartialDate.parse("c. 2014").certainly_before(PartialDate.parse("2015"))
    assert PartialDate.parse("c. 2014").certainly_before(PartialDate.parse("2016"))


def test_days_between_are_counted_least_and_most():
    detained, arrested = PartialDate.parse("May 2014"), PartialDate.parse("10 June 2014")
    assert detained.days_until(arrested) == (10, 40)
    assert detained.days_until(detained) == (-30, 30)


def test_one_day_drops_the_time():
    assert PartialDate.from_day(datetime(2014, 5, 14, 23, 59)) == PartialDate.parse("14 May 2014")
