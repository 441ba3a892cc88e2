"""Claims in an answer: proposed by whoever codes, accepted onto the case or rejected by an official."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError

from cases.actions.case import check_open
from cases.actions.part import add_part
from cases.codes import Certainty, ClaimField, EventKind, TermKind
from cases.models import Case, CaseEvent, Claim, Facility, Statute
from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.actions.coding import hold_item
from rounds.claimed import event_of, identity_of
from rounds.codes import ItemClaimKind, ItemClaimState
from rounds.models import ItemClaim, ResponseItem
from rounds.states import ItemState

EVENT_COLUMNS = frozenset(
    {
        "event_kind",
        "when",
        "when_text",
        "place_id",
        "place_text",
        "facility_text",
        "authority",
        "statute_text",
        "term_kind",
        "term_months",
        "note",
    }
)
IDENTITY_COLUMNS = frozenset({"field", "value", "note"})


def propose_claim(*, item: ResponseItem, by: User, values: dict[str, Any], key: UUID | None = None) -> ItemClaim:
    """A new claim from a coded answer about a case. `values`: `kind` and the columns of that kind. `key` is the key it
    will have: sent twice, it is proposed once and given back.

    Raises Denied, WrongState.
    """
    check(by, Doing.CODE_ANSWER, item.label())
    check_says(values)
    made = ItemClaim(item=item, **values)
    if key is not None:
        made.pk = key
        if standing := _proposed(item, by, key):
            return standing
    try:
        _propose(made, item, by)
    except IntegrityError:
        standing = _proposed(item, by, made.pk)
        if standing is None:
            raise
        return standing
    return made


def _propose(made: ItemClaim, item: ResponseItem, by: User) -> None:
    with acting(Verb.ITEM_CLAIM_PROPOSED, by=by, detail={"kind": made.kind}) as act:
        hold_item(item, by, item.version, Doing.CODE_ANSWER)
        if item.state == ItemState.RECORDED:
            raise WrongState("Code the answer first; then say what it claims.")
        _case_of(item)
        save_new(made)
        act.about = made


def _proposed(item: ResponseItem, by: User, key: UUID) -> ItemClaim | None:
    return ItemClaim.objects.visible_to(by).filter(pk=key, item=item).first()


def check_says(values: dict[str, Any]) -> None:
    """Whether the columns say one thing that could be accepted. Raises WrongState, ValueError (columns of neither)."""
    event = values.get("kind") == ItemClaimKind.EVENT
    unknown = set(values) - {"kind"} - (EVENT_COLUMNS if event else IDENTITY_COLUMNS)
    if unknown or values.get("kind") not in ItemClaimKind.values:
        raise ValueError(f"Not columns of such a claim: {sorted(unknown)}")
    if event and values.get("event_kind") not in EventKind.values:
        raise WrongState("Choose what happened.")
    if not event and (values.get("field") not in ClaimField.values or not str(values.get("value", "")).strip()):
        raise WrongState("Say what is claimed, and about what.")
    months, kind = values.get("term_months"), values.get("event_kind")
    if months and kind != EventKind.REDUCED and values.get("term_kind") != TermKind.FIXED:
        raise WrongState("Only a fixed term or a reduction has a length.")


def accept_item_claim(
    *, item_claim: ItemClaim, by: User, seen: int, certainty: str = Certainty.ALLEGED, reason: str = ""
) -> CaseEvent | Claim:
    """Puts a claim onto the case, as what the counterpart says: an event of its timeline, or a claim about identity.

    Only alleged unless an official knows better: the counterpart's word alone sets nobody free. What is marked higher
    than the case goes onto it only with a reason. Raises Denied, WrongState, Conflict.
    """
    case = _case_of(item_claim.item)
    check(by, Doing.EDIT_CASE, case.label())
    if certainty not in Certainty.values:
        raise WrongState("Choose how certain this is.")
    if not case.label().dominates(item_claim.label()) and not reason.strip():
        raise WrongState("The answer is marked higher than the case. Say why this may stand on the case.")
    detail = {"kind": item_claim.kind, "certainty": certainty}
    with acting(Verb.ITEM_CLAIM_ACCEPTED, by=by, about=item_claim, reason=reason, detail=detail):
        _hold_claim(item_claim, by, seen)
        part = _part(item_claim, case, by, certainty)
        add_part(part=part, case=case, by=by)
        where = {"event_id": part.pk} if isinstance(part, CaseEvent) else {"claim_id": part.pk}
        _decide(item_claim, by, seen, ItemClaimState.ACCEPTED, reason, where)
    return part


def reject_item_claim(*, item_claim: ItemClaim, by: User, seen: int, reason: str) -> None:
    """The claim stays with the answer and does not go onto the case. Raises Denied, WrongState, Conflict."""
    case = _case_of(item_claim.item)
    check(by, Doing.EDIT_CASE, case.label())
    if not reason.strip():
        raise WrongState("Say why this does not go onto the case.")
    with acting(Verb.ITEM_CLAIM_REJECTED, by=by, about=item_claim, reason=reason, detail={"kind": item_claim.kind}):
        _hold_claim(item_claim, by, seen)
        _decide(item_claim, by, seen, ItemClaimState.REJECTED, reason, {})


def _case_of(item: ResponseItem) -> Case:
    if item.case is None:
        raise WrongState("This answer is not matched to a case yet; match it first.")
    check_open(item.case)
    return item.case


def _hold_claim(claim: ItemClaim, by: User, seen: int) -> None:
    """Locks the answer, then the claim; both as they are now. Raises Denied, Conflict, WrongState."""
    why = "takes the lock of the claim being decided"
    item = claim.item
    standing = ResponseItem.objects.unscoped(why).filter(pk=item.pk, case_id=item.case_id).first()
    if standing is None:
        raise WrongState("This answer has been matched anew since you opened it. Look at it again.")
    hold_item(item, by, standing.version, Doing.EDIT_CASE)
    now = ItemClaim.objects.unscoped(why).select_for_update().get(pk=claim.pk)
    if now.version != seen:
        raise Conflict(now)
    if now.state != ItemClaimState.PROPOSED:
        raise WrongState(f"This claim was {ItemClaimState(now.state).label} already.")


def _part(claim: ItemClaim, case: Case, by: User, certainty: str) -> CaseEvent | Claim:
    if claim.kind == ItemClaimKind.IDENTITY:
        return identity_of(claim, certainty)
    event = event_of(claim, certainty)
    for column, model in (("facility", Facility), ("statute", Statute)):
        text = getattr(event, f"{column}_text")
        term = _term(model, text, case, by) if text else None
        if term is not None:
            setattr(event, column, term)
            setattr(event, f"{column}_text", "")
    return event


def _term(model: Any, text: str, case: Case, by: User) -> Any:
    """The term of the vocabulary that a text names, or None."""
    wanted = text.strip().casefold()
    offered = model.objects.visible_to(by).offered_in(case.dialogue)
    return next((one for one in offered if wanted in (one.name.casefold(), str(one).casefold())), None)


def _decide(claim: ItemClaim, by: User, seen: int, state: ItemClaimState, reason: str, where: dict[str, Any]) -> None:
    changes = {"state": state.value, "decided_by_id": by.pk, "decision_reason": reason.strip(), **where}
    save_over(claim, seen=seen, changes=changes)
