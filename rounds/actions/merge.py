"""Two cases are one person: one goes on under its reference, the other becomes a pointer to it.

An official who edits both asks, an approver who sees both decides. Everything that stands on the other case moves to
the one that goes on, whoever sees it; both have one label, so nothing is shown to more people or to fewer. What it
says itself (summary, ask) stays on it, to be read. Entries of lists that were given keep pointing at it, as do their
sheets; its raisings and answers count for the case that goes on.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from cases.codes import Use
from cases.models import Case, UseAssessment
from cases.states import CASE, CaseState
from casetracker.access.act import Doing, check
from casetracker.access.approvals import Kind, ask, waiting_for
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Approval, User
from casetracker.access.net import unguarded
from casetracker.access.see import sees
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import OPEN
from rounds.actions.merging import counts, move_everything
from rounds.figures import refresh_days
from rounds.locks import lock_cases
from rounds.models import CaseList, ListEntry, Raising, Response, ResponseItem
from rounds.states import ListState

CODE = "case.merge"
WHY = "two cases become one: whatever stands on either, whoever sees it"
UNSEEN = "One of them is on another paper that is in work; these two cannot be merged now. Ask an approver."
FILLED = (
    ("sex",), ("birth", "birth_text"), ("origin_id", "origin_text"), ("ethnic_group_id",), ("religion",),
    ("occupation",),
)  # fmt: skip


def ask_merge(*, case: Case, other: Case, by: User, seen: tuple[int, int], reason: str) -> Approval:
    """Asks for `other` to be merged into `case`; `seen`: both versions. Raises Denied, WrongState, Conflict."""
    for one, version in zip((case, other), seen, strict=True):
        if one.version != version:
            raise Conflict(one)
    if not reason.strip():
        raise WrongState("Say why these two cases are one person.")
    return ask(kind=CODE, target=case, by=by, parameters={"other": str(other.pk)}, reason=reason)


def check_ask(user: User, target: Case, parameters: dict[str, Any]) -> None:
    """An official who edits both. Raises Denied, WrongState."""
    other = other_of(target, parameters, user)
    check(user, Doing.EDIT_CASE, target.label())
    check(user, Doing.EDIT_CASE, other.label())
    check_possible(target, other, user)


def check_decide(user: User, target: Case, parameters: dict[str, Any]) -> None:
    """An approver who sees both. Raises Denied, WrongState."""
    other = other_of(target, parameters, user)
    check(user, Doing.APPROVE_MERGE, target.label())
    check(user, Doing.APPROVE_MERGE, other.label())
    check_possible(target, other, user)


def other_of(target: Case, parameters: dict[str, Any], user: User) -> Case:
    """The case that would become a pointer. Raises Denied where `user` does not see both."""
    other = Case.objects.visible_to(user).filter(pk=UUID(parameters["other"])).first()
    if other is None or not sees(user, target.label()):
        raise Denied("Two cases are merged by people who see both.")
    return other


def check_possible(case: Case, other: Case, user: User) -> None:
    """Whether these two can become one now. Raises WrongState."""
    if case.pk == other.pk:
        raise WrongState("These are the same case.")
    for one in (case, other):
        if CaseState.MERGED not in CASE[one.state]:
            raise WrongState(f"{one.reference} was merged into another case already.")
    if case.dialogue_id != other.dialogue_id:
        raise WrongState("Cases of two dialogues are not merged.")
    if case.label() != other.label():
        raise WrongState("These two have different labels. Bring them to one label first, so that nothing opens wider.")
    _check_consent(case, other)
    _check_lists(case, other, user)


def _check_consent(case: Case, other: Case) -> None:
    """Of two assessments of one use one would be lost, perhaps a refusal. Raises WrongState."""
    rows = UseAssessment.objects.unscoped(WHY).filter(case__in=[case, other]).order_by()
    said: dict[str, set[tuple[str, date | None]]] = {}
    for use, outcome, until in rows.values_list("use", "outcome", "consent_until"):
        said.setdefault(use, set()).add((outcome, until))
    if differing := sorted(Use(use).label for use, answers in said.items() if len(answers) > 1):
        uses = ", ".join(differing)
        raise WrongState(
            f"The two are assessed differently: {uses}. Assess both alike first, so that no refusal is lost."
        )


def _check_lists(case: Case, other: Case, user: User) -> None:
    """No list in work has both, and none that waits to be given has the one that goes. Raises WrongState."""
    rows = ListEntry.objects.unscoped(WHY).filter(case=other, case_list__state__in=[*OPEN, ListState.APPROVED])
    entries = list(rows.select_related("case_list__round").order_by("pk"))
    both = set(
        ListEntry.objects.unscoped(WHY)
        .filter(case=case, case_list__in=[entry.case_list_id for entry in entries])
        .values_list("case_list_id", flat=True)
    )
    for entry in entries:
        approved = entry.case_list.state == ListState.APPROVED
        if not (approved or entry.case_list_id in both):
            continue
        if not sees(user, entry.label()):
            raise WrongState(UNSEEN)
        if approved:
            raise WrongState(
                f"{other.reference} is on the {entry.case_list}, which is approved. Record its handover or begin a "
                "new version of it first."
            )
        raise WrongState(f"Both are on the {entry.case_list}. Take one of them off first.")


def facts(target: Case, parameters: dict[str, Any]) -> dict[str, Any]:
    """Both cases and their parts as they are (a changed part changes `changed_at`)."""
    rows = Case.objects.unscoped("both cases must be as they were when it was asked").filter(
        pk__in=[target.pk, UUID(parameters["other"])]
    )
    found = {str(row.pk): [row.version, row.changed_at.isoformat()] for row in rows}
    return {"cases": found}


def tell(target: Case, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen, with the numbers of what `user` sees."""
    other = Case.objects.visible_to(user).filter(pk=UUID(parameters["other"])).first()
    if other is None:
        return [f"Another case is merged into {target.reference}."]
    return consequences(target, other, user)


def consequences(case: Case, other: Case, user: User) -> list[str]:
    """What merging `other` into `case` does, in plain sentences."""
    moved = counts(other, user)
    return [
        f"{case.reference} goes on. {other.reference} becomes a pointer to it and is no longer worked on.",
        f"These move to {case.reference}: {', '.join(moved) or 'nothing that you see'}; and whatever else is on it.",
        f"What {case.reference} says of the person stays; where it says nothing, that of {other.reference} is taken.",
        f"Summary and ask of {other.reference} stay there, to be read. Lists that were given keep its reference.",
    ]


def execute(target: Case, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Merges. Raises Denied, WrongState, Conflict."""
    seen = target.version
    with acting(Verb.CASES_MERGED, by=by, about=target, reason=approval.reason) as act, unguarded(WHY):
        case, other = hold_both(target.pk, UUID(parameters["other"]))
        check_possible(case, other, by)
        act.detail = {"approval": str(approval.pk), "moved": move_everything(case, other)}
        save_over(case, seen=seen, changes={**_missing(case, other), "changed_at": act.at})
        with acting(Verb.CASES_MERGED, by=by, about=other, reason=approval.reason, detail={"pointer": True}):
            gone = {"state": CaseState.MERGED, "merged_into_id": case.pk, "closed_reason": ""}
            save_over(other, seen=other.version, changes=gone)
            for earlier in Case.objects.filter(merged_into=other).order_by("pk"):
                save_over(earlier, seen=earlier.version, changes={"merged_into_id": case.pk})
        refresh_days([case.pk, other.pk])


def hold(target: Case, by: User) -> None:
    """All locks of the house in their order, before that of the approval; `target` is then as it stands."""
    asked = waiting_for(target, CODE)
    if asked is None:
        return
    with unguarded(WHY):
        case, _ = hold_both(target.pk, UUID(asked.parameters["other"]))
    for column in Case._meta.concrete_fields:
        setattr(target, column.attname, getattr(case, column.attname))


def hold_both(key: UUID, other: UUID) -> tuple[Case, Case]:
    """Takes the locks of all that is written, in their order, and gives both cases as they stand."""
    either = Q(case_id=other)
    responses = ResponseItem.objects.filter(either).order_by().values_list("response_id", flat=True)
    list(Response.objects.filter(pk__in=set(responses)).select_for_update().order_by("pk"))
    lists = ListEntry.objects.filter(either, case_list__state__in=OPEN).order_by()
    keys = set(lists.values_list("case_list_id", flat=True))
    list(CaseList.objects.filter(pk__in=keys).select_for_update().order_by("pk"))
    cases = lock_cases([key, other], WHY)
    list(Raising.objects.filter(either).select_for_update(of=("self",)).order_by("pk"))
    return cases[key], cases[other]


def _missing(case: Case, other: Case) -> dict[str, Any]:
    """What `case` does not say of the person and `other` does."""
    taken: dict[str, Any] = {}
    for columns in FILLED:
        theirs = {column: getattr(other, column) for column in columns}
        if not any(getattr(case, column) for column in columns) and any(theirs.values()):
            taken |= theirs
    return taken


def address(target: Case) -> str:
    """The page of the case that goes on."""
    return reverse("desk:case", args=[target.reference])


KIND = Kind(
    code=CODE,
    words="merge two cases",
    model="cases.Case",
    check_ask=check_ask,
    check_decide=check_decide,
    facts=facts,
    tell=tell,
    execute=execute,
    address=address,
    hold=hold,
    decides=Doing.APPROVE_MERGE,
)
