"""A case that was raised and answered, and answers in every state, for the tests of this folder."""

import re
from datetime import date, timedelta
from typing import Any

from cases.models import Case
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.codes import ResponseCode
from rounds.models import ItemClaim, ResponseItem
from tests import make
from tests.rounds import cycle

CAME = date(2025, 12, 1)


def answered(by: User, case: Case, on: date = CAME, label: Label | None = None, **values: Any) -> ResponseItem:
    """An answer matched to a raising of `case`; recorded unless `values` say otherwise."""
    raised = cycle.raising(by, case, on=on - timedelta(days=170), words="Where is he held?")
    said = cycle.response(by, label or case.label(), on=on)
    return cycle.item(by, said, raised, verbatim="他身体健康。", translation="He is in good health.", **values)


def in_state(state: str, coder: User, second: User, code: str = "B3") -> dict[str, Any]:
    """Columns of an answer in a state."""
    columns: dict[str, Any] = {"state": state}
    if state != "recorded":
        columns |= {"code": code, "grade": ResponseCode(code).grade.value, "coded_by": coder}
    if state in ("confirmed", "disputed", "assessed"):
        columns["second_coder"] = second
    if state == "disputed":
        columns["second_note"] = "It is B2."
    if state == "assessed":
        columns["assessment"] = "consistent"
    return columns


def claim(by: User, item: ResponseItem, **values: Any) -> ItemClaim:
    """A proposed claim of a release unless `values` say otherwise."""
    with acting(Verb.ITEM_CLAIM_PROPOSED, by=by):
        made = ItemClaim(item=item, **{"kind": "event", "event_kind": "released", **values})
        save_new(made)
    return made


def corrected(by: User, item: ResponseItem) -> ResponseItem:
    """A correction that took the place of `item`."""
    with acting(Verb.ITEM_CORRECTED, by=by):
        made = ResponseItem(
            response=item.response, raising=item.raising, case=item.case, supersedes=item, correction_reason="Misheard."
        )
        save_new(made)
    return made


def a_case(by: User, cast: Any, **values: Any) -> Case:
    """A case in the dialogue `cn`."""
    return make.case(by, cast.cn, **values)


def text_of(response: Any) -> str:
    """What a page says."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
