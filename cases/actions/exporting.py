"""Large copies: asked for with a reason, allowed by an approver who is another, taken once by whoever asked.

What is allowed is frozen when it is asked for: these cases, and no case that has a higher label by then.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, ExportRequest
from cases.paging import digest
from cases.states import ExportState
from casetracker.access.act import Doing, check, may
from casetracker.access.approvals import Kind, ask
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

CODE = "cases.export"


def is_large(cases: Sequence[Case]) -> bool:
    """Whether a copy of these cases needs a second person."""
    return len(cases) > settings.EXPORT_LARGE or _restricted(cases) > settings.EXPORT_LARGE_RESTRICTED


def _restricted(cases: Sequence[Case]) -> int:
    return sum(case.marking > Marking.NORMAL for case in cases)


def ask_export(*, by: User, cases: Sequence[Case], form: str, reason: str) -> ExportRequest:
    """Freezes which cases are meant and asks for them. Raises Denied, WrongState."""
    if not reason.strip():
        raise WrongState("Say why this copy leaves.")
    label = _label_over(cases)
    keys = [case.pk for case in cases]
    made = ExportRequest(
        dialogue_id=label.dialogue_id, marking=label.marking, compartment_id=label.compartment_id, owner=by,
        form=form, keys=[str(key) for key in keys], count=len(keys), restricted=_restricted(cases),
        digest=digest(keys), reason=reason.strip(),
    )  # fmt: skip
    check(by, Doing.EXPORT_CASES, label)
    detail = {"count": made.count, "digest": made.digest}
    with transaction.atomic():
        with acting(Verb.EXPORT_ASKED, by=by, about=made, reason=reason, detail=detail):
            save_new(made)
        ask(kind=CODE, target=made, by=by, parameters=_parameters(made), reason=reason)
    return made


def _label_over(cases: Sequence[Case]) -> Label:
    """A label that dominates that of every case. Raises WrongState where there is none."""
    if len({case.dialogue_id for case in cases}) != 1:
        raise WrongState("Ask for the cases of one dialogue at a time: a person of that dialogue decides.")
    circles = {case.compartment_id for case in cases} - {None}
    if len(circles) > 1:
        raise WrongState("Ask for the cases of one compartment at a time: a person in it decides.")
    return Label(cases[0].dialogue_id, max(case.marking for case in cases), next(iter(circles), None))


def may_take(asked: ExportRequest, by: User) -> bool:
    """Whether `by` may take the copy now."""
    mine = asked.owner_id == by.pk and may(by, Doing.EXPORT_CASES, asked.label())
    is_open = asked.open_until is not None and timezone.now() < asked.open_until
    return mine and asked.state == ExportState.ALLOWED and is_open


def take_export(*, asked: ExportRequest, by: User) -> list[Case]:
    """The cases of an allowed copy, in order, for whoever asked for it, once; `asked.copy_id` is set.

    Cases that `by` sees no longer, or that rose above the label that was allowed, are left out.
    Raises Denied, WrongState.
    """
    if asked.owner_id != by.pk:
        raise Denied("A copy is taken by the person who asked for it.")
    check(by, Doing.EXPORT_CASES, asked.label())
    with transaction.atomic():
        rows = ExportRequest.objects.visible_to(by).select_for_update(of=("self",))
        now = rows.get(pk=asked.pk)
        if not may_take(now, by):
            raise WrongState("This copy cannot be taken: it was taken already, its time is over, or it is not allowed.")
        cases = _cases(now, by)
        if not cases:
            raise WrongState("None of these cases may leave with this copy any more. Ask again.")
        copy_id = secrets.token_hex(6)
        detail = {
            "count": len(cases), "digest": digest(case.pk for case in cases), "copy": copy_id, "form": now.form,
            "allowed": now.digest,
        }  # fmt: skip
        with acting(Verb.CASES_EXPORTED, by=by, about=now, reason=now.reason, detail=detail):
            save_over(now, seen=now.version, changes={"state": ExportState.TAKEN, "copy_id": copy_id})
    asked.state, asked.copy_id = now.state, now.copy_id
    return cases


def _cases(asked: ExportRequest, by: User) -> list[Case]:
    keys = [UUID(key) for key in asked.keys]
    found = Case.objects.visible_to(by).select_related("owner").in_bulk(keys)
    label = asked.label()
    return [found[key] for key in keys if key in found and label.dominates(found[key].label())]


def _parameters(asked: ExportRequest) -> dict[str, Any]:
    return {"count": asked.count, "digest": asked.digest, "form": asked.form}


def check_ask(user: User, target: ExportRequest, parameters: dict[str, Any]) -> None:
    """Whoever the copy is for, as long as they may export under its label. Raises Denied, WrongState."""
    if target.owner_id != user.pk:
        raise Denied("A copy is asked for by the person who takes it.")
    check(user, Doing.EXPORT_CASES, target.label())
    if target.state != ExportState.ASKED:
        raise WrongState("This copy was decided about already.")


def check_decide(user: User, target: ExportRequest, parameters: dict[str, Any]) -> None:
    """An approver who sees every case in it. Raises Denied."""
    check(user, Doing.APPROVE_EXPORT, target.label())


def facts(target: ExportRequest, parameters: dict[str, Any]) -> dict[str, Any]:
    """What would leave."""
    return {"version": target.version, "digest": digest(UUID(key) for key in target.keys)}


def tell(target: ExportRequest, parameters: dict[str, Any], user: User) -> list[str]:
    """What will happen."""
    above = f", {target.restricted:,} of them {Marking.RESTRICTED.on_paper}" if target.restricted else ""
    return [
        f"{target.count:,} cases leave casetracker in one {target.form.upper()} file{above}.",
        f"Whoever asked takes the file once, within {settings.EXPORT_TAKEN_WITHIN_HOURS} hours.",
        "It carries a random copy id on every page; the trail keeps that id with who took it.",
    ]


def execute(target: ExportRequest, parameters: dict[str, Any], approval: Approval, by: User) -> None:
    """Lets the copy leave. Raises Conflict."""
    until = timezone.now() + timedelta(hours=settings.EXPORT_TAKEN_WITHIN_HOURS)
    with acting(Verb.EXPORT_OPENED, by=by, about=target, reason=approval.reason, detail={"count": target.count}):
        save_over(target, seen=target.version, changes={"state": ExportState.ALLOWED, "open_until": until})


def address(target: ExportRequest) -> str:
    """The page of the copy."""
    return reverse("cases:export_request", args=[target.pk])


def name(target: ExportRequest) -> str:
    """What it is called in the inbox."""
    return f"a copy of {target.count:,} cases"


KIND = Kind(
    code=CODE,
    words="let a large copy of cases leave",
    model="cases.ExportRequest",
    check_ask=check_ask,
    check_decide=check_decide,
    facts=facts,
    tell=tell,
    execute=execute,
    address=address,
    name=name,
    decides=Doing.APPROVE_EXPORT,
)
