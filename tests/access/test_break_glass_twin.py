"""What others open in an emergency does not exist for who may not know; a right name is as good as a wrong one."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from casetracker.access.models import BreakGlass, Compartment
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests.access.compare import differences, told
from tests.access.probes import Probe, World
from tests.access.probes.emergency import REASON, probes
from tests.access.rich import common, missing, rich_case
from tests.access.stage import Stage
from tests.access.twin import NOON, all_probes, loaded_dice, world
from tests.people import assemble
from tests.signed_in import sign_in


@pytest.fixture
def stage(db):
    """The cast and what everybody in `cn` knows; nothing hidden yet."""
    with loaded_dice() as dice, time_machine.travel(NOON - timedelta(days=3), tick=False):
        dice.throw("base")
        made = Stage(assemble(), dice)
        visible = common(made.cast) | rich_case(made.cast, made.cast.olga, "Dolma Invented")
        made.aims["linked"] = World(visible=visible, hidden=missing(visible), missing=missing(visible))
        yield made


MAY_NOT_KNOW = [None, "olga", "rita", "nils", "lars", "nora", "quin", "zoe"]
MAY_KNOW = ["hugo", "anna", "bert", "otto", "adam"]
PAGES = ("desk:home", "access:me", "access:grants", "access:users", "cases:table", "rounds:index", "desk:find")


def opens(stage, who, circle):
    """Signs in, opens `cn` in an emergency (not without `circle`), and reads; the keys of the openings."""
    form = {"dialogue": str(stage.cast.cn.pk), "circle": circle, "reason": REASON}
    stage.dice.throw(f"{who} signs in")
    with time_machine.travel(NOON - timedelta(minutes=10), tick=False):
        client = sign_in(Client(), stage.cast.people[who])
        assert circle is None or client.post("/emergency/open/", form).status_code == 302
    with time_machine.travel(NOON - timedelta(minutes=9), tick=False):
        stage.dice.throw(f"{who} reads")
        assert client.get("/cases/").status_code == 200
    keys = BreakGlass.objects.unscoped("tests").order_by("created_at", "compartment_id").values_list("pk", flat=True)
    return [str(key) for key in keys]


def asked(stage, keys, observer):
    """Requests aimed at all openings, and at pages on which one could show."""
    emergency = World(visible=stage.aims["linked"].visible)
    found: dict[str, list[Probe]] = {}
    for key in keys:
        emergency.hidden = {"breakglass": key}
        for name, some in probes(emergency).items():
            found.setdefault(name, []).extend(some)
    others = all_probes(stage.aims["linked"])
    found |= {name: others[name] for name in PAGES}
    return {name: [one for one in some if one.method not in ("HEAD", "OPTIONS")] for name, some in found.items()}


def differing(stage, observer, keys, act, before=None):
    """Differences between the world in which `act` happened and the one in which it did not (or `before` did)."""
    some = asked(stage, keys, observer)
    found: list[Any] = []
    with world():
        if before:
            before()
        stage.ask(observer, "access:emergencies", [Probe("GET", "/emergency/")])
        without = {name: stage.ask(observer, name, probes) for name, probes in some.items()}
    with world():
        act()
        for name, probes_of_it in some.items():
            found += differences(probes_of_it, without[name], stage.ask(observer, name, probes_of_it))
    return found


@pytest.mark.parametrize("observer", MAY_NOT_KNOW)
def test_what_another_opens_does_not_exist(stage, observer):
    with world():
        keys = opens(stage, "hugo", "North circle")
    found = differing(
        stage, observer, keys, lambda: opens(stage, "hugo", "North circle"), lambda: opens(stage, "hugo", None)
    )
    assert not found, told(found)


def test_who_may_know_does(stage):
    """The guard against a vacuous pass."""
    with world():
        keys = opens(stage, "hugo", "North circle")
    for observer in MAY_KNOW:
        assert differing(stage, observer, keys, lambda: opens(stage, "hugo", "North circle")), observer


def empty_circle(stage):
    with acting(Verb.COMPARTMENT_CREATED, by=stage.cast.adam):
        save_new(Compartment(dialogue=stage.cast.cn, name="Empty circle"))


@pytest.mark.parametrize("observer", ["olga", "bert", "rita"])
def test_a_right_name_is_as_good_as_a_wrong_one(stage, observer):
    """Of a circle in which there is nothing yet: to whoever tries it, to approvers outside it and to colleagues."""
    stage.dice.throw("empty")
    empty_circle(stage)
    with world():
        keys = opens(stage, "olga", "Empty circle")
    assert len(keys) == 2
    found = differing(
        stage, observer, keys, lambda: opens(stage, "olga", "Empty circle"), lambda: opens(stage, "olga", "No circle")
    )
    bytes_and_mail = [one for one in found if one.level != "rows"]
    assert not bytes_and_mail, told(bytes_and_mail)
