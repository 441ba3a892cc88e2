"""The rule of access. It stands here and nowhere else.

    A user sees an object if and only if one of their grants, active now, dominates its label.

A grant dominates a label when it is for the same dialogue, reaches at least the marking, and, where the label names
a compartment, includes that compartment. The rule is a `Q` made of the user's few grants (`IN` over constants, never
a correlated `EXISTS`: its cost must not depend on how much is hidden). Models use it through `.visible_to(user)`.

Recusals beat grants: they are taken off the holdings before the rule is made, so no path can forget them.
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.utils import timezone

from casetracker.access.roles import Role

if TYPE_CHECKING:
    from casetracker.access.models import User

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Holding:
    """One active grant, as the rule reads it; or one emergency opening, which has no role and so lets nobody do
    anything but read, until `until`.
    """

    grant_id: UUID
    dialogue_id: UUID
    role: Role | None
    marking: int
    compartments: frozenset[UUID]
    until: datetime | None = None

    def dominates(self, label: "Label") -> bool:
        """The rule for one label in hand; `label_q` says the same to the database."""
        return (
            self.dialogue_id == label.dialogue_id
            and self.marking >= label.marking
            and (label.compartment_id is None or label.compartment_id in self.compartments)
        )


@dataclass(frozen=True)
class Label:
    """(dialogue, marking, compartment or none): what a holding must dominate."""

    dialogue_id: UUID
    marking: int
    compartment_id: UUID | None = None

    def dominates(self, other: "Label") -> bool:
        """Whether everybody who sees this label also sees `other` (a container over its content)."""
        return (
            self.dialogue_id == other.dialogue_id
            and self.marking >= other.marking
            and other.compartment_id in (None, self.compartment_id)
        )


@dataclass
class Serving:
    """The request being served, and its viewer's holdings: read once per request, never kept beyond it."""

    user: "User | AnonymousUser"
    holdings: "tuple[Holding, ...] | None" = None
    rules: "dict[tuple[str, ...], Q]" = field(default_factory=dict)


serving: ContextVar[Serving | None] = ContextVar("serving", default=None)


def holdings(user: "User | AnonymousUser") -> tuple[Holding, ...]:
    """The grants of `user` that are active now; none for the anonymous, the inactive and the holders of an office."""
    scope = serving.get()
    mine = scope is not None and scope.user.pk == user.pk
    if mine and scope is not None and scope.holdings is not None:
        return scope.holdings
    found = _read_holdings(user)
    if mine and scope is not None:
        scope.holdings = found
    return found


def forget_holdings() -> None:
    """For actions that change a grant: what follows in the same request is judged by the new ones."""
    scope = serving.get()
    if scope is not None:
        scope.holdings = None
        scope.rules = {}


def active_now(path: str = "") -> Q:
    """Grants in force at this moment, seen from a model that reaches them by `path` (ending in `__`, or empty).

    One that no approver reconfirmed in time is not: `lapses_before`.
    """
    now = timezone.now()
    in_time = confirmed_after(lapses_before(now), path)
    return Q(**{f"{path}state": "active", f"{path}valid_from__lte": now, f"{path}valid_to__gt": now}) & in_time


def confirmed_after(moment: datetime, path: str = "") -> Q:
    """Grants that an approver reconfirmed after `moment`, or that began after it."""
    return Q(**{f"{path}confirmed_at__gt": moment}) | Q(
        **{f"{path}confirmed_at__isnull": True, f"{path}valid_from__gt": moment}
    )


def due_before(now: datetime) -> datetime:
    """Grants last confirmed before this moment wait to be reconfirmed."""
    return now - timedelta(days=settings.GRANT_REVIEW_DAYS)


def lapses_before(now: datetime) -> datetime:
    """Grants last confirmed before this moment open nothing until they are reconfirmed."""
    return due_before(now) - timedelta(days=settings.GRANT_REVIEW_GRACE_DAYS)


def _read_holdings(user: "User | AnonymousUser") -> tuple[Holding, ...]:
    if not user.is_authenticated or not user.is_active or user.office:
        return ()
    grants: Any = apps.get_model("access", "Grant")._base_manager
    mine = grants.all().unscoped("the rule is made of the user's own grants")
    rows = mine.filter(active_now(), user_id=user.pk).order_by()
    recused = _open_recusals().filter(user_id=user.pk)
    from_all = recused.filter(dialogue_id=OuterRef("dialogue_id"), compartment_id__isnull=True)
    from_circle = recused.filter(compartment_id=OuterRef("in_compartments__compartment_id"))
    granted = rows.filter(~Exists(from_all)).values_list(
        "pk", "dialogue_id", "role", "marking", "in_compartments__compartment_id", Exists(from_circle), "valid_to"
    )
    every = granted.union(_openings(user, recused), all=True).order_by()
    found: dict[UUID, tuple[UUID, str, int, set[UUID], datetime]] = {}
    for pk, dialogue, role, marking, compartment, kept_out, until in every:
        entry = found.setdefault(pk, (dialogue, role, marking, set(), until))
        if compartment is not None and not kept_out:
            entry[3].add(compartment)
    inside = {dialogue for dialogue, role, *_ in found.values() if role}
    return tuple(
        Holding(pk, dialogue, Role(role) if role else None, marking, frozenset(circle), None if role else until)
        for pk, (dialogue, role, marking, circle, until) in sorted(found.items())
        if dialogue in inside
    )


def _openings(user: Any, recused: Any) -> Any:
    """Emergency openings of `user` that last, in the columns of grants; without a role. They count only beside a grant
    in the same dialogue: who loses that one loses them.
    """
    now = timezone.now()
    openings: Any = apps.get_model("access", "BreakGlass")._base_manager
    mine = openings.all().unscoped("the rule is made of the user's own openings, too")
    lasting = mine.filter(user_id=user.pk, ended_at__isnull=True, opened_at__lte=now, ends_at__gt=now).order_by()
    from_circle = recused.filter(compartment_id=OuterRef("compartment_id"))
    return lasting.values_list(
        "pk", "dialogue_id", Value("", CharField()), "marking", "compartment_id", Exists(from_circle), "ends_at"
    )


def emergencies(user: "User | AnonymousUser") -> tuple[Holding, ...]:
    """What `user` holds by emergency openings alone."""
    return tuple(holding for holding in holdings(user) if holding.role is None)


def _open_recusals() -> Any:
    recusals: Any = apps.get_model("access", "Recusal")._base_manager
    return recusals.all().unscoped("recusals are part of the rule").filter(ended_at__isnull=True).order_by()


def recused_q(label: Label, path: str = "user_id") -> Q:
    """Rows whose person, named by `path`, keeps out of what has `label`."""
    kept_out = Q(compartment_id__isnull=True)
    if label.compartment_id is not None:
        kept_out |= Q(compartment_id=label.compartment_id)
    return Q(**{f"{path}__in": _open_recusals().filter(kept_out, dialogue_id=label.dialogue_id).values("user_id")})


def label_q(user: "User | AnonymousUser", path: str = "") -> Q:
    """Rows whose label, reached by `path` (for example `case`), is dominated by a holding of `user`.

    A path ending in `?` may be empty: then the row has nothing to reveal there.
    """
    optional, path = path.endswith("?"), path.removesuffix("?")
    dominated = columns_q(user, f"{path}__" if path else "")
    return dominated | Q(**{f"{path}__isnull": True}) if optional else dominated


def dominated_q(label: Label, path: str = "") -> Q:
    """Rows whose own label, reached by `path` as in `label_q`, `label` dominates: what a container with it may hold.

    `Label.dominates`, said to the database. It says nothing of who sees the rows.
    """
    to = f"{path}__" if path else ""
    circles = Q(**{f"{to}compartment_id__isnull": True})
    if label.compartment_id is not None:
        circles |= Q(**{f"{to}compartment_id": label.compartment_id})
    return Q(**{f"{to}dialogue_id": label.dialogue_id, f"{to}marking__lte": label.marking}) & circles


def columns_q(user: "User | AnonymousUser", to: str, role: Role | None = None) -> Q:
    """The same over columns whose names begin with `to` (history keeps the label of its time in `at_…`); with `role`,
    only by grants of that role.
    """
    mine = (holding for holding in holdings(user) if role in (None, holding.role))
    return reduce(or_, (_dominated(holding, to) for holding in mine), NOTHING)


def _dominated(holding: Holding, to: str) -> Q:
    in_reach = Q(**{f"{to}dialogue_id": holding.dialogue_id, f"{to}marking__lte": holding.marking})
    no_circle = Q(**{f"{to}compartment_id__isnull": True})
    if not holding.compartments:
        return in_reach & no_circle
    return in_reach & (no_circle | Q(**{f"{to}compartment_id__in": sorted(holding.compartments)}))


def rule(user: "User | AnonymousUser", label_paths: Iterable[str]) -> Q:
    """A row is visible exactly if all that it reveals is: every one of its labels must be dominated."""
    paths, scope = tuple(label_paths), serving.get()
    if scope is None or scope.user.pk != user.pk:
        return reduce(and_, (label_q(user, path) for path in paths))
    if paths not in scope.rules:
        scope.rules[paths] = reduce(and_, (label_q(user, path) for path in paths))
    return scope.rules[paths]


def sees(user: "User | AnonymousUser", label: Label) -> bool:
    """The rule for a label in hand."""
    return any(holding.dominates(label) for holding in holdings(user))


def dialogue_q(user: "User | AnonymousUser", path: str = "pk") -> Q:
    """Dialogues in which `user` holds any grant; `path` leads to the dialogue's key.

    Holders of an office see that every dialogue exists (they administer or audit it) and nothing inside.
    """
    if user.is_authenticated and user.is_active and user.office:
        return ~NOTHING
    return Q(**{f"{path}__in": sorted({holding.dialogue_id for holding in holdings(user)})})


def inside_q(user: "User | AnonymousUser", path: str = "dialogue_id") -> Q:
    """What everybody in a dialogue knows and nobody else: its rounds, its own vocabulary. Offices are not in it."""
    return Q(**{f"{path}__in": sorted({holding.dialogue_id for holding in holdings(user)})})


def compartment_q(user: "User | AnonymousUser") -> Q:
    """Compartments the user is in. That a circle exists is itself need-to-know, except to those who administer it.

    An emergency opening shows what is in a circle, not that there is one: else any name could be tried on it.
    """
    if user.is_authenticated and user.is_active and user.office:
        return ~NOTHING
    mine = [holding for holding in holdings(user) if holding.role is not None]
    return Q(pk__in=sorted({circle for holding in mine for circle in holding.compartments}))


def colleague_q(user: "User | AnonymousUser") -> Q:
    """People a user may know of: all for holders of an office, else those with an active grant in a shared dialogue."""
    if user.is_authenticated and user.is_active and user.office:
        return ~NOTHING
    dialogues = {holding.dialogue_id for holding in holdings(user)}
    grants: Any = apps.get_model("access", "Grant")._base_manager
    everybody = grants.all().unscoped("who shares a dialogue")
    shared = everybody.filter(active_now(), dialogue_id__in=dialogues).values("user_id")
    return Q(pk=user.pk) | Q(pk__in=shared)


def grant_q(user: "User | AnonymousUser") -> Q:
    """Grants: all for holders of an office, one's own, and those of the dialogues one approves for.

    A grant that reaches into a circle the approver is not in does not exist for them: it would tell of the circle.
    """
    if user.is_authenticated and user.is_active and user.office:
        return ~NOTHING
    approving = [holding for holding in holdings(user) if holding.role == Role.APPROVER]
    circles = {circle for holding in approving for circle in holding.compartments}
    in_circles: Any = apps.get_model("access", "GrantCompartment")._base_manager
    beyond = in_circles.exclude(compartment_id__in=sorted(circles)).values("grant_id")
    approves = sorted({holding.dialogue_id for holding in approving})
    return Q(user_id=user.pk) | (Q(dialogue_id__in=approves) & ~Q(pk__in=beyond))


def emergency_q(user: "User | AnonymousUser") -> Q:
    """Emergency openings: all for holders of an office (that they happened), one's own, and those of the dialogues one
    approves for. One of a circle is known to approvers in that circle, and not to whoever opened it: whether they named
    the circle rightly is told nowhere.
    """
    if user.is_authenticated and user.is_active and user.office:
        return ~NOTHING
    if not user.is_authenticated:
        return NOTHING
    approving = [holding for holding in holdings(user) if holding.role == Role.APPROVER]
    circles = sorted({circle for holding in approving for circle in holding.compartments})
    within = Q(compartment_id__isnull=True) | Q(compartment_id__in=circles)
    approved = Q(dialogue_id__in=sorted({one.dialogue_id for one in approving})) & within
    return Q(user_id=user.pk, compartment_id__isnull=True) | approved


def recusal_q(user: "User | AnonymousUser") -> Q:
    """Recusals: one's own, and those of the dialogues one approves for, as far as one is in their circle.

    Offices know of none: why somebody keeps out may tell of a case.
    """
    if not user.is_authenticated:
        return NOTHING
    approving = [holding for holding in holdings(user) if holding.role == Role.APPROVER]
    circles = sorted({circle for holding in approving for circle in holding.compartments})
    within = Q(compartment_id__isnull=True) | Q(compartment_id__in=circles)
    return Q(user_id=user.pk) | (Q(dialogue_id__in=sorted({one.dialogue_id for one in approving})) & within)


def approval_q(user: "User | AnonymousUser", targets: Mapping[Any, Iterable[str]]) -> Q:
    """Approvals: of whoever sees the target (a model → the codes of the kinds about its rows) and dominates the label
    it was asked for under, where it has one.

    Each target is looked up by its key, from the approvals: the cost grows with them, not with what is hidden.
    """
    within = Q(dialogue_id__isnull=True) | columns_q(user, "")
    seen = NOTHING
    for model, codes in targets.items():
        rows = model.objects.visible_to(user).filter(pk=OuterRef("object_id")).order_by()
        seen |= Q(Exists(rows), kind__in=sorted(codes))
    return within & seen
