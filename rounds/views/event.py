"""Side events of a round."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest, get_visible_or_404
from rounds.actions.event import add_event, cancel_event, edit_event
from rounds.forms import CancelEventForm, EventForm
from rounds.models import RoundEvent
from rounds.views.whole import Place, editable_or_404, url_of, whole


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One more event of the round `pk`."""
    round = editable_or_404(request, pk)
    form = EventForm(request.POST or None, asks_why=round.state == "closed")
    outcome = attempt(
        request,
        form,
        lambda: add_event(round=round, by=request.user, values=form.columns(), reason=form.reason_given),
        back=url_of(round, "events"),
    )
    if outcome.saved:
        messages.success(request, "The event is added.")
        return redirect(url_of(round, "events"))
    return whole(request, round, Place("event-new", form, outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One event, in its place."""
    event = _editable_or_404(request, pk)
    form = EventForm(request.POST or None, row=event)
    outcome = attempt(
        request,
        form,
        lambda: edit_event(
            event=event,
            by=request.user,
            seen=form.version_seen,
            changes=form.columns(),
            reason=form.reason_given,
        ),
        back=url_of(event.round, "events"),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect(url_of(event.round, "events"))
    return whole(request, event.round, Place(f"event-{event.pk}", form, outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The event will not take place, or did not."""
    event = _editable_or_404(request, pk)
    form = CancelEventForm(request.POST or None, row=event)
    outcome = attempt(
        request,
        form,
        lambda: cancel_event(
            event=event,
            by=request.user,
            seen=form.version_seen,
            reason=form.cleaned_data["cancelled_reason"],
        ),
        back=url_of(event.round, "events"),
    )
    if outcome.saved:
        messages.success(request, "The event is cancelled.")
        return redirect(url_of(event.round, "events"))
    return whole(request, event.round, Place(f"cancel-{event.pk}", form, outcome))


def _editable_or_404(request: AuthedRequest, pk: UUID) -> Any:
    events = RoundEvent.objects.select_related("round__dialogue")
    event = get_visible_or_404(events, request.user, pk=pk)
    check(request.user, Doing.EDIT_ROUND, event.label())
    return event
