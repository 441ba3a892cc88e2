"""Tables that leave the house: CSV and XLSX no cell a formula, no trace of the maker.

The same columns, rows, title and copy id give the same bytes: no clock, no author, no running number. The
copy id stands in the last line, and in XLSX at the foot of every printed page, so that a fragment traces to
its copy. The rules for formulas are OWASP's (“CSV Injection”), which also name the separators inside a text:
a program that splits the file at another sign than ours must not find a formula either.
"""

import csv
import datetime
import re
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO

import xlsxwriter

# "=" and its kin start a formula, tab and line ends hide one; the wide forms count in East Asian editions.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
AFTER_SEPARATOR = re.compile(r"""([;|,\t\r\n]["'\s]*)([=+\-@＝＋－＠])""")

MADE = datetime.datetime(2000, 1, 1)
SHEET_CHARACTERS = 31
SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FOOTER_CHARACTERS = 255
CELL_CHARACTERS = 32_767
CUT = " … [cut: the text is longer than a spreadsheet cell can be]"
SHEET_ROWS = 1_048_576
NARROWEST, WIDEST = 8, 60
ROWS_MEASURED = 500


def safe_cell(text: str) -> str:
    """`text` with an apostrophe before it when a spreadsheet program could take it for a formula.

    Plain numbers stay as they are: "-33.5", "+5".
    """
    if PLAIN_NUMBER.fullmatch(text):
        return text
    is_risky = text[:1] in FORMULA_STARTS or text.lstrip()[:1] in FORMULA_STARTS
    return f"'{text}" if text.strip() and is_risky else text


def csv_bytes(columns: Sequence[str], rows: Sequence[Sequence[str]], *, copy_id: str) -> bytes:
    """CSV: UTF-8 with byte order mark, commas, all cells quoted, CRLF; the copy id in the last line."""
    target = StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in _lines(columns, rows, copy_id):
        writer.writerow([AFTER_SEPARATOR.sub(r"\1'\2", safe_cell(text)) for text in row])
    return target.getvalue().encode("utf-8-sig")


def xlsx_bytes(columns: Sequence[str], rows: Sequence[Sequence[str]], *, copy_id: str, title: str) -> bytes:
    """An XLSX workbook of one sheet, every cell a text; `title` names the sheet, so it must name no person.

    Raises ValueError when there are more rows than a sheet can hold. A text longer than a cell can hold is
    cut and says so.
    """
    if len(rows) + 3 > SHEET_ROWS:
        raise ValueError(f"{len(rows):,} rows do not fit into one sheet.")
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as workbook:
        workbook.set_properties({"title": title, "author": "", "created": MADE})
        sheet = workbook.add_worksheet(_sheet_name(title))
        heading = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        body = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for number, row in enumerate(_lines(columns, rows, copy_id)):
            for position, text in enumerate(row):
                sheet.write_string(number, position, _fitting(safe_cell(text)), body if number else heading)
        _arrange(sheet, columns, rows, copy_id)
    return target.getvalue()


def _lines(columns: Sequence[str], rows: Sequence[Sequence[str]], copy_id: str) -> Iterator[Sequence[str]]:
    """The heading row, the rows, an empty row, and the line with the copy id."""
    yield columns
    yield from rows
    yield []
    yield [f"Copy {copy_id}"]


def _arrange(
    sheet: xlsxwriter.worksheet.Worksheet, columns: Sequence[str], rows: Sequence[Sequence[str]], copy_id: str
) -> None:
    """Headings that stay in sight on screen and paper, filters, widths, and the foot of the page."""
    last_column = max(len(columns) - 1, 0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), last_column)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{SHEET_ROWS}"})
    for position, width in enumerate(_widths(columns, rows)):
        sheet.set_column(position, position, width)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    foot = copy_id.replace("&", "&&")
    sheet.set_footer(f"&LCopy {foot}&R&P / &N"[:FOOTER_CHARACTERS])


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """A width for each column, in characters, by the longest line of its first cells; wide ones count two."""
    widths = []
    for position, column in enumerate(columns):
        texts = [column, *(row[position] for row in rows[:ROWS_MEASURED] if position < len(row))]
        longest = max(_shown_width(line) for text in texts for line in (text.splitlines() or [""]))
        widths.append(min(max(longest + 2, NARROWEST), WIDEST))
    return widths


def _shown_width(line: str) -> int:
    head = line[:WIDEST]
    return len(head) + sum(1 for character in head if character >= "\u2e80")


def _fitting(text: str) -> str:
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - len(CUT)] + CUT


def _sheet_name(title: str) -> str:
    name = SHEET_FORBIDDEN.sub(" ", title)[:SHEET_CHARACTERS].strip(" '")
    return name if name and name.lower() != "history" else "Export"
