"""Replies and answers made through the product's own actions; raisings written directly (tests/rounds/cycle.py)."""

from datetime import date, timedelta
from typing import Any

from casetracker.access.models import User
from casetracker.access.see import Label
from rounds.actions.item import add_item
from rounds.actions.response import record_response
from rounds.models import Raising, Response, ResponseItem
from tests.rounds.cycle import JUNE

NOVEMBER = JUNE + timedelta(days=150)


def reply(by: User, label: Label, on: date = NOVEMBER, files: Any = (), **values: Any) -> Response:
    words = {"verbatim": "他身体健康。", "translation": "He is in good health.", "language": "zh-Hans"}
    return record_response(by=by, label=label, values={"on": on, "form": "written", **words, **values}, files=files)


def answer(by: User, response: Response, raising: Raising | None = None, **values: str) -> ResponseItem:
    return add_item(response=response, by=by, values={"verbatim": "他身体健康。", **values}, raising=raising)
