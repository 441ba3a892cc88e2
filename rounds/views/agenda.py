"""The agenda of a round: adding, taking off, reordering by buttons."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.web import AuthedRequest, get_visible_or_404
from rounds.actions.agenda import add_item, remove_item, shift_item
from rounds.forms import AgendaForm
from rounds.models import AgendaItem
from rounds.views.whole import Place, editable_or_404, themes_for, url_of, whole


@require_POST
def add(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One more item at the end."""
    round = editable_or_404(request, pk)
    form = AgendaForm(request.POST, themes=themes_for(round, request.user))
    outcome = attempt(
        request,
        form,
        lambda: add_item(round=round, by=request.user, theme=form.chosen, title=form.cleaned_data["title"]),
        back=url_of(round, "agenda"),
    )
    if outcome.saved:
        return _again(request, outcome.made, focus="add")
    return whole(request, round, Place("agenda", form, outcome))


@require_POST
def move(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One item up or down; the focus stays on its button, so that the key can be pressed again."""
    item, way = _editable_or_404(request, pk), request.POST.get("way", "")
    try:
        shift_item(item=item, by=request.user, up=way == "up")
    except WrongState as wrong:
        messages.error(request, wrong.reason)
    return _again(request, item, focus=f"{'up' if way == 'up' else 'down'}-{item.pk}")


@require_POST
def remove(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One item off; it stays in the history."""
    item = _editable_or_404(request, pk)
    try:
        remove_item(item=item, by=request.user)
    except WrongState as wrong:
        messages.error(request, wrong.reason)
    else:
        messages.success(request, "Taken off the agenda.")
    return _again(request, item, focus="add")


def _again(request: AuthedRequest, item: AgendaItem, *, focus: str) -> HttpResponse:
    if request.htmx:
        return whole(request, item.round, Place(focus=focus))
    return redirect(url_of(item.round, "agenda"))


def _editable_or_404(request: AuthedRequest, pk: UUID) -> Any:
    items = AgendaItem.objects.select_related("round__dialogue")
    item = get_visible_or_404(items, request.user, pk=pk)
    check(request.user, Doing.EDIT_ROUND, item.label())
    return item
