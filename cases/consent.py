"""How consent stands on a day. Pure; nothing is fetched here.

A case keeps in `handover_consent` how its use "hand over in writing" was assessed: "" not assessed, NOT_TO_BE_USED, or
the last day on which it may be used (ISO). Days sort, and a column that every table reads anyway costs no query.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from cases.codes import Use, UseOutcome
from casetracker.templatetags.ui import day as in_words

if TYPE_CHECKING:
    from cases.models import UseAssessment

NOT_TO_BE_USED = "no"
NO_CONSENT = "What may be used rests on consent: say by whom, and until when."


class ConsentState(StrEnum):
    """How one use of a case stands; the value is what people read beside it."""

    NOT_ASSESSED = "not assessed"
    ALLOWED = "allowed"
    EXPIRED = "expired"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True)
class Consent:
    """How one use stands on one day; `until` is the last day on which it may be (or might have been) used."""

    state: ConsentState
    until: date | None = None

    @property
    def holds(self) -> bool:
        """Whether the case may be used so."""
        return self.state == ConsentState.ALLOWED


def consent_of(outcome: str, until: date | None, day: date) -> Consent:
    """How an assessment with this outcome stands on `day`; "" for no assessment."""
    if outcome == UseOutcome.ALLOWED and until is not None:
        return Consent(ConsentState.ALLOWED if day <= until else ConsentState.EXPIRED, until)
    return Consent(ConsentState.NOT_ALLOWED if outcome else ConsentState.NOT_ASSESSED)


def consent_words(outcome: str, until: date | None, today: date) -> str:
    """How a use stands, such as "may be used until 3 May 2027"; an outcome of "" is no assessment."""
    stands = consent_of(outcome, until, today)
    if stands.until is None:
        return "not to be used" if outcome else "not assessed"
    return f"{'may be used until' if stands.holds else 'consent ended'} {in_words(stands.until)}"


def column_of(assessments: Iterable["UseAssessment"]) -> str:
    """What a case with these assessments keeps in `handover_consent`."""
    for one in assessments:
        if one.use == Use.WRITTEN:
            until = one.consent_until if one.outcome == UseOutcome.ALLOWED else None
            return until.isoformat() if until else NOT_TO_BE_USED
    return ""


def handover_consent(column: str, day: date) -> Consent:
    """How handing over in writing stands on `day`, by the column of the case."""
    if column in ("", NOT_TO_BE_USED):
        return consent_of(UseOutcome.NOT if column else "", None, day)
    return consent_of(UseOutcome.ALLOWED, date.fromisoformat(column), day)
