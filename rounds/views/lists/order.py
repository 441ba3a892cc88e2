"""The order of a list: by buttons one entry at a time, by dragging the whole order at once."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from cases.views.saving import Outcome
from casetracker.access.errors import Conflict, WrongState
from casetracker.web import AuthedRequest
from rounds.actions.case_list import entries_of
from rounds.actions.entry import move_entry, reorder
from rounds.forms_lists import OrderForm
from rounds.models import CaseList
from rounds.views.lists.whole import Place, again, editable_or_404, entry_or_404, refused, whole

WAYS = ("up", "down", "first", "last")


@require_POST
def move(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One entry one place on, or to an end; the focus stays on its button, so that the key can be pressed again."""
    entry, way = entry_or_404(request, pk), request.POST.get("way", "")
    if way not in WAYS:
        raise Http404
    try:
        move_entry(entry=entry, by=request.user, way=way)  # type: ignore[arg-type]
    except WrongState as wrong:
        return refused(request, entry.case_list, wrong)
    button = "up" if way in ("up", "first") else "down"
    return again(request, entry.case_list, part=f"entry-{entry.pk}", focus=f"{button}-{entry.pk}")


@require_POST
def order(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The whole order. Where others moved something meanwhile, both orders are shown and the viewer decides."""
    case_list = editable_or_404(request, pk)
    form = OrderForm(request.POST, row=case_list)
    if not form.is_valid():
        raise Http404
    wanted = form.keys()
    try:
        _reorder(request, case_list, form, wanted)
    except Conflict:
        more = {"wanted": _wanted(request, case_list, wanted)}
        return whole(request, case_list, Place("order", outcome=Outcome(False, 409), more=more))
    except WrongState as wrong:
        return refused(request, case_list, wrong)
    return again(request, case_list, part="entries", focus=request.POST.get("moved", "")[:60])


def _reorder(request: AuthedRequest, case_list: CaseList, form: OrderForm, wanted: list[UUID]) -> None:
    """What others wrote into entries is no conflict over the order: only entries moved, added or taken off are."""
    try:
        reorder(case_list=case_list, by=request.user, seen=form.version_seen, order=wanted)
    except Conflict as conflict:
        before = form.keys_before()
        now = [entry.pk for entry in entries_of(case_list, request.user)]
        if not before or before != now:
            raise
        reorder(case_list=case_list, by=request.user, seen=conflict.current.version, order=wanted)


def _wanted(request: AuthedRequest, case_list: CaseList, wanted: list[UUID]) -> list[Any]:
    """The entries as the viewer wanted them, those they did not know of at the end."""
    places = {key: place for place, key in enumerate(wanted)}
    return sorted(entries_of(case_list, request.user), key=lambda entry: places.get(entry.pk, len(places)))
