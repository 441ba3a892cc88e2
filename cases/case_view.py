"""One case as one viewer sees it: what several blocks of its page share, fetched once."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cases.codes import SourceKind
from cases.models import Case, CaseEvent, CaseName, CaseTheme, EventSource, Source, SourceIdentity, UseAssessment
from cases.names.keys import sort_key
from cases.names.scripts import Script, bcp47
from cases.states import CaseState
from casetracker.access.act import Doing, may
from casetracker.access.models import User

# What is shown of the case itself and of what it points to.
CASE = (
    "reference", "version", "changed_at", "dialogue_id", "marking", "compartment_id", "state", "closed_reason",
    "merged_into_id", "owner_id", "sex", "birth", "birth_text", "origin_id", "origin_text", "ethnic_group_id",
    "religion", "occupation", "summary", "handover_summary", "ask", "status", "detained_text", "place_name",
    "term_ends", "dialogue__name", "compartment__name", "owner__name", "origin__name", "ethnic_group__name",
)  # fmt: skip
# What is shown of its parts.
NAME = ("pk", "text", "script", "system", "kind", "note", "source_id")
SOURCE = ("pk", "title", "kind", "connection", "reliability", "date", "date_text", "language", "where", "sealed")
USE = ("pk", "use", "outcome", "consent_by", "consent_until", "risk", "assessed_on", "assessed_by__name")
EVENT = (
    "pk", "kind", "when", "when_text", "until", "until_text", "place_text", "facility_text", "statute_text",
    "authority", "term_kind", "term_months", "certainty", "claimed_by", "note", "created_at", "place__name",
    "facility__name", "statute__law", "statute__article", "statute__paragraph", "statute__name",
)  # fmt: skip

_SOURCE_KINDS = dict(SourceKind.choices)
_EDIT = (
    '<a href="{at}" hx-get="{at}" hx-target="#part-{pk}" hx-swap="innerHTML">Edit<span class="vh"> {what}</span></a>'
)
_REMOVE = (
    '<a href="{at}remove/" hx-get="{at}remove/" hx-target="#part-{pk}" hx-swap="innerHTML">Remove…'
    '<span class="vh"> {what}</span></a>'
)


def _in_clear(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of a source as the page of a case may show them: of a sealed one kind, connection, reliability."""
    if not row["sealed"]:
        return row
    kind = _SOURCE_KINDS.get(row["kind"], row["kind"])
    return {**row, "title": f"{kind[:1].upper()}{kind[1:]}", "date": None, "date_text": "", "language": "", "where": ""}


@dataclass
class CaseView:
    """One case as one viewer sees it. Parts are fetched when a block first asks for them, once."""

    case: Case
    user: User
    today: date = field(default_factory=timezone.localdate)

    @cached_property
    def may_edit(self) -> bool:
        """Whether the viewer edits this case now."""
        return self.case.state != CaseState.MERGED and may(self.user, Doing.EDIT_CASE, self.case.label())

    @cached_property
    def address(self) -> str:
        """The address of the page of the case."""
        return reverse("desk:case", args=[self.case.reference])

    def address_of(self, reference: str) -> str:
        """The address of the page of another case."""
        return self.address.replace(self.case.reference, reference)

    def acts(self, section: str, pk: Any, what: str, *, edit: bool = True) -> dict[str, Any]:
        """For a row: its own address `at`, and in `acts` the links to edit and to remove it ("" for who may not).

        `what` is for screen readers. They stand in every row, so they are written here and not by a template.
        """
        at = f"{self.address}{section}/{pk}/"
        links = format_html(f"{_EDIT if edit else ''}{_REMOVE}", at=at, pk=pk, what=what) if self.may_edit else ""
        return {"at": at, "acts": links}

    @cached_property
    def sources(self) -> dict[Any, dict[str, Any]]:
        """Sources by key."""
        rows = [_in_clear(row) for row in Source.objects.inside(self.case, self.user).values(*SOURCE)]
        # Among dated ones the place of a sealed one would tell its date.
        rows.sort(key=lambda row: (row["sealed"], str(row["pk"]) if row["sealed"] else ""))
        return {row["pk"]: row for row in rows}

    @cached_property
    def readable(self) -> dict[Any, Any]:
        """Sealed sources whose identity the viewer may know of → its key; asked only where one is sealed."""
        sealed = [row["pk"] for row in self.sources.values() if row["sealed"]]
        if not sealed:
            return {}
        rows = SourceIdentity.objects.visible_to(self.user).filter(source_id__in=sealed)
        return dict(rows.values_list("source_id", "pk"))

    @cached_property
    def names(self) -> list[dict[str, Any]]:
        """Names in order, each with `lang` and its source."""
        rows = list(CaseName.objects.inside(self.case, self.user).values(*NAME))
        for row in rows:
            row["lang"] = bcp47(Script(row["script"]), row["system"])[0]
        return rows

    @cached_property
    def themes_and_uses(self) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
        """Themes (pk, name) by name, and assessed uses (USE) by use: short lists of one shape, so one query is enough.
        Days come as text, because both engines take only columns of one type together.
        """
        none = Value("", output_field=CharField())
        themes = CaseTheme.objects.inside(self.case, self.user).order_by()
        uses = UseAssessment.objects.inside(self.case, self.user).order_by()
        until, on = (Cast(column, CharField()) for column in (F("consent_until"), TruncDate("assessed_at")))
        found = themes.values_list("pk", F("theme__name"), *[none] * (len(USE) - 2)).union(
            uses.values_list("pk", "use", "outcome", "consent_by", until, "risk", on, "assessed_by__name"), all=True
        )
        rows = [dict(zip(USE, row, strict=True)) for row in found]
        named = [{"pk": row["pk"], "name": row["use"]} for row in rows if not row["outcome"]]
        for row in rows:
            row["consent_until"] = date.fromisoformat(row["consent_until"]) if row["consent_until"] else None
        named.sort(key=lambda one: (sort_key(one["name"]), str(one["pk"])))
        return named, {row["use"]: row for row in rows if row["outcome"]}

    @cached_property
    def events(self) -> list[Any]:
        """Events, each with what is shown of it (EVENT) as attributes."""
        return list(CaseEvent.objects.inside(self.case, self.user).values_list(*EVENT, named=True))

    @cached_property
    def behind(self) -> dict[Any, list[dict[str, Any]]]:
        """The sources behind each event, by its key."""
        found: dict[Any, list[dict[str, Any]]] = {}
        if not self.events or not self.sources:
            return found
        links = EventSource.objects.inside(self.case, self.user).values_list("event_id", "source_id")
        for event, source in links:
            if source in self.sources:
                found.setdefault(event, []).append(self.sources[source])
        return found
