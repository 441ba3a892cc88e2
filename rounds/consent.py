"""Consent for what a round does with cases: handing over in writing, and what each channel of raising needs.

Pure but for `unconsented`. An override lets an entry stand without consent, until the assessment or the label of its
case changes (docs/decisions/0012-consent.md).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.codes import Use
from cases.consent import NOT_TO_BE_USED, Consent, ConsentState, consent_of, handover_consent
from cases.models import Case, UseAssessment
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.templatetags.ui import day as in_words
from rounds.calendar import STEPS
from rounds.codes import Channel
from rounds.models import ListEntry, Raising, Round
from rounds.states import EntryState

_HANDED_OVER = timedelta(days=next(step.offset for step in STEPS if step.key == "handover_to"))
ON_SHEET = (EntryState.PROPOSED, EntryState.INCLUDED)
MISSING = (
    "Not to be handed over without consent: {}. Assess the use of each, hold it back, or ask for a second person to "
    "let it stand."
)
# What a raising off the list needs; a partner who raises a case has been told of it.
NEEDS: dict[str, Use] = {
    Channel.ORAL_SESSION: Use.PRIVATE,
    Channel.ORAL_MARGINS: Use.PRIVATE,
    Channel.DEMARCHE: Use.PRIVATE,
    Channel.MINISTERIAL: Use.PRIVATE,
    Channel.NOTE_VERBALE: Use.WRITTEN,
    Channel.LIST: Use.WRITTEN,
    Channel.JOINT_ACTION: Use.PARTNERS,
    Channel.UN: Use.PUBLIC,
    Channel.PUBLIC_STATEMENT: Use.PUBLIC,
}


def needed_on(round: Round, today: date | None = None) -> date:
    """The day on which consent must hold: the last one for handing over before the round; once past, today."""
    today = today or timezone.localdate()
    return max(today, round.starts + _HANDED_OVER) if round.starts else today


def consent_of_entry(entry: ListEntry, on: date) -> Consent:
    """How handing over the case of an entry (with its case) stands on a day, overrides not counted."""
    return handover_consent(entry.case.handover_consent, on)


def override_of(case: Case, approval: UUID) -> dict[str, Any]:
    """What an entry keeps of an override: the approval, and what was so when it was given."""
    circle = str(case.compartment_id) if case.compartment_id else None
    return {"approval": str(approval), "was": case.handover_consent, "marking": case.marking, "compartment": circle}


def is_overridden(entry: ListEntry) -> bool:
    """Whether an override of the entry (with its case) still holds: nothing that it was given for has changed since."""
    told = entry.consent_override
    if not told:
        return False
    circle = UUID(told["compartment"]) if told["compartment"] else None
    then = Label(entry.case.dialogue_id, told["marking"], circle)
    return bool(told["was"] == entry.case.handover_consent and then.dominates(entry.case.label()))


def is_stopped(entry: ListEntry, on: date) -> bool:
    """Whether the entry may not go on the sheet: no consent on that day, and no override."""
    return not consent_of_entry(entry, on).holds and not is_overridden(entry)


def stopped(entries: Iterable[ListEntry], on: date, states: Sequence[str] = ON_SHEET) -> list[ListEntry]:
    """Those on the sheet that stop the list."""
    return [entry for entry in entries if entry.state in states and is_stopped(entry, on)]


def assessable(entries: Iterable[ListEntry]) -> list[Case]:
    """Cases of stopped entries that can be assessed together: a refusal is weighed anew on the case, alone."""
    return [entry.case for entry in entries if entry.case.handover_consent != NOT_TO_BE_USED]


def badge(entry: ListEntry, on: date) -> tuple[str, str]:
    """Tone and words for an entry whose case lacks consent; ("", "") for one that has it, or is not on the sheet."""
    stands = consent_of_entry(entry, on)
    if stands.holds or entry.state not in (*ON_SHEET, EntryState.RAISED):
        return "", ""
    words = {
        ConsentState.NOT_ASSESSED: "consent not assessed",
        ConsentState.NOT_ALLOWED: "not to be handed over",
        ConsentState.EXPIRED: "consent ended",
    }[stands.state]
    if stands.until and stands.until >= timezone.localdate():
        words = f"consent ends {in_words(stands.until)}, before the handover"
    elif stands.until:
        words = f"consent ended {in_words(stands.until)}"
    by = entry.consent_override_by
    return ("part", f"{words}, let stand by {by.name}") if by and is_overridden(entry) else ("none", words)


def needs_of(raising: Raising) -> list[Use]:
    """What a raising off the list needs consent for."""
    needs = [NEEDS[raising.channel]]
    return [*needs, Use.PARTNERS] if raising.partner_id and Use.PARTNERS not in needs else needs


def unconsented(raisings: Sequence[Raising], user: User) -> str:
    """A warning for raisings of one channel and day whose cases lacked consent for it; "" when none did. One query."""
    if not raisings:
        return ""
    needs, on = needs_of(raisings[0]), raisings[0].on
    rows = UseAssessment.objects.visible_to(user).filter(
        case_id__in=[one.case_id for one in raisings], use__in=[need.value for need in needs]
    )
    found = {(row.case_id, row.use): row for row in rows}
    told = []
    for need in needs:
        lacking = [
            one.case.reference for one in raisings if not _stands(found.get((one.case_id, need.value)), on).holds
        ]
        if lacking:
            told.append(f"“{need.label}”: {', '.join(lacking[:8])}{' …' if len(lacking) > 8 else ''}")
    if not told:
        return ""
    return f"Recorded, but no consent held on {in_words(on)} for {'; '.join(told)}. Look at it on the case."


def _stands(row: UseAssessment | None, on: date) -> Consent:
    return consent_of(row.outcome, row.consent_until, on) if row else consent_of("", None, on)
