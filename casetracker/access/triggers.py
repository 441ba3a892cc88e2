"""What no check of a single row can say, refused by the database itself: whichever side is written, by whatever road.

- Whoever holds an office has no standing grant and no emergency opening that lasts.
- The last active access admin keeps the office.
- A compartment is one of the dialogue of whatever carries it.
- An emergency opening lasts an hour at most, and is not stretched afterwards.

Each rule is one condition that both engines understand. Moments are compared with `changed_at` of the row written:
the application's clock, as everywhere. SQLite refuses to rebuild a table that a trigger of another one reads, and drops
the triggers of the rebuilt one: so they go before migrations and come back after them (apps.py).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections

PREFIX = "rule_"
_STANDING = "({g}.state IN ('requested', 'suspended') OR ({g}.state = 'active' AND {g}.valid_to > {at}))"


@dataclass(frozen=True)
class Rule:
    """Refuses a row when `when` (over NEW and OLD, no subquery) and `refuse` hold. `columns` narrows updates.

    `lock` is what PostgreSQL does before it looks, so that of two transactions the second sees what the first wrote;
    SQLite has one writer at a time. `refuse_sqlite` stands for `refuse` where the engines differ.
    """

    name: str
    table: str
    events: tuple[str, ...]
    when: str
    refuse: str
    told: str
    columns: tuple[str, ...] = ()
    lock: str = ""
    refuse_sqlite: str = ""


_STANDING_G = _STANDING.format(g="g", at="NEW.changed_at")
_LOCK_HOLDER = "PERFORM 1 FROM access_user WHERE id = NEW.user_id FOR SHARE;"
_NO_OFFICE = "Whoever holds an office has no grant."
_BOTH = ("INSERT", "UPDATE")
GROUND = (
    Rule(
        "grant_no_office", "access_grant", _BOTH,
        _STANDING.format(g="NEW", at="NEW.changed_at"),
        "EXISTS (SELECT 1 FROM access_user u WHERE u.id = NEW.user_id AND u.office <> '')",
        _NO_OFFICE, lock=_LOCK_HOLDER,
    ),
    Rule(
        "office_no_grant", "access_user", _BOTH,
        "NEW.office <> ''",
        "EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = NEW.id AND " + _STANDING_G + ")"  # noqa: S608
        " OR EXISTS (SELECT 1 FROM access_breakglass b WHERE b.user_id = NEW.id"
        " AND b.ended_at IS NULL AND b.ends_at > NEW.changed_at)",
        _NO_OFFICE, columns=("office",),
    ),
    Rule(
        "emergency_no_office", "access_breakglass", _BOTH,
        "NEW.ended_at IS NULL AND NEW.ends_at > NEW.changed_at",
        "EXISTS (SELECT 1 FROM access_user u WHERE u.id = NEW.user_id AND u.office <> '')",
        "Whoever holds an office opens nothing in an emergency.", lock=_LOCK_HOLDER,
    ),
    Rule(
        "emergency_one_hour", "access_breakglass", ("INSERT",),
        "NEW.ends_at IS NOT NULL",
        "NEW.ends_at > NEW.opened_at + interval '1 hour'",
        "An emergency opening lasts an hour at most.",
        refuse_sqlite="julianday(NEW.ends_at) > julianday(NEW.opened_at, '+1 hour', '+1 second')",
    ),
    Rule(
        "emergency_fixed", "access_breakglass", ("UPDATE",),
        "NEW.ends_at <> OLD.ends_at OR NEW.opened_at <> OLD.opened_at OR NEW.user_id <> OLD.user_id"
        " OR NEW.dialogue_id <> OLD.dialogue_id OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL)",
        "NEW.id = OLD.id",
        "An emergency opening is not stretched or handed on.",
    ),
    Rule(
        "last_admin", "access_user", ("UPDATE",),
        "OLD.office = 'admin' AND OLD.is_active AND (NEW.office <> 'admin' OR NOT NEW.is_active)",
        "NOT EXISTS (SELECT 1 FROM access_user u WHERE u.id <> NEW.id AND u.office = 'admin' AND u.is_active)",
        "The last access admin keeps the office.", columns=("office", "is_active"),
        lock="PERFORM pg_advisory_xact_lock(7262021, 1);",
    ),
    Rule(
        "circle_of_grant", "access_grantcompartment", _BOTH,
        "NEW.id IS NOT NULL",
        "NOT EXISTS (SELECT 1 FROM access_grant g JOIN access_compartment c ON c.dialogue_id = g.dialogue_id"
        " WHERE g.id = NEW.grant_id AND c.id = NEW.compartment_id)",
        "A compartment belongs to the dialogue of its grant.",
    ),
    Rule(
        "grant_stays", "access_grant", ("UPDATE",),
        "NEW.dialogue_id <> OLD.dialogue_id OR NEW.user_id <> OLD.user_id", "NEW.id = OLD.id",
        "A grant stays with its person and its dialogue.", columns=("dialogue_id", "user_id"),
    ),
    Rule(
        "circle_stays", "access_compartment", ("UPDATE",),
        "NEW.dialogue_id <> OLD.dialogue_id", "NEW.id = OLD.id",
        "A compartment stays in its dialogue.", columns=("dialogue_id",),
    ),
)  # fmt: skip


def rules() -> list[Rule]:
    """The rules of the ground, and one for every table that carries a dialogue and a compartment."""
    return [*GROUND, *(_circle_rule(table) for table in _labelled_tables())]


def _labelled_tables() -> Iterator[str]:
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_concrete_fields if field.is_relation}
        if {"dialogue", "compartment"} <= names and not model.__name__.startswith("Historical"):
            yield model._meta.db_table


def _circle_rule(table: str) -> Rule:
    return Rule(
        "circle_of_dialogue", table, _BOTH,
        "NEW.compartment_id IS NOT NULL",
        "NOT EXISTS (SELECT 1 FROM access_compartment c"
        " WHERE c.id = NEW.compartment_id AND c.dialogue_id = NEW.dialogue_id)",
        "A compartment is one of the dialogue.", columns=("dialogue_id", "compartment_id"),
    )  # fmt: skip


def wanted(using: str) -> dict[str, list[str]]:
    """By name of the trigger, as the database lists it: the statements that make it. Only for tables that exist."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    made: dict[str, list[str]] = {}
    for rule in rules():
        if rule.table in there:
            made |= _postgresql(rule) if connection.vendor == "postgresql" else _sqlite(rule)
    return made


def installed(using: str) -> dict[str, str]:
    """By name: what identifies the present text of each of our triggers; empty for one that is switched off."""
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, CASE WHEN t.tgenabled IN ('O', 'A') THEN coalesce(obj_description(t.oid), '') ELSE ''"
                " END FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgname LIKE %s",
                [f"{PREFIX}%"],
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"]
            )
        return dict(cursor.fetchall())


def install(using: str) -> None:
    """Makes what is missing or differs, and drops what is not ours any more. Raises RuntimeError if that fails."""
    found, aim = installed(using), wanted(using)
    stale = [name for name, text in found.items() if name not in aim or text != _identity(aim[name])]
    drop(using, stale)
    with connections[using].cursor() as cursor:
        for name, statements in aim.items():
            if name in stale or name not in found:
                for statement in statements:
                    cursor.execute(statement)
    if missing(using):
        raise RuntimeError("The rules of the database could not be installed.")


def missing(using: str) -> list[str]:
    """Triggers that should stand in the database and do not, or differ."""
    found = installed(using)
    return sorted(name for name, made in wanted(using).items() if found.get(name) != _identity(made))


def drop(using: str, names: list[str] | None = None) -> None:
    """Drops triggers of ours: all, or those called."""
    connection = connections[using]
    gone = list(installed(using)) if names is None else names
    with connection.cursor() as cursor:
        for name in gone:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [name])
                for (table,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name} ON {table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _identity(statements: list[str]) -> str:
    """A trigger's text on SQLite; on PostgreSQL, which rewrites texts, the digest kept as its comment."""
    return statements[0] if len(statements) == 1 else _digest(statements[:-1])


def _digest(statements: list[str]) -> str:
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()


def _sqlite(rule: Rule) -> dict[str, list[str]]:
    made = {}
    for event in rule.events:
        name = f"{PREFIX}{rule.name}_{rule.table}_{event.lower()}"
        of = f" OF {', '.join(rule.columns)}" if rule.columns and event == "UPDATE" else ""
        made[name] = [
            f"CREATE TRIGGER {name} BEFORE {event}{of} ON {rule.table}"
            f" WHEN ({rule.when}) AND ({rule.refuse_sqlite or rule.refuse})"
            f" BEGIN SELECT RAISE(ABORT, '{rule.told}'); END"
        ]
    return made


def _postgresql(rule: Rule) -> dict[str, list[str]]:
    name = f"{PREFIX}{rule.name}_{rule.table}"
    of = f" OF {', '.join(rule.columns)}" if rule.columns else ""
    events = " OR ".join(f"{event}{of if event == 'UPDATE' else ''}" for event in rule.events)
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {rule.lock}"
        f" IF {rule.refuse} THEN RAISE EXCEPTION '{rule.told}' USING ERRCODE = 'check_violation'; END IF;"
        f" RETURN NEW; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE {events} ON {rule.table}"
        f" FOR EACH ROW WHEN ({rule.when}) EXECUTE FUNCTION {name}()"
    )
    comment = f"COMMENT ON TRIGGER {name} ON {rule.table} IS '{_digest([function, trigger])}'"
    return {name: [function, trigger, comment]}


def before_migrations(using: str, **kwargs: Any) -> None:
    """Receiver of pre_migrate: SQLite rebuilds no table that a trigger reads."""
    if connections[using].vendor == "sqlite":
        drop(using)


def after_migrations(using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate, also after a test database is emptied."""
    install(using)
