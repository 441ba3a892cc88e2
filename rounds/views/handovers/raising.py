"""One raising: its page with its answers, editing it, voiding it and taking that back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.forms.record_form import RecordForm
from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Conflict, WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.raising import edit_raising, restore_raising, void_raising
from rounds.days_told import raising_told
from rounds.forms_handovers import RaisingForm, VoidForm
from rounds.handovers import answers_to, recorded
from rounds.models import Raising
from rounds.views.handovers.offering import offered_in

CHANGED = "Somebody changed this raising since you opened it. Look at it as it is now."


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The raising, who recorded it, and the answers to it."""
    return _show(request, _raising_or_404(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """What was recorded of it."""
    raising = _raising_or_404(request, pk)
    check(request.user, Doing.RECORD_RAISING, raising.label())
    if request.method != "POST" and (raising.entry_id or raising.voided):
        return redirect("rounds:raising", pk)
    offered = offered_in(raising.case.dialogue, request.user)
    form = RaisingForm(request.POST or None, row=raising, offered=offered)
    outcome = attempt(
        request,
        form,
        lambda: edit_raising(
            raising=raising,
            by=request.user,
            seen=form.version_seen,
            changes=form.columns(),
            reason=form.reason_given,
        ),
        back=reverse("rounds:raising", args=[pk]),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect("rounds:raising", pk)
    return _form_page(request, raising, form, outcome)


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """It was recorded by mistake."""
    raising = _raising_or_404(request, pk)
    check(request.user, Doing.RECORD_RAISING, raising.label())
    if request.method != "POST" and (raising.entry_id or raising.voided):
        return redirect("rounds:raising", pk)
    form = VoidForm(request.POST or None, row=raising)
    outcome = attempt(
        request,
        form,
        lambda: void_raising(
            raising=raising, by=request.user, seen=form.version_seen, reason=form.cleaned_data["reason"]
        ),
        back=reverse("rounds:raising", args=[pk]),
    )
    if outcome.saved:
        messages.success(request, f"The raising of {raising.case.reference} is voided. It can be taken back below.")
        return redirect("rounds:raising", pk)
    return _form_page(request, raising, form, outcome, answers=answers_to(raising, request.user))


@require_POST
def restore(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The voiding is taken back."""
    raising = _raising_or_404(request, pk)
    seen = request.POST.get("seen", "")
    try:
        restore_raising(raising=raising, by=request.user, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0)
    except Conflict:
        return _show(request, _raising_or_404(request, pk), told=CHANGED)
    except WrongState as wrong:
        return _show(request, raising, told=wrong.reason)
    messages.success(request, f"The raising of {raising.case.reference} counts again.")
    return redirect("rounds:raising", pk)


def _raising_or_404(request: AuthedRequest, pk: UUID) -> Any:
    with_it = ("case__dialogue", "case__compartment", "entry__case_list__round", "round", "partner", "theme")
    return get_visible_or_404(Raising.objects.select_related(*with_it), request.user, pk=pk)


def _show(request: AuthedRequest, raising: Raising, told: str = "") -> HttpResponse:
    answers = answers_to(raising, request.user)
    who, together = recorded(raising, request.user)
    record(Verb.CASE_READ, by=request.user, about=raising, detail={"answers": len(answers)})
    context = {
        "raising": raising,
        "case": raising.case,
        "answers": answers,
        "who": who,
        "together": together,
        "check": raising_told(raising.on, raising.channel, raising.round),
        "told": told,
        "may_edit": may(request.user, Doing.RECORD_RAISING, raising.label()),
        "may_respond": may(request.user, Doing.RECORD_RESPONSE, raising.label()),
    }
    status = 409 if told else 200
    template = "rounds/handover/raising.html"
    return page(request, template, context, section="rounds", label=raising.label(), status=status)


def _form_page(
    request: AuthedRequest, raising: Raising, form: RecordForm, outcome: Outcome, **more: Any
) -> HttpResponse:
    context = {
        "raising": raising,
        "case": raising.case,
        "form": form,
        "voiding": isinstance(form, VoidForm),
        "conflict": outcome.conflict,
        "answers": [],
        "back": reverse("rounds:raising", args=[raising.pk]),
        **more,
    }
    template = "rounds/handover/raising_form.html"
    return page(request, template, context, section="rounds", label=raising.label(), status=outcome.status)
