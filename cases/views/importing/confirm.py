"""Importing, or discarding, a batch."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.importing import discard_batch, start_import, stop_import
from cases.forms.importing import ConfirmForm, ReasonForm
from cases.importing.tasks import import_batch
from cases.states import IMPORT, ImportState
from cases.views.importing.head import home, refused, show, the_batch
from cases.views.importing.preview import counts_of
from casetracker.access.errors import Conflict, WrongState
from casetracker.web import AuthedRequest


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """How many cases there will be, how they begin, and the number typed back."""
    batch, posted = the_batch(request, pk), request.method == "POST"
    if not posted and batch.state != ImportState.CHECKED:
        return redirect(home(batch))
    counts = counts_of(request.user, batch)
    initial = {"seen": batch.version, "state": "draft", "owner": "nobody"}
    form = ConfirmForm(request.POST if posted else None, expected=counts["made"], initial=initial)
    if not posted or (batch.state == ImportState.CHECKED and not form.is_valid()):
        context = {"form": form, "counts": counts}
        return show(request, batch, "cases/import/confirm.html", context, 422 if posted else 200)
    if not form.is_valid():
        return refused(request, pk, WrongState(f"This table is {batch.get_state_display()} already."))
    chosen = form.cleaned_data
    how = {"seen": chosen["seen"], "state": chosen["state"], "reason": chosen["reason"]}
    try:
        start_import(batch=batch, by=request.user, owned=chosen["owner"] == "importer", **how)
    except (Conflict, WrongState) as error:
        return refused(request, pk, error)
    import_batch.enqueue(str(batch.pk), str(request.user.pk))
    return redirect(home(batch))


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Drops a table before it is imported; a running import is stopped first."""
    batch, posted = the_batch(request, pk), request.method == "POST"
    stops = batch.state == ImportState.IMPORTING
    if not posted and not stops and ImportState.DISCARDED not in IMPORT[batch.state]:
        return redirect(home(batch))
    form = ReasonForm(request.POST if posted else None, initial={"seen": batch.version})
    if not posted or not form.is_valid():
        context = {"form": form, "stops": stops}
        return show(request, batch, "cases/import/discard.html", context, 422 if posted else 200)
    seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
    try:
        if stops:
            stop_import(batch=batch, by=request.user, seen=seen)
        else:
            discard_batch(batch=batch, by=request.user, seen=seen, reason=reason)
    except (Conflict, WrongState) as error:
        return refused(request, pk, error)
    messages.success(request, "The import was stopped." if stops else "The table was discarded.")
    return redirect(home(batch) if stops else "cases:imports")
