"""Rows of history in words: choices by their labels, dates as they were typed, keys by the names of what they name."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from cases.dates import PartialDate
from cases.models import (
    Case,
    CaseEvent,
    CaseLink,
    CaseName,
    CaseTheme,
    Claim,
    EventSource,
    GroupMember,
    Source,
    UseAssessment,
)
from cases.models.source import SEALED_AWAY, sealed_words
from cases.names.scripts import bcp47, script_of
from cases.sentences import length_words
from casetracker.access.models import User
from casetracker.access.net import LabelledQuerySet
from casetracker.access.roles import Marking

# Columns that say how a row is kept, not what it says; and the typed words of a date, which stand for the date itself.
_NOT_SHOWN = frozenset(
    {"id", "version", "created_at", "changed_at", "case", "dialogue", "reference", "script", "size", "merged_into"}
)
_LABELS = {
    "birth": "born",
    "origin_text": "from, in words",
    "origin": "from",
    "place_text": "place, in words",
    "facility_text": "facility, in words",
    "statute_text": "charge, in words",
    "statute": "charge or statute",
    "term_kind": "sentence",
    "term_months": "length",
    "text": "name",
    "system": "written in",
    "position": "order",
    "handover_summary": "summary for handover",
    "ask": "the ask",
    "compartment": "circle",
    "closed_reason": "why closed",
    "from_case": "from case",
    "to_case": "to case",
    "where": "where to find it",
    "what": "what is to be done",
    "reason": "why",
    "field": "about",
    "value": "what is said",
}


def shown_fields(model: Any) -> list[tuple[str, str]]:
    """Fields of a model that the history shows, with their labels, in the order of the model."""
    names = [one.name for one in model.history.model.tracked_fields]
    typed = {f"{one.name}_text" for one in model._meta.fields if _is_date(one)}
    shown = [name for name in names if name not in _NOT_SHOWN | typed]
    return [(name, _LABELS.get(name, name.replace("_", " "))) for name in shown]


class Words:
    """The words for a set of history rows. Everything they point to is fetched at once: one query a kind of thing."""

    def __init__(self, case: Case, user: User, rows: Iterable[Any]) -> None:
        self.case, self.user, rows = case, user, list(rows)
        self.named: dict[Any, dict[UUID, str]] = {}
        wanted: dict[Any, set[UUID]] = {}
        for row in rows:
            for one in type(row).tracked_fields:
                named = isinstance(one, models.ForeignKey) and one.name not in _NOT_SHOWN
                if named and (key := getattr(row, one.attname)):
                    wanted.setdefault(one.related_model, set()).add(key)
        self.sealed = self._sealed(wanted.get(Source, set()) | {row.id for row in rows if _is_of(row, Source)})
        for model, keys in wanted.items():
            self.named[model] = self._names_of(model, keys)

    def value(self, model: Any, row: Any, name: str) -> str:
        """One field of a row, as people read it."""
        column: Any = model._meta.get_field(name)
        stored = getattr(row, column.attname)
        if stored is None or stored == "" or (model is Source and name in SEALED_AWAY and row.id in self.sealed):
            return ""
        if isinstance(column, models.ForeignKey):
            return self.named.get(column.related_model, {}).get(stored, "(not shown)")
        if isinstance(stored, PartialDate):
            return getattr(row, f"{name}_text", "") or str(stored)
        if name == "marking":
            return Marking(stored).on_paper
        if name == "term_months":
            return length_words(stored)
        if column.choices:
            return str(dict(column.flatchoices).get(stored, stored))
        return _plain(stored)

    def title(self, model: Any, row: Any) -> tuple[str, str]:
        """What a row is called, and its language."""
        if model is CaseName:
            return row.text, self.lang(model, row, "text")
        if model is Claim:
            return f"{self.value(model, row, 'field')}: {row.value}", ""
        if model is UseAssessment:
            return self.value(model, row, "use"), ""
        if model is CaseEvent:
            when = self.value(model, row, "when")
            return ", ".join(part for part in (self.value(model, row, "kind"), when) if part), ""
        single = {EventSource: "source", CaseTheme: "theme", GroupMember: "group"}.get(model)
        if single:
            return self.value(model, row, single), ""
        if model is Source:
            return self._part(Source, row), ""
        if model is CaseLink:
            other = "to_case" if row.from_case_id == self.case.pk else "from_case"
            return f"{self.value(model, row, 'kind')} {self.value(model, row, other)}", ""
        return str(getattr(row, "title", "") or getattr(row, "what", "")), ""

    def lang(self, model: Any, row: Any, name: str) -> str:
        """BCP 47 tag of a name; "" for everything else."""
        if model is not CaseName or name != "text":
            return ""
        return bcp47(script_of(row.text), row.system)[0]

    def _names_of(self, model: Any, keys: set[UUID]) -> dict[UUID, str]:
        """Names of the things with these keys, as far as the viewer sees them; of removed parts, as they last stood."""
        if model in (Source, CaseEvent):
            rows = model.history.visible_to(self.user).filter(id__in=keys, case_id=self.case.pk).order_by("version")
            return {row.id: self._part(model, row) for row in rows}
        if issubclass(model, User):
            return {one.pk: one.name for one in model.objects.filter(pk__in=keys)}
        everything = model._default_manager.all()
        scoped = everything.visible_to(self.user) if isinstance(everything, LabelledQuerySet) else everything
        return {one.pk: str(one) for one in scoped.filter(pk__in=keys)}

    def _sealed(self, keys: set[UUID]) -> frozenset[UUID]:
        """Those of these sources that were ever sealed: then what they said before stays away, too."""
        if not keys:
            return frozenset()
        why = "whether a source is sealed decides what of it is shown, also where the row that says so is not"
        rows = Source.history.unscoped(why).filter(id__in=keys, sealed=True)
        return frozenset(rows.order_by().values_list("id", flat=True))

    def _part(self, model: Any, row: Any) -> str:
        if model is Source:
            words = sealed_words(row.kind, row.connection, row.reliability)
            return words if row.id in self.sealed else str(row.title)
        return f"{dict(CaseEvent._meta.get_field('kind').flatchoices).get(row.kind)} {row.when_text}".strip()


def _plain(stored: Any) -> str:
    if isinstance(stored, bool):
        return "yes" if stored else "no"
    if hasattr(stored, "tzinfo"):
        return f"{timezone.localtime(stored):%-d %B %Y, %H:%M}"
    return f"{stored:%-d %B %Y}" if hasattr(stored, "isoformat") else str(stored)


def _is_of(row: Any, model: Any) -> bool:
    return type(row) is model.history.model


def _is_date(column: Any) -> bool:
    return type(column).__name__ == "PartialDateField"
