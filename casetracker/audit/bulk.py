"""Many rows at once: worked out before the transaction, written inside it as fast as the engine can.

Used where thousands of records are made or unmade in one action (imports). Content and history go in together; what a
single `save_new` or `remove` would leave is left here, too. The values are those the ORM would send.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from casetracker.audit.acting import Act
from casetracker.audit.history import records_of

# Rows worked out between two calls of `tick`.
STEP = 500


@dataclass(frozen=True)
class Rows:
    """Rows of one table, as the database takes them."""

    table: str
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


def prepare(instances: Sequence[Any], act: Act, *, tick: Callable[[int], None] | None = None) -> list[Rows]:
    """The inserts that make `instances` (unsaved, of one model, keys set), and their first history rows.

    Everything carries the time and id of `act`, under which the caller must write it. `tick` is told how many
    instances are worked out, every now and then.
    """
    if not instances:
        return []
    records = records_of.get(type(instances[0]))
    content, history = _Table(type(instances[0])), None
    for number, instance in enumerate(instances, start=1):
        if hasattr(instance, "created_at"):
            instance.created_at = instance.changed_at = act.at
        content.add(instance)
        if records:
            row = records.row(instance, "+", act)
            history = history or _Table(type(row))
            history.add(row)
        if tick and number % STEP == 0:
            tick(number)
    return [content.rows, *([history.rows] if history else [])]


def as_rows(instances: Sequence[Any]) -> Rows:
    """The insert of `instances` (of one model) as they are, history not included."""
    table = _Table(type(instances[0]))
    for instance in instances:
        table.add(instance)
    return table.rows


def prepare_removal(instances: Iterable[Any], act: Act) -> list[Rows]:
    """The closing history rows ("-", next version) of records about to be deleted under `act`."""
    tables: dict[Any, _Table] = {}
    for instance in instances:
        records = records_of.get(type(instance))
        if records is None:
            continue
        instance.version += 1
        row = records.row(instance, "-", act)
        tables.setdefault(type(row), _Table(type(row))).add(row)
    return [table.rows for table in tables.values()]


def insert(rows: Iterable[Rows]) -> None:
    """Writes prepared rows. Inside the action whose id and time they carry."""
    for some in rows:
        if connection.vendor == "postgresql":
            _copy(some)
        else:
            _execute_many(some)


def refresh_statistics(tables: Iterable[str]) -> None:
    """Tells the database how large the tables are now. After the transaction that wrote to them.

    Until its own housekeeping comes round PostgreSQL would plan as if the tables were as small as before, and a query
    that joins what was just written could take minutes. SQLite has no housekeeping, and takes a dialogue for narrower
    than a key. It samples all tables (with statistics of some it plans worse than with none), and shortly: a long
    sample makes it shun the index of a column that is mostly empty.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 400")
            cursor.execute("ANALYZE")
            return
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def set_columns(model: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Sets `columns` (attribute names) of many rows of a model without history: (key, value, value …) each."""
    fields = [_field(model, name) for name in columns]
    quote = connection.ops.quote_name
    settings = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = model._meta.pk
    sql = f"UPDATE {quote(model._meta.db_table)} SET {settings} WHERE {quote(key.column)} = %s"  # noqa: S608
    values = [
        (
            *(field.get_db_prep_save(value, connection) for field, value in zip(fields, rest, strict=True)),
            key.get_db_prep_save(pk, connection),
        )
        for pk, *rest in rows
    ]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(sql, values)


class _Table:
    """Collects rows of one model."""

    def __init__(self, model: Any) -> None:
        fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        # Plain text goes as it is; most columns are plain text, and there are very many.
        self.stored = [(field.attname, type(field) in _PLAIN, field.get_db_prep_save) for field in fields]
        # The proxy looks for the connection of its thread each time it is asked for something.
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.rows = Rows(model._meta.db_table, tuple(field.column for field in fields), [])

    def add(self, instance: models.Model) -> None:
        values, database = instance.__dict__, self.connection
        self.rows.values.append(
            tuple(
                value if is_plain and type(value := values[name]) is str else prepare(values[name], database)
                for name, is_plain, prepare in self.stored
            )
        )


_PLAIN = (models.CharField, models.TextField)


def _field(model: Any, attribute: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attribute)


def _copy(some: Rows) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, some.columns))
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(some.table)} ({columns}) FROM STDIN") as sink:
        for row in some.values:
            sink.write_row(row)


def _execute_many(some: Rows) -> None:
    quote = connection.ops.quote_name
    columns, places = ", ".join(map(quote, some.columns)), ", ".join(["%s"] * len(some.columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(some.table)} ({columns}) VALUES ({places})", some.values)  # noqa: S608
