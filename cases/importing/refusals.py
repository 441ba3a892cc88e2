"""Why a file is not read, and what its sender can do about it.

The reader works behind a wall and answers in codes only; the sentences are made on this side, so nothing
that a file contains can speak to the user.
"""

from enum import StrEnum


class Refusal(StrEnum):
    EMPTY = "empty"
    UPLOAD_TOO_LARGE = "upload too large"
    UNPACKED_TOO_LARGE = "unpacked too large"
    TOO_MANY_MEMBERS = "too many members"
    SIZES_LIE = "sizes lie"
    ENCRYPTED = "encrypted"
    OLD_EXCEL = "old excel"
    BINARY_EXCEL = "binary excel"
    MARKUP = "markup"
    NOT_A_TABLE = "not a table"
    DAMAGED = "damaged"
    DEFINITIONS = "definitions"
    NUL = "nul"
    BROKEN_UTF8 = "broken utf-8"
    UNKNOWN_ENCODING = "unknown encoding"
    QUOTES = "quotes"
    NO_CONTENT = "no content"
    NO_HEADINGS = "no headings"
    NO_ROWS = "no rows"
    TOO_MANY_COLUMNS = "too many columns"
    TOO_MANY_ROWS = "too many rows"
    TOO_MANY_CELLS = "too many cells"
    CELL_TOO_LONG = "cell too long"
    TOO_HEAVY = "too heavy"
    TOO_SLOW = "too slow"
    READER_DIED = "reader died"


SAVE_AGAIN = "Open it in Excel or LibreOffice, save it again as .xlsx or .ods, and upload the new file."

SENTENCES = {
    Refusal.EMPTY: "The file is empty. Choose a file with a heading row and at least one row beneath it.",
    Refusal.UPLOAD_TOO_LARGE: "The file is larger than 25 MB. Remove pictures from it or split the list.",
    Refusal.UNPACKED_TOO_LARGE: (
        "The file grows to more than 50 MB when unpacked and was not opened. "
        "Copy the table alone into a new workbook, or split the list, and upload that."
    ),
    Refusal.TOO_MANY_MEMBERS: (
        "The file has more than 200 parts and was not opened. Copy the table alone into a new workbook and upload that."
    ),
    Refusal.SIZES_LIE: f"The file is not what it says: its parts have other sizes than stated. {SAVE_AGAIN}",
    Refusal.ENCRYPTED: (
        "The file is protected with a password. Remove the password in the program it was made with, "
        "save it, and upload it again."
    ),
    Refusal.OLD_EXCEL: (
        "This is a workbook of an old kind (.xls). Open it in Excel or LibreOffice, save it as .xlsx, "
        "and upload the new file."
    ),
    Refusal.BINARY_EXCEL: (
        "This is a binary workbook (.xlsb). Open it in Excel or LibreOffice, save it as .xlsx, and upload the new file."
    ),
    Refusal.MARKUP: f"This is a web page or XML file, whatever its name says. {SAVE_AGAIN}",
    Refusal.NOT_A_TABLE: "This file is not a table. Upload a CSV, XLSX or ODS file.",
    Refusal.DAMAGED: f"The file is damaged or incomplete. {SAVE_AGAIN}",
    Refusal.DEFINITIONS: (
        "The file contains XML definitions that a spreadsheet does not need and that can do harm; "
        f"it was not opened. {SAVE_AGAIN}"
    ),
    Refusal.NUL: (
        "The file contains zero bytes, which no text has. Save it again as “CSV UTF-8” or as .xlsx, "
        "and upload the new file."
    ),
    Refusal.BROKEN_UTF8: (
        "Some characters of this UTF-8 file are broken, the first in line {row}. Correct them, or save the "
        "original again as “CSV UTF-8” or as .xlsx, and upload the new file."
    ),
    Refusal.UNKNOWN_ENCODING: (
        "It is not clear how the letters in this file are encoded. Save it again as “CSV UTF-8” or as .xlsx, "
        "and upload the new file."
    ),
    Refusal.QUOTES: (
        "The quotation marks in row {row} do not pair up. Correct that row, or save the table as .xlsx, "
        "and upload the file again."
    ),
    Refusal.NO_CONTENT: "The file holds no table: no sheet has any content. Choose another file.",
    Refusal.NO_HEADINGS: (
        "The first row that has content does not hold the headings of the columns. "
        "Delete any lines above the headings, or add a heading row, and upload the file again."
    ),
    Refusal.NO_ROWS: "The file has a heading row and nothing beneath it. Choose a file with rows to import.",
    Refusal.TOO_MANY_COLUMNS: (
        "Row {row} has more than 300 columns. Delete those that are not needed, and upload the file again."
    ),
    Refusal.TOO_MANY_ROWS: "The file has more than 50,000 rows. Split it into several files.",
    Refusal.TOO_MANY_CELLS: "The file has more than 5 million cells. Split it into several files.",
    Refusal.CELL_TOO_LONG: (
        "A cell in row {row} has more than 32,767 characters. Shorten it, or check that the quotation marks "
        "before it pair up, and upload the file again."
    ),
    Refusal.TOO_HEAVY: (
        "The table takes more memory than it may. Delete stray cells far below or to the right of the table, "
        "or split the list, and upload the file again."
    ),
    Refusal.TOO_SLOW: "Reading the file took too long. Split it into several files, or save it as CSV.",
    Refusal.READER_DIED: (
        "The file could not be read: it is damaged, or its table is far larger than it looks. "
        "Copy the table into a new workbook, save it as .xlsx, and upload that."
    ),
}


class Refused(Exception):
    """Raised behind the wall: `code` says why, `row` where (1 is the first row of the file; 0: nowhere)."""

    def __init__(self, code: Refusal, row: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.row = row


class TableError(Exception):
    """The file cannot be read. Its text is one plain message for the user that says what to do."""

    def __init__(self, code: Refusal, row: int = 0) -> None:
        super().__init__(SENTENCES[code].format(row=f"{row:,}"))
        self.code = code
        self.row = row
