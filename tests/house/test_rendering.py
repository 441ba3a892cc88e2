"""Rendering runs no queries, and what is logged says nothing."""

import logging
from types import SimpleNamespace

import pytest
from django.db import connection

from casetracker.access.models import User
from casetracker.logs import Discreet
from casetracker.web import refusing_queries


@pytest.mark.django_db
def test_a_query_while_rendering_raises():
    with refusing_queries(), pytest.raises(RuntimeError, match="while rendering"):
        User.objects.count()
    assert User.objects.count() == 0


def test_logs_lose_query_strings_and_requests():
    record = logging.LogRecord("x", 30, "f", 1, "Not Found: %s", ("/cases/?q=Somebody",), None)
    record.request = SimpleNamespace(path="/cases/", resolver_match=SimpleNamespace(route="cases/"))
    Discreet().filter(record)
    assert record.getMessage() == "Not Found: /cases/"
    assert not hasattr(record, "request")


def test_logs_name_the_route_and_not_the_token():
    path = "/invitation/a-token-that-opens-an-account/"
    record = logging.LogRecord("x", 30, "f", 1, "%s: %s", ("Unprocessable Entity", path), None)
    record.request = SimpleNamespace(path=path, resolver_match=SimpleNamespace(route="invitation/<str:token>/"))
    Discreet().filter(record)
    assert record.getMessage() == "Unprocessable Entity: /invitation/<str:token>/"


def test_logs_keep_where_it_broke_and_not_what_it_said():
    try:
        raise ValueError("Key (text)=(Somebody) already exists")
    except ValueError as error:
        record = logging.LogRecord("x", 40, "f", 1, "Broken", (), (ValueError, error, error.__traceback__))
    Discreet().filter(record)
    line = logging.Formatter("%(message)s").format(record)
    assert "Somebody" not in line
    assert "ValueError" in line
    assert "test_rendering.py" in line


@pytest.mark.django_db
def test_sqlite_keeps_what_it_acknowledged(settings):
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone()[0] == "on"
        return
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("foreign_keys", "synchronous", "secure_delete", "recursive_triggers")
        }
    assert found == {"foreign_keys": 1, "synchronous": 2, "secure_delete": 1, "recursive_triggers": 1}
