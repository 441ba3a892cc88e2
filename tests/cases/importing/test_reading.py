"""What a table reads as: the same texts from CSV, XLSX and ODS, and a note for all that is left out."""

import csv
import datetime
import io
import os
from pathlib import Path

import pytest

from cases.importing.reading import TableError, canonical_number, read_table, same_number
from cases.importing.refusals import SENTENCES, Refusal
from tests.cases.importing.files import SMALL, ods, xlsx

REAL_DATA = Path(os.environ.get("CASETRACKER_REAL_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")

TYPED: list[list[object]] = [
    ["number", "day", "moment", "flag", "text"],
    [57.0, datetime.date(2014, 5, 3), datetime.datetime(2014, 5, 3, 14, 30), True, "two\nlines"],
    [-33.501342, datetime.datetime(2014, 5, 3), None, False, "=1+1"],
    [0.1 + 0.2, None, None, None, " 中文 བོད་ "],
]
TYPED_TEXTS = [
    ["57", "2014-05-03", "2014-05-03 14:30", "true", "two\nlines"],
    ["-33.501342", "2014-05-03", "", "false", "=1+1"],
    ["0.3", "", "", "", " 中文 བོད་ "],
]


def read(content: bytes | str, name: str = "list.csv"):
    return read_table(content.encode() if isinstance(content, str) else content, name=name)


def refusal(content: bytes | str, name: str = "list.csv") -> Refusal:
    with pytest.raises(TableError) as caught:
        read(content, name)
    assert "{" not in str(caught.value)
    return caught.value.code


def typed_xlsx() -> bytes:
    def add_formula_text(workbook):
        workbook.worksheets()[0].write_string(2, 4, "=1+1")

    return xlsx(TYPED, prepare=add_formula_text)


def test_xlsx_cells_become_texts():
    table = read(typed_xlsx(), "list.xlsx")
    assert (table.kind, table.sheet, table.columns) == ("xlsx", "Sheet1", TYPED[0])
    assert table.rows == TYPED_TEXTS
    assert table.notes == []


def test_ods_cells_become_texts():
    table = read(ods(TYPED), "list.ods")
    assert (table.kind, table.sheet, table.columns) == ("ods", "List", TYPED[0])
    # OpenDocument collapses white space at the ends of a paragraph.
    assert [[cell.strip() for cell in row] for row in table.rows] == [
        [cell.strip() for cell in row] for row in TYPED_TEXTS
    ]
    assert table.notes == []


def test_csv_text_stays_as_it_is():
    table = read("number,text\n57.0,=1+1\n-33.501342,@home\n")
    assert (table.kind, table.sheet, table.notes) == ("csv", "", [])
    assert table.rows == [["57.0", "=1+1"], ["-33.501342", "@home"]]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("57.0", "57"),
        ("-33.501342", "-33.501342"),
        ("0.30000000000000004", "0.3"),
        (" 57 ", "57"),
        ("1e+05", "100000"),
        ("-0.0", "0"),
        ("007", "007"),
        ("12E4", "12E4"),
        ("+86", "+86"),
        ("110101199003071234", "110101199003071234"),
        ("1e+999", "1e+999"),
        ("NaN", "NaN"),
        ("٣", "٣"),
        ("", ""),
    ],
)
def test_canonical_number(text, canonical):
    assert canonical_number(text) == canonical


def test_same_number():
    assert same_number("57.0", "57")
    assert not same_number("57", "58")
    assert not same_number("NA", "NA")
    assert not same_number("110101199003071234", "110101199003071235")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_with_quotes_and_line_ends_inside(delimiter):
    target = io.StringIO()
    rows = [["name", "note"], ["Example, A; B", 'said "no"\r\nthen | left'], ["C\tD", ""]]
    csv.writer(target, delimiter=delimiter).writerows(rows)
    table = read(target.getvalue())
    assert [table.columns, *table.rows] == rows


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(line_end):
    assert read(line_end.join(["a,b", "1,2", "3,4"])).rows == [["1", "2"], ["3", "4"]]


def test_delimiter_announced_for_excel_is_obeyed():
    assert read("sep=;\na,x;b,x\n1;2\n").columns == ["a,x", "b,x"]


def test_one_column():
    assert read("name\nExample, A\nExample B\nExample C\n").columns[0] == "name"


NAMES = {
    "utf-8-sig": ["Zoé"],
    "utf-16": ["王小明", "Zoé"],
    "gb18030": ["王小明", "刘", "律师，被监视居住", "买买提·艾力", "阿不都热合曼"],
    "big5": ["李春嬌", "律師，被監視居住", "劉", "張三; 李四"],
    "cp1252": ["José", "Müller", "Ürümqi", "São João", "Zoé, arrêtée à l’aube", "it’s", "Ili – Kazakh"],
    "cp1251": ["Иванов Пётр", "Улаанбаатар", "Москва; 2014"],
    "cp1250": ["Zażółć gęślą jaźń; Świętosława Łódzka"],
}


@pytest.mark.parametrize(("encoding", "name"), [(code, name) for code in NAMES for name in NAMES[code]])
def test_encodings(encoding, name):
    # One foreign line among many plain ones is all the evidence there is.
    text = "reference,name\r\n" + "A1,John Example\r\n" * 400 + f'A2,"{name}"\r\n'
    table = read(text.encode(encoding))
    assert table.rows[-1][1] == name
    assert any(note.startswith("The text was read as") for note in table.notes) == (encoding != "utf-8-sig")


def test_broken_utf8_is_not_taken_for_another_encoding():
    content = "name\n王小明，四川成都，因言论被拘留\n李春花\n".encode().replace("花".encode(), b"\xe8\x8a")
    with pytest.raises(TableError) as caught:
        read(content)
    assert (caught.value.code, caught.value.row) == (Refusal.BROKEN_UTF8, 3)
    assert "line 3" in str(caught.value)


def test_nameless_columns_are_kept_when_they_hold_something():
    table = read(xlsx([["name", None, "place", None], ["A", None, "B", "x"], ["C", "", "D", None]]), "a.xlsx")
    assert table.columns == ["name", "place", "Column 4 (no heading)"]
    assert table.rows == [["A", "B", "x"], ["C", "D", ""]]
    assert any(note.startswith("Column 2: no heading and no content, left out") for note in table.notes)
    assert any(note.startswith("Column 4 has no heading but content in 1 row") for note in table.notes)


def test_duplicate_headings_are_told_apart():
    table = read("name,name,name (2),name\n1,2,3,4\n")
    assert table.columns == ["name", "name (3)", "name (2)", "name (4)"]
    assert len(set(table.columns)) == 4
    assert len(table.notes) == 2


def test_long_and_short_rows_are_reported_by_number():
    table = read("a,b\n1,2\n1,2,3\n1\n1,2\n1,2,\n")
    assert table.rows[1] == ["1", "2", "3"]
    assert any("1 row is longer than the heading row: row 3" in note for note in table.notes)
    assert any("1 row is shorter than the heading row: row 4" in note for note in table.notes)


def test_empty_rows_are_skipped_and_counted():
    table = read("\n\na,b\n1,2\n , \n,\n3,4\n\n\n")
    assert table.rows == [["1", "2"], ["3", "4"]]
    assert table.row_numbers == [4, 7]
    assert "4 empty rows were skipped." in table.notes


def test_first_sheet_with_content_is_read_and_the_others_are_told():
    def hide_second(workbook):
        workbook.worksheets()[1].hide()

    table = read(xlsx([], [["secret"], ["x"]], SMALL, SMALL, prepare=hide_second), "list.xlsx")
    assert table.sheet == "Sheet3"
    assert "Only the sheet “Sheet3” was read. Not read: “Sheet1”, “Sheet2”, “Sheet4”." in table.notes


def test_a_table_that_does_not_begin_in_the_first_cell():
    rows = [[], [None, None, "name", "place"], [None, None, "A", "B"], [], [None, None, None, None, "x"]]
    table = read(xlsx(rows), "list.xlsx")
    assert table.columns == ["name", "place", "Column 5 (no heading)"]
    assert table.row_numbers == [3, 5]


def test_what_a_workbook_has_besides_texts_is_told():
    def add(workbook):
        sheet = workbook.worksheets()[0]
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.merge_range(3, 0, 4, 0, "both")
        sheet.write_comment(1, 0, "a remark")
        sheet.write_string(3, 1, "a\x07b")

    notes = " ".join(read(xlsx(SMALL, prepare=add), "list.xlsx").notes)
    for told in ("1 cell is marked #N/A", "1 cell with an error", "merged", "Comments", "from 1 cell"):
        assert told in notes


def test_name_is_only_a_hint():
    table = read(xlsx(SMALL), "list.csv")
    assert table.kind == "xlsx"
    assert table.notes == ["Whatever its name says, the file is an Excel workbook, and was read as such."]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", Refusal.EMPTY),
        (" \r\n\n", Refusal.EMPTY),
        (",,\n,,\n", Refusal.NO_CONTENT),
        ("name,place\n", Refusal.NO_ROWS),
        ("Prisoners 2024\n\nname,place,since\nA,B,C\nD,E,F\n", Refusal.NO_HEADINGS),
        ("1,2\n3,4\n", Refusal.NO_HEADINGS),
        ('name,place\n"A,B\nC,D\n', Refusal.QUOTES),
        ("name\nA\0B\n", Refusal.NUL),
        ("<html><table></table></html>", Refusal.MARKUP),
        (b"%PDF-1.7 x", Refusal.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), Refusal.OLD_EXCEL),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), Refusal.ENCRYPTED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), Refusal.NOT_A_TABLE),
        ("a" + ",b" * 300 + "\n" + "1" + ",2" * 300 + "\n", Refusal.TOO_MANY_COLUMNS),
        ("name\n" + "A\n" * 50_001, Refusal.TOO_MANY_ROWS),
        ("name\n" + "A" * 32_768 + "\n", Refusal.CELL_TOO_LONG),
        (b"a,b\n" + b"1" * (25 * 1024 * 1024), Refusal.UPLOAD_TOO_LARGE),
    ],
    ids=lambda value: value.name if isinstance(value, Refusal) else "",
)
def test_refused_with_a_sentence(content, code):
    assert refusal(content) == code


def test_at_the_limits_a_table_is_read():
    table = read("a" + ",b" * 299 + "\n" + ("1" + ",2" * 299 + "\n") * 2 + "A" * 32_767 + "\n")
    assert (len(table.columns), len(table.rows)) == (300, 3)
    assert len(read("name\n" + "A\n" * 50_000).rows) == 50_000


def test_too_many_cells():
    assert refusal("a" + ",b" * 249 + "\n" + ("1" + ",2" * 249 + "\n") * 20_001) == Refusal.TOO_MANY_CELLS


def test_every_refusal_has_its_sentence():
    assert set(SENTENCES) == set(Refusal)
    for code in Refusal:
        text = str(TableError(code, row=1234))
        assert text.endswith(".")
        assert "{" not in text


@pytest.fixture
def real_tables():
    if not REAL_DATA.is_dir():
        reason = "The folder with the real list is missing; set CASETRACKER_REAL_DATA."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return [read((REAL_DATA / name).read_bytes(), name) for name in ("pinochet.csv", "pinochet.xlsx")]


def test_the_real_list_reads_the_same_from_both_files(real_tables):
    from_csv, from_xlsx = real_tables
    assert (len(from_csv.rows), len(from_xlsx.rows)) == (2398, 2398)
    assert from_xlsx.columns == ["Column 1 (no heading)", *from_csv.columns]
    assert len(from_csv.columns) == 59
    assert from_csv.notes == []
    assert any(note.startswith("Column 1 has no heading but content in 2,398 rows") for note in from_xlsx.notes)
    # Row and column numbers only: the texts name real persons.
    differing = [
        (number, position)
        for number, one, other in zip(from_csv.row_numbers, from_csv.rows, from_xlsx.rows, strict=True)
        for position, (a, b) in enumerate(zip(one, other[1:], strict=True))
        if canonical_number("" if a == "NA" else a) != canonical_number("" if b == "NA" else b)
    ]
    assert differing == []
