"""Read a CSV file: its delimiter, and its rows.

The delimiter is the one under which most rows have the same width.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from cases.importing import limits
from cases.importing.refusals import Refusal, Refused

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 200
SAMPLE_CHARACTERS = 200_000


def find_delimiter(text: str) -> str:
    """The delimiter of , ; tab | under which most sampled rows are equally wide; "," for a single column."""
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        widths = Counter(_sampled_widths(text[:SAMPLE_CHARACTERS], delimiter))
        if not widths:
            continue
        [(width, agreeing)] = widths.most_common(1)
        if width < 2:
            continue
        score = (round(agreeing / widths.total(), 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sampled_widths(text: str, delimiter: str) -> list[int]:
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [len(row) for row in islice(rows, SAMPLE_ROWS) if any(row)]
    except csv.Error:
        return []


def announced_delimiter(text: str) -> str:
    """The delimiter in a first line like `sep=;`, which Excel understands, or ""."""
    first = text[:16].split("\n", 1)[0].rstrip("\r")
    return first[4:] if first[:4].lower() == "sep=" and first[4:] in DELIMITERS else ""


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) for every record of `text`; the first is row 1. Raises Refused."""
    csv.field_size_limit(limits.CELL_CHARACTERS)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for row in reader:
            number += 1
            yield number, row
    except csv.Error as error:
        too_long = "field limit" in str(error)
        raise Refused(Refusal.CELL_TOO_LONG if too_long else Refusal.QUOTES, row=number + 1) from error
