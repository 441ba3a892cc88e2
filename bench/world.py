"""What all generated cases lie in: two dialogues, a circle, colleagues with grants, vocabulary, forty rounds."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from cases.actions.vocabulary import load_pack
from cases.models import Facility, Place, Statute, Theme
from casetracker.access.models import Compartment, Dialogue, Grant, GrantCompartment, GrantState, User
from casetracker.access.roles import Marking, Office, Role
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.models import Partner, Round
from rounds.states import RoundState

PROCESS = "bench"
ROUNDS = 40
FIRST_ROUND = date(2005, 6, 1)
# The viewer through whose eyes the pages are measured: an official with the widest reach in the first dialogue.
VIEWER = "viewer@bench.example"
PEOPLE = {
    VIEWER: (Role.OFFICIAL, Marking.RESTRICTED, True),
    "second@bench.example": (Role.OFFICIAL, Marking.RESTRICTED, False),
    "third@bench.example": (Role.OFFICIAL, Marking.NORMAL, False),
    "reviewer@bench.example": (Role.REVIEWER, Marking.NORMAL, False),
    "approver@bench.example": (Role.APPROVER, Marking.RESTRICTED, True),
}


@dataclass
class World:
    """Everything the cases point to. `own` is the measured dialogue, `other` one the viewer has no grant in."""

    own: Dialogue
    other: Dialogue
    circle: Compartment
    users: dict[str, User] = field(default_factory=dict)
    themes: list[Theme] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    facilities: list[Facility] = field(default_factory=list)
    statutes: list[Statute] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)

    @property
    def officials(self) -> list[User]:
        """Those who log and edit."""
        return [self.users[email] for email, (role, *_) in PEOPLE.items() if role == Role.OFFICIAL]

    @property
    def approver(self) -> User:
        """Who approves lists and confirms codings."""
        return self.users["approver@bench.example"]


def make_world() -> World:
    """Writes the world to an empty database."""
    for pack in ("general", "cn"):
        load_pack(Path(settings.BASE_DIR) / "fixtures" / f"{pack}.toml", process=PROCESS)
    with acting(Verb.DIALOGUE_CREATED, process=PROCESS):
        own = Dialogue(name="Bench", own_side="Own side", counterpart="Counterpart", prefix="CN", pack="cn")
        other = Dialogue(name="Other", own_side="Own side", counterpart="Another", prefix="NV", pack="cn")
        save_new(own)
        save_new(other)
        circle = Compartment(dialogue=own, name="Circle", purpose="Measured, too.")
        save_new(circle)
        world = World(own, other, circle)
        _people(world)
        _rounds(world)
        for name in ("Norland", "Vestmark"):
            world.partners.append(Partner(name=name))
            save_new(world.partners[-1])
    shared: Any = {"dialogue__isnull": True, "pack": "cn"}
    world.themes = list(Theme.objects.filter(dialogue__isnull=True))
    world.places = list(Place.objects.filter(**shared))
    world.facilities = list(Facility.objects.filter(**shared).select_related("place"))
    world.statutes = list(Statute.objects.filter(**shared))
    return world


def _people(world: World) -> None:
    admin = User(email="admin@bench.example", name="Admin of the bench", office=Office.ADMIN)
    save_new(admin)
    for email in PEOPLE:
        world.users[email] = User(email=email, name=email.split("@")[0].title())
        save_new(world.users[email])
    for email, (role, marking, in_circle) in PEOPLE.items():
        first = email == "approver@bench.example"
        made = Grant(
            user=world.users[email],
            dialogue=world.own,
            role=role,
            marking=marking,
            state=GrantState.ACTIVE,
            valid_from=timezone.now() - timedelta(days=30),
            valid_to=timezone.now() + timedelta(days=150),
            reason="Measured.",
            requested_by=None if first else admin,
            approved_by=None if first else world.approver,
            by_server_command=first,
        )
        save_new(made)
        if in_circle:
            GrantCompartment.objects.create(grant=made, compartment=world.circle)


def _rounds(world: World) -> None:
    """Forty that are closed, half a year apart, and the next one."""
    for number in range(1, ROUNDS + 2):
        planned = number > ROUNDS
        starts = FIRST_ROUND + timedelta(days=182 * number)
        made = Round(
            dialogue=world.own,
            ordinal=number,
            state=RoundState.PLANNED if planned else RoundState.CLOSED,
            starts=starts,
            ends=starts + timedelta(days=1),
            venue="Brussels" if number % 2 else "Beijing",
        )
        save_new(made)
        world.rounds.append(made)


def moment_of(day: date, minutes: int) -> datetime:
    """A time on a day of the past."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
