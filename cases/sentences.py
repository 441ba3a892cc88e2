"""Lengths of sentences: months as people write them ("9 years 6 months") and as they are stored."""

import re

from cases.codes import TermKind

LONGEST = 1200
READABLE = "Write a length as 9 years, 9 years 6 months, 9y 6m, or 114 (months)."

_LENGTH = re.compile(
    r"(?:(?P<years>\d{1,3})\s*(?:y|yrs?|years?)\.?)?[\s,]*(?:and\s+)?(?:(?P<months>\d{1,4})\s*(?:m|months?)?\.?)?"
)


def read_months(text: str) -> int | None:
    """Months of a typed length; None when nothing was typed. Raises ValueError with a sentence to show."""
    words = " ".join(text.casefold().split())
    if not words:
        return None
    match = _LENGTH.fullmatch(words)
    if match is None:
        raise ValueError(READABLE)
    months = int(match["years"] or 0) * 12 + int(match["months"] or 0)
    if not 0 < months <= LONGEST:
        raise ValueError(f"A length has 1 to {LONGEST} months.")
    return months


def length_words(months: int | None) -> str:
    """ "9 years 6 months"; "" for none."""
    if not months:
        return ""
    years, rest = divmod(months, 12)
    parts = [_counted(years, "year"), _counted(rest, "month")]
    return " ".join(part for part in parts if part)


def sentence_words(kind: str, months: int | None) -> str:
    """What a sentence is: "9 years", "life", "death with reprieve"."""
    length = length_words(months)
    if kind in ("", TermKind.FIXED) and length:
        return length
    return str(TermKind(kind).label) if kind else ""


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""
