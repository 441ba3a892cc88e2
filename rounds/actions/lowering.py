"""Lowering the label of a list or of a response: one person asks, an approver who is another decides.

As for a case (cases/actions/lowering.py): raising stays one person's act.
"""

from hashlib import sha256
from typing import Any

from django.urls import reverse

from cases.actions.case import check_label
from cases.lowering import check_lower, consequences, label_in, parameters_of
from casetracker.access.act import Doing, check
from casetracker.access.approvals import Kind, ask
from casetracker.access.errors import Conflict
from casetracker.access.models import Approval, User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import check_open, hold_list
from rounds.actions.list_label import change_label, check_lowering
from rounds.actions.response import change_response_label, check_covers, hold
from rounds.days import day_in_words
from rounds.models import CaseList, ListComment, Response, ResponseFile, ResponseItem

WHY = "what a label was asked for must be as it was when it is decided"
LIST, RESPONSE = "list.lower", "response.lower"


def ask_lower_list(*, case_list: CaseList, by: User, seen: int, label: Label, reason: str) -> Approval:
    """Asks for a lower label of a list that is worked on. Raises Denied, WrongState, Conflict."""
    if case_list.version != seen:
        raise Conflict(case_list)
    return ask(kind=LIST, target=case_list, by=by, parameters=parameters_of(label), reason=reason)


def ask_lower_response(*, response: Response, by: User, seen: int, label: Label, reason: str) -> Approval:
    """Asks for a lower label of a response. Raises Denied, WrongState, Conflict."""
    if response.version != seen:
        raise Conflict(response)
    return ask(kind=RESPONSE, target=response, by=by, parameters=parameters_of(label), reason=reason)


def _check(user: User, target: Any, parameters: dict[str, Any], doing: Doing) -> Label:
    new = label_in(target.dialogue_id, parameters)
    check(user, doing, target.label())
    check_label(user, new)
    check_lower(target.label(), new)
    return new


def check_ask_list(user: User, target: CaseList, parameters: dict[str, Any]) -> None:
    """Raises Denied, WrongState."""
    check_lowering(target, _check(user, target, parameters, Doing.ASK_LOWER), user)


def check_decide_list(user: User, target: CaseList, parameters: dict[str, Any]) -> None:
    """Raises Denied, WrongState."""
    check_lowering(target, _check(user, target, parameters, Doing.LOWER_MARKING), user)


def check_ask_response(user: User, target: Response, parameters: dict[str, Any]) -> None:
    """Raises Denied, WrongState."""
    check_covers(target, _check(user, target, parameters, Doing.ASK_LOWER), user)


def check_decide_response(user: User, target: Response, parameters: dict[str, Any]) -> None:
    """Raises Denied, WrongState."""
    check_covers(target, _check(user, target, parameters, Doing.LOWER_MARKING), user)


def facts_of_list(target: CaseList, parameters: dict[str, Any]) -> dict[str, Any]:
    """What is opened to more people: the list (every entry written gives it a next version) and what is said of it."""
    said = ListComment.objects.unscoped(WHY).filter(case_list=target)
    return {"version": target.version, "said": _versions(said)}


def facts_of_response(target: Response, parameters: dict[str, Any]) -> dict[str, Any]:
    """What is opened to more people: the reply, the answers in it, its papers."""
    items = ResponseItem.objects.unscoped(WHY).filter(response=target)
    papers = ResponseFile.objects.unscoped(WHY).filter(response=target)
    return {"version": target.version, "items": _versions(items), "papers": _versions(papers)}


def _versions(rows: Any) -> str:
    """One hash over keys and versions: changes when a row is added, changed or removed."""
    pairs = sorted(f"{pk}:{version}" for pk, version in rows.order_by().values_list("pk", "version"))
    return sha256("\n".join(pairs).encode()).hexdigest()


def tell_list(target: CaseList, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen."""
    told = consequences("this list", target.label(), label_in(target.dialogue_id, parameters), user)
    return [*told, "Why a case is on it is taken off where it may speak of what the new label does not cover."]


def tell_response(target: Response, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen."""
    return consequences("this response", target.label(), label_in(target.dialogue_id, parameters), user)


def lower_list(target: CaseList, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Lowers it. The verb is not one of those who work on the list: whoever decided may still approve the list."""
    new, seen = label_in(target.dialogue_id, parameters), target.version
    detail = {"to": new.marking, "approval": str(approval.pk)}
    with acting(Verb.LIST_LOWERED, by=by, about=target, reason=approval.reason, detail=detail):
        hold_list(target, by, Doing.LOWER_MARKING)
        check_open(target)
        change_label(target, by, seen, new)


def lower_response(target: Response, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Lowers it."""
    new, seen = label_in(target.dialogue_id, parameters), target.version
    detail = {"from": target.marking, "to": new.marking, "approval": str(approval.pk)}
    with acting(Verb.RESPONSE_LABELLED, by=by, about=target, reason=approval.reason, detail=detail):
        hold(target, by, Doing.LOWER_MARKING)
        change_response_label(target, by, seen, new)


def address_of_list(target: CaseList) -> str:
    """The page of the list."""
    return reverse("rounds:list", args=[target.pk])


def address_of_response(target: Response) -> str:
    """The page of the response."""
    return reverse("rounds:response", args=[target.pk])


def name_of_response(target: Response) -> str:
    """What it is called in the inbox."""
    return f"the response of {day_in_words(target.on)}"


LIST_KIND = Kind(
    code=LIST,
    words="lower the label of a list",
    model="rounds.CaseList",
    check_ask=check_ask_list,
    check_decide=check_decide_list,
    facts=facts_of_list,
    tell=tell_list,
    execute=lower_list,
    address=address_of_list,
    related=("round",),
    decides=Doing.LOWER_MARKING,
)
RESPONSE_KIND = Kind(
    code=RESPONSE,
    words="lower the label of a response",
    model="rounds.Response",
    check_ask=check_ask_response,
    check_decide=check_decide_response,
    facts=facts_of_response,
    tell=tell_response,
    execute=lower_response,
    address=address_of_response,
    name=name_of_response,
    decides=Doing.LOWER_MARKING,
)
