"""Two more things that wait for a second person on the invented desk: a merge, and the reading of a sealed source."""

from itertools import pairwise

from cases.actions.unsealing import ask_unseal
from cases.models import Case, SourceIdentity
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.desk.demo.files import World
from rounds.actions.merge import ask_merge

_SAME = "Same village, same year of birth; the second name is how the first is written in Chinese."
_NEEDED = "The lawyer asks whether the witness can be reached again before the round."
_LOOKED_AT = 60


def write_two_persons(world: World) -> None:
    """Asked for by the actions themselves, with the rights that people have today."""
    by = world.staff["official"]
    _merge(by)
    for identity in SourceIdentity.objects.visible_to(by).order_by("pk")[:1]:
        ask_unseal(identity=identity, by=by, reason=_NEEDED)


def _merge(by: User) -> None:
    """The first two neighbours in the alphabet that can be merged."""
    rows = Case.objects.visible_to(by).filter(marking=Marking.NORMAL, compartment=None, state="active")
    for case, other in pairwise(rows.order_by("sort_key", "pk")[:_LOOKED_AT]):
        try:
            ask_merge(case=case, other=other, by=by, seen=(case.version, other.version), reason=_SAME)
        except (Denied, WrongState):
            continue
        return
