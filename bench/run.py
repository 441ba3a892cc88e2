"""`uv run python -m bench.run --engine postgresql --cases 10000 100000 --clients 1 8`: measures and prints the table.

All sizes are served at once and asked in turns, product and floor one after the other, so that whatever else the
machine does falls on all of them alike. docs/bench.md says how to read the result.
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.database import ENGINES, Cellar, Database
from bench.drive import Client, block
from bench.report import broken_bars, table
from bench.server import serving

# Requests of each client in a block: alone, or among others; and before anything is timed.
ALONE, AMONG, WARM = 8, 4, 3


def measure(database: Database, said: dict[str, Any], port: int, clients: int) -> "Site":
    """One served database with as many signed-in clients."""
    people = [Client(port, number, said["sessions"][number], said["csrf"]) for number in range(clients)]
    return Site(database, said, people)


class Site:
    """One served database and the clients that ask it."""

    def __init__(self, database: Database, said: dict[str, Any], clients: list[Client]) -> None:
        self.database, self.clients = database, clients
        self.pages: dict[str, dict[str, Any]] = {page["name"]: page for page in said["pages"]}
        self.took: dict[str, list[float]] = {}
        self.floor: dict[str, list[float]] = {}

    def turn(self, name: str, times: int, *, keep: bool = True) -> None:
        """A block of the floor and a block of the page."""
        page = self.pages[name]
        pairs = [(self.floor, page["floor"]), (self.took, page["asks"])]
        for kept, asks in pairs:
            seconds = block(self.clients, page, asks, times) if asks else []
            if keep:
                kept.setdefault(name, []).extend(seconds)

    def results(self) -> list[dict[str, Any]]:
        """A line for each page. Times in milliseconds."""
        return [
            {
                "engine": self.database.engine,
                "cases": self.database.cases,
                "clients": len(self.clients),
                "page": name,
                "median": _ms(median(took)),
                "p95": _ms(_p95(took)),
                "quick": _ms(_quick(took)),
                "floor": _ms(median(self.floor[name])) if self.floor[name] else None,
                "floor_quick": _ms(_quick(self.floor[name])) if self.floor[name] else None,
                "queries": self.pages[name]["queries"],
                "bytes": self.pages[name]["size"],
            }
            for name, took in self.took.items()
        ]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _quick(seconds: list[float]) -> float:
    """The tenth percentile: what it takes when nothing else gets in the way."""
    return quantiles(seconds, n=10)[0]


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def run_engine(cellar: Cellar, engine: str, wanted: argparse.Namespace) -> list[dict[str, Any]]:
    """All sizes of one engine, for every number of clients."""
    sizes, counts, only, blocks = sorted(wanted.cases), sorted(wanted.clients), wanted.only, wanted.blocks
    databases = [cellar.open(engine, cases) for cases in sizes]
    said = {one.cases: json.loads(one.run("bench.aims", str(max(counts)))) for one in databases}
    found: list[dict[str, Any]] = []
    with ExitStack() as stack:
        ports = {one.cases: stack.enter_context(serving(one)) for one in databases}
        saved: dict[int, dict[str, int]] = {}
        for clients in counts:
            sites = [measure(one, said[one.cases], ports[one.cases], clients) for one in databases]
            for site in sites:
                for person in site.clients:
                    person.saved = saved.setdefault(site.database.cases, {})
            names = [page["name"] for page in said[sizes[0]]["pages"] if only in page["name"]]
            for name in names:
                _in_turns(sites, name, ALONE if clients == 1 else AMONG, blocks)
            found += [line for site in sites for line in site.results()]
    return found


def _in_turns(sites: list[Site], name: str, times: int, blocks: int) -> None:
    for site in sites:
        site.turn(name, WARM, keep=False)
    for _ in range(blocks):
        for site in sites:
            site.turn(name, times)
    quickly = ", ".join(f"{_ms(median(site.took[name])):.0f} ms" for site in sites)
    print(f"{sites[0].database.engine}, {len(sites[0].clients)} clients, {name}: {quickly}", file=sys.stderr)


def main() -> int:
    """Prints the table; with --check, 1 when a bar is broken."""
    asked = argparse.ArgumentParser(prog="bench.run", description=__doc__)
    asked.add_argument("--engine", choices=ENGINES, nargs="+", default=list(ENGINES))
    asked.add_argument("--cases", type=int, nargs="+", default=[10_000, 100_000])
    asked.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "casetracker-bench")
    asked.add_argument("--only", default="", help="Pages whose name holds this.")
    asked.add_argument("--blocks", type=int, default=8, help="How often product and floor take turns.")
    asked.add_argument("--out", type=Path, help="Also keep the figures here, as JSON.")
    asked.add_argument("--check", action="store_true", help="End with 1 when a bar is broken.")
    wanted = asked.parse_args()
    cellar, before = Cellar(wanted.folder), os.getloadavg()[0]
    found: list[dict[str, Any]] = []
    for engine in wanted.engine:
        found += run_engine(cellar, engine, wanted)
    if wanted.out:
        wanted.out.write_text(json.dumps(found, indent=1))
    print(table(found))
    print(f"\nLoad (1 minute) {before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores.")
    broken = broken_bars(found)
    print("\n".join(f"- broken: {one}" for one in broken) or "\nAll bars hold.")
    return 1 if broken and wanted.check else 0


if __name__ == "__main__":
    sys.exit(main())
