"""Assessing what a case may be used for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cases.actions.case import check_open, hold
from cases.codes import UseOutcome
from cases.consent import NO_CONSENT, column_of
from cases.models import Case, UseAssessment
from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting, current_act
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb

VALUES = frozenset({"outcome", "consent_by", "consent_until", "risk"})
WHY = "keeps one assessment for each use of a case"
NOTHING: Mapping[str, int] = MappingProxyType({})
NO_RISK = "Say in a few words what harm may come of it; if none is known, say that."


def assess_uses(
    *,
    case: Case,
    by: User,
    uses: Sequence[str],
    values: Mapping[str, Any],
    seen: Mapping[str, int] | None = NOTHING,
    reason: str = "",
) -> list[UseAssessment]:
    """Assesses `uses` of `case` alike, as one action. `values`: outcome, consent_by, consent_until, risk.

    `seen`: use → version that was looked at; a use that stands assessed and is not in it is a Conflict. None: whatever
    stands is assessed anew. Raises Denied, WrongState, Conflict, UseAssessment.DoesNotExist (seen, and removed since).
    """
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    check_values(values)
    detail = {"uses": sorted(uses), "outcome": str(values["outcome"])}
    with acting(Verb.USE_ASSESSED, by=by, about=case, reason=reason, detail=detail) as act:
        hold(case, by)
        rows = UseAssessment.objects.unscoped(WHY).of(case)
        standing = {row.use: row for row in rows.filter(use__in=uses).select_for_update()}
        stamp = {"assessed_by_id": by.pk, "assessed_at": act.at}
        made = [_assess(case, use, standing.get(use), {**values, **stamp}, seen) for use in uses]
        derive_consent(case)
    return made


def check_values(values: Mapping[str, Any]) -> None:
    """Raises WrongState: consent by nobody or without an end, a risk without words."""
    if set(values) != VALUES:
        raise ValueError(f"An assessment says {sorted(VALUES)}.")
    if values["outcome"] == UseOutcome.ALLOWED and not (values["consent_by"] and values["consent_until"]):
        raise WrongState(NO_CONSENT)
    if not values["risk"].strip():
        raise WrongState(NO_RISK)


def _assess(
    case: Case, use: str, row: UseAssessment | None, values: dict[str, Any], seen: Mapping[str, int] | None
) -> UseAssessment:
    if row is None:
        if seen and use in seen:
            raise UseAssessment.DoesNotExist
        made = UseAssessment(case=case, use=use, **values)
        save_new(made)
        return made
    row.case = case
    if seen is not None and seen.get(use) != row.version:
        raise Conflict(row)
    save_over(row, seen=row.version, changes=values)
    return row


def remove_assessment(*, assessment: UseAssessment, by: User, seen: int, reason: str) -> None:
    """Takes an assessment back: the use counts as not assessed. Raises Denied, WrongState (no reason), Conflict."""
    case = assessment.case
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    if not reason.strip():
        raise WrongState("Say why this is removed.")
    with acting(Verb.PART_REMOVED, by=by, about=assessment, reason=reason, detail={"part": "useassessment"}):
        hold(case, by)
        remove(assessment, seen=seen)
        derive_consent(case)


def put_back(*, assessment: UseAssessment, by: User, seen: int, former: Mapping[str, Any], reason: str) -> None:
    """Former values (column → value) for an assessment; without any it goes. Raises Denied, WrongState, Conflict."""
    if not former:
        remove_assessment(assessment=assessment, by=by, seen=seen, reason=reason)
        return
    case = assessment.case
    check(by, Doing.EDIT_CASE, case.label())
    with acting(Verb.USE_ASSESSED, by=by, about=assessment, reason=reason, detail={"uses": [assessment.use]}):
        hold(case, by)
        save_over(assessment, seen=seen, changes=dict(former))
        derive_consent(case)


def derive_consent(case: Case) -> None:
    """Stores in the case how handing it over in writing stands, after an assessment was written."""
    column = column_of(UseAssessment.objects.unscoped(WHY).of(case))
    at = current_act().at
    Case.objects.unscoped(WHY).filter(pk=case.pk).update(handover_consent=column, changed_at=at)
    case.handover_consent, case.changed_at = column, at
