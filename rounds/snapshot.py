"""What the handover sheet says of a list: per entry exactly what vocabulary.md lets leave, and nothing else; above the
entries a heading that says for which round it is.

`LEAVES` and `HEADING` are the whitelist: key on the sheet → the fields it is made of (docs/fields.toml calls these, and
only these, "sheet"). The marking is not among them: it is shown on the screen and never printed. Names that only serve
the office (aliases, pen names, misspellings) stay here: who publishes under a pen name must not be named by us. They
stand on a sheet only where a person has no other name at all.

The canonical form of a sheet is JSON, {"heading": …, "lines": […]}, with sorted keys, no whitespace between tokens,
UTF-8, characters not escaped; its SHA-256, in hexadecimal, is what an approval stands for.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from cases.codes import IMPLIES, Certainty, EventKind
from cases.dates import PartialDate
from cases.models import Case, CaseEvent, CaseName
from cases.names.scripts import Script, bcp47
from cases.names.systems import NameKind, NameSystem
from cases.sentences import sentence_words
from cases.status import in_order, standing
from casetracker.access.models import User
from rounds.models import CaseList, ListEntry
from rounds.states import EntryState, ListState

HEADING: dict[str, tuple[str, ...]] = {
    "own_side": ("access.dialogue.own_side",),
    "counterpart": ("access.dialogue.counterpart",),
    "round": ("rounds.round.ordinal",),
    "venue": ("rounds.round.venue",),
    "dates": ("rounds.round.starts", "rounds.round.ends"),
}
LEAVES: dict[str, tuple[str, ...]] = {
    "serial": ("rounds.listentry.position",),
    "name": ("cases.casename.text",),
    "other_names": ("cases.casename.text",),
    "sex": ("cases.case.sex",),
    "year_of_birth": ("cases.case.birth",),
    "province": ("cases.caseevent.place",),
    "detained": ("cases.caseevent.when", "cases.case.detained_text"),
    "facility": ("cases.caseevent.facility", "cases.caseevent.facility_text"),
    "charge": ("cases.caseevent.statute", "cases.caseevent.statute_text"),
    "sentence": ("cases.caseevent.term_kind", "cases.caseevent.term_months"),
    "ask": ("rounds.listentry.ask",),
}
ON_SHEET = (EntryState.INCLUDED, EntryState.RAISED, EntryState.NOT_RAISED)
_INWARD = (NameKind.ALIAS, NameKind.PEN_NAME, NameKind.MISSPELLING)


def content(case_list: CaseList, by: User) -> list[dict[str, Any]]:
    """What the sheet would say now, one dict with the keys of `LEAVES` per included entry, in order. Three queries."""
    return [said for _, said in pairs(case_list, by)]


def pairs(case_list: CaseList, by: User) -> list[tuple[ListEntry, dict[str, Any]]]:
    """The same, each beside its entry. Three queries."""
    rows = ListEntry.objects.visible_to(by).filter(case_list=case_list, state__in=ON_SHEET)
    entries = list(rows.select_related("case").order_by("position", "id"))
    keys = [entry.case_id for entry in entries]
    names: dict[UUID, list[CaseName]] = defaultdict(list)
    for name in CaseName.objects.visible_to(by).filter(case_id__in=keys):
        names[name.case_id].append(name)
    events: dict[UUID, list[CaseEvent]] = defaultdict(list)
    where = ("place__region", "facility__place__region", "statute")
    for event in CaseEvent.objects.visible_to(by).filter(case_id__in=keys).select_related(*where):
        events[event.case_id].append(event)
    return [
        (entry, line(serial, entry.case, names[entry.case_id], events[entry.case_id], entry.ask))
        for serial, entry in enumerate(entries, start=1)
    ]


def frozen(case_list: CaseList, by: User) -> list[dict[str, Any]]:
    """What stands frozen since the approval, in the order of the sheet; empty before. One query."""
    rows = ListEntry.objects.visible_to(by).filter(case_list=case_list, snapshot__isnull=False)
    return sorted(rows.values_list("snapshot", flat=True), key=lambda said: int(said["serial"]))


def heading(case_list: CaseList) -> dict[str, str]:
    """What the sheet would say of its round now, with the keys of `HEADING`. Round and dialogue are loaded."""
    round = case_list.round
    return {
        "own_side": round.dialogue.own_side,
        "counterpart": round.dialogue.counterpart,
        "round": str(round.ordinal or ""),
        "venue": round.venue,
        "dates": round.dates,
    }


def occasion(heading: Mapping[str, str]) -> str:
    """The line of the heading that says when and where: "Round 41, Brussels, 13 June 2025", as far as it is known."""
    number = heading.get("round", "")
    told = (f"Round {number}" if number else "", heading.get("venue", ""), heading.get("dates", ""))
    return ", ".join(filter(None, told))


def moved_since(case_list: CaseList) -> str:
    """What the sheet of an approved list says of its round, where that is no longer so; "" otherwise."""
    frozen = case_list.heading
    if case_list.state != ListState.APPROVED or not frozen or frozen == heading(case_list):
        return ""
    return f"{frozen.get('own_side', '')} – {frozen.get('counterpart', '')}, {occasion(frozen)}".strip(", ")


def canonical(heading: Mapping[str, str] | None, lines: Sequence[dict[str, Any]]) -> bytes:
    """The canonical JSON of a sheet, as the module says."""
    sheet = {"heading": dict(heading or {}), "lines": list(lines)}
    return json.dumps(sheet, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(heading: Mapping[str, str] | None, lines: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return sha256(canonical(heading, lines)).hexdigest()


def line(serial: int, case: Case, names: Iterable[CaseName], events: Iterable[CaseEvent], ask: str) -> dict[str, Any]:
    """One entry of the sheet. Pure: `events` carry place (with region), facility and statute."""
    latin, others = _names(list(names))
    ordered = in_order(events)
    charged = _firm(event for event in ordered if _charge(event))
    place, facility = _where(ordered)
    return {
        "serial": serial,
        "name": latin,
        "other_names": others,
        "sex": str(case.get_sex_display()) if case.sex else "",
        "year_of_birth": _year(case.birth),
        "province": place,
        "detained": _detained(case, _firm(event for event in ordered if event.kind in IMPLIES)),
        "facility": facility,
        "charge": _charge(charged[-1]) if charged else "",
        "sentence": _sentence(_firm(event for event in ordered if event.kind == EventKind.SENTENCED)),
        "ask": ask.strip(),
    }


def _firm(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """Of events that answer one question: what is only alleged counts while nothing firmer answers it."""
    told = list(events)
    return [event for event in told if event.certainty != Certainty.ALLEGED] or told


def _names(names: list[CaseName]) -> tuple[str, list[dict[str, str]]]:
    """The first name in Latin script, and every other-script one with its language."""
    ordered = sorted(names, key=lambda name: (name.position, name.created_at, str(name.pk)))
    outward = [name for name in ordered if name.kind not in _INWARD]
    shown = outward or [name for name in ordered if name.kind != NameKind.MISSPELLING][:1]
    latin = next((name.text for name in shown if name.script == Script.LATIN), "")
    others: dict[str, str] = {}
    for name in shown:
        if name.script != Script.LATIN:
            others.setdefault(name.text, bcp47(Script(name.script), NameSystem(name.system))[0])
    return latin, [{"text": text, "lang": lang} for text, lang in others.items()]


def _year(birth: PartialDate | None) -> str:
    """The year and no more: "1987", "1986–1987", "about 1987"."""
    if birth is None:
        return ""
    first, last = birth.earliest.year, birth.latest.year
    return ("about " if birth.about else "") + (str(first) if first == last else f"{first}–{last}")


def _where(ordered: Sequence[CaseEvent]) -> tuple[str, str]:
    """Province and facility of the last event that tells either: a province of the vocabulary, never typed detail."""
    province = facility = ""
    for event in reversed(ordered):
        place = event.place or (event.facility.place if event.facility else None)
        if not province and place is not None:
            province = (place.region or place).name
        if event.place or event.facility or event.place_text or event.facility_text:
            facility = event.facility.name if event.facility else event.facility_text
            break
    return province, facility


def _detained(case: Case, firm: Sequence[CaseEvent]) -> str:
    """Since when; for somebody who is out, when the last detention began."""
    if case.detained_text:
        return case.detained_text
    held = [n for n, event in enumerate(firm, start=1) if standing([event]).status.is_detained]
    return str(standing(firm[: held[-1]]).detained_when or "") if held else ""


def _charge(event: CaseEvent) -> str:
    return str(event.statute or "") or event.statute_text


def _sentence(passed: Sequence[CaseEvent]) -> str:
    return sentence_words(passed[-1].term_kind, passed[-1].term_months) if passed else ""
