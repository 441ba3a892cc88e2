"""The cards of the case page: a title, a place for a form, a block; the same for the page and for a piece of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cases.blocks import read_blocks
from cases.case_view import CaseView
from cases.views.parts.sections import OWN, SECTIONS

_ADD = {
    "timeline": "Add an event",
    "names": "Add a name",
    "claims": "Add a claim",
    "sources": "Add a source",
    "attachments": "Add a file",
    "follow-ups": "Add a follow-up",
    "consent": "Assess",
    "themes": "Add",
    "groups": "Add",
    "links": "Add",
}
# What is added most, by one key.
_KEYS = {"timeline": "e", "follow-ups": "f"}


@dataclass(frozen=True)
class Card:
    """One card. `act_url` opens its form: adding a row, or editing the case's own fields; "" for who may not."""

    key: str
    title: str
    template: str
    data: dict[str, Any]
    act_url: str = ""
    act: str = ""
    shortcut: str = ""


def cards(view: CaseView, keys: Iterable[str]) -> list[Card]:
    """The cards with these keys, read for this viewer."""
    data = read_blocks(view, keys)
    return [_card(view, key, data[key]) for key in data]


def _card(view: CaseView, key: str, data: dict[str, Any]) -> Card:
    template = f"cases/case/{key.replace('-', '_')}.html"
    if key in OWN:
        url = reverse("cases:case_edit", args=[view.case.reference, key]) if view.may_edit else ""
        return Card(key, OWN[key].title, template, data, url, "Edit")
    if key in SECTIONS:
        adds = view.may_edit and not data.get("complete")
        url = reverse("cases:part_add", args=[view.case.reference, key]) if adds else ""
        return Card(key, SECTIONS[key].title, template, data, url, _ADD[key], _KEYS.get(key, ""))
    return Card(key, {"clocks": "Clocks"}.get(key, ""), template, data)
