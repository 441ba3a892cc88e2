"""Emergency openings of the invented desk: one reviewed, one that waits for a review."""

from datetime import datetime, time, timedelta

from casetracker.access.models import BreakGlass, Verdict
from casetracker.access.models.break_glass import LASTS
from casetracker.access.roles import Marking
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.files import File, World

_LATE = time(18, 12)
_VISIT = "The lawyer asked tonight which of two namesakes is meant; the colleagues who know could not be reached."
_FOUND = "Two files read, both of the namesakes; Henrik was in the air. Justified."
_SPOKESMAN = "The spokesperson had to know within the hour whether a statement would touch a file under way."


def write_emergencies(world: World, files: list[File]) -> None:
    """Three weeks ago, reviewed the next day; and yesterday, in the hands of the approvers."""
    reviewed = _opening(world, files, "official", _VISIT, ago=21)
    act = world.book.act(
        Verb.EMERGENCY_REVIEWED, world.staff["approver"], reviewed.ends_at + timedelta(hours=20), about=reviewed,
        detail={"verdict": Verdict.JUSTIFIED},
    )  # fmt: skip
    world.book.change(
        reviewed, act, verdict=Verdict.JUSTIFIED, words=_FOUND, reviewed_by=world.staff["approver"], reviewed_at=act.at
    )
    _opening(world, files, "seconded", _SPOKESMAN, ago=1)


def _opening(world: World, files: list[File], key: str, reason: str, *, ago: int) -> BreakGlass:
    """Opened by one member, so many days ago; two restricted files read under it; ended after forty minutes."""
    user = world.staff[key]
    at = datetime.combine(world.today - timedelta(days=ago), _LATE, world.staff.zone)
    made = BreakGlass(
        user=user, dialogue=world.dialogues["CN"], marking=Marking.RESTRICTED, reason=reason,
        opened_at=at, ends_at=at + LASTS,
    )  # fmt: skip
    world.book.add(made, world.book.act(Verb.EMERGENCY_OPENED, user, at, about=made, reason=reason))
    restricted = [one.case for one in files if _shown(one, world)]
    for number, case in enumerate(restricted[:2], start=1):
        later = at + timedelta(minutes=9 * number)
        world.book.acts.append(Act(Verb.CASE_READ, user, "", "", case, {"emergency": [str(made.pk)]}, at=later))
    act = world.book.act(Verb.EMERGENCY_ENDED, user, at + timedelta(minutes=40), about=made)
    world.book.change(made, act, ended_at=act.at, ended_by=user)
    return made


def _shown(file: File, world: World) -> bool:
    """Restricted, in no circle, and older than either opening."""
    long_ago = file.logged < world.today - timedelta(days=30)
    return bool(
        long_ago and file.case.dialogue_id == world.dialogues["CN"].pk
        and file.case.marking == Marking.RESTRICTED and file.case.compartment_id is None
    )  # fmt: skip
