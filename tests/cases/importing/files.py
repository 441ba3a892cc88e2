"""Files to read: honest ones made with XlsxWriter and odfpy, and the means to spoil them."""

import io
import struct
import zipfile
from collections.abc import Sequence

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

CENTRAL_SIGNATURE = b"PK\x01\x02"
FLAGS, PACKED_SIZE, SIZE, OFFSET = 8, 20, 24, 42

SMALL = [["name", "place"], ["Lin Example", "Sample Town"], ["Tashi Example", "Other Town"]]


def xlsx(*sheets: Sequence[Sequence[object]], prepare=None) -> bytes:
    """A workbook with these sheets of rows; `prepare(workbook)` may add to it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        date = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for rows in sheets:
            sheet = workbook.add_worksheet()
            for number, row in enumerate(rows):
                for position, cell in enumerate(row):
                    if hasattr(cell, "isoformat"):
                        sheet.write_datetime(number, position, cell, date)
                    elif cell is not None:
                        sheet.write(number, position, cell)
        if prepare:
            prepare(workbook)
    return target.getvalue()


def ods(rows: Sequence[Sequence[object]]) -> bytes:
    """An OpenDocument spreadsheet with one sheet; lines of a text become paragraphs."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="List")
    for row in rows:
        line = TableRow()
        for cell in row:
            line.addElement(_ods_cell(cell))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    target = io.BytesIO()
    document.write(target)
    return target.getvalue()


def _ods_cell(cell: object) -> TableCell:
    if cell is None:
        return TableCell()
    if isinstance(cell, bool):
        return TableCell(valuetype="boolean", booleanvalue=str(cell).lower())
    if isinstance(cell, int | float):
        return TableCell(valuetype="float", value=repr(cell))
    if hasattr(cell, "isoformat"):
        return TableCell(valuetype="date", datevalue=cell.isoformat())
    element = TableCell(valuetype="string")
    for line in str(cell).split("\n"):
        element.addElement(P(text=line))
    return element


def parts_of(content: bytes) -> dict[str, bytes]:
    """Name → bytes of every member."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    """A deflated zip of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same spreadsheet with one member replaced or added."""
    return zipped({**parts_of(content), name: part})


def declared(content: bytes, name: str, field: int, value: int) -> bytes:
    """The same zip with one field of a member's entry in the central directory overwritten."""
    spoiled = bytearray(content)
    position = spoiled.find(CENTRAL_SIGNATURE)
    while position >= 0:
        (length,) = struct.unpack_from("<H", spoiled, position + 28)
        if spoiled[position + 46 : position + 46 + length] == name.encode():
            struct.pack_into("<H" if field == FLAGS else "<I", spoiled, position + field, value)
            return bytes(spoiled)
        position = spoiled.find(CENTRAL_SIGNATURE, position + 4)
    raise LookupError(name)
