"""Review of a list: comments, submitting, returning, and the approval that freezes it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from casetracker.access.act import Doing, check
from casetracker.access.approvals import ask, decide, end_waiting, waiting_for
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import check_move, check_open, entries_of, hold_list
from rounds.consent import MISSING, needed_on, stopped
from rounds.difference import unexplained
from rounds.models import CaseList, ListComment, ListEntry, Round
from rounds.states import EntryState, ListState

# ENTRY_DISPOSED is about the list where an entry of it was given up as not raised; what becomes of an entry that was
# raised is about the entry, and edits no list.
EDITS = (
    Verb.LIST_CREATED,
    Verb.LIST_EDITED,
    Verb.LIST_SUBMITTED,
    Verb.CASES_CARRIED,
    Verb.LIST_LABELLED,
    Verb.ENTRY_DISPOSED,
)
NOT_BY_EDITORS = "A list is approved by somebody who has not worked on it. You have, in this version or one before."
LIST_APPROVE = "list.approve"  # the kind of its approval: approving.py
SUBMITTED = "Submitted for review."
NOBODY_ASKS = "Nobody submitted this list as it stands. Return it, so that it can be submitted again."
CHANGED = "The list, its round, or what is known of a case on it, changed since you opened it. Look at it as it is now."


class NotReady(WrongState):
    """Something is missing before a list can be reviewed or approved: one plain sentence each in `missing`."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


def comment(*, case_list: CaseList, by: User, text: str, entry: ListEntry | None = None) -> ListComment:
    """Says something about a list, or one entry of it. The list keeps its version. Raises Denied, WrongState."""
    check(by, Doing.COMMENT_LIST, case_list.label())
    check_open(case_list)
    if not text.strip():
        raise WrongState("Write what you want to say.")
    with acting(Verb.LIST_COMMENTED, by=by, about=case_list) as act:
        hold_list(case_list, by, Doing.COMMENT_LIST)
        check_open(case_list)
        if entry is not None and entry.pk not in {one.pk for one in entries_of(case_list, by)}:
            raise WrongState("This is no longer on the list.")
        made = ListComment(case_list=case_list, entry=entry, by=by, text=text.strip())
        save_new(made)
        act.detail = {"entry": entry is not None}
    return made


def settle_comment(*, comment: ListComment, by: User, settled: bool = True) -> bool:
    """Marks a comment as settled, or as open again. True when that changed it. Raises Denied, WrongState."""
    case_list = comment.case_list
    check(by, Doing.COMMENT_LIST, case_list.label())
    check_open(case_list)
    with acting(Verb.LIST_COMMENTED, by=by, about=case_list, detail={"settled": settled}):
        hold_list(case_list, by, Doing.COMMENT_LIST)
        check_open(case_list)
        now = ListComment.objects.visible_to(by).filter(pk=comment.pk).select_related("case_list").first()
        if now is None:
            raise WrongState("This was taken off the list.")
        return save_over(now, seen=now.version, changes={"settled": settled})


def missing(entries: list[ListEntry], dropped: list[ListEntry], on: date | None = None) -> list[str]:
    """What is still missing before review and approval, one sentence each. `entries` are those of the list, with
    their cases; `dropped` those of the previous list that are missing without a reason;
    `on` the day on which consent must hold (default: today).
    """
    included = [entry for entry in entries if entry.state == EntryState.INCLUDED]
    proposed = [entry for entry in entries if entry.state == EntryState.PROPOSED]
    mute = [entry for entry in included if not entry.ask.strip()]
    said = [
        ("No case is included yet.", [] if included else [""]),
        ("Only proposed; include or hold back: {}.", [entry.case.reference for entry in proposed]),
        ("Nothing is asked yet for {}.", [entry.case.reference for entry in mute]),
        (MISSING, [entry.case.reference for entry in stopped(included, on or timezone.localdate())]),
        (
            "On the list before, and here neither included nor held back with a reason: {}.",
            [entry.case.reference for entry in dropped],
        ),
    ]
    return [sentence.format(", ".join(references)) for sentence, references in said if references]


def check_ready(case_list: CaseList, by: User) -> None:
    """Raises NotReady while something is missing."""
    on = needed_on(Round.objects.visible_to(by).get(pk=case_list.round_id))
    if lacking := missing(entries_of(case_list, by), unexplained(case_list, by), on):
        raise NotReady(lacking)


def submit_list(*, case_list: CaseList, by: User, seen: int) -> None:
    """A draft goes into review. Raises Denied, WrongState (NotReady: what is missing), Conflict."""
    check(by, Doing.PREPARE_LIST, case_list.label())
    check_move(case_list, ListState.IN_REVIEW)
    with acting(Verb.LIST_SUBMITTED, by=by, about=case_list):
        hold_list(case_list, by)
        check_move(case_list, ListState.IN_REVIEW)
        check_ready(case_list, by)
        save_over(case_list, seen=seen, changes={"state": ListState.IN_REVIEW, "state_reason": ""})
        ask(kind=LIST_APPROVE, target=case_list, by=by, parameters={}, reason=SUBMITTED)


def return_list(*, case_list: CaseList, by: User, seen: int, reason: str) -> None:
    """A list in review becomes a draft again, with what is to be done. Raises Denied, WrongState, Conflict."""
    check(by, Doing.APPROVE_LIST, case_list.label())
    check_move(case_list, ListState.DRAFT)
    if not reason.strip():
        raise WrongState("Say what is to be changed.")
    with acting(Verb.LIST_RETURNED, by=by, about=case_list, reason=reason):
        hold_list(case_list, by, Doing.APPROVE_LIST)
        check_move(case_list, ListState.DRAFT)
        save_over(case_list, seen=seen, changes={"state": ListState.DRAFT, "state_reason": reason.strip()})
        end_waiting(case_list, LIST_APPROVE, reason=reason, refused=True)


def has_edited(case_list: CaseList, by: User, siblings: list[CaseList] | None = None) -> bool:
    """Whether `by` worked on this list or on a version before it. `siblings` are the lists of its round that `by` sees
    (fetched when not given): one query, or two.
    """
    if siblings is None:
        siblings = list(CaseList.objects.visible_to(by).filter(round=case_list.round_id))
    before = {one.pk: one for one in siblings}
    keys: list[UUID] = []
    key: Any = case_list.pk
    while key is not None:
        keys.append(key)
        if before[key].prepared_by_id == by.pk:
            return True
        key = before[key].supersedes_id
    return TrailEntry.objects.filter(object_id__in=keys, actor=by, verb__in=EDITS).exists()


def approve_list(*, case_list: CaseList, by: User, seen: int, digest: str) -> None:
    """Approves and freezes what `by` looked at: `digest` is that of the sheet they saw, `seen` the list's version.

    What is checked and kept: approving.py. Raises Denied (who worked on it), WrongState, Conflict.
    """
    check(by, Doing.APPROVE_LIST, case_list.label())
    check_move(case_list, ListState.APPROVED)
    if case_list.version != seen:
        raise Conflict(case_list)
    asked = waiting_for(case_list, LIST_APPROVE)
    if asked is None:
        raise WrongState(NOBODY_ASKS)
    given = {"seen": seen, "digest": digest}
    decide(approval=asked, by=by, seen=asked.version, yes=True, given=given, target=case_list)
