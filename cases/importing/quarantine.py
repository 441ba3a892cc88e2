"""Run the reader on one file, and believe nothing it answers before checking it.

The reader may crash, hang, flood or lie; the caller gets rows and facts, or TableError.
"""

import json
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from cases.importing import limits
from cases.importing.refusals import Refusal, TableError

READER = Path(__file__).with_name("reader_process.py")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row with content: its number in the file (1 is the first), how many cells it had, its texts."""

    number: int
    width: int
    cells: list[str]


def read_apart(content: bytes, *, road: str) -> tuple[list[RawRow], dict[str, object]]:
    """Rows and facts of `content` from the reader; `road`: "archive" or "text". Raises TableError."""
    return _checked(_answer(content, road))


def _answer(content: bytes, road: str) -> bytes:
    too_slow = threading.Event()
    # -I: no environment, no user packages, nothing imported from the working folder. -B: writes nothing.
    reader = subprocess.Popen(  # noqa: S603 - our own interpreter and our own script
        [sys.executable, "-I", "-B", str(READER), road],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
        start_new_session=True,
    )

    def stop() -> None:
        too_slow.set()
        reader.kill()

    clock = threading.Timer(limits.READER_WALL_SECONDS, stop)
    clock.start()
    try:
        answer = _exchange(reader, content)
        reader.wait()
    finally:
        clock.cancel()
        reader.kill()
        reader.wait()
    if too_slow.is_set() or reader.returncode == -signal.SIGXCPU:
        raise TableError(Refusal.TOO_SLOW)
    if reader.returncode != 0:
        raise TableError(Refusal.READER_DIED)
    return answer


def _exchange(reader: subprocess.Popen[bytes], content: bytes) -> bytes:
    """Feed the reader, then take its whole answer; more than it may say ends it."""
    if reader.stdin is None or reader.stdout is None:
        raise TableError(Refusal.READER_DIED)
    with reader.stdout as outlet:
        try:
            with reader.stdin as inlet:
                inlet.write(content)
        except BrokenPipeError:
            # It died before it had read everything: its exit code tells.
            return b""
        answer = outlet.read(limits.READER_OUTPUT_BYTES + 1)
        if len(answer) > limits.READER_OUTPUT_BYTES:
            raise TableError(Refusal.TOO_HEAVY)
    return answer


def _checked(answer: bytes) -> tuple[list[RawRow], dict[str, object]]:
    lines = answer.splitlines()
    try:
        facts = json.loads(lines[-1])
        if not isinstance(facts, dict):
            raise TableError(Refusal.READER_DIED)
        if "refused" in facts:
            raise TableError(Refusal(facts["refused"]), row=int(facts.get("row", 0)))
        known: dict[str, str] = {}
        rows = [_row(json.loads(line), known) for line in lines[:-1]]
    except (ValueError, TypeError, IndexError, RecursionError) as error:
        raise TableError(Refusal.READER_DIED) from error
    return rows, facts


def _row(line: list[object], known: dict[str, str]) -> RawRow:
    """One answered row. Equal texts share one object in `known`: columns repeat themselves."""
    number, width, cells = line
    if not (isinstance(number, int) and isinstance(width, int) and isinstance(cells, list)):
        raise ValueError("not a row")
    texts = []
    for cell in cells:
        if not isinstance(cell, str):
            raise ValueError("not a text")
        texts.append(known.setdefault(cell, cell))
    return RawRow(number, width, texts)
