"""Plain functions that make things through the product's own actions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from cases.actions.case import create_case
from cases.actions.consent import assess_uses
from cases.actions.part import add_part
from cases.codes import ConsentBy, EventKind, SourceKind, Use, UseOutcome
from cases.dates import PartialDate
from cases.models import Case, CaseEvent, CaseName, Source, UseAssessment
from cases.names.scripts import Script, script_of
from cases.names.systems import NameKind, NameSystem
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label

# Consent that lasts whatever day a test is about.
LONG = date(2099, 12, 31)


def name(text: str, **values: Any) -> CaseName:
    """An unsaved official name."""
    system = NameSystem.LATIN if script_of(text) == Script.LATIN else NameSystem.SIMPLIFIED
    return CaseName(text=text, **{"system": system, "kind": NameKind.OFFICIAL, **values})


def event(kind: EventKind = EventKind.DETAINED, when: str = "", **values: Any) -> CaseEvent:
    """An unsaved event on a typed date."""
    return CaseEvent(kind=kind, when=PartialDate.parse(when) if when else None, when_text=when, **values)


def source(title: str = "Report of an organisation", **values: Any) -> Source:
    """An unsaved source."""
    return Source(title=title, **{"kind": SourceKind.NGO, **values})


def case(
    by: User,
    dialogue: Dialogue,
    latin: str = "Tashi Invented",
    *,
    marking: Marking = Marking.NORMAL,
    compartment: Compartment | None = None,
    parts: list[Any] | None = None,
    assessed: bool = True,
    **values: Any,
) -> Case:
    """An active case with one name. It may be used in every way, unless `assessed` is False."""
    consent = {"handover_consent": LONG.isoformat()} if assessed else {}
    return create_case(
        by=by,
        label=Label(dialogue.pk, marking, compartment.pk if compartment else None),
        values={"state": "active", **consent, **values},
        parts=[name(latin), *(parts or []), *(assessments(by) if assessed else ())],
    )


def assessments(by: User, uses: Iterable[str] = Use.values, **values: Any) -> list[UseAssessment]:
    """Unsaved assessments: allowed with the family's consent, unless `values` say otherwise."""
    said = {
        "outcome": UseOutcome.ALLOWED, "consent_by": ConsentBy.FAMILY, "consent_until": LONG,
        "risk": "None known.", "assessed_by": by, "assessed_at": timezone.now(), **values,
    }  # fmt: skip
    return [UseAssessment(use=use, **said) for use in uses]


def assess(case: Case, by: User, *uses: str, allowed: bool = True, until: date | None = LONG, **values: Any) -> None:
    """Assesses uses of a case (default: handing over in writing) through the action, over whatever stands."""
    said = {"outcome": "allowed", "consent_by": "family", "consent_until": until, "risk": "None known.", **values}
    refused = {"outcome": "not", "consent_by": "", "consent_until": None, "risk": "The family may be visited."}
    values = said if allowed else {**refused, **values}
    assess_uses(case=case, by=by, uses=uses or [Use.WRITTEN], values=values, seen=None)


def part(part: Any, to: Case, by: User) -> Any:
    """Adds an unsaved part to a case."""
    add_part(part=part, case=to, by=by)
    return part
