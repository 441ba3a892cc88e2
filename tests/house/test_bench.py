"""What the bench stands on: generated data that could be real, and pages whose queries do not grow with it."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from bench.generate import generate
from bench.pages import pages
from bench.queries import count_queries
from bench.report import Bar, broken_bars, table
from bench.world import VIEWER
from cases.models import Case, CaseEvent, LedgerDay
from casetracker.access.models import User
from rounds.figures import answered_days, raised_days
from rounds.models import CaseList, ListEntry, Raising, ResponseItem
from tests.house.sources import ROOT

BUDGETS = tomllib.loads((ROOT / "bench" / "budgets.toml").read_text())
DAY = ("case_id", "kind", "on", "channel", "grade", "code", "answers_to", "dialogue_id", "marking", "compartment_id")


@pytest.fixture
def generated(db, settings):
    settings.SECOND_FACTOR = "off"
    return generate(60)


def everything(model):
    return model.objects.unscoped("tests").all()


def test_generated_data_could_be_real(generated):
    assert everything(Case).count() == 60
    assert all(
        case.status != "not_known" for case in everything(Case).filter(pk__in=everything(CaseEvent).values("case"))
    )
    assert Case.history.unscoped("tests").count() == 180
    assert everything(CaseList).filter(state="closed").exists()
    assert everything(CaseList).filter(state="draft").exists()
    assert everything(ResponseItem).filter(state="assessed").exists()
    for entry in everything(ListEntry).select_related("case_list", "case"):
        assert entry.case_list.label().dominates(entry.case.label())
    # PostgreSQL is asked here, SQLite when it commits.
    connection.check_constraints()


def test_days_are_those_that_actions_would_make(generated):
    keys = list(everything(Case).values_list("pk", flat=True))
    made = [*raised_days(keys), *answered_days(keys)]
    assert everything(Raising).count() > 100
    assert sorted(map(day, made)) == sorted(map(day, everything(LedgerDay)))


def day(row):
    return [str(getattr(row, name)) for name in DAY]


@contextmanager
def as_generated(cases: int) -> Iterator[None]:
    """A database of so many cases, gone afterwards."""
    with transaction.atomic():
        generate(cases)
        yield
        transaction.set_rollback(True)


def test_two_runs_make_the_same(db):
    runs = []
    for _ in range(2):
        with as_generated(60):
            runs.append(sorted(everything(Case).values_list("reference", "latin_name")))
    assert len(runs[0]) == 60
    assert runs[0] == runs[1]


def counted() -> dict[str, int]:
    user = User.objects.get(email=VIEWER)
    client = Client()
    client.force_login(user)
    found = pages(user)
    for page in found:
        count_queries(page, client)
    return {page.name: page.queries for page in found}


def test_queries_keep_to_their_budget_and_do_not_grow(db, settings):
    settings.SECOND_FACTOR = "off"
    with as_generated(60):
        few = counted()
    with as_generated(120):
        many = counted()
    # A list that has a second page counts itself; with few cases some have none.
    assert {name: (few[name], number) for name, number in many.items() if number > few[name] + 1} == {}
    assert {name: number for name, number in many.items() if number > BUDGETS.get(name, 0)} == {}


LINE = {"engine": "e", "cases": 100_000, "clients": 1, "page": "save", "median": 9.0, "p95": 9.0, "floor": 3.0,
        "quick": 8.0, "floor_quick": 2.5, "queries": 9, "bytes": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, ""),
        ({"median": 13.0}, "4.3 times the floor"),
        ({"queries": 99}, "99 queries"),
        ({"cases": 10_000, "median": 5.0}, "1.80 times the time of the smallest"),
        ({"cases": 10_000, "queries": 8}, "queries differ"),
        ({"clients": 8, "median": 99.0, "floor": 90.0}, "11.0 times the time of one client"),
    ],
)
def test_a_broken_bar_is_told(changes, says):
    told = broken_bars([LINE, {**LINE, **changes}] if changes.keys() & {"cases", "clients"} else [{**LINE, **changes}])
    assert [one for one in told if says in one] if says else told == []
    assert "| save |" in table([LINE])
    assert Bar(3, 12).queries == 12
