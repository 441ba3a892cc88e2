"""A list is approved by two: who submits it asks, an approver who has not worked on it decides (access/approvals.py).

It waits without an end, and the list may be worked on meanwhile: what counts is the sheet the approver looked at. Its
digest comes with the decision (docs/decisions/0009-two-persons.md).
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.urls import reverse

from casetracker.access.act import Doing, check, may
from casetracker.access.approvals import Kind
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Approval, User
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import check_move, hold_list
from rounds.actions.review import CHANGED, EDITS, LIST_APPROVE, NOT_BY_EDITORS, check_ready, has_edited
from rounds.models import CaseList, Round
from rounds.snapshot import digest as digest_of
from rounds.snapshot import heading, pairs
from rounds.states import ListState


def check_ask(user: User, target: CaseList, parameters: dict[str, Any]) -> None:
    """Somebody who prepares lists here. Raises Denied."""
    check(user, Doing.PREPARE_LIST, target.label())


def check_decide(user: User, target: CaseList, parameters: dict[str, Any]) -> None:
    """An approver who has not worked on it. Raises Denied."""
    check(user, Doing.APPROVE_LIST, target.label())
    if has_edited(target, user):
        raise Denied(NOT_BY_EDITORS)


def could_decide(user: User, targets: list[CaseList]) -> set[UUID]:
    """Of these lists, those `user` approves and has not worked on, nor on a version before. Two queries."""
    open_to = [one for one in targets if may(user, Doing.APPROVE_LIST, one.label())]
    siblings: dict[UUID, CaseList] = {}
    if open_to:
        rounds = {one.round_id for one in open_to}
        siblings = {one.pk: one for one in CaseList.objects.visible_to(user).filter(round__in=rounds)}
    versions: dict[UUID, list[UUID]] = defaultdict(list)
    for one in open_to:
        key: UUID | None = one.pk
        while key is not None and key in siblings:
            versions[one.pk].append(key)
            key = siblings[key].supersedes_id
    keys = [key for many in versions.values() for key in many]
    edits = TrailEntry.objects.filter(object_id__in=keys, actor=user, verb__in=EDITS)
    worked = set(edits.values_list("object_id", flat=True)) if keys else set()
    worked |= {key for key in keys if siblings[key].prepared_by_id == user.pk}
    return {one for one, many in versions.items() if not worked & set(many)}


def hold(target: CaseList, by: User) -> None:
    """The locks of the round, then of the list; the list as it is now. Raises Denied, WrongState."""
    # The weaker lock: others may still refer to the round, only changing its facts waits.
    rounds = Round.objects.visible_to(by).select_related("dialogue").select_for_update(of=("self",), no_key=True)
    round = rounds.get(pk=target.round_id)
    hold_list(target, by, Doing.APPROVE_LIST)
    target.round = round
    check_move(target, ListState.APPROVED)


def facts(target: CaseList, parameters: dict[str, Any]) -> dict[str, Any]:
    """None that were fixed when it was submitted: see above."""
    return {}


def tell(target: CaseList, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen."""
    return [
        f"The {target} is approved and stays as it is from then on.",
        "Every line keeps what it says now; only an approved list is handed over.",
        "It is approved on its own page, where the sheet stands: what is approved is what you see there.",
    ]


def execute(target: CaseList, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Freezes the sheet that `by` looked at: `seen` and `digest` come with the decision. Raises WrongState, Conflict.

    Every included entry keeps what its line of the sheet says, the list what is said of its round, and the SHA-256 over
    both.
    """
    with acting(Verb.LIST_APPROVED, by=by, about=target) as act:
        seen = parameters.get("seen")
        if target.version != seen:
            raise Conflict(target)
        check_ready(target, by)
        lines, top = pairs(target, by), heading(target)
        sha256 = digest_of(top, [said for _, said in lines])
        if sha256 != parameters.get("digest"):
            raise WrongState(CHANGED)
        for entry, said in lines:
            entry.case_list = target
            save_over(entry, seen=entry.version, changes={"snapshot": said})
        frozen = {"approved_by_id": by.pk, "approved_at": act.at, "sha256": sha256, "heading": top}
        save_over(target, seen=seen, changes={"state": ListState.APPROVED, "state_reason": "", **frozen})
        act.detail = {"entries": len(lines), "sha256": sha256}


def address(target: CaseList) -> str:
    """The page of the list."""
    return reverse("rounds:list", args=[target.pk])


KIND = Kind(
    code=LIST_APPROVE,
    words="approve a list",
    model="rounds.CaseList",
    check_ask=check_ask,
    check_decide=check_decide,
    facts=facts,
    tell=tell,
    execute=execute,
    address=address,
    expires=False,
    hold=hold,
    choose=could_decide,
    related=("round__dialogue",),
    there=True,
    decides=Doing.APPROVE_LIST,
)
