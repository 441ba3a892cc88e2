"""Partial dates: what is known of a day, as the interval it must lie in, and whether that is only "about".

Sources give "2014", "May 2014", "c. 2014" or "1959 or 1960". All of these are one value here, an interval of
whole days (both ends included) and a flag, so that any two of them can be compared, sorted and stored in one
text column. The stored form is an ISO 8601 interval, with a tilde behind it (as in ISO 8601-2) for "about".
"""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Literal, Self

type Precision = Literal["day", "month", "year", "range"]
type Span = tuple[date, date]

FIRST_YEAR, LAST_YEAR = 1800, 2200
# "About a day" leaves more room than one day: a week either side.
LEAST_SLACK = timedelta(days=7)

# Room for "between the 14th of September 1959 and …"; what is longer is not a date.
LONGEST = 80

READABLE = "Write a date as 2014, 2014-05, May 2014, 14 May 2014, c. 2014, or 1959 or 1960."
FOUR_DIGITS = "Write the year with four digits, for example 2014."
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
MONTH_NUMBERS |= {name[:3].lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
MONTH_NUMBERS["sept"] = 9

_MONTH = rf"(?P<month_name>{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_GAP = r"(?:\s*[-,]\s*|\s+(?:of\s+)?)"
# One date each; the named groups say what each number is.
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<year>\d{4})",
        r"(?P<decade>\d{3})0s",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?",
        r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?)?",
        r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        r"(?P<one>\d{1,2})(?P<sign>[-/])(?P<other>\d{1,2})(?P=sign)(?P<year>\d{4})",
        rf"{_MONTH}{_GAP}(?P<year>\d{{4}})",
        rf"{_DAY}\.?{_GAP}{_MONTH}{_GAP}(?P<year>\d{{4}})",
        rf"{_MONTH}\s*{_DAY}(?:\s*,\s*|\s+)(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})\s+{_MONTH}(?:\s+{_DAY})?",
    )
)
_SHORT_YEAR = re.compile(rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2}}|(?:\d{{1,2}}[\s-])?{_MONTH}[\s-]'?\d{{2}}|'\d\d")
_ABOUT = re.compile(
    r"(?:~\s*|(?:c\.|ca\.)\s*|(?:c|ca|circa|about|around|approx|approx\.|approximately|roughly)\s+"
    r"|(?:the\s+)?(?:early|mid|middle|late|end|beginning)(?:\s+of|\s+in|\s*-)?\s+|(?:early|mid|late)-)"
)
_PLAIN_OPENING = re.compile(r"(?:in|on|from|between)\s+")
# Tried in this order, because a hyphen also stands inside a date.
_BETWEEN = tuple(
    re.compile(between) for between in (r"\s+(?:to|or|and|until|till)\s+", r"\s*[–—]\s*", r"\s+-\s+", r"\s*/\s*", r"-")
)
_ENCODED = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)(~?)")


@total_ordering
@dataclass(frozen=True, order=False)
class PartialDate:
    """Some day from `earliest` to `latest`, both included; `about` says that even this is approximate.

    Sorts by (earliest, latest, about). Raises ValueError when the ends are reversed or a year lies outside
    1800 to 2200.
    """

    earliest: date
    latest: date
    about: bool = False

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError("The second date lies before the first. Write the earlier one first.")
        if self.earliest.year < FIRST_YEAR or self.latest.year > LAST_YEAR:
            raise ValueError(f"Write a year from {FIRST_YEAR} to {LAST_YEAR}.")

    @classmethod
    def from_day(cls, day: date) -> Self:
        """The one day `day`; the time of a datetime is dropped."""
        plain = date(day.year, day.month, day.day)
        return cls(plain, plain)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person types (and what `str` and `encode` write).

        Dots mean day first (14.5.2014); with slashes or hyphens a number above 12 must tell day and month
        apart. "Early", "mid" and "late" are read as "about". Raises ValueError with a sentence to show.
        """
        words = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .,;")
        if _ENCODED.fullmatch(words):
            return cls.decode(words)
        if len(words) > LONGEST:
            raise ValueError(READABLE)
        (earliest, latest), about = _read(words)
        return cls(earliest, latest, about)

    @classmethod
    def decode(cls, text: str) -> Self:
        """The value that `encode` wrote. Raises ValueError when the text is not in that form."""
        match = _ENCODED.fullmatch(text)
        if match is None:
            raise ValueError("A stored date has the form YYYY-MM-DD/YYYY-MM-DD.")
        return cls(date.fromisoformat(match[1]), date.fromisoformat(match[2]), match[3] == "~")

    def encode(self) -> str:
        """`YYYY-MM-DD/YYYY-MM-DD`, then `~` when about: 21 or 22 ASCII characters, sorting alike."""
        return f"{self.earliest.isoformat()}/{self.latest.isoformat()}{'~' if self.about else ''}"

    @property
    def precision(self) -> Precision:
        """How narrow the date is: one whole day, month or year, or any other range."""
        if self.earliest == self.latest:
            return "day"
        if not self._whole_months:
            return "range"
        if (self.earliest.year, self.earliest.month) == (self.latest.year, self.latest.month):
            return "month"
        return "year" if self._whole_years and self.earliest.year == self.latest.year else "range"

    @property
    def reach(self) -> Span:
        """First and last day that must be reckoned with: "about" widens by its own length, at least a week.

        The width is this project's convention; ISO 8601-2 leaves it open.
        """
        if not self.about:
            return self.earliest, self.latest
        slack = max(self.latest - self.earliest + timedelta(days=1), LEAST_SLACK)
        return self.earliest - slack, self.latest + slack

    def certainly_before(self, other: "PartialDate") -> bool:
        """Whether every possible day of this date lies before every possible day of the other."""
        return self.reach[1] < other.reach[0]

    def certainly_after(self, other: "PartialDate") -> bool:
        """Whether every possible day of this date lies after every possible day of the other."""
        return other.certainly_before(self)

    def days_until(self, other: "PartialDate") -> tuple[int, int]:
        """Fewest and most days from this date to the other; negative when the other may come first."""
        (mine_first, mine_last), (first, last) = self.reach, other.reach
        return (first - mine_last).days, (last - mine_first).days

    @property
    def _whole_months(self) -> bool:
        return self.earliest.day == 1 and self.latest == _last_day(self.latest.year, self.latest.month)

    @property
    def _whole_years(self) -> bool:
        return self._whole_months and self.earliest.month == 1 and self.latest.month == 12

    def __str__(self) -> str:
        return f"c. {self._words()}" if self.about else self._words()

    def _words(self) -> str:
        if self.precision in ("day", "month", "year"):
            return _in_words(self.earliest, self.precision)
        if self._whole_years:
            between = " or " if self.latest.year - self.earliest.year == 1 else "–"
            return f"{self.earliest.year}{between}{self.latest.year}"
        unit: Precision = "month" if self._whole_months else "day"
        return f"{_in_words(self.earliest, unit)} to {_in_words(self.latest, unit)}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return (self.earliest, self.latest, self.about) < (other.earliest, other.latest, other.about)


def _in_words(day: date, unit: Precision) -> str:
    words = {"year": str(day.year), "month": f"{MONTH_NAMES[day.month - 1]} {day.year}"}
    return words.get(unit) or f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _read(words: str) -> tuple[Span, bool]:
    """Interval and "about" of a date or of two dates with something between them."""
    plain, about = _without_about(words)
    if (span := _one_date(plain)) is not None:
        return span, about
    for between in _BETWEEN:
        parts = between.split(plain)
        if len(parts) != 2:
            continue
        last, last_about = _without_about(parts[1])
        first, first_about = _without_about(parts[0])
        last_span = _one_date(last)
        if last_span is not None and (first_span := _first_of_two(first, last)) is not None:
            return (first_span[0], last_span[1]), about or first_about or last_about
    raise ValueError(FOUR_DIGITS if _SHORT_YEAR.fullmatch(plain) else READABLE)


def _without_about(words: str) -> tuple[str, bool]:
    plain = _PLAIN_OPENING.sub("", words, count=1) if _PLAIN_OPENING.match(words) else words
    about = False
    while match := _ABOUT.match(plain):
        plain, about = plain[match.end() :], True
    bare = re.sub(r"\s*(?:\(\?\)|[?~])$", "", plain)
    return bare, about or bare != plain


def _first_of_two(first: str, last: str) -> Span | None:
    """Read the first of two dates; what it leaves out ("3 to 5 May 2014") it takes from the second."""
    shared = last.split()
    for taken in range(len(shared), 0, -1):
        span = _one_date(" ".join([first, *shared[taken:]]))
        if span is not None:
            return span
    return None


def _one_date(words: str) -> Span | None:
    """Interval of a single date; None when no shape fits. Raises ValueError for a day that is not."""
    for shape in _SHAPES:
        match = shape.fullmatch(words)
        if match is not None:
            return _span({name: found for name, found in match.groupdict().items() if found is not None})
    return None


def _span(found: dict[str, str]) -> Span:
    if "decade" in found:
        first = int(found["decade"]) * 10
        return _span({"year": str(first)})[0], _span({"year": str(first + 9)})[1]
    year = int(found["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Write a year from {FIRST_YEAR} to {LAST_YEAR}.")
    month, day = _month_and_day(found)
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise ValueError(f"There is no month {month}. Write the month as 01 to 12, for example {year}-05.")
    if day is None:
        return date(year, month, 1), _last_day(year, month)
    if not 1 <= day <= _last_day(year, month).day:
        raise ValueError(f"There is no {day} {MONTH_NAMES[month - 1]} {year}.")
    return date(year, month, day), date(year, month, day)


def _month_and_day(found: dict[str, str]) -> tuple[int | None, int | None]:
    if "one" in found:
        return _told_apart(int(found["one"]), int(found["other"]), found["year"])
    month = MONTH_NUMBERS.get(found.get("month_name", ""))
    if month is None and "month" in found:
        month = int(found["month"])
    return month, int(found["day"]) if "day" in found else None


def _told_apart(one: int, other: int, year: str) -> tuple[int, int]:
    """Month and day of a date such as 14/5/2014, whose order is clear only when one number is above 12."""
    if one <= 12 and other <= 12 and one != other:
        day_first, month_first = f"{year}-{other:02}-{one:02}", f"{year}-{one:02}-{other:02}"
        raise ValueError(
            f"This can be read as two dates. Write {day_first} for {one} {_month_name(other)}, "
            f"or {month_first} for {other} {_month_name(one)}."
        )
    return (one, other) if other > 12 >= one else (other, one)


def _month_name(number: int) -> str:
    return MONTH_NAMES[number - 1] if 1 <= number <= 12 else str(number)
