"""The reader: a process of its own that turns one file from outside into lines of JSON.

Run by path as `python -I -B reader_process.py archive|text`, the file on standard input. It answers on
standard output with one line `[row number, cells in the row, [texts]]` for each row with content and a last
line, an object, with the facts about the file or the code of a refusal. Without that line the answer is void.

It first takes away its own means, then reads: 1 GB of address space, 30 s of processor time, no file to
write, no core dump, and no file descriptor beyond the three it has, so the kernel refuses it every socket,
file and pipe. What this does not stop: a flaw that runs code in here *as root* can raise its limits again;
then only the rule of the host against outgoing connections holds.
"""

import codecs
import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError

sys.path.append(str(Path(__file__).resolve().parents[2]))

from cases.importing import limits
from cases.importing.archive import open_spreadsheet
from cases.importing.delimited import announced_delimiter, find_delimiter, rows_of
from cases.importing.encodings import ENCODING_NAMES, decode
from cases.importing.refusals import Refusal, Refused
from cases.importing.workbook import read_spreadsheet

STANDARD_STREAMS = 3
# In no Unicode encoding, so that the guess is rehearsed too.
REHEARSAL = "prénom;lieu\r\nZoé;Besançon, près de l’église\r\n".encode("cp1252")
# Control characters other than tab and the line ends: invisible, and not allowed in documents made later.
CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


def confine() -> None:
    """Give up everything that reading does not need. Nothing can be opened or imported afterwards."""
    rehearse()
    _lower(resource.RLIMIT_AS, limits.READER_MEMORY_BYTES)
    _lower(resource.RLIMIT_CPU, limits.READER_CPU_SECONDS, spare=1)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NPROC, 0)
    _lower(resource.RLIMIT_NOFILE, STANDARD_STREAMS)


def rehearse() -> None:
    """Let the libraries import now what they would import late: codecs, parts of the standard library."""
    for name in (*ENCODING_NAMES, "gb2312", "cp437", "ascii", "latin-1"):
        codecs.lookup(name)
    transcribe("text", REHEARSAL, BytesIO())


def _lower(which: int, value: int, spare: int = 0) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
        spare = min(spare, hard - value)
    resource.setrlimit(which, (value, value + spare))


class Counted:
    """Passes rows on while they are within the limits, and counts what there is to tell about them."""

    def __init__(self, rows: Iterator[tuple[int, list[str]]], first_column: int) -> None:
        self.rows = rows
        self.first_column = first_column
        self.empty: int = 0
        self.cleaned: int = 0

    def __iter__(self) -> Iterator[tuple[int, int, list[str]]]:
        """(row number, cells in the row, texts without the empty ones at the end). Raises Refused."""
        kept, cells, waiting = 0, 0, 0
        for number, row in self.rows:
            width = len(row)
            while row and not row[-1].strip():
                row.pop()
            if not row:
                waiting += 1
                continue
            self.empty += waiting
            waiting = 0
            kept, cells = kept + 1, cells + len(row)
            if len(row) + self.first_column - 1 > limits.COLUMNS:
                raise Refused(Refusal.TOO_MANY_COLUMNS, row=number)
            if kept > limits.ROWS + 1:
                raise Refused(Refusal.TOO_MANY_ROWS)
            if cells > limits.CELLS:
                raise Refused(Refusal.TOO_MANY_CELLS)
            yield number, width, [self._text(text, number) for text in row]

    def _text(self, text: str, number: int) -> str:
        if len(text) > limits.CELL_CHARACTERS:
            raise Refused(Refusal.CELL_TOO_LONG, row=number)
        if "\0" in text:
            raise Refused(Refusal.NUL)
        if CONTROLS.search(text):
            self.cleaned += 1
            return CONTROLS.sub("", text)
        return text


def transcribe(road: str, content: bytes, target: BinaryIO) -> dict[str, object]:
    """Write the rows of `content` to `target` and return the facts for the last line. Raises Refused."""
    if road == "archive":
        spreadsheet = open_spreadsheet(content)
        sheet = read_spreadsheet(spreadsheet)
        facts = {"kind": spreadsheet.kind, "sheet": sheet.name, **sheet.facts}
        counted = Counted(sheet.rows, sheet.first_column)
    else:
        text, encoding = decode(content)
        announced = announced_delimiter(text)
        delimiter = announced or find_delimiter(text)
        facts = {"kind": "csv", "sheet": "", "encoding": encoding, "delimiter": delimiter}
        rows = rows_of(text, delimiter)
        if announced:
            next(rows)
        counted = Counted(rows, first_column=1)
    written = 0
    for row in counted:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        written += len(line)
        if written > limits.READER_OUTPUT_BYTES - limits.MEGABYTE:
            raise Refused(Refusal.TOO_HEAVY)
        target.write(line)
    return {**facts, "first_column": counted.first_column, "empty": counted.empty, "cleaned": counted.cleaned}


def main() -> None:
    """Read standard input, answer on standard output, and end whatever happens."""
    confine()
    target = sys.stdout.buffer
    last: dict[str, object]
    try:
        last = transcribe(sys.argv[1], sys.stdin.buffer.read(), target)
    except Refused as refused:
        last = {"refused": refused.code, "row": refused.row}
    except MemoryError:
        last = {"refused": Refusal.TOO_HEAVY}
    except CalamineError:
        last = {"refused": Refusal.DAMAGED}
    except BaseException:
        # A panic in calamine's Rust code is no Exception.
        last = {"refused": Refusal.READER_DIED}
    target.write(json.dumps(last).encode() + b"\n")
    target.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
