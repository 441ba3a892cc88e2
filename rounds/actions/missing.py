"""What is done about names of the previous list that are missing on this one: held back with a reason, or put back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from cases.models import Case
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import add_cases, check_editing, held_for_more, put_on
from rounds.looking_back import look_back
from rounds.models import CaseList, ListEntry
from rounds.states import EntryState

FROM_BEFORE = "on the previous list"


def hold_back_missing(*, case_list: CaseList, by: User, cases: Sequence[Case], reasons: Mapping[UUID, str]) -> int:
    """Puts cases on the list as held back, each with its reason and the entry before; how many (those on the list
    already stay as they are).

    Raises Denied, WrongState (not worked on any more, a reason is missing, marked higher than the list).
    """
    check_editing(case_list, by)
    if any(not reasons.get(case.pk, "").strip() for case in cases):
        raise WrongState("Say for every case why it is held back.")
    before = _before(case_list, by, cases)
    with transaction.atomic():
        wanted = held_for_more(case_list, by, cases)
        if not wanted:
            return 0
        with acting(Verb.LIST_EDITED, by=by, about=case_list) as act:
            made = put_on(
                case_list,
                by,
                wanted,
                act,
                why=dict.fromkeys(before, FROM_BEFORE),
                carried_from=before,
                state=EntryState.HELD_BACK,
                reasons=reasons,
            )
            references = sorted(entry.case.reference for entry in made)
            act.detail = {"entry": "held_back", "count": len(made), "cases": references}
    return len(made)


def put_back_missing(*, case_list: CaseList, by: User, cases: Sequence[Case]) -> int:
    """Puts cases of the previous list on this one as proposed, with what was asked then; how many.

    Raises Denied, WrongState.
    """
    before = _before(case_list, by, cases)
    why = dict.fromkeys(before, FROM_BEFORE)
    return len(add_cases(case_list=case_list, by=by, cases=cases, why=why, carried_from=before))


def _before(case_list: CaseList, by: User, cases: Sequence[Case]) -> dict[UUID, ListEntry]:
    """Case → its entry before: that it stood on a list is said only with that entry."""
    back = look_back(case_list, by)
    return {case.pk: entry for case in cases if (entry := back.before(case.pk))}
