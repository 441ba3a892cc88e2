"""Small words for the texts of the demonstration: days, terms and articles as a desk writes them. Pure."""

from collections.abc import Sequence
from random import Random

from cases.codes import Sex, TermKind
from cases.dates import MONTH_NAMES, PartialDate

_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
PRONOUNS = {
    Sex.MALE: {"he": "he", "his": "his", "him": "him", "He": "He", "His": "His"},
    Sex.FEMALE: {"he": "she", "his": "her", "him": "her", "He": "She", "His": "Her"},
}


def number(count: int) -> str:
    """In words up to twelve, in figures beyond."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def when(date: PartialDate | None) -> str:
    """With its preposition, to stand in a sentence: "on 14 May 2014", "in May 2014", "about 2014"."""
    if date is None:
        return "on a day not known"
    if date.about:
        return "about " + str(date).removeprefix("c. ")
    return ("on " if date.precision == "day" else "in ") + str(date)


def term(kind: str, months: int | None) -> str:
    """A sentence in words: "seven years’ imprisonment"."""
    if kind == TermKind.LIFE:
        return "life imprisonment"
    if kind == TermKind.DEATH_SUSPENDED:
        return "death with a reprieve of two years"
    if kind == TermKind.DEATH:
        return "death"
    years, rest = divmod(months or 0, 12)
    if not years:
        return f"{number(rest)} months’ imprisonment"
    if rest == 6:
        return f"{number(years)} and a half years’ imprisonment" if years > 1 else "18 months’ imprisonment"
    if rest:
        return f"{number(years)} years and {number(rest)} months’ imprisonment"
    return f"{number(years)} years’ imprisonment" if years > 1 else "one year’s imprisonment"


def with_article(noun: str) -> str:
    """ "a monk", "an imam"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def month_of(date: PartialDate) -> str:
    """Month and year of its earliest day."""
    return f"{MONTH_NAMES[date.earliest.month - 1]} {date.earliest.year}"


def filled(rng: Random, sentences: Sequence[str], values: dict[str, str]) -> str:
    """One of the sentences with its braces filled in."""
    text = rng.choice(sentences).format_map(values)
    return text[:1].upper() + text[1:]
