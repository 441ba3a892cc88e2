"""Consent that wants attention: what ends soon on one's own cases, and what stops lists in progress or approved."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from cases.codes import UseOutcome
from cases.consent import NOT_TO_BE_USED
from cases.models import UseAssessment
from cases.states import CaseState
from casetracker.access.models import User
from rounds.actions.case_list import OPEN
from rounds.consent import ON_SHEET, needed_on, stopped
from rounds.models import ListEntry
from rounds.states import ListState

SOON = timedelta(days=30)
SHOWN = 6
# A list holds some tens of cases, and few are in progress; more than this is not looked through for the desk.
LOOKED_THROUGH = 300


@dataclass(frozen=True)
class ConsentsDue:
    """The first of what ends within 30 days on cases one owns, with how many there are, and entries of lists in
    progress, or approved and not given yet, that consent stops.
    """

    ending: tuple[UseAssessment, ...]
    ending_total: int
    stopping: tuple[ListEntry, ...]
    stopping_total: int

    @property
    def any(self) -> bool:
        """Whether there is something to see."""
        return bool(self.ending or self.stopping)


def consents_due(user: User) -> ConsentsDue:
    """Two queries."""
    today = timezone.localdate()
    rows = UseAssessment.objects.visible_to(user).filter(
        outcome=UseOutcome.ALLOWED, consent_until__gte=today, consent_until__lte=today + SOON, case__owner=user,
        case__state__in=[CaseState.ACTIVE, CaseState.MONITORING],
    )  # fmt: skip
    ending = list(rows.select_related("case").order_by("consent_until", "case__reference", "use")[:LOOKED_THROUGH])
    entries = ListEntry.objects.visible_to(user).filter(
        case_list__state__in=[*OPEN, ListState.APPROVED], state__in=ON_SHEET
    )
    # Which day counts depends on the round: looked at more closely below.
    lacking = Q(case__handover_consent__in=["", NOT_TO_BE_USED])
    lacking |= Q(case__handover_consent__lt=(today + timedelta(days=400)).isoformat())
    listed = entries.filter(lacking).select_related("case", "case_list__round")
    stopping = [
        entry
        for entry in listed.order_by("case_list__created_at", "position", "pk")[:LOOKED_THROUGH]
        if stopped([entry], needed_on(entry.case_list.round, today))
    ]
    return ConsentsDue(tuple(ending[:SHOWN]), len(ending), tuple(stopping[:SHOWN]), len(stopping))
