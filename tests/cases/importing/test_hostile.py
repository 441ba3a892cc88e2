"""Files that attack: each ends in a sentence for the user, and none of them in the web process."""

import io
import random
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cases.importing import limits, quarantine
from cases.importing.archive import open_spreadsheet
from cases.importing.reading import Table, TableError, read_table
from cases.importing.refusals import Refusal, Refused
from tests.cases.importing.files import (
    FLAGS,
    OFFSET,
    PACKED_SIZE,
    SIZE,
    SMALL,
    declared,
    ods,
    parts_of,
    with_part,
    xlsx,
    zipped,
)

ROOT = Path(__file__).resolve().parents[3]
SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
SIXTY_MEGABYTES = bytes(60 * 1024 * 1024)


def refusal(content: bytes, name: str = "list.xlsx") -> Refusal:
    with pytest.raises(TableError) as caught:
        read_table(content, name=name)
    return caught.value.code


def opened(content: bytes) -> Refusal:
    """The refusal of the counting unzip alone, without the reader's process."""
    with pytest.raises(Refused) as caught:
        open_spreadsheet(content)
    return caught.value.code


def with_definition(content: bytes, name: str, encoding: str = "utf-8") -> bytes:
    xml = parts_of(content)[name].decode()
    at = xml.index("?>") + 2
    spoiled = xml[:at].replace("UTF-8", encoding) + DTD.decode() + xml[at:]
    return with_part(content, name, spoiled.encode(encoding))


def test_bomb_is_stopped_while_counting():
    bomb = with_part(xlsx(SMALL), SHEET, SIXTY_MEGABYTES)
    assert len(bomb) < 200_000
    started = time.monotonic()
    assert refusal(bomb) == Refusal.UNPACKED_TOO_LARGE
    assert time.monotonic() - started < 10


def test_many_small_parts_share_one_budget():
    parts = parts_of(xlsx(SMALL)) | {f"xl/media/{n}.bin": SIXTY_MEGABYTES[: 2**20] for n in range(51)}
    assert opened(zipped(parts)) == Refusal.UNPACKED_TOO_LARGE


def test_bomb_with_a_modest_declared_size_is_counted_all_the_same():
    bomb = declared(with_part(xlsx(SMALL), SHEET, SIXTY_MEGABYTES), SHEET, SIZE, 100)
    assert opened(bomb) == Refusal.UNPACKED_TOO_LARGE


@pytest.mark.parametrize("size", [10, 1_000_000, 2**32 - 2])
def test_lying_declared_size(size):
    assert refusal(declared(xlsx(SMALL), SHEET, SIZE, size)) == Refusal.SIZES_LIE


def test_members_that_lie_over_each_other():
    one = parts_of(xlsx(SMALL))
    content = zipped({"a.xml": one[SHEET], "b.xml": one[SHEET]})
    assert opened(declared(content, "b.xml", OFFSET, 0)) == Refusal.SIZES_LIE


def test_packed_size_beyond_the_file():
    assert opened(declared(xlsx(SMALL), SHEET, PACKED_SIZE, 2**31)) == Refusal.DAMAGED


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_two_members_of_one_name():
    target = io.BytesIO(xlsx(SMALL))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    assert opened(target.getvalue()) == Refusal.DAMAGED


def test_more_than_200_members():
    parts = parts_of(xlsx(SMALL))
    extra = {f"xl/x{n}.xml": b"<x/>" for n in range(201 - len(parts))}
    assert refusal(zipped(parts | extra)) == Refusal.TOO_MANY_MEMBERS
    extra.popitem()
    assert open_spreadsheet(zipped(parts | extra)).kind == "xlsx"


def test_encrypted_member():
    assert refusal(declared(xlsx(SMALL), SHEET, FLAGS, 1)) == Refusal.ENCRYPTED


def test_encrypted_ods():
    content = ods(SMALL)
    manifest = parts_of(content)["META-INF/manifest.xml"]
    locked = manifest.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")
    assert refusal(with_part(content, "META-INF/manifest.xml", locked)) == Refusal.ENCRYPTED


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/core.xml"])
def test_definitions_in_xlsx(name):
    assert opened(with_definition(xlsx(SMALL), name)) == Refusal.DEFINITIONS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_definitions_in_every_encoding(encoding):
    assert opened(with_definition(xlsx(SMALL), SHEET, encoding)) == Refusal.DEFINITIONS


def test_definitions_never_reach_the_reader():
    assert refusal(with_definition(xlsx(SMALL), SHEET)) == Refusal.DEFINITIONS
    assert refusal(with_definition(ods(SMALL), "content.xml"), "list.ods") == Refusal.DEFINITIONS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "cp037"])
def test_xml_in_another_encoding_than_was_searched(encoding):
    xml = parts_of(xlsx(SMALL))[SHEET].decode().replace("UTF-8", encoding)
    assert opened(with_part(xlsx(SMALL), SHEET, xml.encode(encoding))) == Refusal.DAMAGED


def test_reader_sees_counted_xml_only():
    content = with_part(xlsx(SMALL), "xl/vbaProject.bin", b"macro")
    content = with_part(content, "xl/media/image1.png", b"\x89PNG")
    content = with_part(content, "../../evil.xml", b"<x/>")
    spreadsheet = open_spreadsheet(content)
    seen = parts_of(spreadsheet.packed())
    assert SHEET in seen
    assert not {"xl/vbaProject.bin", "xl/media/image1.png", "../../evil.xml"} & set(seen)
    assert spreadsheet.pictures == 1


def test_other_archives_are_no_tables():
    assert opened(zipped({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"})) == Refusal.NOT_A_TABLE
    assert opened(zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b""})) == Refusal.BINARY_EXCEL


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_truncated(share):
    for content in (xlsx(SMALL), ods(SMALL)):
        assert opened(content[: int(len(content) * share)]) == Refusal.DAMAGED


def test_truncated_before_the_reader():
    assert refusal(xlsx(SMALL)[:-30]) == Refusal.DAMAGED


def test_a_stray_cell_in_the_last_corner_does_not_take_all_memory():
    far = xlsx(SMALL, prepare=lambda workbook: workbook.worksheets()[0].write(1_048_575, 16_383, "x"))
    assert refusal(far) == Refusal.READER_DIED


def test_one_long_text_repeated_a_million_times():
    long = "x" * 32_000
    content = xlsx([["a", "b"], [long, "c"]])
    rows = "".join(f'<row r="{n}">' + '<c t="s"><v>2</v></c>' * 200 + "</row>" for n in range(2, 1_000)).encode()
    sheet = parts_of(content)[SHEET]
    start = sheet.index(b'<row r="2"')
    spoiled = sheet[:start] + rows + sheet[sheet.index(b"</sheetData>") :]
    assert refusal(with_part(content, SHEET, spoiled)) in {Refusal.READER_DIED, Refusal.TOO_HEAVY}


def test_ods_that_repeats_itself():
    content = ods(SMALL)
    xml = parts_of(content)["content.xml"]
    spoiled = xml.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">').replace(
        b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16000" '
    )
    assert spoiled != xml
    assert refusal(with_part(content, "content.xml", spoiled), "list.ods") in {
        Refusal.READER_DIED,
        Refusal.DAMAGED,
    }


def test_zero_byte_hidden_in_a_workbook():
    assert refusal(xlsx([["name"], ["a\0b"]])) == Refusal.NUL


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import os; os.abort()", Refusal.READER_DIED),
        ("import os; os._exit(3)", Refusal.READER_DIED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", Refusal.TOO_SLOW),
        ("import time; time.sleep(60)", Refusal.TOO_SLOW),
        ("while True: print('x' * 65536)", Refusal.TOO_SLOW),
        ("import sys; sys.stdin.buffer.read()\nwhile True: print('x' * 65536)", Refusal.TOO_HEAVY),
        ("import sys; sys.stdin.buffer.read()", Refusal.READER_DIED),
        ("import sys; sys.stdin.buffer.read(); print('nonsense')", Refusal.READER_DIED),
        ("import sys; sys.stdin.buffer.read(); print('[1, 1, [\"a\"]]')", Refusal.READER_DIED),
        (
            'import sys; sys.stdin.buffer.read(); print(\'[1, 1, [5]]\\n[2, 1, [5]]\\n{"kind": "csv"}\')',
            Refusal.READER_DIED,
        ),
        ('import sys; sys.stdin.buffer.read(); print(\'{"refused": "<b>"}\')', Refusal.READER_DIED),
        ("import sys; sys.stdin.buffer.read(); print('[' * 100000)", Refusal.READER_DIED),
        ("import sys; sys.stdin.buffer.read(); print('{}')", Refusal.READER_DIED),
    ],
)
def test_reader_that_dies_hangs_floods_or_lies(monkeypatch, tmp_path, script, code):
    monkeypatch.setattr(limits, "READER_WALL_SECONDS", 1.0)
    monkeypatch.setattr(limits, "READER_OUTPUT_BYTES", 2**20)
    monkeypatch.setattr(quarantine, "READER", tmp_path / "reader.py")
    (tmp_path / "reader.py").write_text(script)
    # Larger than a pipe holds, so that feeding a dead or sleeping reader is tried too.
    assert refusal(b"a,b\n" + b"1,2\n" * 50_000, "list.csv") == code


def test_panic_in_the_reader_is_an_answer(monkeypatch, tmp_path):
    monkeypatch.setattr(quarantine, "READER", tmp_path / "reader.py")
    (tmp_path / "reader.py").write_text(
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        "from cases.importing import reader_process\n"
        "class Panic(BaseException): pass\n"
        "def panic(content): raise Panic\n"
        "reader_process.open_spreadsheet = panic\n"
        "reader_process.main()\n"
    )
    assert refusal(xlsx(SMALL)) == Refusal.READER_DIED


def test_confined_reader_can_open_nothing():
    tries = (
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        "import os, socket\n"
        "from cases.importing import reader_process\n"
        "reader_process.confine()\n"
        "for attempt in (socket.socket, lambda: open('/etc/hostname'), os.pipe, lambda: bytearray(2**31)):\n"
        "    try: attempt()\n"
        "    except (OSError, MemoryError): print('refused')\n"
        "print('django' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", tries], capture_output=True, text=True, check=False, env={})
    assert done.stdout.split() == ["refused"] * 4 + ["False"]


def spoiled_bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def test_fuzzed_archives_are_read_or_refused():
    chance = random.Random(7)
    refused = 0
    for content in (xlsx(SMALL), ods(SMALL)):
        for _ in range(200):
            try:
                open_spreadsheet(spoiled_bytes(content, chance))
            except Refused:
                refused += 1
    assert refused > 100


def test_fuzzed_xml_behind_a_sound_zip_is_read_or_refused():
    chance = random.Random(11)
    contents = []
    for content, names in (
        (xlsx(SMALL), [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"]),
        (ods(SMALL), ["content.xml"]),
    ):
        for _ in range(20):
            name = chance.choice(names)
            contents.append(with_part(content, name, spoiled_bytes(parts_of(content)[name], chance)))

    def outcome(content: bytes) -> str:
        try:
            return type(read_table(content, name="list.xlsx")).__name__
        except TableError:
            return TableError.__name__

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, contents))
    assert set(outcomes) <= {Table.__name__, TableError.__name__}
    assert len(outcomes) == 40
