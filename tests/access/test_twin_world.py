"""What you may not see does not exist: with and without hidden acts, every answer is the same to the byte, and so is
every row fetched to make it."""

from typing import Any

import pytest

from tests.access.compare import differences, told
from tests.access.declared import ANSWERS, ROWS
from tests.access.hidden import CANARIES
from tests.access.stage import LOOK_APART, OBSERVERS_HERE, SECRETS, staged
from tests.access.twin import all_probes, url_names, world

# The pages of those who ask everything are dealt out to this many tests, so that no worker is kept by one of them.
HANDS = {"nils": 6, "bert": 3}
DEALT = [(observer, hand) for observer in OBSERVERS_HERE for hand in range(HANDS.get(str(observer), 1))]
pytestmark = pytest.mark.django_db
TELLING = {"desk:case", "cases:table", "desk:home", "desk:find", "rounds:round", "rounds:list", "rounds:response"}


@pytest.fixture(scope="module")
def written(django_db_setup, django_db_blocker):
    """The stage, written once for all tests here: it takes seconds."""
    with django_db_blocker.unblock(), world(), staged() as made:
        yield made


@pytest.fixture
def stage(written):
    with world():
        yield written


def test_every_url_name_has_a_probe(stage):
    assert set(url_names()) - set(all_probes(stage.aims["linked"])) == set()


@pytest.mark.parametrize(("observer", "hand"), DEALT)
def test_what_is_hidden_does_not_exist(stage, observer, hand, figures):
    declared = {one.name for one in ANSWERS if one.covers(observer, one.name)}
    found: list[Any] = []
    names: set[str] = set()
    asked = 0
    for secret in SECRETS:
        if secret == "apart" and observer not in LOOK_APART:
            continue
        dealt = list(stage.probes(observer, secret).items())[hand :: HANDS.get(str(observer), 1)]
        some = {name: probes for name, probes in dealt if probes and name not in declared}
        for name, probes in some.items():
            stage.ask(observer, name, probes[:1])  # what is drawn only once, at the first use of a page, is drawn here
        without = {name: stage.ask(observer, name, probes) for name, probes in some.items()}
        with stage.with_secret(secret):
            for name, probes in some.items():
                passed = tuple(one.sql for one in ROWS if one.covers(observer, name))
                found += differences(probes, without[name], stage.ask(observer, name, probes), passed)
        asked, names = asked + sum(map(len, some.values())), names | set(some)
    figures("twin", names=sorted(names), observer=str(observer), requests=asked, differences=len(found))
    assert not found, told(found)


@pytest.mark.parametrize("one", [*ANSWERS, *ROWS], ids=lambda one: f"{one.name} {one.sql[:30]}")
def test_what_is_declared_still_differs(stage, one):
    """An exception that nothing needs is taken off the list."""
    for observer in one.observers or OBSERVERS_HERE:
        probes = stage.probes(observer, "linked")[one.name]
        without = stage.ask(observer, one.name, probes)
        with stage.with_secret("linked"):
            with_it = stage.ask(observer, one.name, probes)
        if any(one.sql in side for found in differences(probes, without, with_it) for side in found[2:]):
            return
    pytest.fail(f"Nothing of {one.name} differs any more.")


def test_an_auditor_reads_no_content(stage):
    """Where an auditor learns that something happened: not a word of what is in it."""
    for one in ANSWERS:
        for observer in one.observers:
            probes = stage.probes(observer, "linked")[one.name]
            with stage.with_secret(*SECRETS):
                answers = stage.ask(observer, one.name, probes)
            assert answers
            assert not [word for word in CANARIES for got in answers if word.encode() in got.body]


def test_the_test_can_fail(stage):
    """The guard against a vacuous pass: who sees what is hidden does get other answers."""
    some = {name: probes for name, probes in stage.probes("hugo", "linked").items() if name in TELLING}
    without = {name: stage.ask("hugo", name, probes) for name, probes in some.items()}
    with stage.with_secret("linked"):
        differing = {name for name, probes in some.items() if stage.ask("hugo", name, probes) != without[name]}
    assert differing == TELLING
