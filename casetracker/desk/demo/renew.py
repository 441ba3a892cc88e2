"""Grants of the demonstration that ran out or lapsed since it was made are given again: its logins keep working."""

from django.utils import timezone

from casetracker.access.models import Grant, GrantCompartment, GrantState, User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.grants import TERM
from casetracker.desk.demo.logins import who_signs_in

WHY = "finds the grants of the demonstration's own logins"


def renew_grants() -> int:
    """Gives each login that has no grant in force in a dialogue its last one there again. How many were given."""
    now = timezone.now()
    given = 0
    people = User.objects.filter(email__in=[one.email for one in who_signs_in()], is_active=True)
    for user in people:
        mine = Grant.objects.unscoped(WHY).filter(user=user, state=GrantState.ACTIVE).order_by("valid_to")
        last = {grant.dialogue_id: grant for grant in mine}
        for grant in last.values():
            if grant.valid_to <= now or grant.has_lapsed:
                _again(grant)
                given += 1
    return given


def _again(last: Grant) -> None:
    now = timezone.now()
    grant = Grant(
        user=last.user,
        dialogue_id=last.dialogue_id,
        role=last.role,
        marking=last.marking,
        state=GrantState.ACTIVE,
        valid_from=now,
        valid_to=now + TERM,
        reason="The demonstration was started again.",
        by_server_command=True,
    )
    circles = GrantCompartment.objects.filter(grant=last).values_list("compartment_id", flat=True)
    with acting(Verb.GRANT_APPROVED, process="demo", about=grant, reason=grant.reason):
        save_new(grant)
        GrantCompartment.objects.bulk_create(
            [GrantCompartment(grant=grant, compartment_id=circle) for circle in circles]
        )
