"""Read an XLSX or ODS file that has been counted: its first sheet with content, and what stays behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cases.importing.archive import Spreadsheet
from cases.importing.numerals import cell_text
from cases.importing.refusals import Refusal, Refused

# What the reader leaves out without saying so is counted in the XML itself.
XLSX_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*\bt="e"')
XLSX_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\s[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>"
)
XLSX_NOT_AVAILABLE = re.compile(rb'\bt="e"[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>#N/A</v>')
ODS_ERROR = re.compile(rb'\bvalue-type="error"')
ODS_COMMENT = re.compile(rb"<office:annotation[\s>]")
ODS_MERGED = re.compile(rb"<table:covered-table-cell\b")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows as (row number, cells), the first column's position (1 is A), and the facts to tell."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    first_column: int
    facts: dict[str, object] = field(default_factory=dict)


def read_spreadsheet(spreadsheet: Spreadsheet) -> Sheet:
    """The first visible sheet with content, else the first hidden one. Raises Refused, and calamine’s own."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(spreadsheet.packed()))
    names = [meta.name for meta in workbook.sheets_metadata]
    for index in _in_reading_order(workbook):
        sheet = workbook.get_sheet_by_index(index)
        if not _has_content(sheet):
            continue
        hidden = workbook.sheets_metadata[index].visible != SheetVisibleEnum.Visible
        facts = {
            "other_sheets": names[:index] + names[index + 1 :],
            "hidden": hidden,
            "pictures": spreadsheet.pictures,
            **_left_behind(spreadsheet, sheet),
        }
        first_column = (sheet.start or (0, 0))[1] + 1
        return Sheet(name=names[index], rows=_rows(sheet), first_column=first_column, facts=facts)
    raise Refused(Refusal.NO_CONTENT)


def _in_reading_order(workbook: CalamineWorkbook) -> list[int]:
    sheets = [
        (meta.visible != SheetVisibleEnum.Visible, index)
        for index, meta in enumerate(workbook.sheets_metadata)
        if meta.typ == SheetTypeEnum.WorkSheet
    ]
    return [index for _, index in sorted(sheets)]


def _has_content(sheet: CalamineSheet) -> bool:
    if sheet is None or sheet.start is None:
        return False
    return any(cell_text(cell).strip() for row in sheet.iter_rows() for cell in row)


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [cell_text(cell) for cell in row]


def _left_behind(spreadsheet: Spreadsheet, sheet: CalamineSheet) -> dict[str, object]:
    if spreadsheet.kind == "ods":
        text = spreadsheet.parts["content.xml"]
        return {
            "errors": len(ODS_ERROR.findall(text)),
            "comments": bool(ODS_COMMENT.search(text)),
            "merged": bool(ODS_MERGED.search(text)),
        }
    worksheets = [part for name, part in spreadsheet.parts.items() if name.startswith("xl/worksheets/")]
    not_available = sum(len(XLSX_NOT_AVAILABLE.findall(part)) for part in worksheets)
    return {
        "not_available": not_available,
        "errors": sum(len(XLSX_ERROR.findall(part)) for part in worksheets) - not_available,
        "uncomputed": sum(len(XLSX_UNCOMPUTED.findall(part)) for part in worksheets),
        "comments": any(name.startswith(("xl/comments", "xl/threadedComments")) for name in spreadsheet.parts),
        "merged": bool(sheet.merged_cell_ranges),
    }
