"""The cast. Everybody in it is invented; deny-tests use the *almost entitled* person.

Two dialogues (`cn` and the invented `nv`), one compartment `north` in `cn`.

| name | is |
|---|---|
| olga | official in cn, normal marking |
| hugo | official in cn, restricted marking, in `north`: sees everything in cn |
| rita | reviewer in cn, normal |
| anna | approver in cn, restricted, in `north` |
| bert | second approver in cn, restricted, not in `north` |
| nils | official in cn, restricted marking, not in `north` (almost entitled to what is in `north`) |
| lars | official in nv, restricted (almost entitled: the other dialogue) |
| vera | approver in nv |
| nora | official in cn whose grant ended yesterday |
| sven | official in cn whose grant was revoked |
| quin | official in cn whose grant is only requested |
| zoe | nobody: no grant at all |
| adam | access admin |
| otto | auditor |
| dora | was official in cn; deactivated |
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from casetracker.access.approvals import ask
from casetracker.access.models import Compartment, Dialogue, Grant, GrantCompartment, GrantState, User
from casetracker.access.roles import Marking, Office, Role
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb


@dataclass
class Cast:
    cn: Dialogue
    nv: Dialogue
    north: Compartment
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            person: User = self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None
        return person


NAMES = {
    "olga": "Olga Brandt",
    "hugo": "Hugo Lindqvist",
    "rita": "Rita Moreau",
    "anna": "Anna Keller",
    "bert": "Bert Jansen",
    "nils": "Nils Aalto",
    "lars": "Lars Petit",
    "vera": "Vera Novak",
    "nora": "Nora Silva",
    "sven": "Sven Duval",
    "quin": "Quin Marsh",
    "zoe": "Zoe Fontana",
    "adam": "Adam Weiss",
    "otto": "Otto Hahn-Berg",
    "dora": "Dora Lund",
}


def assemble() -> Cast:
    """Writes the cast to the database."""
    with acting(Verb.DIALOGUE_CREATED, process="tests"):
        cn = Dialogue(
            name="EU–China", own_side="European Union", counterpart="China", prefix="CN", pack="cn", since="1995"
        )
        nv = Dialogue(name="EU–Norvania", own_side="European Union", counterpart="Norvania", prefix="NV", pack="nv")
        save_new(cn)
        save_new(nv)
        north = Compartment(dialogue=cn, name="North circle", purpose="Cases known from one mission only.")
        save_new(north)
        cast = Cast(cn, nv, north)
        for key, name in NAMES.items():
            cast.people[key] = _person(key, name)
        anna = grant(cast.anna, cn, Role.APPROVER, Marking.RESTRICTED, [north], by_server_command=True).user
        vera = grant(cast.vera, nv, Role.APPROVER, Marking.RESTRICTED, by_server_command=True).user
        inside: Any = {"approved_by": anna, "requested_by": cast.adam}
        grant(cast.bert, cn, Role.APPROVER, Marking.RESTRICTED, **inside)
        grant(cast.olga, cn, Role.OFFICIAL, Marking.NORMAL, **inside)
        grant(cast.hugo, cn, Role.OFFICIAL, Marking.RESTRICTED, [north], **inside)
        grant(cast.nils, cn, Role.OFFICIAL, Marking.RESTRICTED, **inside)
        grant(cast.rita, cn, Role.REVIEWER, Marking.NORMAL, **inside)
        grant(cast.lars, nv, Role.OFFICIAL, Marking.RESTRICTED, approved_by=vera, requested_by=cast.adam)
        grant(cast.nora, cn, Role.OFFICIAL, Marking.RESTRICTED, [north], days=(-90, -1), **inside)
        grant(cast.sven, cn, Role.OFFICIAL, Marking.RESTRICTED, state=GrantState.REVOKED, **inside)
        asked = grant(
            cast.quin, cn, Role.OFFICIAL, Marking.RESTRICTED, state=GrantState.REQUESTED, requested_by=cast.adam
        )
        ask(kind="grant.approve", target=asked, by=cast.adam, parameters={}, reason=asked.reason)
        grant(cast.dora, cn, Role.OFFICIAL, Marking.RESTRICTED, **inside)
    return cast


def _person(key: str, name: str) -> User:
    office = {"adam": Office.ADMIN, "otto": Office.AUDITOR}.get(key, Office.NONE)
    person = User(email=f"{key}@office.example", name=name, office=office, is_active=key != "dora")
    person.set_password("correct horse battery")
    save_new(person)
    return person


def grant(
    user: User,
    dialogue: Dialogue,
    role: Role,
    marking: Marking,
    compartments: list[Compartment] | None = None,
    *,
    days: tuple[int, int] = (-30, 90),
    state: GrantState = GrantState.ACTIVE,
    **values: object,
) -> Grant:
    """A grant written directly (inside an action), from `days[0]` to `days[1]` days from now."""
    now = timezone.now()
    made = Grant(
        user=user,
        dialogue=dialogue,
        role=role,
        marking=marking,
        state=state,
        valid_from=now + timedelta(days=days[0]),
        valid_to=now + timedelta(days=days[1]),
        reason="Works on this dialogue.",
        **values,
    )
    save_new(made)
    for compartment in compartments or []:
        GrantCompartment.objects.create(grant=made, compartment=compartment)
    return made
