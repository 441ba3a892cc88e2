"""Assessing an answer: how it stands to what else is known."""

from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.coding import hold_item
from rounds.codes import Assessment
from rounds.models import ResponseItem
from rounds.states import ItemState


def assess_item(*, item: ResponseItem, by: User, seen: int, assessment: str, note: str = "") -> None:
    """Says whether a confirmed (or disputed) answer agrees with other sources. Raises Denied, WrongState, Conflict."""
    check(by, Doing.ASSESS_ANSWER, item.label())
    if assessment not in Assessment.values:
        raise WrongState("Choose how the answer stands to what else is known.")
    with acting(Verb.ITEM_ASSESSED, by=by, about=item, detail={"assessment": assessment}):
        hold_item(item, by, seen, Doing.ASSESS_ANSWER, ItemState.ASSESSED)
        changes = {"state": ItemState.ASSESSED.value, "assessment": assessment, "assessment_note": note.strip()}
        save_over(item, seen=seen, changes=changes)
