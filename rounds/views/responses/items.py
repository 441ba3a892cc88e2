"""The answers in a reply: adding, changing, removing them, and giving a case the name they write."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Case
from cases.paging import as_key
from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.web import AuthedRequest, get_visible_or_404
from rounds.actions.item import add_items, edit_item, name_case, remove_item
from rounds.actions.matching import GONE
from rounds.forms_responses import AddItemsForm, ReasonForm, WordsForm
from rounds.models import Raising, Response, ResponseItem
from rounds.open_raisings import raisings_under
from rounds.views.responses.whole import Place, recordable_or_404, url_of, whole

METHODS = ["GET", "HEAD", "POST"]
TICK = "Tick the raisings these words answer, or add them “not matched yet”."
CASE_GONE = "This case is not there any more. Find it again."


def item_or_404(request: AuthedRequest, pk: UUID) -> ResponseItem:
    """The item, for those who may record responses; Http404 for hidden and missing alike. Raises Denied."""
    rows = ResponseItem.objects.select_related(
        "response__dialogue", "response__round", "response__partner", "response__compartment", "case", "raising"
    )
    item: ResponseItem = get_visible_or_404(rows, request.user, pk=pk)
    check(request.user, Doing.RECORD_RESPONSE, item.label())
    return item


@require_http_methods(METHODS)
def add(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One item for each raising, and each case not raised, that is ticked; or one that waits to be matched. `look`:
    raisings of the case named in `q`.
    """
    response = recordable_or_404(request, pk)
    posted = request.method == "POST"
    form = AddItemsForm(request.POST if posted else None, user=request.user)
    ticked = frozenset(request.POST.getlist("raising")) if posted else frozenset()
    about = frozenset(request.POST.getlist("about")) if posted else frozenset()
    text = " ".join(request.POST.get("q", "")[:200].split())
    if not posted or "look" in request.POST:
        return whole(request, response, Place("add", form, ticked=ticked, about=about, text=text))
    if form.is_valid() and not (ticked or about) and "unmatched" not in request.POST:
        form.add_error(None, TICK)
    outcome = attempt(request, form, lambda: _add(request, response, form, ticked, about), back=url_of(response))
    if outcome.saved:
        messages.success(request, "Added. What was not ticked is still open.")
        return redirect(url_of(response, f"item-{outcome.made[-1].pk}"))
    return whole(request, response, Place("add", form, outcome, ticked=ticked, about=about, text=text))


def _add(
    request: AuthedRequest, response: Response, form: AddItemsForm, ticked: frozenset[str], about: frozenset[str]
) -> list[ResponseItem]:
    matched = "unmatched" not in request.POST
    return add_items(
        response=response,
        by=request.user,
        values=form.columns(),
        raisings=ticked_raisings(request, response, ticked) if matched else [],
        cases=_ticked_cases(request, response, about) if matched else [],
        key=form.cleaned_data["key"],
    )


def _ticked_cases(request: AuthedRequest, response: Response, ticked: frozenset[str]) -> list[Case]:
    """The cases ticked, in order. Raises WrongState when one is not there for the viewer, hidden or missing."""
    keys = {as_key(one) for one in ticked}
    rows = Case.objects.visible_to(request.user).filter(dialogue=response.dialogue_id)
    found = list(rows.filter(pk__in=[key for key in keys if key]).order_by("reference")) if keys else []
    if len(found) != len(keys):
        raise WrongState(CASE_GONE)
    return found


def ticked_raisings(request: AuthedRequest, response: Response, ticked: frozenset[str]) -> list[Raising]:
    """The raisings ticked, in order. Raises WrongState when one is not there for the viewer, hidden or missing."""
    rows: Any = raisings_under(request.user, None, dialogue=response.dialogue_id)
    keys = {as_key(one) for one in ticked}
    found = list(rows.filter(pk__in=[key for key in keys if key]))
    if len(found) != len(keys):
        raise WrongState(GONE)
    return found


@require_http_methods(METHODS)
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Words of an item nobody has coded yet, in their place."""
    item = item_or_404(request, pk)
    form = WordsForm(request.POST or None, row=item)
    outcome = attempt(
        request,
        form,
        lambda: edit_item(item=item, by=request.user, seen=form.version_seen, changes=form.columns()),
        back=url_of(item.response, f"item-{pk}"),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect(url_of(item.response, f"item-{pk}"))
    return whole(request, item.response, Place(f"edit-{pk}", form, outcome))


@require_http_methods(METHODS)
def remove(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """An item nobody has coded yet is taken out, with the reason."""
    item = item_or_404(request, pk)
    form = ReasonForm(request.POST or None, row=item)
    outcome = attempt(
        request,
        form,
        lambda: remove_item(item=item, by=request.user, seen=form.version_seen, reason=form.cleaned_data["reason"]),
        back=url_of(item.response, "items"),
    )
    if outcome.saved:
        messages.success(request, "The item was removed.")
        return redirect(url_of(item.response, "items"))
    return whole(request, item.response, Place(f"remove-{pk}", form, outcome))


@require_POST
def name(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The case gets the name as the counterpart writes it. Raises Denied for those who may not edit the case."""
    item = item_or_404(request, pk)
    try:
        name_case(item=item, by=request.user, reason=request.POST.get("reason", "")[:1000])
    except WrongState as wrong:
        return whole(request, item.response, Place(note=wrong.reason))
    messages.success(request, f"{item.case.reference if item.case else ''}: the name was added.")
    return redirect(url_of(item.response, f"item-{pk}"))
