"""Times when a dialogue was suspended."""

from typing import Any

from casetracker.access.act import Doing, check
from casetracker.access.models import Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.models import Suspension


def add_suspension(*, by: User, dialogue: Dialogue, values: dict[str, Any], reason: str = "") -> Suspension:
    """Records a suspension of `dialogue`. Raises Denied."""
    check(by, Doing.EDIT_ROUND, Label(dialogue.pk, Marking.NORMAL))
    made = Suspension(dialogue=dialogue, **values)
    with acting(Verb.SUSPENSION_ADDED, by=by, reason=reason) as act:
        save_new(made)
        act.about = made
    return made


def edit_suspension(*, suspension: Suspension, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes a suspension. True when something changed. Raises Denied, Conflict."""
    check(by, Doing.EDIT_ROUND, suspension.label())
    fields = {"fields": sorted(changes)}
    with acting(Verb.SUSPENSION_EDITED, by=by, about=suspension, reason=reason, detail=fields):
        return save_over(suspension, seen=seen, changes=changes)
