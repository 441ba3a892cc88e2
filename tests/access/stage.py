"""The stage all worlds share, and who looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from django.db import connection
from django.test import override_settings

from casetracker.access.models import User
from tests.access.cast_more import enlarge
from tests.access.deeds import BEGINNING
from tests.access.hidden import apart, linked
from tests.access.probes import Probe, World
from tests.access.rich import common, link, missing, rich_case
from tests.access.twin import NOON, Answer, Dice, all_probes, ask, loaded_dice, world
from tests.people import Cast, assemble

# key in the cast → why this person is looked through
OBSERVERS: dict[str | None, str] = {
    None: "anonymous",
    "olga": "official, normal marking",
    "rita": "reviewer",
    "nils": "official, all markings, not in the circle: almost entitled",
    "bert": "approver, not in the circle",
    "lars": "official of another dialogue",
    "nora": "her grant ended yesterday",
    "quin": "his grant is only requested",
    "sven": "his grant was revoked",
    "zoe": "no grant at all",
    "rolf": "in the circle, suspended since his password was set anew",
    "uma": "in the circle, but a second factor is required and she has none",
    "adam": "access admin",
    "otto": "auditor",
}
# On PostgreSQL the almost entitled, the one from outside and the auditor: the rule is the same Q on both engines, and
# what an engine could add (errors, orders, locks) shows with them.
OBSERVERS_HERE = list(OBSERVERS) if connection.vendor == "sqlite" else [None, "nils", "otto"]
# Those who come nearest to what is hidden, official and approver, and strangers (who cost nothing) ask everything. The
# others ask each kind of request once (`_kind`): they differ from these in rights, not in what there is to ask. So does
# everybody who looks for the other dialogue, which nothing visible is tied to.
ASK_EVERYTHING = (None, "nils", "bert")
# HEAD and OPTIONS come from the same views by the same road: of these, one of each kind, by those two.
ASK_BY_EVERY_METHOD = (None, "nils")
SECRETS = {"linked": linked, "apart": apart}
# Through whom the other dialogue is looked for: the rule knows these kinds of people apart, and no more. Offices are
# not among them: they administer or audit dialogues, people and grants, and read all of another that is no content.
LOOK_APART = (None, "nils", "lars", "zoe")


@dataclass
class Stage:
    """What is there before anything hidden happens; `aims` per secret (with its ids as the hidden ones)."""

    cast: Cast
    dice: Dice
    aims: dict[str, World] = field(default_factory=dict)
    known: dict[tuple[str | None, str], dict[str, list[Probe]]] = field(default_factory=dict)

    def person(self, observer: str | None) -> Any:
        return self.cast.people[observer] if observer else None

    @contextmanager
    def with_secret(self, *names: str) -> Iterator[None]:
        """A world in which the hidden acts have happened."""
        with world():
            for name in names:
                assert SECRETS[name](self.cast, self.dice, self.aims[name]) == self.aims[name].hidden
            yield

    def probes(self, observer: str | None, secret: str) -> dict[str, list[Probe]]:
        """The requests of this observer, by URL name; of `apart` those only that the other secret does not have."""
        if (observer, secret) not in self.known:
            self.known[observer, secret] = self._probes(observer, secret)
        return self.known[observer, secret]

    def _probes(self, observer: str | None, secret: str) -> dict[str, list[Probe]]:
        aims = self.aims[secret]
        full = secret == "linked" and observer in ASK_EVERYTHING
        found = {name: _of(observer, some, aims, full) for name, some in sorted(all_probes(aims).items())}
        if secret == "linked":
            return found
        others = all_probes(self.aims["linked"])
        known = {name: {str(other) for other in some} for name, some in others.items()}
        return {
            name: [one for one in some if one.method in ("GET", "POST") and str(one) not in known.get(name, ())]
            for name, some in found.items()
        }

    def ask(self, observer: str | None, name: str, some: list[Probe]) -> list[Answer]:
        """What this observer gets."""
        with seen_by(observer):
            return ask(self.dice, self.person(observer), name, some)


def seen_by(observer: str | None) -> Any:
    """The settings under which this observer looks."""
    return override_settings(SECOND_FACTOR="required" if observer == "uma" else "off")


def _of(observer: str | None, some: list[Probe], aims: World, full: bool) -> list[Probe]:
    """What this observer asks of it all."""
    once: dict[Any, Probe] = {}
    asked = []
    for probe in some:
        by_method = probe.method in ("HEAD", "OPTIONS")
        if by_method and observer not in ASK_BY_EVERY_METHOD:
            continue
        kind = _kind(probe, aims)
        if once.setdefault(kind, probe) is probe or (full and not by_method):
            asked.append(probe)
    return asked


def _kind(probe: Probe, aims: World) -> tuple[Any, ...]:
    """Requests of one URL name are of one kind when they are about things of the same side of the border. What is in no
    world is on no side: those who ask everything aim at it.
    """
    text = f"{probe.path} {probe.data}"
    sides = tuple(any(key in text for key in ids.values()) for ids in (aims.visible, aims.hidden))
    return probe.method, "?" in probe.path, sides


def came_to_work(cast: Cast) -> None:
    """That the hidden actors sign in on that day is no secret: their row says so in every world."""
    keys = [cast.hugo.pk, cast.anna.pk]
    User.objects.filter(pk__in=keys).update(last_login=BEGINNING + timedelta(minutes=1))


@contextmanager
def staged() -> Iterator[Stage]:
    """Writes the stage; learns what the hidden acts would make, and undoes them."""
    with loaded_dice() as dice, time_machine.travel(NOON - timedelta(days=3), tick=False):
        dice.throw("base")
        made = Stage(assemble(), dice)
        enlarge(made.cast)
        came_to_work(made.cast)
        visible = common(made.cast) | rich_case(made.cast, made.cast.olga, "Dolma Invented")
        visible["caselink"] = link(made.cast.hugo, visible["case_pk"], visible["other_pk"])
        for name, hide in SECRETS.items():
            aims = made.aims[name] = World(visible=visible)
            with world():
                aims.hidden = hide(made.cast, dice, aims)
            dice.throw(f"missing {name}")
            aims.missing = missing(aims.hidden)
        yield made
