"""Programs: what an observer asks, one after another, between acts of hidden actors; run with those acts, and without.

Hidden actors act on what only they see: the first act writes it (the beginning of the secret, tests/access/hidden.py),
the others work on it. Each must succeed. Time goes on by a minute with every request of the observer; a hidden act
happens half a minute behind the one before it.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from casetracker.access.roles import Marking
from tests.access.compare import Difference, differences
from tests.access.deeds import Actor, hidden_fields
from tests.access.hidden import _approved
from tests.access.probes import Probe
from tests.access.rich import link, rich_case
from tests.access.stage import Stage
from tests.access.twin import NOON, Answer, answer, letters, signed_in, world

ACTORS = ("hugo", "anna")
FIRST_NAMES = ("Yeshe", "Pema", "Lobsang", "Kunga", "Sonam", "Rinzin", "Jampa", "Thubten", "Norbu", "Choying")
HALF = timedelta(seconds=30)
LED = re.compile(rb"^Location: (/\S*)", re.MULTILINE)


class Step(NamedTuple):
    """A request of the observer. Of those that are `filled`, the form is sent over what the page at its address puts
    into it; where `follows`, the address is the one that the last answer led to.
    """

    probe: Probe
    filled: bool = False
    follows: bool = False


class Deed(NamedTuple):
    """An act of a hidden actor."""

    name: str


class Late(Actor):
    """The same person at their browser, today, at the time the program has reached."""

    def __init__(self, dice: Any, who: Any, client: Client) -> None:
        self.dice, self.who, self.client, self.steps, self.now = dice, who, client, 0, NOON

    def _step(self, what: str) -> Any:
        self.steps += 1
        self.dice.throw(f"late {self.who.email} {self.steps} {what}")
        return time_machine.travel(self.now, tick=False)


class Hidden(NamedTuple):
    """Whoever acts unseen, and on what."""

    stage: Stage
    hugo: Late
    anna: Late

    @property
    def ids(self) -> dict[str, str]:
        return self.stage.aims["linked"].hidden

    @property
    def case(self) -> str:
        return f"/cases/{self.ids['case']}"

    @property
    def label(self) -> str:
        return f"{self.stage.cast.cn.pk}/2/{self.stage.cast.north.pk}"


def write_secret(hidden: Hidden) -> None:
    """One of everything in the circle, with the keys at which the probes aim."""
    stage, cast = hidden.stage, hidden.stage.cast
    seen = stage.aims["linked"].visible
    stage.dice.throw("linked")
    with time_machine.travel(NOON - timedelta(days=2), tick=False):
        ids = rich_case(cast, cast.hugo, "Dolma Hidden", marking=Marking.RESTRICTED, compartment=cast.north)
        ids["caselink"] = link(cast.hugo, ids["case_pk"], seen["case_pk"])
        _approved(cast, cast.hugo, cast.anna, ids, seen["round"])
    assert ids == hidden.ids


def _log(hidden: Hidden, number: int) -> None:
    """Another case, tied to a visible one."""
    name = f"{FIRST_NAMES[number % len(FIRST_NAMES)]} Quillon"
    made = hidden.hugo.sends("/cases/new/", 302, label=hidden.label, name=name, sex="f", source_kind="family")
    visible = hidden.stage.aims["linked"].visible["case"]
    hidden.hugo.sends(f"{made}links/add/", kind="family", reference=visible)


def _name(hidden: Hidden, number: int) -> None:
    hidden.hugo.sends(
        f"{hidden.case}/names/add/", text=f"Dolma Alias {number}", system="latin", kind="alias", position="4"
    )


def _happened(hidden: Hidden, number: int) -> None:
    hidden.hugo.sends(f"{hidden.case}/timeline/add/", kind="transferred", when=str(2015 + number), certainty="likely")


def _due(hidden: Hidden, number: int) -> None:
    what = {"what": f"Ask {number}", "due": "2030-01-06", "owner": str(hidden.hugo.who.pk)}
    hidden.hugo.sends(f"{hidden.case}/follow-ups/add/", **what)


def _group(hidden: Hidden, number: int) -> None:
    hidden.hugo.sends(f"{hidden.case}/groups/add/", title=f"Of one trial {number}", kind="trial", marking="2")


def _file(hidden: Hidden, number: int) -> None:
    paper = SimpleUploadedFile("x.txt", b"paper")
    hidden.hugo.sends(f"{hidden.case}/attachments/add/", title="Court notice", marking="2", file=paper)


def _texts(hidden: Hidden, number: int) -> None:
    hidden.hugo.sends(f"{hidden.case}/edit/texts/", summary=f"Taken from home, {number}.")


def _answer(hidden: Hidden, number: int) -> None:
    said = {"on": "10 December 2029", "form": "written", "verbatim": f"他身体健康{number}。"}
    hidden.hugo.sends("/responses/new/", 302, label=hidden.label, **said)


def _comment(hidden: Hidden, number: int) -> None:
    hidden.anna.posts(f"/lists/{hidden.ids['caselist']}/comments/", text=f"Is the year right, {number}?")


def _look_up(hidden: Hidden, number: int) -> None:
    """Every page at which something could be kept for the next who comes."""
    for actor in (hidden.hugo, hidden.anna):
        for path in ("/", "/cases/", f"{hidden.case}/", f"{hidden.case}/history/", "/work/", "/rounds/", "/lists/"):
            actor.reads(path)
    hidden.hugo.posts("/find/", 200, q="Dolma")


DEEDS: dict[str, Callable[[Hidden, int], None]] = {
    "logs a case": _log, "adds a name": _name, "adds an event": _happened, "notes what is due": _due,
    "makes a group": _group, "adds a file": _file, "edits texts": _texts, "records an answer": _answer,
    "comments on a list": _comment, "looks things up": _look_up,
}  # fmt: skip


class Doors:
    """People who signed in before any world divides: that somebody comes to work is no secret."""

    def __init__(self, stage: Stage, *observers: str) -> None:
        self.stage = stage
        people = {who: stage.cast.people[who] for who in (*ACTORS, *observers)}
        self.cookies = {who: signed_in(stage.dice, person).cookies for who, person in people.items()}

    def browser(self, who: str) -> Client:
        """A fresh browser with the session of `who`."""
        made = Client(raise_request_exception=False)
        made.cookies.load(self.cookies[who].output(attrs=[], header="", sep=";"))
        return made


def run(doors: Doors, observer: str, program: list[Step | Deed], *, hide: bool) -> list[tuple[Probe, Answer]]:
    """What the observer asked and got; with `hide` the hidden actors do not act."""
    stage = doors.stage
    got: list[tuple[Probe, Answer]] = []
    with world():
        client = doors.browser(observer)
        hidden = Hidden(stage, *(Late(stage.dice, stage.cast.people[who], doors.browser(who)) for who in ACTORS))
        if not hide:
            write_secret(hidden)
        now = NOON
        for number, one in enumerate(program):
            if isinstance(one, Step):
                now += 2 * HALF
                with time_machine.travel(now, tick=False):
                    _ask(doors, client, one, got, stage.cast.people[observer])
            elif not hide:
                hidden.hugo.now = hidden.anna.now = now + HALF
                DEEDS[one.name](hidden, number)
    return got


def _ask(doors: Doors, client: Client, step: Step, got: list[tuple[Probe, Answer]], who: Any) -> None:
    """One step of the observer, with dice of its own for every request."""
    probe = Probe("GET", _led_to(got)) if step.follows else step.probe
    if step.filled:
        _get(doors, client, Probe("GET", probe.path), got, who)
        probe = probe._replace(data={**(probe.data or {}), **hidden_fields(got[-1][1].body.decode(errors="replace"))})
    _get(doors, client, probe, got, who)


def _get(doors: Doors, client: Client, probe: Probe, got: list[tuple[Probe, Answer]], who: Any) -> None:
    doors.stage.dice.throw(f"request {len(got)}")
    got.append((probe, answer(client, probe)._replace(mail=letters(who))))


def _led_to(got: list[tuple[Probe, Answer]]) -> str:
    """Where the last redirect led."""
    led = (LED.search(told.body.partition(b"\n\n")[0]) for _, told in reversed(got))
    return next((found[1].decode() for found in led if found), "/")


def compared(doors: Doors, observer: str, program: list[Step | Deed]) -> tuple[int, list[Difference]]:
    """How many requests the observer made, and what in the answers tells of the hidden acts."""
    without, with_it = (run(doors, observer, program, hide=hide) for hide in (True, False))
    probes = [probe for probe, _ in without]
    return len(probes), list(differences(probes, [told for _, told in without], [told for _, told in with_it]))
