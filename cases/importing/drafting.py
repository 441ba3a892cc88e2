"""From one row to the case it would make. Pure: no query, no clock; the preview and the import read rows alike.

Every cell that says something ends up in the draft: in its field, or in the notes. What cannot be read is an error
(the row needs a hand) or, where it can stand as text, a note with a warning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.dates import PartialDate
from cases.importing.fields import DATES, IGNORE, NOTE, PLACES
from cases.importing.mapping import Plan
from cases.models import CaseEvent, CaseName, Claim, Theme
from cases.models.vocabulary import Term
from cases.names.keys import search_key

NAME_LENGTH = 200
TEXT_LENGTH = 200
WHERE_LENGTH = 300
AS_NOTES = ("nationality", "minor", "comment", NOTE)
OF_PLACE = ("location", "spot", "latitude", "longitude", "exact")


class Terms:
    """The vocabulary offered in a dialogue, looked up by name or code."""

    def __init__(self, terms: Mapping[str, Sequence[Term]]) -> None:
        self._found: dict[str, dict[str, Any]] = {}
        for kind, some in terms.items():
            known = self._found.setdefault(kind, {})
            for term in some:
                for word in (term.code, term.name):
                    if word:
                        known.setdefault(search_key(word), term)

    def find(self, kind: str, words: str) -> Any:
        """The term of `kind` ("place", "facility", "ethnic_group", "theme") that is called so, or None."""
        return self._found.get(kind, {}).get(search_key(words))


@dataclass
class Draft:
    """What one row makes. Parts are unsaved and without case; `notes` are lines for the case's summary."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    names: list[CaseName] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    source: str = ""
    where: str = ""
    group: tuple[str, str] | None = None
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, heading: str, value: str) -> None:
        """Keeps a cell in the notes."""
        self.notes.append(f"{heading}: {value}")

    def event(self, kind: str) -> CaseEvent | None:
        """The first event of a kind."""
        return next((event for event in self.events if event.kind == kind), None)

    @property
    def name(self) -> str:
        """The name shown first."""
        return self.names[0].text if self.names else ""


@dataclass
class Row:
    """A row taken apart: target → (heading, value), several where a target takes several; dates read once."""

    plan: Plan
    terms: Terms
    draft: Draft
    cells: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    dates: dict[str, PartialDate] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, cells: Sequence[str], plan: Plan, terms: Terms) -> "Row":
        """Takes a row apart and reads its dates; those that cannot be read are errors of its draft."""
        row = cls(plan, terms, Draft(number))
        for target, column, value in plan.cells(cells):
            row.cells.setdefault(target, []).append((column, value))
        for target in DATES:
            if text := row.text(target):
                row._read_date(target, text)
        for target in ("start_month", "end_month"):
            if text := row.text(target):
                row._read_date(target, text)
        return row

    def text(self, target: str) -> str:
        """The value mapped to a target; "" when there is none."""
        return self.cells[target][0][1] if target in self.cells else ""

    def heading(self, target: str) -> str:
        """The heading of the column mapped to a target."""
        return self.cells[target][0][0]

    def meaning(self, target: str) -> str:
        """What the value of a coded column means; NOTE keeps it in the notes. Unknown values are errors."""
        if target not in self.cells:
            return ""
        column, value = self.cells[target][0]
        meaning = self.plan.meaning(column, value)
        if not meaning:
            self.draft.errors.append(f"{column}: it is not said what “{short(value)}” means.")
        return meaning

    def note(self, target: str) -> None:
        """Keeps everything mapped to a target in the notes."""
        for column, value in self.cells.get(target, ()):
            self.draft.note(column, value)

    def fitted(self, target: str, text: str, length: int = TEXT_LENGTH) -> str:
        """`text` for a column of `length`; what does not fit is kept whole in the notes, with a warning."""
        if len(text) <= length:
            return text
        self.note(target)
        self.draft.warnings.append(f"{self.heading(target)}: longer than {length} characters; whole in the notes.")
        return text[: length - 1] + "…"

    def _read_date(self, target: str, text: str) -> None:
        try:
            self.dates[target] = PartialDate.parse(text)
        except ValueError as error:
            self.draft.errors.append(f"{self.heading(target)}: “{short(text)}” is not read as a date. {error}")


def short(text: str, length: int = 40) -> str:
    """A value for a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


def spots(row: Row) -> list[tuple[int, str, str]]:
    """Numbered places of a row: (number, "Location (Place)", lines for the note)."""
    found = []
    for number in range(1, PLACES + 1):
        location, spot = row.text(f"location_{number}"), row.text(f"spot_{number}")
        rest = [
            f"{column}: {value}"
            for part in ("latitude", "longitude", "exact")
            for column, value in row.cells.get(f"{part}_{number}", ())
        ]
        if location or spot or rest:
            where = f"{location} ({spot})" if location and spot else location or spot
            found.append((number, where, "\n".join(rest)))
    return found


def finish(row: Row) -> Draft:
    """Source, group, themes and notes: what is the same whatever the row tells."""
    draft = row.draft
    draft.source = row.fitted("source", row.text("source"), WHERE_LENGTH) if "source" in row.cells else ""
    cited = [f"{column} {value}" for target in ("external_id", "page") for column, value in row.cells.get(target, ())]
    draft.where = "; ".join(cited)
    if len(draft.where) > WHERE_LENGTH:
        draft.where = draft.where[: WHERE_LENGTH - 1] + "…"
        row.note("external_id")
        row.note("page")
    if "group" in row.cells:
        draft.group = row.cells["group"][0]
    _themes(row)
    for target in AS_NOTES:
        row.note(target)
    if "summary" in row.cells:
        draft.values["summary"] = "\n\n".join(value for _, value in row.cells["summary"])
    unplaced = set(row.cells) - PLACED
    for target in sorted(unplaced):
        row.note(target)
    return draft


def _themes(row: Row) -> None:
    for column, value in row.cells.get("theme", ()):
        for words in filter(None, (part.strip() for part in value.replace("|", ";").split(";"))):
            theme = row.terms.find("theme", words)
            if theme is None:
                row.draft.note(column, words)
                row.draft.warnings.append(f"{column}: “{short(words)}” is no theme of the vocabulary; in the notes.")
            elif theme not in row.draft.themes:
                row.draft.themes.append(theme)


# Targets read by name above and in identity.py and happenings.py; anything else goes to the notes.
PLACED = frozenset(
    {
        IGNORE, *AS_NOTES, *DATES, "start_month", "end_month", "name", "family", "given", "original", "alias",
        "sex", "age", "origin", "ethnic_group", "religion", "occupation", "occupation_detail", "kind", "outcome",
        "place", "facility", "authority", "statute", "term", "term_years", "term_months", "external_id", "page",
        "group", "source", "theme", "summary",
        *(f"{part}_{number}" for number in range(1, PLACES + 1) for part in OF_PLACE),
    }
)  # fmt: skip
