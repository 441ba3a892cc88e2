"""Consent in the demonstration: most cases are assessed, some never were, some were refused, some have ended."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from cases.codes import ConsentBy, Use, UseOutcome
from cases.consent import column_of
from cases.models import UseAssessment
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.files import File, World
from casetracker.desk.demo.tables import chance

RISKS = (
    "None known.",
    "The family may lose contact for some months.",
    "Relatives may be questioned again.",
    "The prisoner may be moved further away.",
)
REFUSED = ("The family asks for silence until the trial.", "A lawyer warns of reprisals against relatives.")


def write_consents(world: World, files: Sequence[File]) -> None:
    """Assesses the uses of the cases. Those above the lowest label hold: their lists are in review or approved."""
    rng = chance("consents")
    for file in files:
        kind = rng.random()
        deep = file.case.marking > 1 or file.case.compartment_id is not None
        if kind < 0.04 and not deep:
            continue
        _assess(world, file, rng, "holds" if deep else _standing(kind))


def _standing(kind: float) -> str:
    return "refused" if kind < 0.07 else "ended" if kind < 0.1 else "soon" if kind < 0.16 else "holds"


def _assess(world: World, file: File, rng: Random, standing: str) -> None:
    day = min(file.logged + timedelta(days=rng.randrange(1, 20)), world.staff.past(world.today))
    day = max(day, file.logged)
    by = file.somebody(day)
    act = world.book.act(Verb.USE_ASSESSED, by, world.staff.at(day), about=file.case, detail={"outcome": standing})
    made = []
    for use in Use:
        said = _said(world.today, use, rng, standing)
        if said is not None:
            row = UseAssessment(case=file.case, use=use, assessed_by=by, assessed_at=act.at, **said)
            made.append(world.book.add(row, act))
    file.case.handover_consent = column_of(made)


def _said(today: date, use: Use, rng: Random, standing: str) -> dict[str, Any] | None:
    """What is said of one use; None where it was left open."""
    if use == Use.PUBLIC and rng.random() < 0.3:
        return None
    if standing == "refused" or (use == Use.PUBLIC and rng.random() < 0.6):
        by = ConsentBy.FAMILY if rng.random() < 0.7 else ""
        return {"outcome": UseOutcome.NOT, "consent_by": by, "risk": rng.choice(REFUSED)}
    days = {"ended": -rng.randrange(3, 90), "soon": rng.randrange(2, 29)}.get(standing, rng.randrange(200, 700))
    by = rng.choice((ConsentBy.FAMILY, ConsentBy.FAMILY, ConsentBy.LAWYER, ConsentBy.ORGANISATION, ConsentBy.PERSON))
    until = today + timedelta(days=days)
    return {"outcome": UseOutcome.ALLOWED, "consent_by": by, "consent_until": until, "risk": rng.choice(RISKS)}
