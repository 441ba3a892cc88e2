"""Entries of a list: the ask in its place, included or held back, taken off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.views.saving import attempt
from casetracker.access.errors import Conflict, WrongState
from casetracker.web import AuthedRequest
from rounds.actions.case_list import entries_of
from rounds.actions.entry import edit_entry, hold_back_entry, include_entry, include_proposed, remove_entry
from rounds.forms_lists import EntryForm, ReasonForm, SeenForm
from rounds.models import ListEntry
from rounds.states import EntryState
from rounds.views.lists.whole import Place, again, editable_or_404, entry_or_404, refused, url_of, whole

CHANGED = "Somebody changed the list since you opened it. Look at what is proposed now, then include it."


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """What is asked and why the case is on the list; "Save and next" opens the next entry."""
    found = entry_or_404(request, pk)
    form = EntryForm(request.POST or None, row=found)
    outcome = attempt(
        request,
        form,
        lambda: edit_entry(entry=found, by=request.user, seen=form.version_seen, changes=form.columns()),
        back=url_of(found.case_list, f"entry-{found.pk}"),
    )
    if not outcome.saved:
        return whole(request, found.case_list, Place("entry", str(found.pk), form, outcome))
    if "and-next" in request.POST and (following := _following(request, found)) is not None:
        if not request.htmx:
            return redirect("rounds:entry", following.pk)
        return whole(request, found.case_list, Place("entry", str(following.pk), EntryForm(row=following)))
    messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
    return again(request, found.case_list, part=f"entry-{found.pk}", focus=f"edit-{found.pk}")


def _following(request: AuthedRequest, found: ListEntry) -> ListEntry | None:
    """The next entry that goes on the sheet."""
    entries = entries_of(found.case_list, request.user)
    places = [place for place, one in enumerate(entries) if one.pk == found.pk]
    rest = entries[places[0] + 1 :] if places else []
    return next((one for one in rest if one.state != EntryState.HELD_BACK), None)


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Included, or held back with the reason: `to` says which."""
    found, to = entry_or_404(request, pk), request.POST.get("to") or request.GET.get("to", "")
    if to not in (EntryState.INCLUDED, EntryState.HELD_BACK):
        raise Http404
    including = to == EntryState.INCLUDED
    form: Any = (SeenForm if including else ReasonForm)(request.POST or None, row=found)

    def save() -> None:
        if including:
            include_entry(entry=found, by=request.user, seen=form.version_seen)
        else:
            reason = form.cleaned_data["reason"]
            hold_back_entry(entry=found, by=request.user, seen=form.version_seen, reason=reason)

    outcome = attempt(request, form, save, back=url_of(found.case_list))
    if outcome.saved:
        messages.success(request, f"{found.case.reference} is {EntryState(to).label}.")
        return again(request, found.case_list, part=f"entry-{found.pk}", focus=f"edit-{found.pk}")
    return whole(request, found.case_list, Place("include" if including else "hold", str(found.pk), form, outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Off the list; the history keeps it. A case of the list before is better held back, with the reason."""
    found = entry_or_404(request, pk)
    form = ReasonForm(request.POST or None, row=found, required=False)
    outcome = attempt(
        request,
        form,
        lambda: remove_entry(entry=found, by=request.user, seen=form.version_seen, reason=form.cleaned_data["reason"]),
        back=url_of(found.case_list),
    )
    if outcome.saved:
        messages.success(request, f"{found.case.reference} was taken off the list.")
        return again(request, found.case_list, part="add", focus="add")
    return whole(request, found.case_list, Place("remove", str(found.pk), form, outcome))


@require_POST
def include_all(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Everything still proposed is included, if the list is as it was when the page was opened."""
    case_list = editable_or_404(request, pk)
    form = SeenForm(request.POST, row=case_list)
    seen = form.version_seen if form.is_valid() else 0
    try:
        number = include_proposed(case_list=case_list, by=request.user, seen=seen)
    except Conflict:
        return refused(request, case_list, WrongState(CHANGED))
    except WrongState as wrong:
        return refused(request, case_list, wrong)
    messages.success(request, f"Included: {number}.")
    return again(request, case_list)
