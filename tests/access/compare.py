"""Two worlds side by side: what differs, and what is declared to differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tests.access.probes import Probe
from tests.access.twin import Answer


@dataclass(frozen=True)
class Declared:
    """A difference that is meant: of one URL name; of these observers; and, for rows, of queries with this text."""

    name: str
    why: str
    observers: tuple[str | None, ...] = ()
    sql: str = ""

    def covers(self, observer: str | None, name: str) -> bool:
        return name == self.name and (not self.observers or observer in self.observers)


class Difference(NamedTuple):
    """What one request told that it must not."""

    level: str
    probe: Probe
    one: str
    two: str


def differences(
    probes: list[Probe], without: list[Answer], with_it: list[Answer], passed: tuple[str, ...] = ()
) -> Iterator[Difference]:
    """By level: bytes, mail, rows (without fetches whose query contains one of `passed`)."""
    for probe, one, two in zip(probes, without, with_it, strict=True):
        if one.body != two.body:
            yield Difference("bytes", probe, one.body.decode(errors="replace"), two.body.decode(errors="replace"))
        elif one.mail != two.mail:
            yield Difference("mail", probe, str(one.mail), str(two.mail))
        elif _rows(one, passed) != _rows(two, passed):
            yield Difference("rows", probe, *_first(_rows(one, passed), _rows(two, passed)))


def _rows(answer: Answer, passed: tuple[str, ...]) -> list[tuple[str, str, str]]:
    return [fetch for fetch in answer.rows if not any(text in fetch.sql for text in passed)]


def _first(one: list[tuple[str, str, str]], two: list[tuple[str, str, str]]) -> tuple[str, str]:
    """The first fetch that differs."""
    for place in range(max(len(one), len(two))):
        if one[place : place + 1] != two[place : place + 1]:
            return str(one[place : place + 1]), str(two[place : place + 1])
    return "", ""


def told(found: list[Difference], longest: int = 12) -> str:
    """Differences as lines: where two texts part."""
    lines = []
    for one in found[:longest]:
        place = next((n for n, (a, b) in enumerate(zip(one.one, one.two, strict=False)) if a != b), 0)
        near = slice(max(0, place - 120), place + 160)
        lines.append(f"{one.level}: {one.probe.method} {one.probe.path} {one.probe.data or ''}")
        lines += [f"    without: {one.one[near]!r}", f"    with:    {one.two[near]!r}"]
    return "\n".join([f"{len(found)} differences", *lines])
