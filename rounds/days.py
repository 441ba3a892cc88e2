"""Days and spans of days in words, and what is called by them."""

from datetime import date

from cases.dates import MONTH_NAMES


def day_in_words(day: date) -> str:
    """ "16 June 2024"."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def span_in_words(starts: date | None, ends: date | None) -> str:
    """ "15–16 May 2007", "30 November – 1 December 2015"; one day alone; "" for no date at all."""
    first, last = starts or ends, ends or starts
    if first is None or last is None:
        return ""
    if first == last:
        return day_in_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_in_words(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTH_NAMES[first.month - 1]} – {day_in_words(last)}"
    return f"{day_in_words(first)} – {day_in_words(last)}"


def round_in_words(ordinal: int | None, starts: date | None, ends: date | None) -> str:
    """ "round 40"; where its number is not known "round of 15–16 May 2007"."""
    return f"round {ordinal}" if ordinal else f"round of {span_in_words(starts, ends) or 'an unknown day'}"


def list_in_words(round: str, number: int, supplementary: bool) -> str:
    """ "list for round 40, version 2"."""
    version = f", version {number}" if number > 1 else ""
    return f"{'supplementary list' if supplementary else 'list'} for {round}{version}"
