"""Those of the observers who are nobody else's almost entitled person."""

from typing import Any

from casetracker.access.models import Compartment, Dialogue, GrantState, User
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests.people import Cast, grant


def person_with(
    name: str, dialogue: Dialogue, role: Role, marking: Marking, circles: list[Compartment], **values: Any
) -> User:
    """A new person with one grant. Inside an action."""
    person = User(email=f"{name.split()[-1].lower()}@office.example", name=name)
    person.set_password("correct horse battery")
    save_new(person)
    grant(person, dialogue, role, marking, circles, **values)
    return person


def enlarge(cast: Cast) -> None:
    """uma: would see everything in `cn`, but has no second factor where one is required.
    rolf: the same, but suspended since his password was set anew.
    """
    inside: Any = {"approved_by": cast.anna, "requested_by": cast.adam}
    with acting(Verb.USER_INVITED, process="tests"):
        for key, name, state in (
            ("uma", "Uma Sorel", GrantState.ACTIVE), ("rolf", "Rolf Suarez", GrantState.SUSPENDED),
        ):  # fmt: skip
            cast.people[key] = person_with(
                name, cast.cn, Role.OFFICIAL, Marking.RESTRICTED, [cast.north], state=state, **inside
            )
