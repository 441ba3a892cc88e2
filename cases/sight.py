"""Who, among the people of one dialogue, sees a thing with a given label: for choosing owners and previewing a label.

Only ever asked about labels the asker dominates, so that it tells nobody of a circle they are not in.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from casetracker.access.act import ROLES, Doing
from casetracker.access.models import Grant, GrantState, User
from casetracker.access.roles import Marking, Role
from casetracker.access.see import Label, active_now, recused_q

WHY = "who would see a thing the asker sees"


def who_sees(label: Label, roles: Iterable[Role] = tuple(Role)) -> list[User]:
    """People with a grant in force that dominates `label`, in one of `roles`; by name. One query."""
    grants = _opening(label).filter(role__in=[role.value for role in roles])
    holders = grants.values("user_id")
    return list(User.objects.get_queryset().filter(Q(pk__in=holders), is_active=True, office=""))


def who_edits(label: Label) -> list[User]:
    """People who may edit a case with `label`."""
    return who_sees(label, ROLES[Doing.EDIT_CASE])


def opening_grants(label: Label) -> list[Grant]:
    """The grants in force that open a thing with `label`, with their holders; by name. One query.

    Of each, only role, highest marking and end may be told: it may reach into circles the asker is not in.
    """
    rows = _opening(label).filter(user__is_active=True, user__office="").select_related("user")
    return list(rows.order_by("user__name", "user_id", "-valid_to", "pk"))


def why_sees(person: User, label: Label, circle: str = "") -> tuple[bool, list[str]]:
    """Whether `person` sees a thing with `label`, and why, or what is missing, in sentences. Three queries.

    `circle`: the name of the label's compartment, which the asker is in.
    """
    if not person.is_active:
        return False, ["The account is deactivated."]
    if person.office:
        return False, [f"Holds an office ({person.get_office_display()}), and whoever does reads no cases."]
    there = Grant.objects.unscoped(WHY).filter(user=person, dialogue_id=label.dialogue_id)
    within = Q(in_compartments__compartment_id=label.compartment_id) if label.compartment_id else Q(pk__isnull=False)
    inside = set(there.filter(within).values_list("pk", flat=True))
    grants = list(there.order_by("-valid_to", "pk"))
    if not grants:
        return False, ["Holds no grant in this dialogue and never did."]
    opening = [one for one in grants if one.is_active_now and one.marking >= label.marking and one.pk in inside]
    if there.filter(recused_q(label)).exists():
        return False, ["Keeps out of it: a recusal stands, and it beats every grant."]
    if opening:
        return True, [f"By a grant as {_words(one)}, in force until {_day(one)}." for one in opening]
    return False, [_missing(one, label, one.pk in inside, circle) for one in grants if _is_worth_telling(one, grants)]


def _opening(label: Label) -> "QuerySet[Grant]":
    """Grants in force that dominate `label`, without those of people who keep out of it."""
    grants: QuerySet[Grant] = Grant.objects.unscoped(WHY).filter(
        active_now(), ~recused_q(label), dialogue_id=label.dialogue_id, marking__gte=label.marking
    )
    if label.compartment_id is not None:
        grants = grants.filter(in_compartments__compartment_id=label.compartment_id)
    return grants


def _is_worth_telling(grant: Grant, grants: list[Grant]) -> bool:
    """What is over is told only where nothing else stands, and of that the last one."""
    over = (GrantState.REFUSED, GrantState.REVOKED)
    standing = [one for one in grants if one.state not in over and one.standing != "expired"]
    return grant in standing if standing else grant is grants[0]


def _missing(grant: Grant, label: Label, is_inside: bool, circle: str) -> str:
    lacks = []
    if not grant.is_active_now:
        lacks.append(f"it is {grant.standing}{f' since {_day(grant)}' if grant.standing == 'expired' else ''}")
    if grant.marking < label.marking:
        lacks.append(f"it reaches up to {grant.on_paper}, this is {Marking(label.marking).on_paper}")
    if not is_inside:
        lacks.append(f"it does not include the compartment {circle}".rstrip())
    return f"The grant as {grant.get_role_display()} does not open it: {' and '.join(lacks)}."


def _words(grant: Grant) -> str:
    return f"{grant.get_role_display()}, up to {grant.on_paper}"


def _day(grant: Grant) -> str:
    return grant.last_day.isoformat()
