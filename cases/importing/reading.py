"""Read a table that came from outside: CSV, XLSX or ODS, told by its bytes and never by its name.

`read_table` is the only road in. The file is opened in a process of its own (`reader_process.py`) that can do
nothing but read; every cell comes back as text, and whatever was left out stands in the notes.
"""

import codecs
from dataclasses import dataclass, field
from pathlib import PurePath

from cases.importing import limits
from cases.importing.headings import counted, lay_out
from cases.importing.numerals import canonical_number, same_number
from cases.importing.quarantine import read_apart
from cases.importing.refusals import Refusal, TableError

__all__ = ["Table", "TableError", "canonical_number", "read_table", "same_number"]

ZIP = b"PK\x03\x04"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Streams of a compound file (its directory is UTF-16): a workbook under a password, an old workbook.
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
OLD_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
BARE_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
NO_TABLES = (
    b"%PDF",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"Rar!",
    b"PK",
)
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

TEXT_ENDINGS = ("csv", "tsv", "tab", "txt")
USUAL_ENDINGS = {"csv": TEXT_ENDINGS, "xlsx": ("xlsx", "xlsm", "xltx", "xltm"), "ods": ("ods", "ots")}
KIND_NAMES = {"csv": "a text file (CSV)", "xlsx": "an Excel workbook", "ods": "an OpenDocument spreadsheet"}
DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
SHEETS_TOLD = 10


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts. Every row is as long as `columns`; `row_numbers` are the rows' places in the file.

    `kind` is "csv", "xlsx" or "ods"; `sheet` is the sheet's name ("" for CSV); `notes` are sentences for the
    user about everything that was skipped, renamed or guessed.
    """

    columns: list[str]
    rows: list[list[str]]
    kind: str
    sheet: str
    notes: list[str]
    row_numbers: list[int] = field(default_factory=list)


def read_table(content: bytes, *, name: str) -> Table:
    """The table in an uploaded file. `name` is the file's name; only its ending is looked at, for a note.

    Raises TableError with a sentence for the user; nothing a file contains raises anything else.
    """
    raw, facts = read_apart(content, road=_road(content))
    kind = str(facts.get("kind"))
    if kind not in KIND_NAMES:
        raise TableError(Refusal.READER_DIED)
    columns, rows, notes = lay_out(raw, first_column=max(_number(facts, "first_column"), 1))
    return Table(
        columns=columns,
        rows=rows,
        kind=kind,
        sheet=str(facts.get("sheet", "")),
        notes=[*_name_notes(kind, name), *_sheet_notes(facts), *notes, *_cell_notes(facts)],
        row_numbers=[row.number for row in raw[1:]],
    )


def _road(content: bytes) -> str:
    """ "archive" or "text" for the reader, told by the first bytes. Raises TableError for anything else."""
    if len(content) > limits.UPLOAD_BYTES:
        raise TableError(Refusal.UPLOAD_TOO_LARGE)
    if content.startswith(ZIP):
        return "archive"
    if content.startswith(COMPOUND_FILE):
        if ENCRYPTED_STREAM in content:
            raise TableError(Refusal.ENCRYPTED)
        is_old = any(stream in content for stream in OLD_STREAMS)
        raise TableError(Refusal.OLD_EXCEL if is_old else Refusal.NOT_A_TABLE)
    if content.startswith(BARE_OLD_EXCEL):
        raise TableError(Refusal.OLD_EXCEL)
    if content.startswith(NO_TABLES):
        raise TableError(Refusal.NOT_A_TABLE)
    head = content
    for mark in BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    head = head[:1024].replace(b"\0", b"").lstrip()
    if not head and not content.strip():
        raise TableError(Refusal.EMPTY)
    if head.startswith(b"<"):
        raise TableError(Refusal.MARKUP)
    return "text"


def _number(facts: dict[str, object], key: str) -> int:
    value = facts.get(key, 0)
    return value if isinstance(value, int) else 0


def _name_notes(kind: str, name: str) -> list[str]:
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending in USUAL_ENDINGS[kind]:
        return []
    return [f"Whatever its name says, the file is {KIND_NAMES[kind]}, and was read as such."]


def _sheet_notes(facts: dict[str, object]) -> list[str]:
    """What was decided before the first cell was read: encoding, delimiter, sheet."""
    notes = []
    encoding, delimiter = facts.get("encoding"), facts.get("delimiter")
    if encoding and encoding != "UTF-8":
        notes.append(f"The text was read as {encoding}. If letters look wrong, save it as “CSV UTF-8” and try again.")
    if isinstance(delimiter, str) and delimiter != ",":
        notes.append(f"The cells are separated by {DELIMITER_NAMES.get(delimiter, 'an unusual sign')}.")
    others = facts.get("other_sheets")
    if isinstance(others, list) and others:
        names = ", ".join(f"“{other}”" for other in others[:SHEETS_TOLD])
        more = f" and {len(others) - SHEETS_TOLD:,} more" if len(others) > SHEETS_TOLD else ""
        notes.append(f"Only the sheet “{facts.get('sheet')}” was read. Not read: {names}{more}.")
    if facts.get("hidden"):
        notes.append("The sheet that was read is hidden in the workbook.")
    return notes


def _cell_notes(facts: dict[str, object]) -> list[str]:
    """What a cell held and the table does not."""
    notes = []
    if empty := _number(facts, "empty"):
        notes.append(f"{counted(empty, 'empty row was', 'empty rows were')} skipped.")
    if cleaned := _number(facts, "cleaned"):
        notes.append(f"Invisible control characters were removed from {counted(cleaned, 'cell', 'cells')}.")
    if not_available := _number(facts, "not_available"):
        many = counted(not_available, "cell is", "cells are")
        notes.append(f"In the workbook {many} marked #N/A (not available), read as empty.")
    if errors := _number(facts, "errors"):
        many = counted(errors, "cell", "cells")
        notes.append(f"The workbook has {many} with an error such as #REF!, whose value cannot be read.")
    if uncomputed := _number(facts, "uncomputed"):
        many = counted(uncomputed, "formula", "formulas")
        notes.append(f"The workbook has {many} without a result. To fill them, save it in Excel or LibreOffice.")
    if facts.get("merged"):
        notes.append("Some cells are merged; only the first cell of each merged area holds the value.")
    if facts.get("comments"):
        notes.append("Comments on cells are not read.")
    if pictures := _number(facts, "pictures"):
        notes.append(f"{counted(pictures, 'picture or embedded file is', 'pictures or embedded files are')} not read.")
    return notes
