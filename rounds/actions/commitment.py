"""Commitments: what the counterpart promised, who watches it, and whether it was kept.

A commitment about a case is seen by those who see both, and keeps its own label when that of the case is raised:
whatever is asked about it is asked of `covering`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from cases.actions.case import check_label
from cases.models import Case
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.access.see import Label, sees
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.response import hold
from rounds.codes import CommitmentState
from rounds.models import Commitment, ResponseItem

EDITABLE = frozenset({"what", "reason", "owner_id", "promised_on", "due"})
TOO_LOW = "The label must not be lower than that of the case and of the answer it comes from."


def covering(commitment: Commitment) -> Label:
    """The label that dominates both its own and that of its case (loaded): the higher marking, and the compartment of
    whichever has one.
    """
    own = commitment.label()
    about = commitment.case.label() if commitment.case else own
    return Label(own.dialogue_id, max(own.marking, about.marking), own.compartment_id or about.compartment_id)


def add_commitment(*, by: User, label: Label, values: dict[str, Any], key: UUID | None = None) -> Commitment:
    """A new commitment. `values`: what, reason, owner, promised_on, due; round, case and item (response loaded) as
    far as it comes from one. Its label dominates theirs. `key` is the key it will have: sent twice, it is recorded
    once and given back. Raises Denied, WrongState.
    """
    check(by, Doing.TRACK_COMMITMENT, label)
    check_label(by, label)
    made = Commitment(
        dialogue_id=label.dialogue_id, marking=label.marking, compartment_id=label.compartment_id, **values
    )
    if key is not None:
        made.pk = key
        if standing := _added(by, key):
            return standing
    _check_sources(made)
    _check_owner(made.owner, made)
    try:
        with acting(Verb.COMMITMENT_ADDED, by=by) as act:
            if made.item is not None:
                # No reply gets a higher label while a promise is taken from it.
                hold(made.item.response, by, Doing.TRACK_COMMITMENT)
                _check_sources(made)
            save_new(made)
            act.about = made
    except IntegrityError:
        standing = _added(by, made.pk)
        if standing is None:
            raise
        return standing
    return made


def edit_commitment(*, commitment: Commitment, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes what was promised, why it is kept, its owner and days. `changes` may name `owner` (a User or None).

    True when something changed. Raises Denied, WrongState (settled), Conflict.
    """
    check(by, Doing.TRACK_COMMITMENT, covering(commitment))
    check_open(commitment)
    if "owner" in changes:
        owner = changes["owner"]
        if (owner.pk if owner else None) != commitment.owner_id:
            _check_owner(owner, commitment)
        changes = {name: value for name, value in changes.items() if name != "owner"}
        changes["owner_id"] = owner.pk if owner else None
    if unknown := set(changes) - EDITABLE:
        raise ValueError(f"Not edited here: {sorted(unknown)}")
    with acting(Verb.COMMITMENT_EDITED, by=by, about=commitment, reason=reason, detail={"fields": sorted(changes)}):
        return save_over(commitment, seen=seen, changes=changes)


def label_commitment(
    *, commitment: Commitment, by: User, seen: int, marking: int, compartment: UUID | None, reason: str
) -> None:
    """Changes the label, of a settled one, too. Raising it is an official's act, lowering it (or leaving a circle) an
    approver's. It goes on dominating the case and the answer it comes from, and whoever watches an open one keeps
    seeing it. Raises Denied, WrongState, Conflict.
    """
    new = Label(commitment.dialogue_id, marking, compartment)
    check_label(by, new)
    doing = labelling(commitment, new)
    check(by, doing, covering(commitment))
    if not reason.strip():
        raise WrongState("Say why the label changes.")
    detail = {"from": commitment.marking, "to": marking}
    with acting(Verb.COMMITMENT_EDITED, by=by, about=commitment, reason=reason, detail=detail):
        if commitment.item is not None:
            hold(commitment.item.response, by, doing)
        now = _locked(commitment)
        if now.version != seen:
            raise Conflict(now)
        check(by, doing, covering(now))
        _check_dominates(new, now.case, now.item)
        _check_owner_keeps(now, new)
        save_over(commitment, seen=seen, changes={"marking": marking, "compartment_id": compartment})


def labelling(commitment: Commitment, new: Label) -> Doing:
    """What giving it the label `new` is: raising or lowering it."""
    return Doing.TRACK_COMMITMENT if new.dominates(commitment.label()) else Doing.LOWER_MARKING


def settle_commitment(*, commitment: Commitment, by: User, seen: int, state: str, outcome: str) -> None:
    """Records whether it was kept, partly kept or not, and what came of it. Raises Denied, WrongState, Conflict."""
    check(by, Doing.TRACK_COMMITMENT, covering(commitment))
    check_open(commitment)
    if state not in CommitmentState.values or state == CommitmentState.OPEN:
        raise WrongState("Say whether it was kept, partly kept or not kept.")
    if not outcome.strip():
        raise WrongState("Say what came of it.")
    with acting(Verb.COMMITMENT_SETTLED, by=by, about=commitment, detail={"to": state}):
        save_over(commitment, seen=seen, changes={"state": state, "outcome": outcome.strip()})


def reopen_commitment(*, commitment: Commitment, by: User, seen: int, reason: str) -> None:
    """Takes a settlement back that was wrong; it stays in the history. Raises Denied, WrongState, Conflict."""
    check(by, Doing.TRACK_COMMITMENT, covering(commitment))
    if commitment.state == CommitmentState.OPEN:
        raise WrongState("This commitment is open.")
    if not reason.strip():
        raise WrongState("Say why it is open again.")
    with acting(Verb.COMMITMENT_EDITED, by=by, about=commitment, reason=reason, detail={"to": "open"}):
        save_over(commitment, seen=seen, changes={"state": CommitmentState.OPEN, "outcome": ""})


def reassign_commitments(*, commitments: Sequence[Commitment], by: User, owner: User | None, reason: str) -> int:
    """Gives open commitments to somebody who may track them, or to nobody; all or none. The number changed.

    Raises Denied, WrongState, Conflict.
    """
    if not reason.strip():
        raise WrongState("Say why they go to somebody else.")
    for commitment in commitments:
        check(by, Doing.TRACK_COMMITMENT, covering(commitment))
        check_open(commitment)
        if owner is None or owner.pk != commitment.owner_id:
            _check_owner(owner, commitment)
    with acting(Verb.WORK_REASSIGNED, by=by, reason=reason, detail={"commitments": len(commitments)}):
        return sum(
            save_over(one, seen=one.version, changes={"owner_id": owner.pk if owner else None})
            for one in sorted(commitments, key=lambda one: str(one.pk))
        )


def check_open(commitment: Commitment) -> None:
    """A settled commitment stays as it is. Raises WrongState."""
    if commitment.state != CommitmentState.OPEN:
        raise WrongState(f"This commitment is settled ({commitment.get_state_display()}). Open it again first.")


def _added(by: User, key: UUID) -> Commitment | None:
    return Commitment.objects.visible_to(by).filter(pk=key).first()


def _locked(commitment: Commitment) -> Commitment:
    """The row as it stands, locked, with its case and the response it comes from. Inside an action only."""
    rows = Commitment.objects.unscoped("takes the lock of the commitment whose label changes")
    now: Commitment = (
        rows.select_related("case", "owner", "item__response").select_for_update(of=("self",)).get(pk=commitment.pk)
    )
    return now


def _check_owner(owner: User | None, commitment: Commitment) -> None:
    if owner is not None and not _may_watch(owner, commitment):
        raise WrongState("Choose an owner who may see and track this commitment.")


def _may_watch(owner: User, commitment: Commitment) -> bool:
    # A case may have come into another circle than the commitment is in: whoever watches it is in both.
    about = commitment.case.label() if commitment.case else commitment.label()
    return may(owner, Doing.TRACK_COMMITMENT, covering(commitment)) and sees(owner, about)


def _check_owner_keeps(now: Commitment, new: Label) -> None:
    """What is open is not taken from whoever watches it; who could not see it before loses nothing.

    Raises WrongState.
    """
    owner = now.owner
    if owner is None or now.state != CommitmentState.OPEN or not _may_watch(owner, now):
        return
    if not may(owner, Doing.TRACK_COMMITMENT, new):
        raise WrongState(f"{owner.name} watches this and could not see it then. Give it to somebody else first.")


def _check_sources(made: Commitment) -> None:
    """The label covers the case and the answer it comes from; all are of one dialogue and belong together."""
    label = made.label()
    if made.round is not None and made.round.dialogue_id != label.dialogue_id:
        raise WrongState("That round belongs to another dialogue.")
    _check_dominates(label, made.case, made.item)
    if made.item is not None and made.case is not None and made.item.case_id not in (None, made.case.pk):
        raise WrongState("That answer is about another case.")


def _check_dominates(label: Label, case: Case | None, item: ResponseItem | None) -> None:
    if not all(label.dominates(one.label()) for one in (case, item) if one is not None):
        raise WrongState(TOO_LOW)
