"""A session ends: when idle, after its absolute limit, at sign-out, and when the person is deactivated."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb


@pytest.fixture
def visit(cast, as_):
    """`visit(minutes)` → status of the desk so many minutes after signing in."""
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = as_(cast.olga)
        assert client.get("/").status_code == 200

    def after(minutes):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            return client.get("/").status_code

    return after


def test_idle_for_half_an_hour(visit):
    assert visit(29) == 200
    assert visit(29 + 31) == 302


def test_busy_for_twelve_hours(visit):
    assert {visit(minutes) for minutes in range(20, 12 * 60, 20)} == {200}
    assert visit(12 * 60 + 5) == 302


def test_deactivated_at_the_next_request(cast, visit):
    with acting(Verb.USER_DEACTIVATED, process="tests"):
        save_over(cast.olga, seen=1, changes={"is_active": False})
    assert visit(1) == 302


def test_revoked_at_the_next_request(cast, as_):
    client = as_(cast.olga)
    assert client.get("/cases/").status_code == 200
    grant = cast.olga.grants.get()
    with acting(Verb.GRANT_REVOKED, process="tests"):
        save_over(grant, seen=1, changes={"state": "revoked"})
    assert client.get("/rounds/").content.count(b"EU\xe2\x80\x93China") == 0
