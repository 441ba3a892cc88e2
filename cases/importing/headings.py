"""From rows to a table: which row holds the headings, what each column is called, and what to tell about it.

Nothing is dropped without a note. Notes name rows and columns by their position in the file.
"""

from collections.abc import Sequence

from cases.importing import limits
from cases.importing.numerals import NUMBER
from cases.importing.quarantine import RawRow
from cases.importing.refusals import Refusal, TableError

POSITIONS_TOLD = 10


def counted(number: int, one: str, many: str) -> str:
    """ "1 row", "2,398 rows"."""
    return f"{number:,} {one if number == 1 else many}"


def told(numbers: Sequence[int], one: str = "row", many: str = "rows") -> str:
    """ "row 3", "rows 3, 8 and 9", "rows 2, 3, …, 11 and 40 more"."""
    shown = [f"{number:,}" for number in numbers[:POSITIONS_TOLD]]
    more = len(numbers) - len(shown)
    if more:
        return f"{many} {', '.join(shown)} and {more:,} more"
    if len(shown) == 1:
        return f"{one} {shown[0]}"
    return f"{many} {', '.join(shown[:-1])} and {shown[-1]}"


def lay_out(raw: list[RawRow], *, first_column: int) -> tuple[list[str], list[list[str]], list[str]]:
    """(columns, rows of equal width, notes) from raw rows, of which the first holds the headings.

    `first_column` is the position of the first cell (1 is A). Raises TableError.
    """
    if not raw:
        raise TableError(Refusal.NO_CONTENT)
    heading, body = raw[0], raw[1:]
    if not body:
        raise TableError(Refusal.NO_ROWS)
    width = max(len(row.cells) for row in raw)
    if width * len(body) > limits.CELLS:
        raise TableError(Refusal.TOO_MANY_CELLS)
    headings = [" ".join(text.split()) for text in heading.cells]
    headings += [""] * (width - len(headings))
    filled = _filled_rows(body, [index for index, text in enumerate(headings) if not text])
    _refuse_missing_headings(headings, filled, len(body))

    notes = _ragged_notes(heading, body)
    dropped = {index for index, numbers in filled.items() if not numbers}
    if dropped:
        positions = sorted(index + first_column for index in dropped)
        notes.append(f"{told(positions, 'Column', 'Columns')}: no heading and no content, left out.")
    for index, numbers in filled.items():
        if numbers:
            headings[index] = f"Column {index + first_column} (no heading)"
            where = counted(len(numbers), "row", "rows")
            notes.append(f"Column {index + first_column} has no heading but content in {where}; it is kept.")
    kept = [index for index in range(width) if index not in dropped]
    columns = _told_apart([headings[index] for index in kept], notes)
    rows = [[row.cells[index] if index < len(row.cells) else "" for index in kept] for row in body]
    return columns, rows, notes


def _filled_rows(body: list[RawRow], nameless: list[int]) -> dict[int, list[int]]:
    """For each column without a heading, the numbers of the rows that have content in it."""
    return {
        index: [row.number for row in body if index < len(row.cells) and row.cells[index].strip()] for index in nameless
    }


def _refuse_missing_headings(headings: list[str], filled: dict[int, list[int]], rows: int) -> None:
    """Refuse when most columns in use have no heading (a title line), or all headings are numbers (data)."""
    named = [text for text in headings if text]
    in_use = sum(1 for numbers in filled.values() if len(numbers) * 2 > rows)
    if in_use > len(named) or all(NUMBER.fullmatch(text) for text in named):
        raise TableError(Refusal.NO_HEADINGS)


def _ragged_notes(heading: RawRow, body: list[RawRow]) -> list[str]:
    notes = []
    longer = [row.number for row in body if len(row.cells) > len(heading.cells)]
    if longer:
        many = counted(len(longer), "row is", "rows are")
        notes.append(f"{many} longer than the heading row: {told(longer)}. The extra cells are kept.")
    shorter = [row.number for row in body if row.width < len(heading.cells)]
    if shorter:
        many = counted(len(shorter), "row is", "rows are")
        notes.append(f"{many} shorter than the heading row: {told(shorter)}. The missing cells are empty.")
    return notes


def _told_apart(columns: list[str], notes: list[str]) -> list[str]:
    """The columns with " (2)", " (3)" … after a heading that has been used before."""
    taken = set(columns)
    seen: set[str] = set()
    result = []
    for column in columns:
        name, copy = column, 1
        while name in seen or (copy > 1 and name in taken):
            copy += 1
            name = f"{column} ({copy})"
        if copy > 1:
            notes.append(f"The heading “{column}” occurs more than once; one is now called “{name}”.")
        seen.add(name)
        result.append(name)
    return result
