"""A copy of what the table shows. It leaves only for a reason, and the trail knows it by a random id."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.exporting import ask_export, is_large, may_take, take_export
from cases.exporting import csv_bytes, xlsx_bytes
from cases.forms.table import ExportForm, Selection
from cases.listing import Listing, list_url, rows_of
from cases.models import Case, ExportRequest
from cases.paging import digest
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import WrongState
from casetracker.access.models import Approval
from casetracker.access.roles import Marking
from casetracker.access.step_up import step_up_required
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page

LIMIT = 5000
HEADINGS = (
    "Reference", "Name", "Name in original script", "Status", "Place", "Detained since", "Themes", "State", "Owner",
    "Marking", "Compartment", "Times raised", "Last raised", "Last answer on", "Last answer", "Waiting since",
)  # fmt: skip
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def export(request: AuthedRequest) -> HttpResponse:
    """Says what would leave (the ticked cases, or all that fit); with a reason sends it, or asks a second person."""
    check(request.user, Doing.EXPORT_CASES)
    chosen = Selection.read(request.POST) if request.method == "POST" else Selection(whole=True)
    asked = QueryDict(chosen.query) if request.method == "POST" else request.GET
    listing = Listing(asked, request.user)
    cases = _cases(listing, chosen)
    sending = request.POST.get("step") == "send"
    form = ExportForm(request.POST if sending else None, initial={"form": "xlsx"})
    possible, status = 0 < len(cases) <= LIMIT, 200
    if sending and form.is_valid() and possible:
        try:
            if not is_large(cases):
                return _file(request, listing, cases, form.cleaned_data)
            made = ask_export(by=request.user, cases=cases, **form.cleaned_data)
            messages.success(request, "Asked for. The copy is here once a second person has decided.")
            return redirect("cases:export_request", pk=made.pk)
        except WrongState as problem:
            form.add_error(None, problem.reason)
            status = 409
    if status == 200 and (not listing.is_valid or (sending and not (form.is_valid() and possible))):
        status = 422
    return _before(request, listing, chosen, cases, form, status)


def _before(
    request: AuthedRequest, listing: Listing, chosen: Selection, cases: list[Case], form: ExportForm, status: int
) -> HttpResponse:
    """The page that says what would leave."""
    context = {
        "form": form,
        "count": len(cases),
        "possible": 0 < len(cases) <= LIMIT,
        "too_many": len(cases) > LIMIT,
        "large": is_large(cases),
        "limit": LIMIT,
        "headings": HEADINGS,
        "listing": listing,
        "query": listing.query(),
        "chosen": chosen,
        "keys": [] if chosen.whole else [case.pk for case in cases],
        "back": list_url(request),
    }
    return page(request, "cases/table_export.html", context, section="cases", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def large(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A large copy: where it stands; by POST the file, once, for whoever asked for it."""
    asked = get_visible_or_404(ExportRequest.objects.select_related("owner"), request.user, pk=pk)
    told = ""
    if request.method == "POST":
        try:
            cases = take_export(asked=asked, by=request.user)
        except WrongState as problem:
            told = problem.reason
        else:
            return _sent(Listing(QueryDict(""), request.user), cases, asked.form, asked.copy_id)
    rows = Approval.objects.visible_to(request.user).filter(object_id=asked.pk).order_by("-requested_at")
    context = {
        "asked": asked,
        "told": told,
        "approval": rows.first(),
        "mine": asked.owner_id == request.user.pk,
        "may_take": may_take(asked, request.user),
        "back": list_url(request),
    }
    template = "cases/export_request.html"
    return page(request, template, context, section="cases", label=asked.label(), status=409 if told else 200)


def _cases(listing: Listing, chosen: Selection) -> list[Case]:
    """The cases that would leave, in the order of the table: at most one more than may."""
    rows = listing.cases()
    if not chosen.whole:
        rows = rows.filter(Q(pk__in=chosen.keys[: LIMIT + 1]))
    return [case for case in rows[: LIMIT + 1] if may(listing.user, Doing.EXPORT_CASES, case.label())]


def _file(request: AuthedRequest, listing: Listing, cases: Sequence[Case], asked: dict[str, Any]) -> HttpResponse:
    copy_id = secrets.token_hex(6)
    detail = {
        "count": len(cases), "digest": digest(case.pk for case in cases), "copy": copy_id, "form": asked["form"]
    }  # fmt: skip
    record(Verb.CASES_EXPORTED, by=request.user, detail=detail, reason=asked["reason"])
    return _sent(listing, cases, asked["form"], copy_id)


def _sent(listing: Listing, cases: Sequence[Case], form: str, copy_id: str) -> HttpResponse:
    lines = _lines(listing, cases)
    highest = Marking(max(case.marking for case in cases)).on_paper
    if form == "csv":
        content = csv_bytes(HEADINGS, lines, copy_id=copy_id)
    else:
        content = xlsx_bytes(HEADINGS, lines, copy_id=copy_id, title=f"Cases {highest}")
    return HttpResponse(
        content,
        content_type=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="cases-{copy_id}.{form}"'},
    )


def _lines(listing: Listing, cases: Sequence[Case]) -> list[list[str]]:
    return [
        [
            row.case.reference,
            row.case.latin_name,
            row.case.original_name,
            row.case.get_status_display(),
            row.case.place_name,
            row.detained,
            row.case.themes_text,
            row.case.get_state_display(),
            row.case.owner.name if row.case.owner else "",
            Marking(row.case.marking).on_paper,
            row.circle,
            str(row.ledger.times),
            _day(row.ledger.last_raised),
            _day(row.ledger.last_answer),
            row.ledger.answer,
            _day(row.ledger.waiting_since),
        ]
        for row in rows_of(cases, listing.filters.offered, listing.user)
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
