"""Reading who a sealed source is: somebody asks with a reason, an approver who is another decides.

The approval is about the identity, not about the source: whoever does not see the identity's own label is told nothing
of it and cannot ask. Sealed anew, it is another identity, which nobody has been allowed to read.
"""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse

from cases.actions.source import place_of
from cases.models import Case, Source, SourceIdentity
from cases.unsealing import CODE, opened_by
from casetracker.access.act import Doing, check
from casetracker.access.approvals import Kind, ask
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval, User
from casetracker.access.see import sees
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.sealing import SealBroken, unseal

BROKEN = (
    "What is sealed here does not open: it was altered, moved, or sealed with another key. "
    "Tell whoever runs this installation; nothing is shown."
)


def ask_unseal(*, identity: SourceIdentity, by: User, reason: str) -> Approval:
    """Asks to read who a source is. Raises Denied, WrongState (no reason, somebody is asking already)."""
    if not reason.strip():
        raise WrongState("Say why you need to read who this source is.")
    return ask(kind=CODE, target=identity, by=by, parameters={}, reason=reason)


def read_identity(*, source: Source, identity: SourceIdentity, by: User) -> str:
    """Who a sealed source is, once a second person has allowed it; each reading is kept in the trail.

    Raises Denied, WrongState (not allowed, not any more; the sealed value does not open).
    """
    check(by, Doing.UNSEAL_SOURCE, identity.label())
    allowed = opened_by(identity, by)
    if allowed is None:
        raise WrongState("Reading who this source is needs a second person. Ask for it first.")
    try:
        told = unseal(bytes(identity.sealed), place=place_of(source)).decode()
    except (SealBroken, UnicodeDecodeError) as broken:
        raise WrongState(BROKEN) from broken
    record(Verb.SOURCE_UNSEALED, by=by, about=source, reason=allowed.reason)
    return told


def check_ask(user: User, target: SourceIdentity, parameters: dict[str, Any]) -> None:
    """Somebody who sees the case and dominates the identity's own label. Raises Denied."""
    _check(user, target, Doing.UNSEAL_SOURCE)


def check_decide(user: User, target: SourceIdentity, parameters: dict[str, Any]) -> None:
    """An approver who does. Raises Denied."""
    _check(user, target, Doing.APPROVE_UNSEALING)


def _check(user: User, identity: SourceIdentity, doing: Doing) -> None:
    check(user, doing, identity.label())
    if not sees(user, _case_of(identity).label()):
        raise Denied(f"Your grants do not let you {doing.value} here.")


def facts(target: SourceIdentity, parameters: dict[str, Any]) -> dict[str, Any]:
    """What will be read, and under which label."""
    circle = str(target.compartment_id) if target.compartment_id else None
    sealed = sha256(bytes(target.sealed)).hexdigest()
    return {"sealed": sealed, "marking": target.marking, "compartment": circle}


def tell(target: SourceIdentity, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen."""
    return [
        f"Whoever asked may read who a sealed source of {_case_of(target).reference} is, for "
        f"{settings.UNSEALED_MINUTES} minutes.",
        "Each reading is kept in the trail. Nobody else reads it, not even whoever decides.",
    ]


def execute(target: SourceIdentity, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Nothing is written: the approval itself is what opens the source (`opened_by`)."""


def address(target: SourceIdentity) -> str:
    """The page on which it is asked for and read."""
    return reverse("cases:source_unseal", args=[_case_of(target).reference, target.source_id])


def _case_of(identity: SourceIdentity) -> Case:
    """The case of the source, whoever asks: they see the identity, hence the case."""
    rows = Source.objects.unscoped("the case of a sealed source that is in hand").select_related("case")
    return rows.get(pk=identity.source_id).case  # type: ignore[no-any-return]


def hold(target: SourceIdentity, by: User) -> None:
    """Takes the lock of the source, under which it is sealed anew. Raises WrongState where that happened meanwhile."""
    why = "takes the lock of the sealed source that is decided about"
    list(Source.objects.unscoped(why).filter(pk=target.source_id).select_for_update().values_list("pk"))
    now = SourceIdentity.objects.unscoped(why).filter(pk=target.pk).first()
    if now is None:
        raise WrongState("Who this source is was sealed anew meanwhile. Ask again if it still holds.")
    target.sealed, target.marking, target.compartment_id = now.sealed, now.marking, now.compartment_id


def name(target: SourceIdentity) -> str:
    """What it is called in the inbox: the case, and nothing of the source."""
    return f"a sealed source of {_case_of(target).reference}"


KIND = Kind(
    code=CODE,
    words="read who a sealed source is",
    model="cases.SourceIdentity",
    check_ask=check_ask,
    check_decide=check_decide,
    facts=facts,
    tell=tell,
    execute=execute,
    address=address,
    hold=hold,
    name=name,
    decides=Doing.APPROVE_UNSEALING,
)
