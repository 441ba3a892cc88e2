"""What the lists of people and grants show: rows fetched whole, so that a page renders without queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from casetracker.access.models import Compartment, Grant, GrantCompartment, GrantState, User
from casetracker.access.see import active_now, confirmed_after, due_before

ENDING = timedelta(days=30)
USER_SORTS = {"name": "name", "email": "email", "office": "office", "signed_in": "last_login"}
GRANT_SORTS = {"person": "user__name", "dialogue": "dialogue__name", "role": "role", "until": "valid_to"}


@dataclass(frozen=True)
class UserRow:
    """One user with what the list says about them."""

    user: User
    standing: str
    tone: str
    grants: list[Grant]


def grants_for(viewer: User) -> "QuerySet[Grant]":
    """Grants `viewer` knows of, with everything a page shows of them; compartments only those they know of."""
    known = Compartment.objects.visible_to(viewer)
    circles = GrantCompartment.objects.filter(compartment__in=known).select_related("compartment")
    rows = Grant.objects.visible_to(viewer).select_related("user", "dialogue", "requested_by", "approved_by")
    rows = rows.select_related("confirmed_by")
    found: QuerySet[Grant] = rows.select_related("ended_by").prefetch_related(
        Prefetch("in_compartments", circles.order_by("compartment__name"))
    )
    return found


def grant_rows(viewer: User, asked: dict[str, Any], sort: str) -> list[Grant]:
    """The grants a filter asks for, in the order asked for ("-" for descending)."""
    wanted = _standing_q(asked.get("standing", ""))
    for name in ("role", "dialogue"):
        if asked.get(name):
            wanted &= Q(**{name: asked[name]})
    return list(grants_for(viewer).filter(wanted).order_by(*ordering(sort, GRANT_SORTS, "person")))


def user_rows(viewer: User, asked: dict[str, Any], sort: str) -> list[UserRow]:
    """The users a filter asks for, each with the grants that are active now."""
    active = list(grants_for(viewer).filter(active_now(), user__is_active=True).order_by("dialogue__name", "valid_to"))
    held: dict[Any, list[Grant]] = {}
    for grant in active:
        held.setdefault(grant.user_id, []).append(grant)
    people = User.objects.visible_to(viewer)
    if asked.get("office"):
        people = people.filter(office="" if asked["office"] == "none" else asked["office"])
    if asked.get("dialogue"):
        people = people.filter(pk__in={g.user_id for g in active if str(g.dialogue_id) == asked["dialogue"]})
    rows = []
    for person in people.order_by(*ordering(sort, USER_SORTS, "name")):
        standing, tone = account_standing(person)
        if asked.get("standing") in (None, "", standing):
            rows.append(UserRow(person, standing, tone, held.get(person.pk, [])))
    return rows


def account_standing(user: User) -> tuple[str, str]:
    """The state of an account in a word, and its tone."""
    if not user.is_active:
        return "deactivated", "none"
    return ("active", "good") if user.has_usable_password() else ("invited", "wait")


def ordering(sort: str, columns: dict[str, str], default: str) -> list[str]:
    """Order columns for a sort key; unknown keys give the default. The key at the end keeps ties in order."""
    sign, name = ("-", sort[1:]) if sort.startswith("-") else ("", sort)
    return [f"{sign}{columns.get(name, columns[default])}", "pk"]


def heads(url: str, asked: str, sort: str, columns: dict[str, str]) -> dict[str, dict[str, str]]:
    """For every sortable column: the address of its next order and the present direction.

    `asked` is the query string of the filter.
    """
    made = {}
    for name in columns:
        direction = {name: "asc", f"-{name}": "desc"}.get(sort, "none")
        following = f"-{name}" if direction == "asc" else name
        made[name] = {"url": f"{url}?{asked}{'&' if asked else ''}sort={following}", "direction": direction}
    return made


def ends_soon(grant: Grant, now: datetime | None = None) -> bool:
    """Whether an active grant ends within 30 days."""
    now = now or timezone.now()
    return grant.state == GrantState.ACTIVE and now < grant.valid_to <= now + ENDING


def to_mind(viewer: User) -> list[Grant]:
    """Grants the viewer knows of that end within 30 days or wait to be reconfirmed. The first to end comes first."""
    now = timezone.now()
    near = Q(valid_to__lte=now + ENDING) | ~confirmed_after(due_before(now))
    standing = Q(state=GrantState.ACTIVE, valid_from__lte=now, valid_to__gt=now, user__is_active=True)
    rows = Grant.objects.visible_to(viewer).filter(standing & near).select_related("user", "dialogue")
    return list(rows.order_by("valid_to", "pk"))


def renewals_of(viewer: User, grants: Iterable[Grant]) -> dict[UUID, Grant]:
    """For each of these grants that is renewed, or waits to be: the one that follows it."""
    open_states = [GrantState.REQUESTED, GrantState.ACTIVE, GrantState.SUSPENDED]
    found = Grant.objects.visible_to(viewer).filter(renews__in=[one.pk for one in grants], state__in=open_states)
    return {one.renews_id: one for one in found if one.renews_id}


def _standing_q(standing: str) -> Q:
    now = timezone.now()
    active = Q(state=GrantState.ACTIVE)
    return {
        "": Q(),
        "active": active & Q(valid_to__gt=now),
        "ending": active & Q(valid_to__gt=now, valid_to__lte=now + ENDING),
        "due": active & Q(valid_from__lte=now, valid_to__gt=now) & ~confirmed_after(due_before(now)),
        "expired": active & Q(valid_to__lte=now),
    }.get(standing, Q(state=standing))
