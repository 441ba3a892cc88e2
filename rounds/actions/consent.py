"""Consent on lists: assessing the cases that stop a list, and letting one stand without consent by two persons.

An official who prepares the list asks, an approver decides. What was so when it was asked must still be so; a change of
the assessment or a wider label voids it later (rounds/consent.py). It lasts as long as the list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cases.actions.bulk import Change, Outcome, change_many
from cases.actions.bulk import Kind as Bulk
from cases.codes import Use
from cases.consent import consent_words
from cases.models import Case, UseAssessment
from casetracker.access.act import Doing, check
from casetracker.access.approvals import Kind, ask
from casetracker.access.errors import WrongState
from casetracker.access.models import Approval, User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import check_editing, check_open, hold_list
from rounds.consent import ON_SHEET, is_stopped, needed_on, override_of
from rounds.models import CaseList, ListEntry

CODE = "entry.consent_override"
WHY = "what an override of consent rests on, whoever sees it"
NOT_STOPPED = "Consent does not stop this case. There is nothing to let stand."


def assess_cases(
    *, case_list: CaseList, by: User, cases: Sequence[Case], assessed: Mapping[str, Any], reason: str
) -> Outcome:
    """Assesses handing over in writing alike for cases of a list, as one change to many cases (which can be undone).

    `assessed`: outcome, consent_by, consent_until, risk. Refusals stay. Raises Denied, WrongState.
    """
    check_editing(case_list, by)
    change = Change(Bulk.CONSENT, use=Use.WRITTEN, assessed=assessed)
    return change_many(cases=cases, by=by, change=change, seen={}, reason=reason)


def ask_override(*, entry: ListEntry, by: User, reason: str) -> Approval:
    """Asks a second person to let `entry` stand without consent. Raises Denied, WrongState."""
    return ask(kind=CODE, target=entry, by=by, parameters={}, reason=reason)


def check_ask(user: User, target: ListEntry, parameters: dict[str, Any]) -> None:
    """An official who prepares the list, while it is worked on and consent stops it. Raises Denied, WrongState."""
    check_editing(target.case_list, user)
    _check_stopped(target)


def check_decide(user: User, target: ListEntry, parameters: dict[str, Any]) -> None:
    """An approver of the list. Raises Denied, WrongState."""
    check(user, Doing.APPROVE_LIST, target.case_list.label())
    check_open(target.case_list)
    _check_stopped(target)


def _check_stopped(entry: ListEntry) -> None:
    now = _as_now(entry)
    if now.state not in ON_SHEET or not is_stopped(now, needed_on(now.case_list.round)):
        raise WrongState(NOT_STOPPED)


def _as_now(entry: ListEntry) -> ListEntry:
    rows = ListEntry.objects.unscoped(WHY).select_related("case", "case_list__round")
    now: ListEntry = rows.get(pk=entry.pk)
    return now


def facts(target: ListEntry, parameters: dict[str, Any]) -> dict[str, Any]:
    """The assessment and the label of the case as they are."""
    case = _as_now(target).case
    rows = UseAssessment.objects.unscoped(WHY).of(case).filter(use=Use.WRITTEN).order_by()
    assessed = [str(version) for version in rows.values_list("version", flat=True)]
    return {"assessed": assessed, "marking": case.marking, "compartment": str(case.compartment_id or "")}


def tell(target: ListEntry, parameters: dict[str, Any], user: User) -> list[str]:
    """What is missing and why, and what will happen."""
    entry, today = target, timezone.localdate()
    case = entry.case
    row = (
        UseAssessment.objects.visible_to(user).filter(case=case, use=Use.WRITTEN).select_related("assessed_by").first()
    )
    if row is None:
        missing = f"Nobody has assessed whether {case.reference} may be handed over in writing."
    else:
        stands = consent_words(row.outcome, row.consent_until, today)
        missing = (
            f"{case.reference}, handing over in writing: {stands} (assessed by {row.assessed_by.name}). "
            f"Risk of harm: {row.risk}"
        )
    return [
        missing,
        f"The case stays on the {entry.case_list} all the same, and may be handed over with it.",
        "This ends with the list. It is void as soon as the assessment changes, or the case is marked higher.",
    ]


def execute(target: ListEntry, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Lets the entry stand. Raises Denied, WrongState, Conflict."""
    entry = target
    with acting(Verb.CONSENT_OVERRIDDEN, by=by, about=entry, reason=approval.reason):
        case = Case.objects.visible_to(by).get(pk=entry.case_id)
        changes = {"consent_override": override_of(case, approval.pk), "consent_override_by_id": by.pk}
        save_over(entry, seen=entry.version, changes=changes)


def hold(target: ListEntry, by: User) -> None:
    """Takes the locks of the list and of the case, in the order of the house; `target` then is as it is now."""
    hold_list(target.case_list, by, Doing.COMMENT_LIST)
    now = Case.objects.unscoped(WHY).select_for_update(no_key=True).get(pk=target.case_id)
    entry = ListEntry.objects.unscoped(WHY).get(pk=target.pk)
    for column in ListEntry._meta.concrete_fields:
        setattr(target, column.attname, getattr(entry, column.attname))
    target.case = now


KIND = Kind(
    code=CODE,
    words="let a case stand on a list without consent",
    model="rounds.ListEntry",
    check_ask=check_ask,
    check_decide=check_decide,
    facts=facts,
    tell=tell,
    execute=execute,
    address=lambda target: reverse("rounds:list", args=[target.case_list_id]) + f"#entry-{target.pk}",
    hold=hold,
    name=lambda target: str(target.case.reference),
    related=("case", "case_list__round"),
    decides=Doing.APPROVE_LIST,
)
