"""The matrix of cases and rounds, and a copy of it that leaves."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.exporting import is_large
from cases.exporting import csv_bytes, xlsx_bytes
from cases.forms.table import ExportForm
from cases.models import Case
from cases.paging import Page, digest
from cases.views.export import LIMIT, TYPES
from casetracker.access.act import Doing, check, may
from casetracker.access.roles import Marking
from casetracker.access.step_up import step_up_required
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.matrix import CHANNEL_LETTERS, LEGEND, Table, table_of
from rounds.matrix_cells import cells_of
from rounds.matrix_filter import Asked


@require_safe
def matrix(request: AuthedRequest) -> HttpResponse:
    """The cases that the viewer sees and that were ever raised, filtered and paged by the query string."""
    asked = Asked(request.GET, request.user)
    shown = asked.page()
    table = table_of(shown.rows, asked.timeline, request.user)
    keys = [case.pk for case in shown.rows]
    record(Verb.MATRIX_READ, by=request.user, detail={"count": len(keys), "digest": digest(keys)})
    context = {
        "asked": asked,
        "dialogue": asked.dialogue,
        "table": table,
        "lines": cells_of(table),
        "pager": _pager(asked, shown),
        "legend": LEGEND,
        "channels": [(letter, str(channel.label)) for channel, letter in CHANNEL_LETTERS.items()],
        "sort": _sort(asked),
        "keep": [("sort", asked.sort)] if asked.sort != "name" else [],
        "clear_url": asked.url(**{name: "" for name in asked.values if name != "dialogue"}),
        "query": asked.query(),
        "may_export": may(request.user, Doing.EXPORT_CASES),
    }
    template = "rounds/closing/matrix.html#matrix" if request.htmx else "rounds/closing/matrix.html"
    return page(request, template, context, section="rounds", status=200 if asked.valid or not asked.dialogue else 422)


def _pager(asked: Asked, shown: Page) -> dict[str, str]:
    return {"shown": shown.shown(), **{f"{name}_url": asked.url(**place) for name, place in shown.links().items()}}


def _sort(asked: Asked) -> dict[str, str]:
    down = asked.sort.startswith("-")
    return {"url": asked.url(sort="" if down else "-name"), "direction": "desc" if down else "asc"}


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def export(request: AuthedRequest) -> HttpResponse:
    """Says what would leave; with a reason sends it."""
    check(request.user, Doing.EXPORT_CASES)
    asked = Asked(request.GET, request.user)
    cases = _cases(asked)
    form = ExportForm(request.POST if request.method == "POST" else None, initial={"form": "xlsx"})
    large = is_large(cases)
    possible = 0 < len(cases) <= LIMIT and not large
    if form.is_valid() and possible:
        return _file(request, table_of(cases, asked.timeline, request.user), form.cleaned_data)
    context = {
        "form": form,
        "count": len(cases),
        "possible": possible,
        "too_many": len(cases) > LIMIT,
        "large": large,
        "limit": LIMIT,
        "asked": asked,
        "query": asked.query(),
        "back": asked.url(),
    }
    wrong = (asked.dialogue and not asked.valid) or (request.method == "POST" and not (form.is_valid() and possible))
    return page(request, "rounds/closing/matrix_export.html", context, section="rounds", status=422 if wrong else 200)


def _cases(asked: Asked) -> list[Case]:
    """The cases that would leave, in order: at most one more than may."""
    order = asked.order
    rows = asked.cases().annotate(sort_value=order.by).order_by(*order.names())[: LIMIT + 1]
    return [case for case in rows if may(asked.user, Doing.EXPORT_CASES, case.label())]


def _file(request: AuthedRequest, table: Table, values: dict[str, Any]) -> HttpResponse:
    copy_id = secrets.token_hex(6)
    headings = ["Reference", "Name", "Name in original script", "Marking", *(one.words for one in table.columns)]
    lines = [
        [
            line.case.reference,
            line.case.latin_name,
            line.case.original_name,
            Marking(line.case.marking).on_paper,
            *(cell.words if cell else "" for cell in line.cells),
        ]
        for line in table.lines
    ]
    if values["form"] == "csv":
        content = csv_bytes(headings, lines, copy_id=copy_id)
    else:
        content = xlsx_bytes(headings, lines, copy_id=copy_id, title="Cases and rounds")
    keys = [line.case.pk for line in table.lines]
    detail = {"count": len(keys), "digest": digest(keys), "copy": copy_id, "form": values["form"], "matrix": True}
    record(Verb.CASES_EXPORTED, by=request.user, detail=detail, reason=values["reason"])
    name = f"matrix-{copy_id}.{values['form']}"
    return HttpResponse(
        content,
        content_type=TYPES[values["form"]],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
