"""Recording what came back, its papers, correcting its facts, changing its label."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from cases.actions.case import check_label
from cases.lowering import NEEDS_TWO
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import Compartment, User
from casetracker.access.see import Label, sees
from casetracker.audit.acting import acting, record
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb
from casetracker.sealing import seal, unseal
from rounds.codes import Form
from rounds.figures import refresh_days
from rounds.models import Commitment, Response, ResponseFile, ResponseFileContent, ResponseItem, Round
from rounds.states import ItemState

EDITABLE = frozenset(
    {"on", "round", "form", "partner", "speaker", "language", "verbatim", "translation", "note"}
)  # fmt: skip


class Paper(NamedTuple):
    """A file that came as the reply: its bytes, what it is, and the ending of its name."""

    content: bytes
    title: str
    extension: str = ""


def record_response(
    *, by: User, label: Label, values: dict[str, Any], files: Sequence[Paper] = (), key: UUID | None = None
) -> Response:
    """A reply with its papers. `key` is the key it will have: sent twice, it is recorded once and given back.

    Raises Denied, WrongState.
    """
    check(by, Doing.RECORD_RESPONSE, label)
    check_label(by, label)
    made = Response(dialogue_id=label.dialogue_id, marking=label.marking, compartment_id=label.compartment_id, **values)
    if key is not None:
        made.pk = key
        if standing := _recorded(by, key):
            return standing
    _check_facts(made, by)
    if not (made.verbatim.strip() or made.translation.strip() or files):
        raise WrongState("Write what came back, or hand over the paper.")
    try:
        with acting(Verb.RESPONSE_RECORDED, by=by, detail={"files": len(files)}) as act:
            save_new(made)
            act.about = made
            for paper in files:
                _store(made, paper)
    except IntegrityError:
        standing = _recorded(by, made.pk)
        if standing is None:
            raise
        return standing
    return made


def edit_response(*, response: Response, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes the facts, with a reason once an answer in it is coded. True when something changed.

    Raises Denied, WrongState, Conflict.
    """
    unknown = {name.removesuffix("_id") for name in changes} - EDITABLE
    if unknown:
        raise ValueError(f"Not edited here: {sorted(unknown)}")
    check(by, Doing.RECORD_RESPONSE, response.label())
    with acting(Verb.RESPONSE_EDITED, by=by, about=response, reason=reason, detail={"fields": sorted(changes)}):
        now = hold(response, by)
        for name, value in changes.items():
            setattr(now, name, value)
        _check_facts(now, by)
        _check_says_something(now)
        items = _items(response)
        if now.on < response.on:
            _check_after_raisings(now, items)
        if not reason.strip() and any(item.state != ItemState.RECORDED for item in items):
            raise WrongState("Answers in this reply are coded. Say why it is corrected.")
        changed = save_over(response, seen=seen, changes=changes)
        if changed:
            refresh_days(item.case_id for item in items if item.case_id)
    return changed


def label_response(
    *, response: Response, by: User, seen: int, marking: int, compartment: Compartment | None, reason: str
) -> None:
    """Raises the label; lowering it (or leaving a circle) needs two persons (rounds/actions/lowering.py).

    Raises Denied, WrongState, Conflict.
    """
    old = response.label()
    new = Label(response.dialogue_id, marking, compartment.pk if compartment else None)
    if not new.dominates(old):
        raise WrongState(NEEDS_TWO)
    check_label(by, new)
    check(by, Doing.RECORD_RESPONSE, old)
    if not reason.strip():
        raise WrongState("Say why the label changes.")
    detail = {"from": old.marking, "to": marking}
    with acting(Verb.RESPONSE_LABELLED, by=by, about=response, reason=reason, detail=detail):
        hold(response, by)
        if not new.dominates(response.label()):
            raise WrongState("The label was changed in the meantime. Look at the reply as it is now.")
        change_response_label(response, by, seen, new)


def change_response_label(response: Response, by: User, seen: int, new: Label) -> None:
    """Writes the label, which goes on dominating every case and list that the items speak of. Inside an action that
    holds the response. Raises WrongState, Conflict.
    """
    check_covers(response, new, by)
    if save_over(response, seen=seen, changes={"marking": new.marking, "compartment_id": new.compartment_id}):
        refresh_days(item.case_id for item in _items(response) if item.case_id)


def check_covers(response: Response, new: Label, by: User) -> None:
    """Whether `new` dominates all that the response's items speak of, struck ones too, and no promise taken from it is
    open to more people. Raises WrongState; it tells only of what `by`, who sees the response, sees anyway.
    """
    items = _items(response)
    higher = {item.case.reference for item in items if item.case and not new.dominates(item.case.label())}
    if higher:
        raise WrongState(f"This label is too low for {', '.join(sorted(higher)[:5])}, which the reply answers.")
    if any(item.raising and not new.dominates(item.raising.label()) for item in items):
        raise WrongState("This label is too low for a list that the reply answers. Choose at least that of the list.")
    if any(item.repeats and not new.dominates(item.repeats.label()) for item in items):
        raise WrongState("This label is too low for an earlier answer that one of these repeats.")
    _check_repeated(response, new, by)
    _check_promises(items, new, by)


def _check_promises(items: Sequence[ResponseItem], new: Label, by: User) -> None:
    """By the label of the promise alone: that of the case it is about may be lowered again. Raises WrongState."""
    why = "no label of a response outgrows the commitments taken from it, whoever sees them"
    promises = Commitment.objects.unscoped(why).filter(item__in=[item.pk for item in items]).select_related("case")
    outgrown = [one for one in promises if not one.label().dominates(new)]
    if any(sees(by, one.label()) and (one.case is None or sees(by, one.case.label())) for one in outgrown):
        raise WrongState("A commitment taken from this reply has a lower label. Raise that one first.")
    if outgrown:
        raise WrongState("Other papers that build on this reply cannot take this label; ask an approver.")


def _check_repeated(response: Response, new: Label, by: User) -> None:
    """A later answer that repeats one of these tells of it to those who see that answer. Raises WrongState."""
    why = "no label of a response outgrows the answers that repeat one of its own"
    rows = ResponseItem.objects.unscoped(why).filter(repeats__response=response).exclude(response=response)
    outgrown = [item for item in rows.select_related("response") if not item.response.label().dominates(new)]
    if any(sees(by, item.response.label()) for item in outgrown):
        raise WrongState("A later answer that repeats one of these has a lower label. Raise that response first.")
    if outgrown:
        raise WrongState("Other papers that build on this reply cannot take this label; ask an approver.")


def add_file(*, response: Response, by: User, content: bytes, title: str, extension: str = "") -> ResponseFile:
    """One more paper of the reply. Raises Denied."""
    check(by, Doing.RECORD_RESPONSE, response.label())
    with acting(Verb.RESPONSE_EDITED, by=by, about=response, detail={"files": 1, "bytes": len(content)}):
        hold(response, by)
        return _store(response, Paper(content, title, extension))


def remove_file(*, file: ResponseFile, by: User, seen: int, reason: str) -> None:
    """Takes a paper off, its content for good. Raises Denied, WrongState (no reason, nothing left), Conflict."""
    response = file.response
    check(by, Doing.RECORD_RESPONSE, response.label())
    if not reason.strip():
        raise WrongState("Say why this is removed.")
    with acting(Verb.RESPONSE_EDITED, by=by, about=response, reason=reason, detail={"files": -1}):
        now = hold(response, by)
        others = ResponseFile.objects.visible_to(by).filter(response=response).exclude(pk=file.pk)
        if not (now.verbatim.strip() or now.translation.strip() or others.exists()):
            raise WrongState("This paper is all there is of the reply. Write its words first.")
        ResponseFileContent.objects.visible_to(by).filter(file=file).delete()
        remove(file, seen=seen)


def read_file(*, file: ResponseFile, by: User) -> bytes:
    """What the paper holds, with an entry in the trail. Raises SealBroken."""
    content = ResponseFileContent.objects.visible_to(by).get(file=file)
    told = unseal(bytes(content.sealed), place=place_of(file))
    record(Verb.ATTACHMENT_READ, by=by, about=file)
    return told


def place_of(file: ResponseFile) -> str:
    """What the encrypted content is bound to."""
    return f"responsefile:{file.pk}:{file.response_id}"


def hold(response: Response, by: User, doing: Doing = Doing.RECORD_RESPONSE) -> Response:
    """Takes the lock of `response` and asks again, by its label as it is now. Gives the row as it stands.

    Inside an action only. Raises Denied.
    """
    rows = Response.objects.unscoped("takes the lock of the response that is written to")
    now: Response = rows.select_for_update().get(pk=response.pk)
    response.marking, response.compartment_id, response.on = now.marking, now.compartment_id, now.on
    check(by, doing, response.label())
    return now


def _check_after_raisings(response: Response, items: Sequence[ResponseItem]) -> None:
    """A reply answers what was raised before it; answers that were corrected count no more. Raises WrongState."""
    struck = {item.supersedes_id for item in items}
    asked = [item.raising for item in items if item.raising and item.pk not in struck]
    later = {one.case.reference for one in asked if one.on > response.on}
    if later:
        raise WrongState(f"On this day, {', '.join(sorted(later)[:5])} was raised after this reply. Match that first.")


def _check_says_something(response: Response) -> None:
    """A reply is words or papers. Raises WrongState."""
    papers = ResponseFile.objects.unscoped("a reply without words has a paper").filter(response=response)
    if not (response.verbatim.strip() or response.translation.strip() or papers.exists()):
        raise WrongState("Write what came back, or hand over the paper.")


def _recorded(by: User, key: UUID) -> Response | None:
    return Response.objects.visible_to(by).filter(pk=key).first()


def _store(response: Response, paper: Paper) -> ResponseFile:
    made = ResponseFile(response=response, title=paper.title, extension=paper.extension, size=len(paper.content))
    save_new(made)
    sealed = seal(paper.content, place=place_of(made))
    ResponseFileContent(file=made, sealed=sealed).save(force_insert=True)
    return made


def _check_facts(response: Response, by: User) -> None:
    if response.on > timezone.localdate():
        raise WrongState("This day lies ahead; a reply is recorded once it has come.")
    if response.partner_id and response.form != Form.RELAYED:
        raise WrongState("A partner is named only where the form is “relayed by a partner”.")
    rounds = Round.objects.visible_to(by).filter(pk=response.round_id, dialogue=response.dialogue_id)
    if response.round_id and not rounds.exists():
        raise WrongState("Choose a round of the dialogue that the reply belongs to.")


def _items(response: Response) -> list[ResponseItem]:
    rows = ResponseItem.objects.unscoped("a response's label dominates all that its items speak of")
    return list(
        rows.filter(response=response).select_related(
            "case", "raising__case", "raising__entry__case_list", "repeats__response"
        )
    )
