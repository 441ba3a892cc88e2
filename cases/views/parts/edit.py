"""Adding, editing and removing in place: one mechanism for every section of the case page."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms.case import ReasonForm
from cases.forms.part_form import PartForm
from cases.models import Case
from cases.views.parts.conflict import conflict, gone, merged
from cases.views.parts.sections import OWN, SECTIONS, Section, section_or_404
from cases.views.parts.showing import METHODS, blocks, case_or_404, case_url, check_editing, on_case, saved, show_form
from casetracker.access.errors import Conflict, WrongState
from casetracker.refusals import too_large
from casetracker.web import AuthedRequest


@require_safe
@on_case
def section(request: AuthedRequest, case: Case, section: str) -> HttpResponse:
    """One section as it is, for closing a form in it; without htmx the page at its anchor."""
    if section not in SECTIONS and section not in OWN:
        raise Http404
    focus = request.GET.get("focus", "")
    focus = focus if focus.startswith("part-") else section
    if not request.htmx:
        return redirect(case_url(case, focus))
    return blocks(request, case.reference, (section,), slot=section, focus=focus)


@require_http_methods(METHODS)
@on_case
def add(request: AuthedRequest, case: Case, section: str) -> HttpResponse:
    """Adds a row to a section."""
    here = section_or_404(section)
    check_editing(request, case)
    status = 200
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if request.META.get("casetracker.too_large"):
        return too_large()
    form = here.form(*typed, case=case, user=request.user)
    if request.method == "POST" and form.is_valid() and here.add:
        try:
            row = here.add(here, form, case, request.user)
            told = f"{case.reference}: {here.noun} added."
            return saved(request, case, here, focus=f"part-{row.pk}", told=told)
        except WrongState as problem:
            form.add_error(None, problem.reason)
            status = 409
        except IntegrityError:
            form.add_error(None, "Somebody added the same at this moment. Reload the page to see it.")
            status = 409
    return _show(request, case, here, form, f"Add {here.a_noun}", status=status)


@require_http_methods(METHODS)
@on_case
def edit(request: AuthedRequest, case: Case, section: str, pk: UUID) -> HttpResponse:
    """Edits one row of a section."""
    here = section_or_404(section)
    check_editing(request, case)
    row = here.rows(case, request.user).filter(pk=pk).first()
    if row is None:
        return gone(request, case, here, pk)
    if here.edit is None:
        raise Http404
    return _edit(request, case, here, row)


@require_http_methods(METHODS)
@on_case
def edit_own(request: AuthedRequest, case: Case, section: str) -> HttpResponse:
    """Edits fields of the case itself: the person, the texts."""
    if section not in OWN:
        raise Http404
    check_editing(request, case)
    return _edit(request, case, OWN[section], case)


def _edit(request: AuthedRequest, case: Case, here: Section, row: Any) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    form = here.form(typed, case=case, user=request.user, part=row)
    if not form.is_valid():
        return _show(request, case, here, form, f"Edit the {here.noun}", row=row)
    found = merged(here, row, form, request.POST, request.user)
    if found.collisions:
        return conflict(request, case, here, row, form, found)
    assert here.edit is not None
    try:
        here.edit(row, form, found.changes, row.version, request.user)
    except Conflict:
        newest = case_or_404(request, case.reference)
        newest_row = newest if here.key in OWN else here.rows(newest, request.user).get(pk=row.pk)
        return _edit(request, newest, here, newest_row)
    except ObjectDoesNotExist:
        return gone(request, case, here, row.pk)
    told = f"{case.reference}: {here.noun} saved."
    if found.theirs_kept:
        told += " What a colleague changed in the meantime was kept."
    focus = here.key if here.key in OWN else f"part-{row.pk}"
    return saved(request, case, here, focus=focus, told=told)


@require_http_methods(METHODS)
@on_case
def remove(request: AuthedRequest, case: Case, section: str, pk: UUID) -> HttpResponse:
    """Takes one row out of a section; asks why."""
    here = section_or_404(section)
    check_editing(request, case)
    row = here.rows(case, request.user).filter(pk=pk).first()
    if row is None:
        return gone(request, case, here, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"seen": row.version})
    note, tone, status = "It stays in the history, with your reason.", "", 200
    if request.method == "POST" and form.is_valid() and here.remove:
        try:
            here.remove(row, by=request.user, seen=form.cleaned_data["seen"], reason=form.cleaned_data["reason"])
            told = f"{case.reference}: {here.noun} removed."
            return saved(request, case, here, focus=here.key, told=told)
        except WrongState as problem:
            form.add_error(None, problem.reason)
            status = 409
        except Conflict as found:
            note, tone = "A colleague changed it while you were reading. Look at it again, then remove it.", "warn"
            status = 409
            form = ReasonForm(initial={"seen": found.current.version, "reason": form.cleaned_data["reason"]})
    heading = f"Remove the {here.noun}"
    return _show(request, case, here, form, heading, row=row, note=note, note_tone=tone, status=status, danger=True)


def _show(
    request: AuthedRequest, case: Case, here: Section, form: Any, heading: str, *, row: Any = None, **more: Any
) -> HttpResponse:
    """The form in its section, or on a page of its own."""
    focus = f"part-{row.pk}" if row is not None and here.key not in OWN else here.key
    closing = reverse("cases:section", args=[case.reference, here.key])
    if isinstance(form, ReasonForm):
        # Several may be open on the page at the same time.
        form.auto_id = f"id_{row.pk.hex[:8]}_%s"
    by_htmx = here.by_htmx or not isinstance(form, PartForm) or not form.is_multipart()
    more = {"submit": "Remove" if more.get("danger") else "Save", "wide": here.wide, **more}
    return show_form(
        request,
        case,
        form,
        heading=heading,
        back=focus,
        cancel_hx=f"{closing}?focus={focus}",
        by_htmx=by_htmx,
        **more,
    )
