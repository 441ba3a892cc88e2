"""Production does not start while a deployment check fails; each check can fail."""

from typing import Any

import pytest
from django.conf import settings as now
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands, load_command_class
from django.db import connection
from django_tasks_db.management.commands import db_worker

from casetracker import checks, starting
from casetracker.access.models import KeyMark
from casetracker.sealing import seal
from tests.house.production import WHOLE, production_settings, run

OPEN = {"class": "logging.NullHandler"}
HANDLERS: Any = now.LOGGING["handlers"]
LONG = "z" * 20 + "0123456789abcdef" * 3


@pytest.fixture
def production(settings):
    """The settings of production, all but those of databases, applications and pages."""
    names = (
        "SESSION_",
        "CSRF_",
        "SECURE_",
        "MFA_",
        "PASSWORD_",
        "SECOND_",
        "CACHES",
        "FILE_",
        "LOGGING",
        "MAILERS",
        "SE",
    )
    for name, value in production_settings().items():
        if name.startswith((*names, "ALLOWED", "PRODUCTION", "DEBUG")):
            setattr(settings, name, value)
    return settings


def found():
    said = run_checks(include_deployment_checks=True, databases=["default"])
    return {one.id for one in said if not one.is_silenced()}


SPOILT = {
    "key short": ({"SECRET_KEY": "short"}, "casetracker.E001"),
    "key of one character": ({"SEALING_KEY": "k" * 60}, "casetracker.E001"),
    "one key for both": ({"SEALING_KEY": LONG, "SECRET_KEY": LONG}, "casetracker.E002"),
    "debug": ({"DEBUG": True}, "casetracker.E003"),
    "any host": ({"ALLOWED_HOSTS": ["*"]}, "casetracker.E004"),
    "any host below": ({"ALLOWED_HOSTS": [".example"]}, "casetracker.E004"),
    "no host": ({"ALLOWED_HOSTS": []}, "casetracker.E004"),
    "plain HTTP": ({"SECURE_SSL_REDIRECT": False}, "casetracker.E005"),
    "short HSTS": ({"SECURE_HSTS_SECONDS": 60}, "casetracker.E005"),
    "session cookie by any road": ({"SESSION_COOKIE_SECURE": False}, "casetracker.E006"),
    "session cookie for scripts": ({"SESSION_COOKIE_HTTPONLY": False}, "casetracker.E006"),
    "session cookie from elsewhere": ({"SESSION_COOKIE_SAMESITE": "None"}, "casetracker.E006"),
    "cookie without its prefix": ({"CSRF_COOKIE_NAME": "csrf"}, "casetracker.E006"),
    "cookie for a domain": ({"CSRF_COOKIE_DOMAIN": "example"}, "casetracker.E006"),
    "one factor": ({"SECOND_FACTOR": "off"}, "casetracker.E007"),
    "old codes": ({"MFA_TOTP_TOLERANCE": 1}, "casetracker.E008"),
    "quick hashes": ({"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}, "casetracker.E009"),
    "sessions in cookies": (
        {"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, "casetracker.E010"
    ),
    "sessions without end": ({"SESSION_ABSOLUTE_SECONDS": 99 * 3600}, "casetracker.E011"),
    "cache of one process": (
        {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}, "casetracker.E012"
    ),
    "no cache": (
        {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}}, "casetracker.E012"
    ),
    "uploads on disk": (
        {"FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]}, "casetracker.E013"
    ),
    "log that tells": (
        {"LOGGING": {**now.LOGGING, "handlers": {**HANDLERS, "file": OPEN}}}, "casetracker.E014"
    ),
}  # fmt: skip


@pytest.mark.django_db
def test_production_is_clean(production):
    call_command("createcachetable", verbosity=0)
    assert found() - ({"casetracker.E020"} if connection.vendor == "postgresql" else set()) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_found(production, what):
    changes, number = SPOILT[what]
    for name, value in changes.items():
        setattr(production, name, value)
    assert number in found()


@pytest.mark.django_db
def test_a_cache_without_its_table_is_found(production):
    assert "casetracker.E022" in found()


class Told:
    """A database that says of each setting what it was told to."""

    alias, settings_dict = "default", {"HOST": "", "OPTIONS": {}}

    def __init__(self, vendor, **says):
        self.vendor, self.says = vendor, says

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def execute(self, sql):
        self.asked = sql.split()[-1]

    def fetchone(self):
        return [self.says[self.asked]]


SQLITE: dict[str, Any] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "recursive_triggers": 1,
}
POSTGRESQL: dict[str, Any] = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}


def test_durability_is_read_back():
    for vendor, good, bad in [("sqlite", SQLITE, (0, "delete")), ("postgresql", POSTGRESQL, ("off", "off"))]:
        assert list(checks._durable(Told(vendor, **good))) == []
        for name in good:
            spoilt = {**good, name: bad[name == "journal_mode"]}
            assert [one.id for one in checks._durable(Told(vendor, **spoilt))] == ["casetracker.E020"]


@pytest.mark.django_db
def test_the_real_database_is_asked():
    told = {one.msg.split()[3] for one in checks._durable(connection)}
    # The PostgreSQL of the suite is made to be thrown away (tests/settings.py); the check must notice.
    assert told == ({"fsync"} if connection.vendor == "postgresql" else set())


def test_a_database_elsewhere_is_reached_by_tls():
    far = Told("postgresql")
    far.settings_dict = {"HOST": "database.example", "OPTIONS": {"sslmode": "prefer"}}
    assert [one.id for one in checks._way_there(far)] == ["casetracker.E021"]
    far.settings_dict["OPTIONS"]["sslmode"] = "verify-full"
    assert list(checks._way_there(far)) == []
    for host in ("", "localhost", "127.0.0.1", "/run/postgresql"):
        far.settings_dict = {"HOST": host, "OPTIONS": {}}
        assert list(checks._way_there(far)) == []


@pytest.mark.django_db
def test_another_sealing_key_is_found(production):
    starting._leave_mark()
    starting._leave_mark()
    assert KeyMark.objects.count() == 1
    assert "casetracker.E023" not in found()
    production.SEALING_KEY = "another key, 32 characters and more"
    assert "casetracker.E023" in found()
    KeyMark.objects.update(sealed=seal(b"another text", place=checks.MARK_PLACE))
    assert "casetracker.E023" in found()


def test_outside_production_nothing_is_asked():
    starting.refuse_unless_ready()


def test_the_worker_is_refused_like_the_web_process(monkeypatch):
    def refuse():
        raise ImproperlyConfigured("Not started")

    monkeypatch.setattr("casetracker.access.management.commands.db_worker.refuse_unless_ready", refuse)
    monkeypatch.setattr(db_worker.Worker, "run", lambda self: pytest.fail("The worker ran."))
    with pytest.raises(ImproperlyConfigured):
        load_command_class(get_commands()["db_worker"], "db_worker").handle()


@pytest.fixture
def installed(tmp_path):
    """A whole production database of its own, ready but for the first start."""
    whole = WHOLE | {"CASETRACKER_DATABASE_URL": f"sqlite:///{tmp_path / 'office.sqlite3'}"}
    script = (
        "import django; django.setup(); from django.core.management import call_command as call; "
        "call('createcachetable', verbosity=0); from django.db import connection; "
        "from casetracker.access.models import KeyMark; editor = connection.schema_editor(); "
        "editor.__enter__(); editor.create_model(KeyMark); editor.__exit__(None, None, None)"
    )
    whole["DJANGO_SETTINGS_MODULE"] = "casetracker.settings"
    made = run("-c", script, **whole)
    assert made.returncode == 0, made.stderr
    return whole


def test_a_start_in_production(installed):
    start = "import casetracker.wsgi; print('started')"
    first, second = run("-c", start, **installed), run("-c", start, **installed)
    assert (first.stdout, second.stdout) == ("started\n", "started\n"), first.stderr
    other = run("-c", start, **installed | {"CASETRACKER_SEALING_KEY": WHOLE["CASETRACKER_SEALING_KEY"] + "z"})
    assert other.returncode != 0
    assert "casetracker.E023" in other.stderr
    anywhere = run("-c", start, **installed | {"CASETRACKER_HOSTS": "*"})
    assert anywhere.returncode != 0
    assert "casetracker.E004" in anywhere.stderr
    worker = run("manage.py", "db_worker", "--batch", **installed | {"CASETRACKER_HOSTS": "*"})
    assert "casetracker.E004" in worker.stderr


def test_the_deployment_check_is_clean(installed):
    checked = run("manage.py", "check", "--deploy", "--database", "default", "--fail-level", "WARNING", **installed)
    assert checked.returncode == 0, checked.stderr
