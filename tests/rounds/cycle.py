"""Rows of the cycle written directly (inside an action), for tests of pages that only read them.

Tests of the actions themselves go through the actions. `ledger` at the end gives one case a whole history.
"""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases.models import Case
from casetracker.access.approvals import ask
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.codes import ResponseCode
from rounds.figures import refresh_days
from rounds.models import CaseList, Commitment, Handover, ListEntry, Raising, Response, ResponseItem, Round

JUNE = date(2025, 6, 13)


def case_list(by: User, round: Round, *cases: Case, label: Label | None = None, **values: Any) -> CaseList:
    """A list (draft, or the `state` given) with an included entry for each case; label: the round's if none is given.

    A list that is approved or further needs `approved_by`.
    """
    where = label or round.label()
    columns = {"dialogue_id": where.dialogue_id, "marking": where.marking, "compartment_id": where.compartment_id}
    if values.get("approved_by"):
        values = {"approved_at": timezone.now(), "sha256": "0" * 64, "state": "approved", **values}
    with acting(Verb.LIST_CREATED, by=by):
        made = CaseList(round=round, prepared_by=by, **columns, **values)
        save_new(made)
        for place, case in enumerate(cases, start=1):
            entry(by, made, case, position=place)
        if made.state == "in_review":
            ask(kind="list.approve", target=made, by=by, parameters={}, reason="Submitted for review.")
    return made


def entry(by: User, case_list: CaseList, case: Case, **values: Any) -> ListEntry:
    """An entry, included unless `state` says otherwise."""
    with acting(Verb.LIST_EDITED, by=by):
        made = ListEntry(case_list=case_list, case=case, **{"state": "included", "ask": "Where is he held?", **values})
        save_new(made)
    return made


def handed_over(by: User, approver: User, round: Round, *cases: Case, on: date = JUNE, **values: Any) -> CaseList:
    """A list handed over as accepted, its entries raised."""
    outcome = values.pop("outcome", "accepted")
    made = case_list(by, round, *cases, approved_by=approver, **{"state": "handed_over", **values})
    with acting(Verb.LIST_HANDED_OVER, by=by):
        paper = Handover(case_list=made, on=on, by="The chair", to="The delegation", outcome=outcome)
        save_new(paper)
        for one in ListEntry.objects.unscoped("tests").filter(case_list=made).select_related("case"):
            one.case_list = made
            one.state = "raised"
            one.version += 1
            one.save()
            save_new(
                Raising(case=one.case, entry=one, handover=paper, round=round, on=on, channel="list", words=one.ask)
            )
        refresh_days(case.pk for case in cases)
    return made


def raising(by: User, case: Case, on: date = JUNE, channel: str = "demarche", **values: Any) -> Raising:
    """A raising off the list."""
    with acting(Verb.RAISING_RECORDED, by=by):
        made = Raising(case=case, on=on, channel=channel, **values)
        save_new(made)
        refresh_days([case.pk])
    return made


def response(by: User, label: Label, on: date = JUNE + timedelta(days=200), **values: Any) -> Response:
    """A response without items."""
    columns = {"dialogue_id": label.dialogue_id, "marking": label.marking, "compartment_id": label.compartment_id}
    with acting(Verb.RESPONSE_RECORDED, by=by):
        made = Response(on=on, **columns, **{"form": "written", "language": "zh", **values})
        save_new(made)
    return made


def item(by: User, response: Response, raising: Raising | None = None, code: str = "", **values: Any) -> ResponseItem:
    """An item; with `raising` matched, with `code` coded by `by`."""
    coded: dict[str, Any] = {}
    if code:
        coded = {"code": code, "grade": ResponseCode(code).grade, "coded_by": by, "state": "coded"}
    case = raising.case if raising else None
    with acting(Verb.ITEM_ADDED, by=by):
        made = ResponseItem(response=response, raising=raising, **{"case": case, **coded, **values})
        save_new(made)
        if made.case_id:
            refresh_days([made.case_id])
    return made


def commitment(by: User, label: Label, what: str = "The family may visit.", **values: Any) -> Commitment:
    """An open commitment."""
    columns = {"dialogue_id": label.dialogue_id, "marking": label.marking, "compartment_id": label.compartment_id}
    with acting(Verb.COMMITMENT_ADDED, by=by):
        made = Commitment(what=what, **columns, **{"owner": by, **values})
        save_new(made)
    return made


def raising_of(case_list: CaseList, case: Case) -> Raising:
    """The raising of a case by a list that was handed over."""
    rows = Raising.objects.unscoped("tests").select_related("case", "entry__case_list")
    return rows.get(entry__case_list=case_list, case=case)
