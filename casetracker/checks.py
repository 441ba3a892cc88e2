"""What must hold where real cases are kept, beyond Django's own deployment checks.

`manage.py check --deploy --database default` runs all of them; a start in production refuses when one fails
(casetracker/starting.py). Each check gives errors with what to do.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.utils.module_loading import import_string

from casetracker.sealing import SealBroken, unseal

MARK_PLACE, MARK_TEXT = "key mark", b"casetracker"
# Each process its own, or none, or files in clear: a code could be used twice and a limit passed by another worker.
_CACHES_REFUSED = ("locmem", "dummy", "filebased")
_PRAGMAS: dict[str, tuple[Any, ...]] = {
    "journal_mode": ("wal", "memory"),  # "memory" is the only mode of a database that is not on a disk
    "synchronous": (2, 3),
    "foreign_keys": (1,),
    "secure_delete": (1,),
    "recursive_triggers": (1,),
}
_POSTGRESQL: dict[str, tuple[str, ...]] = {
    "synchronous_commit": ("on", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
}
_LONG, _DIFFERENT = 32, 8


def add_checks() -> None:
    """Called once the applications are loaded (apps.py)."""
    for one in (check_keys, check_served, check_people, check_kept):
        register(one, Tags.security, deploy=True)
    register(check_database, Tags.database, deploy=True)


def _error(number: int, words: str) -> CheckMessage:
    return Error(words, id=f"casetracker.E{number:03}")


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """Both keys are there, long, not of a few characters, and not the same."""
    found = []
    keys = {"CASETRACKER_SECRET_KEY": settings.SECRET_KEY, "CASETRACKER_SEALING_KEY": settings.SEALING_KEY}
    for name, key in keys.items():
        if len(key) < _LONG or len(set(key)) < _DIFFERENT:
            found.append(_error(1, f"{name} must be at least {_LONG} random characters."))
    if settings.SECRET_KEY == settings.SEALING_KEY:
        found.append(_error(2, "CASETRACKER_SECRET_KEY and CASETRACKER_SEALING_KEY are the same. Make two."))
    return found


def check_served(**kwargs: Any) -> list[CheckMessage]:
    """Hosts named one by one; HTTPS only; cookies bound to this host and out of reach of scripts."""
    found = []
    if settings.DEBUG:
        found.append(_error(3, "DEBUG is on: errors would show what is inside."))
    if not settings.ALLOWED_HOSTS or any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        found.append(_error(4, "CASETRACKER_HOSTS must name each host; neither * nor .example stands for many."))
    if not settings.SECURE_SSL_REDIRECT or settings.SECURE_HSTS_SECONDS < 31_536_000:
        found.append(_error(5, "HTTPS is not forced, or HSTS lasts less than a year."))
    for kind in ("SESSION", "CSRF"):
        if not _is_bound(kind):
            found.append(_error(6, f"The {kind} cookie needs __Host-, Secure, HttpOnly, SameSite, path /, no domain."))
    return found


def _is_bound(kind: str) -> bool:
    said = {name: getattr(settings, f"{kind}_COOKIE_{name}") for name in ("SECURE", "HTTPONLY", "SAMESITE", "DOMAIN")}
    held = said["SECURE"] and said["HTTPONLY"] and said["SAMESITE"] in ("Lax", "Strict") and not said["DOMAIN"]
    name, path = getattr(settings, f"{kind}_COOKIE_NAME"), getattr(settings, f"{kind}_COOKIE_PATH")
    return bool(held and name.startswith("__Host-") and path == "/")


def check_people(**kwargs: Any) -> list[CheckMessage]:
    """Two factors, each code once, passwords hashed slowly, sessions that can be ended on the server."""
    found = []
    if settings.SECOND_FACTOR != "required":
        found.append(_error(7, "The second factor is not required. Remove CASETRACKER_SECOND_FACTOR."))
    if settings.MFA_TOTP_TOLERANCE != 0:
        found.append(_error(8, "MFA_TOTP_TOLERANCE must be 0: an old code could be used again."))
    if not settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher"):
        found.append(_error(9, "Passwords must be hashed with Argon2."))
    if settings.SESSION_ENGINE != "django.contrib.sessions.backends.db":
        found.append(_error(10, "Sessions must be kept in the database: elsewhere they cannot be ended for certain."))
    if settings.SESSION_ABSOLUTE_SECONDS > 24 * 3600 or settings.SESSION_COOKIE_AGE > 2 * 3600:
        found.append(_error(11, "A session may idle two hours and last a day at most. Lower the two settings."))
    return found


def check_kept(**kwargs: Any) -> list[CheckMessage]:
    """Nothing in clear beside the database: cache, uploads, logs."""
    found = []
    for name, cache in settings.CACHES.items():
        if any(f".{kind}." in cache["BACKEND"] for kind in _CACHES_REFUSED):
            found.append(_error(12, f"The cache {name!r} must be shared by all processes: the database, or Redis."))
    if settings.FILE_UPLOAD_HANDLERS != ["casetracker.uploads.MemoryOnly"]:
        found.append(_error(13, "Uploads must stay in memory: FILE_UPLOAD_HANDLERS names another handler."))
    logging: Any = settings.LOGGING
    for name, handler in logging["handlers"].items():
        if "discreet" not in handler.get("filters", []):
            found.append(_error(14, f"The log handler {name!r} lacks the filter `discreet`."))
    if logging["filters"]["discreet"]["()"] != "casetracker.logs.Discreet":
        found.append(_error(14, "The filter `discreet` is not ours."))
    return found


def check_database(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The settings the running database really has, read back from it; its cache table; the key it was sealed with."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        found += _durable(connection)
        if connection.vendor == "postgresql":
            found += _way_there(connection)
        found += _tables(connection)
    return found


def _durable(connection: Any) -> Iterator[CheckMessage]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            asked, wanted = "PRAGMA {}", _PRAGMAS
        else:
            asked, wanted = "SHOW {}", dict[str, tuple[Any, ...]](_POSTGRESQL)
        for name, good in wanted.items():
            cursor.execute(asked.format(name))
            is_so = cursor.fetchone()[0]
            if is_so not in good:
                yield _error(20, f"The database has {name} = {is_so}; a save could be lost. It must be {good[0]}.")


def _way_there(connection: Any) -> Iterator[CheckMessage]:
    """To a database on another machine only by TLS with its certificate checked."""
    host = connection.settings_dict["HOST"] or ""
    here = not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
    if not here and connection.settings_dict["OPTIONS"].get("sslmode") not in ("verify-ca", "verify-full"):
        yield _error(21, "The database is on another machine: add ?sslmode=verify-full to CASETRACKER_DATABASE_URL.")


def _tables(connection: Any) -> Iterator[CheckMessage]:
    there = set(connection.introspection.table_names())
    for cache in settings.CACHES.values():
        backend = import_string(cache["BACKEND"])
        if backend.__name__ == "DatabaseCache" and there and cache["LOCATION"] not in there:
            yield _error(22, "The cache has no table. Run `manage.py createcachetable`.")
    mark = apps.get_model("access", "KeyMark")
    if there and mark._meta.db_table not in there:
        yield _error(24, "The database is older than this version. Run `manage.py migrate`.")
    if mark._meta.db_table in there and not _key_fits(mark, connection.alias):
        yield _error(23, "CASETRACKER_SEALING_KEY is not the key this database was sealed with. Find the right one.")


def _key_fits(mark: Any, alias: str) -> bool:
    """Whether every mark opens with the key we were given; none is there before the first start."""
    try:
        return all(unseal(row.sealed, place=MARK_PLACE) == MARK_TEXT for row in mark._base_manager.using(alias))
    except SealBroken:
        return False
