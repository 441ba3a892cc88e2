"""Production refuses to start half-configured."""

import pytest

from tests.house.production import WHOLE, run


def start(**environment):
    return run("-c", "import casetracker.settings", **environment)


def test_production_starts_when_all_is_set():
    assert start(**WHOLE).returncode == 0


@pytest.mark.parametrize("missing", [name for name in WHOLE if name != "CASETRACKER_ENV"])
def test_production_refuses_without(missing):
    answer = start(**{name: value for name, value in WHOLE.items() if name != missing})
    assert answer.returncode != 0
    assert missing in answer.stderr


@pytest.mark.parametrize("name", ["CASETRACKER_SECRET_KEY", "CASETRACKER_SEALING_KEY"])
def test_production_refuses_a_short_secret(name):
    assert name in start(**WHOLE | {name: "short"}).stderr


def test_production_does_not_switch_the_second_factor_off():
    assert "CASETRACKER_SECOND_FACTOR" in start(**WHOLE, CASETRACKER_SECOND_FACTOR="off").stderr
