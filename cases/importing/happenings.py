"""What happened: the main event of a row, the places one after the other, and what came later."""

import re
from typing import Any

from cases.codes import EventKind, TermKind
from cases.dates import PartialDate
from cases.importing.drafting import Row, short, spots
from cases.importing.fields import NOTE
from cases.importing.numerals import canonical_number
from cases.models import CaseEvent

# Longest term a small column holds with room to spare: 2,000 years.
MONTHS = 24_000
_DATED = {"arrested": EventKind.ARRESTED, "released": EventKind.RELEASED, "died": EventKind.DIED}
_YEARS = re.compile(r"(\d{1,3}(?:[.,]5)?)\s*(?:-\s*)?(?:years?|yrs?|y|a|年)", re.I)
_MONTHS = re.compile(r"(\d{1,4})\s*(?:-\s*)?(?:months?|mos?|m|个月)", re.I)


def read_events(row: Row) -> None:
    """Adds the events of a row to its draft, and the warnings about their dates."""
    start, end = _when(row, "start"), _when(row, "end")
    _main(row, start, end)
    _places(row, start, end)
    _sentence(row)
    for target, kind in _DATED.items():
        if target in row.dates:
            row.draft.events.append(_event(row, kind, target))
    if start and end and end.certainly_before(start):
        row.draft.warnings.append(f"It ends ({end}) before it starts ({start}).")


def _when(row: Row, target: str) -> PartialDate | None:
    """The date of a target; where only its month counts, the whole month. Two that differ give a warning."""
    exact, month = row.dates.get(target), row.dates.get(f"{target}_month")
    if month is not None:
        whole = PartialDate.parse(f"{month.earliest:%Y-%m}") if month.precision in ("day", "month") else month
        if exact is None:
            return whole
        if exact.earliest > whole.latest or exact.latest < whole.earliest:
            row.note(f"{target}_month")
            row.draft.warnings.append(
                f"{row.heading(f'{target}_month')} says {whole}, {row.heading(target)} says {exact}."
            )
    return exact


def _typed(row: Row, target: str) -> str:
    if target in row.dates:
        return row.text(target)[:60]
    return str(row.dates[f"{target}_month"].earliest)[:7] if f"{target}_month" in row.dates else ""


def _event(row: Row, kind: str, target: str = "", **values: Any) -> CaseEvent:
    dated = {"when": row.dates[target], "when_text": row.text(target)[:60]} if target in row.dates else {}
    plan = row.plan
    return CaseEvent(kind=kind, **{"certainty": plan.certainty, "claimed_by": plan.claimed_by, **dated, **values})


def _main(row: Row, start: PartialDate | None, end: PartialDate | None) -> None:
    """One event from start to end, at the first place. Without a kind, what it would hold goes to the notes."""
    said, outcome = row.meaning("kind"), row.meaning("outcome")
    kind = said if said and said != NOTE else row.plan.kind
    for target, meaning in (("kind", said), ("outcome", outcome)):
        if meaning:
            row.note(target)
    ends_it = outcome not in ("", NOTE)
    first = next((spot for spot in spots(row) if spot[0] == 1), None)
    told = start or end or first or {"place", "facility", "authority", "statute"} & set(row.cells)
    if not kind or not (told or said not in ("", NOTE)):
        _without_event(row, kept_end=not ends_it)
    else:
        event = _event(row, kind, when=start, when_text=_typed(row, "start") if start else "")
        if end and not ends_it:
            event.until, event.until_text = end, _typed(row, "end")
        _furnish(row, event, first)
        row.draft.events.append(event)
    if ends_it:
        row.draft.events.append(_event(row, outcome, when=end, when_text=_typed(row, "end") if end else ""))
        if end is None:
            row.draft.warnings.append("How it ended is known, when is not: the status goes by the dated events.")


def _without_event(row: Row, *, kept_end: bool) -> None:
    """No kind of event: everything that would stand in it is a note."""
    for target in ("start", "start_month", *(("end", "end_month") if kept_end else ())):
        row.note(target)
    for target in ("place", "facility", "authority", "statute"):
        row.note(target)
    for part in ("location", "spot", "latitude", "longitude", "exact"):
        row.note(f"{part}_1")


def _furnish(row: Row, event: CaseEvent, first: tuple[int, str, str] | None) -> None:
    place_text = row.text("place")
    if first and first[1] and place_text:
        row.note("place")
    where = first[1] if first and first[1] else place_text
    event.place = row.terms.find("place", where) if where else None
    if where and event.place is None:
        target = "place" if where == place_text else "location_1" if row.text("location_1") else "spot_1"
        event.place_text = row.fitted(target, where)
    if first and first[2]:
        event.note = first[2]
    if facility := row.text("facility"):
        event.facility = row.terms.find("facility", facility)
        event.facility_text = "" if event.facility else row.fitted("facility", facility)
    if "authority" in row.cells:
        event.authority = row.fitted("authority", row.text("authority"))
    if "statute" in row.cells and not _has_sentence(row):
        event.statute_text = row.fitted("statute", row.text("statute"))


def _places(row: Row, start: PartialDate | None, end: PartialDate | None) -> None:
    """Places after the first: moved there some day between start and end (not known when one of them is not)."""
    between = None
    if start and end and start.earliest <= end.latest:
        between = PartialDate(start.earliest, end.latest)
    for number, where, note in spots(row):
        if number == 1:
            continue
        known = "The list gives no date, only the order." if between else "The list gives no date."
        event = _event(row, EventKind.TRANSFERRED, when=between)
        event.note = "\n".join(filter(None, (f"Place {number} of the list. {known}", note)))
        target = f"location_{number}" if row.text(f"location_{number}") else f"spot_{number}"
        event.place_text = row.fitted(target, where) if where else ""
        row.draft.events.append(event)


def _has_sentence(row: Row) -> bool:
    return bool({"sentenced", "term", "term_years", "term_months"} & set(row.cells))


def _sentence(row: Row) -> None:
    if not _has_sentence(row):
        return
    standing = row.draft.event(EventKind.SENTENCED)
    event = standing or _event(row, EventKind.SENTENCED, "sentenced")
    if standing and "sentenced" in row.cells:
        row.note("sentenced")
    event.term_kind, event.term_months = _term(row)
    if "statute" in row.cells:
        event.statute_text = row.fitted("statute", row.text("statute"))
    if not standing:
        row.draft.events.append(event)


def _term(row: Row) -> tuple[str, int | None]:
    """(kind, months) of a sentence; what is not understood stays in the notes, with a warning."""
    months, unread = 0, False
    for target, size in (("term_years", 12), ("term_months", 1)):
        if text := row.text(target):
            number = _number(text)
            unread = unread or number is None
            months += round((number or 0) * size)
    words = row.text("term").casefold()
    kind = _kind_of_term(words)
    if words and not kind:
        years, some = _YEARS.search(words), _MONTHS.search(words)
        read = float(years[1].replace(",", ".")) * 12 if years else 0
        read += int(some[1]) if some else 0
        unread = unread or not read
        months = months or round(read)
    if unread or months > MONTHS:
        for target in ("term", "term_years", "term_months"):
            row.note(target)
        row.draft.warnings.append(f"The sentence is not understood; in the notes: “{short(words or 'see there')}”.")
        return kind, None
    if words:
        row.note("term")
    return (kind, None) if kind else (TermKind.FIXED.value, months) if months else ("", None)


def _kind_of_term(words: str) -> str:
    if "death" in words or "死" in words:
        suspended = any(word in words for word in ("suspend", "reprieve", "two-year", "缓"))
        return TermKind.DEATH_SUSPENDED if suspended else TermKind.DEATH
    return TermKind.LIFE if "life" in words or "无期" in words else ""


def _number(text: str) -> float | None:
    try:
        number = float(canonical_number(text.replace(",", ".")))
    except ValueError:
        return None
    return number if 0 <= number <= MONTHS else None
