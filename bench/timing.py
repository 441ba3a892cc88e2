"""`uv run python -m bench.timing`: can a stopwatch tell what is hidden from what is not there?

One observer asks for references and names of cases they may not see, and for such as do not exist, in random turns, at
a served desk with no other hidden cases and at one with 20,000. docs/security.md says how to read the table.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any
from urllib.parse import urlencode

from bench.database import ENGINES, Cellar, Database
from bench.drive import CSRF, SESSION
from bench.server import HOST, serving

WARM = 100
_HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https", "Referer": "https://localhost/"}


class Observer:
    """One signed-in person with one kept connection."""

    def __init__(self, port: int, said: dict[str, Any]) -> None:
        self.said = said
        self.connection = HTTPConnection(HOST, port, timeout=60)
        self.headers = {**_HEADERS, "Cookie": f"{SESSION}={said['session']}; {CSRF}={said['csrf']}"}

    def reference(self, kind: str, number: int) -> float:
        """Seconds until the page of a case is refused. Raises RuntimeError when it is not."""
        return self._ask("GET", f"/cases/{self.said['references'][kind][number]}/", None, 404)

    def name(self, kind: str, number: int) -> float:
        """Seconds until looking up a name has found nothing."""
        return self._ask("POST", "/find/", urlencode({"q": self.said["names"][kind][number]}), 200)

    def _ask(self, method: str, path: str, body: str | None, status: int) -> float:
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.said["csrf"]} if body else {}
        begun = time.perf_counter()
        self.connection.request(method, path, body, {**self.headers, **form})
        answer = self.connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        if answer.status != status:
            raise RuntimeError(f"{method} {path} answered {answer.status}")
        return took


def cliffs_delta(one: list[float], other: list[float]) -> float:
    """How often a value of `one` is above one of `other`, less how often below: -1 … 1; 0 when they cannot be told."""
    ranked = sorted(other)
    above = sum(bisect_left(ranked, value) for value in one)
    below = sum(len(ranked) - bisect_right(ranked, value) for value in one)
    return (above - below) / (len(one) * len(other))


def cohens_d(one: list[float], other: list[float]) -> float:
    """The difference of the means in units of the common standard deviation."""
    spread = ((stdev(one) ** 2 + stdev(other) ** 2) / 2) ** 0.5
    return (mean(one) - mean(other)) / spread if spread else 0.0


def compare(ask: Any, count: int, aims: int, rng: random.Random) -> dict[str, list[float]]:
    """Seconds of `count` requests, half of them for what is hidden, in random turns."""
    turns = [kind for kind in ("hidden", "missing") for _ in range(count // 2)]
    rng.shuffle(turns)
    for number in range(WARM):
        ask(("hidden", "missing")[number % 2], number // 2 % aims)
    took: dict[str, list[float]] = {"hidden": [], "missing": []}
    for kind in turns:
        took[kind].append(ask(kind, rng.randrange(aims)))
    return took


def line(engine: str, others: int, asked: str, took: dict[str, list[float]]) -> str:
    """One line of the table; times in microseconds."""
    hidden, missing = took["hidden"], took["missing"]
    middle = {kind: median(some) * 1e6 for kind, some in took.items()}
    return (
        f"| {engine} | {others:,} | {asked} | {middle['hidden']:.0f} | {middle['missing']:.0f} "
        f"| {middle['hidden'] - middle['missing']:+.0f} | {cliffs_delta(hidden, missing):+.3f} "
        f"| {cohens_d(hidden, missing):+.3f} |"
    )


def measure(databases: list[tuple[int, Database]], count: int) -> list[str]:
    """The lines of one engine: all sizes are served at once."""
    found, rng = [], random.Random(20260)
    with ExitStack() as stack:
        for others, database in databases:
            said = json.loads(database.note.read_text())
            observer = Observer(stack.enter_context(serving(database)), said)
            aims = len(said["references"]["hidden"])
            for asked, ask in (("a reference", observer.reference), ("a name", observer.name)):
                found.append(line(database.engine, others, asked, compare(ask, count, aims, rng)))
                print(found[-1], file=sys.stderr)
    return found


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(prog="bench.timing", description=__doc__)
    asked.add_argument("--engine", choices=ENGINES, nargs="+", default=["sqlite"])
    asked.add_argument("--hidden", type=int, nargs="+", default=[0, 20_000])
    asked.add_argument("--requests", type=int, default=2000)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "casetracker-timing")
    wanted = asked.parse_args()
    cellar, before = Cellar(wanted.folder), os.getloadavg()[0]
    lines = [
        "| engine | other hidden cases | asked for | hidden µs | missing µs | gap µs | Cliff's delta | Cohen's d |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for engine in wanted.engine:
        databases = [(others, cellar.open(engine, others, "bench.timing_fill")) for others in sorted(wanted.hidden)]
        lines += measure(databases, wanted.requests)
    print("\n".join(lines))
    print(
        f"\n{wanted.requests:,} requests a line. Load (1 minute) {before:.1f} before, {os.getloadavg()[0]:.1f} after."
    )


if __name__ == "__main__":
    main()
