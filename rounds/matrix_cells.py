"""The cells of the matrix, written out in Python.

Fifty cases by the rounds of twenty years are some thousand cells; a template looks up a dozen names for each. Whatever
comes from the database is escaped here, each in its place.
"""

from collections.abc import Sequence
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from rounds.matrix import Cell, Column, Table

EMPTY = "<td></td>"


def cells_of(table: Table) -> list[SafeString]:
    """The cells of each line: what stands between <tr> and </tr>."""
    if not table.lines:
        return []
    one = table.lines[0].case.reference
    before, after = reverse("desk:case", args=[one]).split(one)
    labels = [_label(column) for column in table.columns]
    return [
        mark_safe(  # noqa: S308  (see above)
            _head(line.case.reference, line.case.latin_name, f"{before}{line.case.reference}{after}#ledger")
            + _cells(line.cells, labels, f"{before}{line.case.reference}{after}#ledger")
        )
        for line in table.lines
    ]


def _label(column: Column) -> str:
    return escape(capfirst(str(column.round))) if column.round else "Between"


def _head(reference: str, name: str, url: str) -> str:
    named = f'<bdi class="name">{escape(name)}</bdi>' if name else ""
    return f'<th scope="row"><a class="ref" href="{escape(url)}">{escape(reference)}</a> {named}</th>'


def _cells(cells: Sequence[Cell | None], labels: Sequence[str], url: str) -> str:
    pairs = zip(cells, labels, strict=True)
    return "".join([_cell(cell, label, escape(url)) if cell else EMPTY for cell, label in pairs])


def _cell(cell: Cell, label: str, url: str) -> str:
    words, (letter, tone) = escape(cell.words), cell.chip
    return (
        f'<td data-label="{label}"><a href="{url}" title="{words}"><small aria-hidden="true">{cell.channels}</small>'
        f'<i class="{tone}" aria-hidden="true">{letter}</i><span class="vh">{words}</span></a></td>'
    )
