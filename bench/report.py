"""The table of a run, and the bars it is held against (docs/bench.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

type Line = dict[str, Any]
LARGE = 100_000


@dataclass(frozen=True)
class Bar:
    """What a page may cost: times its floor, and queries."""

    ratio: float | None
    queries: int


LISTS = Bar(None, 12)
BARS = {
    "cases, first page": Bar(3, 12),
    "cases, deep page": Bar(3, 12),
    "cases, filtered": LISTS,
    "cases, by name": LISTS,
    "cases, by ledger": LISTS,
    "case with ledger": Bar(3, 20),
    "save": Bar(4, 40),
}
GROWTH = 1.5
CROWD = 8
HEADINGS = (
    "page",
    "cases",
    "clients",
    "median ms",
    "p95 ms",
    "floor ms",
    "ratio",
    "quick ratio",
    "growth",
    "queries",
    "bytes",
)


def ratio(line: Line) -> float | None:
    """How many times its floor a page costs, by medians."""
    return line["median"] / line["floor"] if line["floor"] else None


def quick_ratio(line: Line) -> float | None:
    """The same by the quickest tenth of both. On a busy machine the longer answer is interrupted more often than the
    shorter one, which makes the ratio of medians look worse than it is.
    """
    return line["quick"] / line["floor_quick"] if line["floor_quick"] else None


def growth(line: Line, lines: Iterable[Line]) -> float | None:
    """The median at this size over that at the smallest one; None for the smallest itself."""
    same = [one for one in lines if all(one[key] == line[key] for key in ("engine", "clients", "page"))]
    least = min(same, key=lambda one: int(one["cases"]))
    return line["median"] / least["median"] if least is not line else None


def table(lines: list[Line]) -> str:
    """All lines as markdown, one table for each engine."""
    parts = []
    for engine in dict.fromkeys(line["engine"] for line in lines):
        mine = [line for line in lines if line["engine"] == engine]
        parts.append(f"### {engine}\n")
        parts.append(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
        for line in sorted(mine, key=lambda one: (one["clients"], list(_names(mine)).index(one["page"]), one["cases"])):
            cells = (
                line["page"],
                f"{line['cases']:,}",
                line["clients"],
                f"{line['median']:.1f}",
                f"{line['p95']:.1f}",
                _number(line["floor"], 1),
                _number(ratio(line), 1),
                _number(quick_ratio(line), 1),
                _number(growth(line, mine), 2),
                line["queries"],
                f"{line['bytes']:,}",
            )
            parts.append(f"| {' | '.join(map(str, cells))} |")
        parts.append("")
    return "\n".join(parts)


def _names(lines: Iterable[Line]) -> dict[str, None]:
    return dict.fromkeys(line["page"] for line in lines)


def _number(value: float | None, digits: int) -> str:
    return f"{value:.{digits}f}" if value is not None else ""


def broken_bars(lines: list[Line]) -> list[str]:
    """A sentence for each bar that does not hold. Ratios count at the large size, growth and queries everywhere."""
    broken = []
    for line in lines:
        where = f"{line['engine']}, {line['page']}, {line['cases']:,} cases, {line['clients']} clients"
        bar = BARS.get(line["page"])
        times, grown = ratio(line), growth(line, lines)
        if bar and bar.ratio and times and line["cases"] >= LARGE and times > bar.ratio:
            broken.append(f"{where}: {times:.1f} times the floor, bar {bar.ratio:g}")
        if bar and line["queries"] > bar.queries:
            broken.append(f"{where}: {line['queries']} queries, bar {bar.queries}")
        if grown and grown > GROWTH:
            broken.append(f"{where}: {grown:.2f} times the time of the smallest size, bar {GROWTH:g}")
        broken += [f"{where}: {text}" for text in (_crowd(line, lines), _queries(line, lines)) if text]
    return broken


def _crowd(line: Line, lines: list[Line]) -> str:
    """Eight clients wait no more than eight times as long as one."""
    if line["clients"] != CROWD:
        return ""
    keys = ("engine", "cases", "page")
    alone = next((one for one in lines if one["clients"] == 1 and all(one[key] == line[key] for key in keys)), None)
    if alone is None or line["median"] <= CROWD * alone["median"]:
        return ""
    return f"{line['median'] / alone['median']:.1f} times the time of one client, bar {CROWD}"


def _queries(line: Line, lines: list[Line]) -> str:
    """The number of queries is the same at every size."""
    same = {one["queries"] for one in lines if all(one[key] == line[key] for key in ("engine", "page"))}
    return f"queries differ by size: {sorted(same)}" if len(same) > 1 else ""
