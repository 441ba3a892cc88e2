"""Pages of a list by key: a page begins behind (or before) a row, so nothing is shown twice or skipped while the
list grows, and no page number counts what is not shown.

The address of a page holds the key of the boundary row and nothing else. What the list is sorted by may be a name;
it is looked up again, among what the viewer sees. A boundary row that is hidden or missing leads to the first page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

CAP = 1000
SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
PARAMETERS = ("after", "before", "at")


@dataclass(frozen=True)
class Order:
    """What rows are sorted by (an expression that is never NULL) and which way; ties by key, the same way.

    `first`, where rows without a value stand last: the column of the others, and the condition that there is a value.
    Of them an index knows the order, while `by` would have all rows sorted for every page.
    """

    by: Combinable
    descending: bool = False
    first: tuple[Combinable, Q] | None = None

    def reversed(self) -> "Order":
        """The same from the other end."""
        return Order(self.by, not self.descending)

    def names(self) -> tuple[str, str]:
        """For `order_by`, once `sort_value` is annotated."""
        return ("-sort_value", "-pk") if self.descending else ("sort_value", "pk")

    def ways(self, rows: Any) -> list[tuple[Combinable, Any]]:
        """Where to look for a page, and by which value: among rows with a value, which mostly fill it; among all."""
        everywhere = [(self.by, rows)]
        return [(self.first[0], rows.filter(self.first[1])), *everywhere] if self.first else everywhere

    def beyond(self, value: Any, pk: UUID) -> Any:
        """Rows behind the one with this sort value and key. One comparison of both: what is sorted by may be dear to
        make, and an index over both can begin there.
        """
        behind = TupleLessThan if self.descending else TupleGreaterThan
        return behind(Tuple(F("sort_value"), F("pk")), (value, pk))


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind a row, before a row, at the end of the list, or (nothing given) at its start."""

    after: UUID | None = None
    before: UUID | None = None
    at_end: bool = False

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> "Cursor":
        """From the query string; what is no key counts as not given."""
        if params.get("at") == "end":
            return cls(at_end=True)
        return cls(after=as_key(params.get("after")), before=as_key(params.get("before")))


@dataclass(frozen=True)
class Page:
    """One page. `start` counts the rows before it and `total` all rows, both up to CAP + 1 (which means: more)."""

    rows: list[Any] = field(default_factory=list)
    start: int = 0
    total: int = 0
    has_previous: bool = False
    has_next: bool = False

    def shown(self) -> str:
        """Such as "51–100 of 312", "50 of 1,000+"; "" for an empty page."""
        if not self.rows:
            return ""
        if self.start > CAP:
            return f"{len(self.rows)} of {capped_text(self.total)}"
        return f"{self.start + 1:,}–{self.start + len(self.rows):,} of {capped_text(self.total)}"

    def links(self) -> dict[str, dict[str, str]]:
        """Link → what the query string of that page holds; only those that lead anywhere."""
        found: dict[str, dict[str, str]] = {}
        if self.has_previous:
            found |= {"first": {}, "previous": {"before": str(self.rows[0].pk)}}
        if self.has_next:
            found |= {"next": {"after": str(self.rows[-1].pk)}, "last": {"at": "end"}}
        return found


def as_key(text: object) -> UUID | None:
    """A key from the outside; None for what is none."""
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def capped_count(rows: Any) -> int:
    """How many rows, counted no further than CAP + 1."""
    return int(rows.order_by().values("pk")[: CAP + 1].count())


def capped_counts(*several: Any) -> list[int]:
    """The same of several querysets, in one query."""
    parts = [rows.order_by().values("pk")[: CAP + 1].query.sql_with_params() for rows in several]
    counts = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS counted)" for sql, _ in parts)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _, values in parts for value in values])
        return [int(count) for count in cursor.fetchone()]


def capped_text(count: int) -> str:
    """A count as people read it: "312", "1,000+"."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"


def digest(keys: Iterable[UUID]) -> str:
    """What the trail keeps of a list that was read: one hash over the keys, in any order."""
    return sha256("\n".join(sorted(str(key) for key in keys)).encode()).hexdigest()


def cut(rows: Any, *, seen: Any, order: Order, cursor: Cursor, size: int, columns: Sequence[str] = ()) -> Page:
    """The page of `rows` that `cursor` asks for. `seen` is all that the viewer sees of the model: there the boundary
    row is looked up. Both are scoped querysets. With `columns` ("pk" among them) rows come as named values rather
    than as instances. At most three queries, five when a page has to be begun again.
    """
    read = partial(_read, rows, size=size, columns=columns)
    ordered, back = rows.annotate(sort_value=order.by), order.reversed()
    if cursor.at_end:
        page = read(back)
        return _page(ordered, order, page[:size][::-1], (len(page) > size, False))
    if cursor.after:
        page = read(order, _behind(cursor.after, seen, order))
        if page:
            return _page(ordered, order, page[:size], (True, len(page) > size))
    elif cursor.before:
        page = read(back, _behind(cursor.before, seen, back))
        if len(page) > size:
            return _page(ordered, order, page[:size][::-1], (True, True))
    page = read(order)
    return _page(ordered, order, page[:size], (False, len(page) > size))


def _read(rows: Any, order: Order, begins: Any = None, *, size: int, columns: Sequence[str]) -> list[Any]:
    """The rows in this order, those behind a boundary, one more than a page holds."""
    found: list[Any] = []
    for value, some in order.ways(rows):
        some = some.annotate(sort_value=value)
        some = some.values_list(*columns, "sort_value", named=True) if columns else some
        some = some if begins is None else some.filter(begins)
        found = list(some.order_by(*order.names())[: size + 1])
        if len(found) > size:
            break
    return found


def _behind(pk: UUID, seen: Any, order: Order) -> Any:
    """Rows behind the one with this key; none when the viewer does not see it, for then it compares with nothing."""
    boundary = seen.filter(pk=pk).annotate(sort_value=order.by).order_by().values("sort_value")[:1]
    return order.beyond(Subquery(boundary), pk)


def _page(ordered: Any, order: Order, rows: list[Any], more: tuple[bool, bool]) -> Page:
    has_previous, has_next = more
    if not has_previous and not has_next:
        return Page(rows, 0, len(rows))
    if not has_previous:
        return Page(rows, 0, capped_count(ordered), False, True)
    before = ordered.filter(order.reversed().beyond(rows[0].sort_value, rows[0].pk))
    if has_next:
        start, total = capped_counts(before, ordered)
    else:
        start = capped_count(before)
        total = min(start + len(rows), CAP + 1)
    return Page(rows, start, total, start > 0, has_next)
