"""What crosses the border to the database: every fetch of rows, with its query. Statements that bring nothing back
(savepoints, writes) are not recorded, because nothing is fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper


class Fetch(NamedTuple):
    """Rows that came back, as text; and what asked for them."""

    sql: str
    params: str
    rows: str


class Watching(CursorWrapper):
    """A cursor that notes what is fetched through it."""

    fetched: list[Fetch] | None = None
    asked = ("", "")

    def execute(self, sql: Any, params: Any = None) -> Any:
        self.asked = (str(sql), repr(params))
        return super().execute(sql, params)

    def executemany(self, sql: Any, param_list: Any) -> Any:
        self.asked = (str(sql), "many")
        return super().executemany(sql, param_list)

    def __getattr__(self, attr: str) -> Any:
        found = super().__getattr__(attr)
        return self._noting(found) if attr in ("fetchone", "fetchmany", "fetchall") else found

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            self._note(row)
            yield row

    def _noting(self, fetch: Any) -> Any:
        def noted(*args: Any, **kwargs: Any) -> Any:
            rows = fetch(*args, **kwargs)
            self._note(rows)
            return rows

        return noted

    def _note(self, rows: Any) -> None:
        if Watching.fetched is not None:
            Watching.fetched.append(Fetch(*self.asked, repr(rows)))


@contextmanager
def watched_rows() -> Iterator[list[Fetch]]:
    """Everything fetched inside, in order."""
    kept, Watching.fetched = Watching.fetched, []
    connection.make_cursor = lambda cursor: Watching(cursor, connection)  # type: ignore[method-assign]
    try:
        yield Watching.fetched
    finally:
        Watching.fetched = kept
        del connection.make_cursor
