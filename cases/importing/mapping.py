"""The mapping of a batch: which column goes where, what codes mean, and what holds for every row.

In the database it is two JSON values: `mapping` (heading → target) and `settings` (the choices below and `meanings`,
heading → value → meaning). `Plan` is both, ready to use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.codes import Certainty, EventKind, GroupKind, SourceKind
from cases.importing.fields import CODED, NOTE, SHARED
from cases.importing.guessing import guess_meaning
from cases.importing.numerals import SIGNIFICANT_DIGITS, canonical_number
from cases.names.systems import NameSystem

DEFAULTS: dict[str, Any] = {
    "missing": ["NA"],
    "kind": EventKind.DETAINED.value,
    "order": "given",
    "name_system": NameSystem.LATIN.value,
    "certainty": Certainty.LIKELY.value,
    "claimed_by": "",
    "source_kind": SourceKind.NGO.value,
    "source_date": "",
    "group_kind": GroupKind.INCIDENT.value,
    "meanings": {},
}
# What is remembered for a provider and what belongs to one batch (state, owner, the reader's facts).
REMEMBERED = tuple(DEFAULTS)
# A column with more different values than this holds no codes.
MOST_VALUES = 60


def provider_key(provider: str) -> str:
    """The provider as mappings are remembered by: without case and spare spaces, at most 120 characters."""
    return " ".join(provider.casefold().split())[:120]


@dataclass(frozen=True)
class Plan:
    """A mapping, ready to read rows by. `targets` runs beside `columns`.

    `missing` are the texts that mean "nothing", compared as they stand; the empty text always does. `kind` is the main
    event where no column says it, "" for none.
    """

    columns: tuple[str, ...]
    targets: tuple[str, ...]
    missing: frozenset[str]
    kind: str
    order: str
    name_system: str
    certainty: str
    claimed_by: str
    source_kind: str
    source_date: str
    group_kind: str
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Sequence[str], mapping: Mapping[str, str], settings: Mapping[str, Any]) -> "Plan":
        """From what a batch holds."""
        chosen = {name: settings.get(name, default) for name, default in DEFAULTS.items()}
        chosen["missing"] = frozenset(chosen["missing"])
        return cls(tuple(columns), tuple(mapping.get(column, NOTE) for column in columns), **chosen)

    def cells(self, cells: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """(target, heading, value) of every cell that says something; long decimals at 15 digits, as workbooks have."""
        for target, column, cell in zip(self.targets, self.columns, cells, strict=True):
            value = cell.strip()
            if value and value not in self.missing:
                yield target, column, canonical_number(value) if len(value) > SIGNIFICANT_DIGITS else value

    def meaning(self, column: str, value: str) -> str:
        """What a value of a coded column means; "" when nobody has said."""
        return self.meanings.get(column, {}).get(canonical_number(value), "")

    def coded(self) -> Iterator[tuple[str, str, int]]:
        """(target, heading, position) of the columns whose values are codes."""
        for position, (target, column) in enumerate(zip(self.targets, self.columns, strict=True)):
            if target in CODED:
                yield target, column, position


@dataclass(frozen=True)
class CodeColumn:
    """A coded column with its values: (value, how many rows, meaning or "")."""

    target: str
    column: str
    values: list[tuple[str, int, str]]


def code_columns(plan: Plan, rows: Sequence[Sequence[str]]) -> list[CodeColumn]:
    """The coded columns of a table, commonest values first; what is not settled yet is guessed where obvious."""
    found = []
    for target, column, position in plan.coded():
        counted: dict[str, int] = {}
        for cells in rows:
            value = cells[position].strip()
            if value and value not in plan.missing:
                value = canonical_number(value)
                counted[value] = counted.get(value, 0) + 1
        values = [
            (value, count, plan.meaning(column, value) or guess_meaning(target, column, value))
            for value, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        ]
        found.append(CodeColumn(target, column, values))
    return found


def shared_wrongly(targets: Sequence[str]) -> set[str]:
    """Targets that take one column and were given several."""
    return {target for target in targets if targets.count(target) > 1 and target not in SHARED}
