"""The stage of the twin worlds."""

import pytest

from tests.access.stage import staged


@pytest.fixture
def stage(db):
    with staged() as made:
        yield made


@pytest.fixture
def figures(record_property):
    """`figures("twin", requests=3)`: numbers that are added up and told at the end of the run (tests/figures.py)."""
    return lambda kind, **numbers: record_property(kind, numbers)
