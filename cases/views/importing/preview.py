"""What the import would make, row by row. Nothing is written to cases here."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases.actions.importing import skip_errors, skip_rows
from cases.importing.drafting import Draft
from cases.importing.rows import draft_row, plan_of, summary_of, terms_for
from cases.models import Case, ImportBatch, ImportRow
from cases.names.scripts import Script, bcp47
from cases.states import ImportState
from cases.views.importing.head import home, refused, show, the_batch
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest

SIZE = 50
VIEWS = {"all": "All", "errors": "Errors", "warnings": "Warnings", "matches": "Likely matches", "skipped": "Skipped"}


@dataclass
class Line:
    """One row of the page: what came, what it makes, what was found."""

    row: ImportRow
    draft: Draft
    summary: str
    names: list[tuple[str, str]] = field(default_factory=list)
    matches: list[Case] = field(default_factory=list)

    @property
    def tone(self) -> str:
        """Colour of the row; the words beside it say the same."""
        if self.row.skip:
            return "off"
        return "wrong" if self.row.errors else "match" if self.matches else "warn" if self.row.warnings else ""


@require_safe
def preview(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A page of rows under the counts of all of them."""
    batch = the_batch(request, pk)
    if batch.state != ImportState.CHECKED:
        return redirect(home(batch))
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in VIEWS else "all"
    seen = _seen_matches(request.user, batch)
    rows = _filtered(request.user, batch, chosen, seen)
    some, pager = _cut(rows, request.GET.get("after", ""), reverse("cases:import_preview", args=[batch.pk]), chosen)
    lines = _lines(request.user, batch, some, seen)
    counts = counts_of(request.user, batch, seen)
    record(Verb.IMPORT_VIEWED, by=request.user, about=batch, detail={"rows": len(lines)})
    url = reverse("cases:import_preview", args=[batch.pk])
    tabs = [
        {"label": label, "url": f"{url}?show={key}", "current": key == chosen, "count": f"{counts[key]:,}"}
        for key, label in VIEWS.items()
    ]
    context = {
        "lines": lines,
        "tabs": tabs,
        "counts": counts,
        "pager": pager,
        "chosen": chosen,
        "after": _after(request.GET.get("after", "")) or "",
        "coded": next(plan_of(batch).coded(), None) is not None,
    }
    return show(request, batch, "cases/import/preview.html", context)


@require_POST
def skip(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Skips the ticked rows of a page (and takes back the others), or all rows with errors."""
    batch = the_batch(request, pk)
    try:
        if "errors" in request.POST:
            number = skip_errors(batch=batch, by=request.user)
            messages.success(request, f"{number:,} rows with errors are skipped.")
        else:
            shown, skipped = _keys(request, "shown"), _keys(request, "skip")
            skip_rows(batch=batch, by=request.user, shown=shown, skipped=skipped)
            messages.success(request, "Your choice of rows is kept.")
    except (Conflict, WrongState) as error:
        return refused(request, pk, error)
    back = {name: request.POST.get(name, "") for name in ("show", "after")}
    where = urlencode({name: value for name, value in back.items() if value})
    return redirect(f"{reverse('cases:import_preview', args=[batch.pk])}{'?' + where if where else ''}")


def counts_of(user: User, batch: ImportBatch, seen: dict[str, Case] | None = None) -> dict[str, int]:
    """How many rows there are of each view; `made` make a case, `open` are errors not skipped."""
    rows = _rows(user, batch)
    seen = _seen_matches(user, batch) if seen is None else seen
    listed = list(rows.values_list("skip", "errors", "warnings", "matches"))
    return {
        "all": len(listed),
        "errors": sum(1 for _, errors, _, _ in listed if errors),
        "warnings": sum(1 for _, _, warnings, _ in listed if warnings),
        "matches": sum(1 for *_, matches in listed if any(key in seen for key in matches)),
        "skipped": sum(1 for skip, *_ in listed if skip),
        "made": sum(1 for skip, *_ in listed if not skip),
        "open": sum(1 for skip, errors, *_ in listed if errors and not skip),
    }


def _rows(user: User, batch: ImportBatch) -> "QuerySet[ImportRow]":
    return ImportRow.objects.visible_to(user).filter(batch=batch).order_by("number")


def _seen_matches(user: User, batch: ImportBatch) -> dict[str, Case]:
    """The matched cases this viewer sees, by key as text. What was matched for somebody else counts only if seen."""
    found = _rows(user, batch).exclude(matches=[]).values_list("matches", flat=True)
    keys = {key for matches in found for key in matches}
    cases = Case.objects.visible_to(user).filter(pk__in=keys).only(*_SHOWN)
    return {str(case.pk): case for case in cases}


_SHOWN = ("reference", "latin_name", "original_name", "original_lang", "sex", "birth", "place_name", "status", "state")


def _filtered(user: User, batch: ImportBatch, chosen: str, seen: dict[str, Case]) -> "QuerySet[ImportRow]":
    rows = _rows(user, batch)
    if chosen == "errors":
        return rows.exclude(errors=[])
    if chosen == "warnings":
        return rows.exclude(warnings=[])
    if chosen == "skipped":
        return rows.filter(skip=True)
    if chosen == "matches":
        listed = rows.exclude(matches=[]).values_list("pk", "matches")
        return rows.filter(pk__in=[pk for pk, matches in listed if any(key in seen for key in matches)])
    return rows


def _after(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


def _cut(rows: "QuerySet[ImportRow]", after: str, url: str, chosen: str) -> tuple[list[ImportRow], dict[str, Any]]:
    """The rows behind row `after` of the file, and the way to the next ones."""
    found = list(rows.filter(number__gt=_after(after))[: SIZE + 1])
    shown = found[:SIZE]
    more = len(found) > SIZE
    words = f"Rows {shown[0].number:,} to {shown[-1].number:,} of the file" if shown else "No rows"
    before = list(rows.filter(number__lte=_after(after)).order_by("-number")[: SIZE + 1])

    def link(start: int) -> str:
        return f"{url}?{urlencode({'show': chosen, 'after': start})}"

    previous = link(before[SIZE].number if len(before) > SIZE else 0) if before else ""
    next_url = link(shown[-1].number) if more else ""
    return shown, {"shown": words, "previous_url": previous, "next_url": next_url, "first_url": "", "last_url": ""}


def _lines(user: User, batch: ImportBatch, rows: list[ImportRow], seen: dict[str, Case]) -> list[Line]:
    plan, terms = plan_of(batch), terms_for(user, batch.dialogue)
    lines = []
    for row in rows:
        draft = draft_row(row.number, row.cells, plan, terms)
        line = Line(row, draft, summary_of(draft, batch.provider))
        line.names = [(name.text, bcp47(Script(name.script), name.system)[0]) for name in draft.names]
        line.matches = [seen[key] for key in row.matches if key in seen]
        lines.append(line)
    return lines


def _keys(request: AuthedRequest, name: str) -> list[UUID]:
    """Keys sent by the page; what is no key is left out."""
    found = []
    for text in request.POST.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
