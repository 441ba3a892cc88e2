"""Giving follow-ups to somebody else, many at once."""

from collections.abc import Mapping, Sequence

from cases.actions.part import edit_part
from cases.models import FollowUp
from casetracker.access.act import Doing, may
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb


def reassign_follow_ups(
    *, follow_ups: Sequence[FollowUp], by: User, owner: User, seen: Mapping[str, int], reason: str
) -> int:
    """Gives all of these to `owner`, all or nothing; how many. `seen`: key of each → the version that was looked at.

    Raises Denied, WrongState (no reason, done already, `owner` could not edit one of the cases), Conflict.
    """
    if not reason.strip():
        raise WrongState("Say why these change hands.")
    detail = {"kind": "followup", "count": len(follow_ups)}
    with acting(Verb.WORK_REASSIGNED, by=by, reason=reason, detail=detail):
        # In the order of cases, so that two who do this at once do not wait for each other in a circle.
        for step in sorted(follow_ups, key=lambda one: (one.case_id, one.pk)):
            if step.done_at:
                raise WrongState("One of these is done already.")
            if not may(owner, Doing.EDIT_CASE, step.case.label()):
                raise WrongState(f"{owner.name} could not edit the case of every follow-up you ticked.")
            edit_part(part=step, by=by, seen=seen[str(step.pk)], changes={"owner_id": owner.pk}, reason=reason)
    return len(follow_ups)
