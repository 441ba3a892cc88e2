"""Lowering the label of a case, or taking it out of a compartment: one person asks, an approver who is another decides.

Raising stays one person's act (`label_case`). See casetracker/access/approvals.py for what is common to all such acts.
"""

from typing import Any

from django.urls import reverse

from cases.actions.case import check_label
from cases.actions.derive import derive_raised
from cases.containers import check_label_change
from cases.lowering import check_lower, consequences, label_in, parameters_of
from cases.models import Case
from casetracker.access.act import Doing, check
from casetracker.access.approvals import Kind, ask
from casetracker.access.errors import Conflict
from casetracker.access.models import Approval, User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb

CODE = "case.lower"


def ask_lower(*, case: Case, by: User, seen: int, label: Label, reason: str) -> Approval:
    """Asks for a lower label. Nothing changes until somebody else decides. Raises Denied, WrongState, Conflict."""
    if case.version != seen:
        raise Conflict(case)
    return ask(kind=CODE, target=case, by=by, parameters=parameters_of(label), reason=reason)


def check_ask(user: User, target: Case, parameters: dict[str, Any]) -> None:
    """Somebody who works on the case or decides about it. Raises Denied, WrongState."""
    old, new = target.label(), label_in(target.dialogue_id, parameters)
    check(user, Doing.ASK_LOWER, old)
    check_label(user, new)
    check_lower(old, new)
    check_label_change(target, new, user)


def check_decide(user: User, target: Case, parameters: dict[str, Any]) -> None:
    """An approver who sees the case before and after. Raises Denied, WrongState."""
    new = label_in(target.dialogue_id, parameters)
    check(user, Doing.LOWER_MARKING, target.label())
    check_label(user, new)
    check_label_change(target, new, user)


def facts(target: Case, parameters: dict[str, Any]) -> dict[str, Any]:
    """What is opened to more people: the case and all its parts as they are (a changed part changes `changed_at`)."""
    return {"version": target.version, "changed": target.changed_at.isoformat()}


def tell(target: Case, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen."""
    return consequences(target.reference, target.label(), label_in(target.dialogue_id, parameters), user)


def execute(target: Case, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Lowers it. Raises WrongState, Conflict."""
    new = label_in(target.dialogue_id, parameters)
    detail = {"from": target.marking, "to": new.marking, "approval": str(approval.pk)}
    with acting(Verb.CASE_LABELLED, by=by, about=target, reason=approval.reason, detail=detail):
        rows = Case.objects.unscoped("takes the lock of the case whose label is lowered")
        now = rows.select_for_update().get(pk=target.pk)
        check_label_change(now, new, by)
        changes = {"marking": new.marking, "compartment_id": new.compartment_id}
        save_over(target, seen=target.version, changes=changes)
        derive_raised([target.pk])


def address(target: Case) -> str:
    """The page of the case."""
    return reverse("desk:case", args=[target.reference])


KIND = Kind(
    code=CODE,
    words="lower the label of a case",
    model="cases.Case",
    check_ask=check_ask,
    check_decide=check_decide,
    facts=facts,
    tell=tell,
    execute=execute,
    address=address,
    decides=Doing.LOWER_MARKING,
)
