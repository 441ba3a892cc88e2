"""What leaves the house: no formula, no trace of the maker, the same bytes for the same rows."""

import csv
import io
import re
import zipfile

import pytest
import time_machine

from cases.exporting import csv_bytes, safe_cell, xlsx_bytes
from cases.importing.reading import read_table

COLUMNS = ["reference", "name", "note"]
ROWS = [
    ["CN-7K3QF2-H", "王小明", '=HYPERLINK("http://example.invalid","x")'],
    ["CN-7K3QF3-K", "Lin Example", "-33.5"],
    ["CN-7K3QF4-M", "@SUM(A1)", "first line\n=1+1"],
]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\ttext",
        "\r=1",
        " =1",
        "＝1+1",
        "-",
        "+86 10 1234",
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_risky_cells_get_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "-33.5", "+5", "-0,5", "1e-05", "Lin Example", "王小明", "a=b", "2014-05-03", " "]
)
def test_harmless_cells_stay(text):
    assert safe_cell(text) == text


def test_csv_has_byte_order_mark_line_ends_and_copy_id():
    content = csv_bytes(COLUMNS, ROWS, copy_id="7Q2M")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == len(ROWS) + 3
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[-1] == ["Copy 7Q2M"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_formula_in_csv_whatever_it_is_split_at(delimiter):
    rows = [*ROWS, ["a;=1+1", "b\t=1+1", "c|=1+1"], ['x";"=1+1', "y, +1+1", "z\r\n@A1"]]
    text = csv_bytes(COLUMNS, rows, copy_id="7Q2M").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        assert not [cell for cell in row if re.match(r"""["\s]*[=+@]""", cell)]


def test_no_formula_in_xlsx():
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(COLUMNS, ROWS, copy_id="7Q2M", title="Cases"))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    cells = re.findall(rb"<c [^>]*>", sheet)
    assert len(cells) == 13
    assert all(b't="s"' in cell for cell in cells)


def test_xlsx_reads_back():
    table = read_table(xlsx_bytes(COLUMNS, ROWS, copy_id="7Q2M", title="Cases"), name="cases.xlsx")
    assert (table.sheet, table.columns) == ("Cases", COLUMNS)
    assert table.rows == [[safe_cell(cell) for cell in row] for row in ROWS] + [["Copy 7Q2M", "", ""]]


def test_same_rows_same_bytes_whenever_made():
    made = []
    for moment in ("2024-01-01", "2031-07-09"):
        with time_machine.travel(moment):
            made.append(
                (
                    csv_bytes(COLUMNS, ROWS, copy_id="7Q2M"),
                    xlsx_bytes(COLUMNS, ROWS, copy_id="7Q2M", title="Cases"),
                )
            )
    assert made[0] == made[1]
    assert made[0] != (
        csv_bytes(COLUMNS, ROWS, copy_id="8Q2M"),
        xlsx_bytes(COLUMNS, ROWS, copy_id="8Q2M", title="Cases"),
    )


def test_xlsx_tells_nothing_on_its_maker():
    content = xlsx_bytes(COLUMNS, ROWS, copy_id="7Q2M", title="Cases")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        core = archive.read("docProps/core.xml").decode()
        stamps = {entry.date_time for entry in archive.infolist()}
    assert "<dc:creator></dc:creator>" in core
    assert "<cp:lastModifiedBy></cp:lastModifiedBy>" in core
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}
    assert len(stamps) == 1
    assert max(stamps) < (2001,)


def test_xlsx_is_arranged_for_screen_and_paper():
    content = xlsx_bytes(COLUMNS, [["a", "b", "x" * 500]], copy_id="7&Q2", title="A/B: " + "long " * 20)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert "<oddFooter>&amp;LCopy 7&amp;&amp;Q2&amp;R&amp;P / &amp;N</oddFooter>" in sheet
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:C2"/>' in sheet
    assert "_xlnm.Print_Titles" in book
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert len(widths) >= 2
    assert widths[-1] > 50


def test_text_longer_than_a_cell_is_cut_and_says_so():
    content = xlsx_bytes(["note"], [["x" * 40_000], ["y"]], copy_id="7Q2M", title="")
    table = read_table(content, name="a.xlsx")
    assert table.sheet == "Export"
    assert len(table.rows[0][0]) == 32_767
    assert "cut" in table.rows[0][0][-70:]


def test_more_rows_than_a_sheet_holds():
    with pytest.raises(ValueError, match="do not fit"):
        xlsx_bytes(["a"], [["b"]] * 1_048_576, copy_id="7Q2M", title="Cases")
