"""A grant in force is the act of two: an access admin asks, an approver of the dialogue decides (approvals.py)."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from casetracker.access.act import Doing, Running, check_run
from casetracker.access.actions.grants import APPROVE, activate, check_decides, end_one, reaches
from casetracker.access.approvals import Kind, register
from casetracker.access.errors import WrongState
from casetracker.access.models import Approval, Grant, GrantState, User
from casetracker.access.roles import Marking, Role
from casetracker.access.see import holdings
from casetracker.audit.verbs import Verb


def check_ask(user: User, target: Grant, parameters: dict[str, Any]) -> None:
    """An access admin, for a grant that is requested and not theirs. Raises Denied, WrongState."""
    check_run(user, Running.REQUEST_GRANT)
    if target.state != GrantState.REQUESTED:
        raise WrongState(f"This grant is {target.standing}; there is nothing to decide.")


def check_decide(user: User, target: Grant, parameters: dict[str, Any]) -> None:
    """An approver whose own grant reaches as far. Raises Denied."""
    check_decides(target, user)


def could_decide(user: User, targets: list[Grant]) -> set[UUID]:
    """Of grants with their circles in hand, those `user` could decide on. No query."""
    mine = [holding for holding in holdings(user) if holding.role == Role.APPROVER]
    return {
        grant.pk
        for grant in targets
        if user.pk not in (grant.user_id, grant.requested_by_id)
        and any(reaches(holding, grant, _circles(grant)) for holding in mine)
    }


def facts(target: Grant, parameters: dict[str, Any]) -> dict[str, Any]:
    """The grant and its circles."""
    return {"version": target.version, "circles": sorted(str(key) for key in _circles(target))}


def tell(target: Grant, parameters: dict[str, Any], user: User) -> list[str]:
    """What the grant opens; its circles stand on the page of the grant, for those who know of them."""
    return [
        f"{target.user.name} becomes {target.get_role_display()} in {target.dialogue.name}.",
        f"They read everything there up to {Marking(target.marking).on_paper}, and what stands in the "
        f"compartments of the grant, if it has any.",
        f"From {target.valid_from:%Y-%m-%d} to {target.last_day:%Y-%m-%d}, from the next request on.",
    ]


def execute(target: Grant, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Puts it in force. Raises WrongState, Conflict."""
    seen = parameters.get("seen", target.version)
    activate(Verb.GRANT_APPROVED, target, by, seen, parameters.get("why", ""), GrantState.REQUESTED)


def refuse(target: Grant, approval: Approval, by: User, reason: str) -> None:
    """Refuses the grant with its approval. Raises WrongState, Conflict."""
    if target.state != GrantState.REQUESTED:
        raise WrongState(f"This grant is {target.standing}; there is nothing to decide.")
    end_one(Verb.GRANT_REFUSED, target, target.version, GrantState.REFUSED, reason, by=by)


def give_up(target: Grant, approval: Approval, by: User, reason: str) -> None:
    """Who takes the request back takes the grant back. Raises WrongState, Conflict."""
    end_one(Verb.GRANT_REVOKED, target, target.version, GrantState.REVOKED, reason or "Taken back.", by=by)


def address(target: Grant) -> str:
    """The page of the grant."""
    return reverse("access:grant", args=[target.pk])


def name(target: Grant) -> str:
    """Whose and where."""
    return f"{target.user.name}, {target.get_role_display()} in {target.dialogue.name}"


def _circles(grant: Grant) -> frozenset[UUID]:
    return frozenset(link.compartment_id for link in grant.in_compartments.all())


register(
    Kind(
        code=APPROVE,
        words="approve a grant",
        model="access.Grant",
        check_ask=check_ask,
        check_decide=check_decide,
        facts=facts,
        tell=tell,
        execute=execute,
        address=address,
        refuse=refuse,
        give_up=give_up,
        label=lambda target, parameters: None,
        name=name,
        choose=could_decide,
        decides=Doing.APPROVE_GRANT,
        related=("user", "dialogue"),
        prefetch=("in_compartments",),
    )
)
