"""Emergency openings: opening, ending, and the review afterwards."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from casetracker.access.act import check_review_emergency, may_review_emergency
from casetracker.access.actions.break_glass import end_emergency, may_end, open_emergency, review_emergency
from casetracker.access.emergencies import SHOWN, openable, openings_for, reads_under
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.forms.break_glass import OpenForm, ReviewForm
from casetracker.access.models import BreakGlass
from casetracker.access.step_up import step_up_required
from casetracker.access.views.answers import form_methods, posted, status_of
from casetracker.web import AuthedRequest, get_visible_or_404, page

SECTION = "emergency"


@require_safe
def emergencies(request: AuthedRequest) -> HttpResponse:
    """One's own, those one reviews, or (for an office) that they happened."""
    rows = list(openings_for(request.user)[:SHOWN])
    context = {"rows": rows, "may_open": bool(openable(request.user)), "offices": bool(request.user.office)}
    return page(request, "access/emergencies.html", context, section=SECTION)


@form_methods
@step_up_required
def emergency_open(request: AuthedRequest) -> HttpResponse:
    """The form, and the opening."""
    dialogues = openable(request.user)
    if not dialogues:
        raise Denied("An emergency opening needs an active grant in a dialogue.")
    form = OpenForm(posted(request), dialogues=dialogues)
    refused = False
    if request.method == "POST" and form.is_valid():
        try:
            made = open_emergency(by=request.user, **form.cleaned_data)
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        else:
            return redirect("access:emergency", pk=made.pk)
    return page(request, "access/emergency_open.html", {"form": form}, section=SECTION, status=status_of(form, refused))


@require_safe
def emergency(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One opening: who, why, until when, what was read, and what was said of it."""
    return _emergency_page(request, _opening(request, pk))


@require_POST
def emergency_end(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Ends it before its time. It is over either way, so a version seen before is no obstacle."""
    found = _opening(request, pk)
    root = _opening(request, found.opened_with_id) if found.opened_with_id else found
    try:
        end_emergency(opening=root, by=request.user, seen=root.version)
    except WrongState as refusal:
        return _emergency_page(request, found, told=refusal.reason, status=409)
    except Conflict:
        again = "Somebody changed it meanwhile. Look again."
        return _emergency_page(request, _opening(request, pk), told=again, status=409)
    messages.success(request, "The emergency opening is over.")
    return redirect("access:emergency", pk=found.pk)


@form_methods
@step_up_required
def emergency_review(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Justified or not, by an approver who did not open it."""
    found = _opening(request, pk)
    check_review_emergency(request.user, found)
    form = ReviewForm(posted(request), initial={"seen": found.version})
    refused = False
    if request.method == "POST" and form.is_valid():
        try:
            review_emergency(opening=found, by=request.user, **form.cleaned_data)
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        except Conflict:
            again = "Somebody changed it meanwhile. Look again."
            return _emergency_page(request, _opening(request, pk), told=again, status=409)
        else:
            messages.success(request, "Your review is kept.")
            return redirect("access:emergency", pk=found.pk)
    return _review_page(request, found, form, status_of(form, refused))


def _opening(request: AuthedRequest, pk: UUID) -> BreakGlass:
    rows = BreakGlass.objects.select_related("user", "dialogue", "compartment", "ended_by", "reviewed_by")
    found: BreakGlass = get_visible_or_404(rows, request.user, pk=pk)
    return found


def _review_page(request: AuthedRequest, found: BreakGlass, form: forms.Form, status: int) -> HttpResponse:
    context = {"opening": found, "form": form, "lines": reads_under(found, request.user)}
    return page(request, "access/emergency_review.html", context, section=SECTION, status=status)


def _emergency_page(request: AuthedRequest, found: BreakGlass, *, told: str = "", status: int = 200) -> HttpResponse:
    reviews = may_review_emergency(request.user, found)
    context = {
        "opening": found,
        "told": told,
        # An office knows that it happened; why, and what was read, is for the dialogue.
        "inside": not request.user.office,
        "own": found.user_id == request.user.pk,
        "may_end": may_end(request.user, found),
        "may_review": reviews and not found.verdict and not found.is_open,
        "reviews": reviews,
        "lines": reads_under(found, request.user) if reviews else (),
    }
    return page(request, "access/emergency.html", context, section=SECTION, status=status)
