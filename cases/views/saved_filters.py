"""The filters a user keeps. Nobody else's are ever found."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases.actions.saved_filter import change_filter, delete_filter, save_filter
from cases.forms.table import FilterForm, FilterNameForm
from cases.listing import Listing, list_url
from cases.models import SavedFilter
from casetracker.access.errors import WrongState
from casetracker.web import AuthedRequest, page


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: AuthedRequest) -> HttpResponse:
    """One's own filters; with a query string also a form that saves it."""
    asked = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    listing = Listing(asked, request.user)
    form = FilterNameForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and listing.is_valid and listing.query():
        try:
            save_filter(by=request.user, name=form.cleaned_data["name"], query=listing.query())
        except WrongState as error:
            form.add_error("name", error.reason)
        else:
            messages.success(request, "The filter is saved.")
            return redirect(listing.url())
    return _index(request, listing, form, status=422 if request.method == "POST" else 200)


@require_POST
def change(request: AuthedRequest, pk: Any) -> HttpResponse:
    """Renames a filter, or sets whether the table opens with it."""
    saved = _mine(request, pk)
    form = FilterForm(request.POST, prefix=str(pk), auto_id="id_%s")
    if form.is_valid():
        try:
            change_filter(saved=saved, by=request.user, **form.cleaned_data)
        except WrongState as error:
            form.add_error("name", error.reason)
        else:
            messages.success(request, "The filter is changed.")
            return redirect("cases:saved_filters")
    return _index(request, Listing(QueryDict(), request.user), FilterNameForm(), changed=form, status=422)


@require_POST
def delete(request: AuthedRequest, pk: Any) -> HttpResponse:
    """Deletes a filter."""
    delete_filter(saved=_mine(request, pk), by=request.user)
    messages.success(request, "The filter is deleted.")
    return redirect("cases:saved_filters")


def _mine(request: AuthedRequest, pk: Any) -> SavedFilter:
    saved = SavedFilter.objects.filter(user=request.user, pk=pk).first()
    if saved is None:
        raise Http404
    return saved


def _index(
    request: AuthedRequest, listing: Listing, form: FilterNameForm, *, changed: Any = None, status: int
) -> HttpResponse:
    """The page. `changed` is the form of one saved filter that could not be saved."""
    rows = [_row(saved, changed) for saved in SavedFilter.objects.filter(user=request.user)]
    context = {
        "rows": rows,
        "form": form,
        "changed": changed,
        "listing": listing,
        "query": listing.query(),
        "to_save": bool(listing.query()),
        "back": list_url(request),
    }
    return page(request, "cases/table_filters_saved.html", context, section="cases", status=status)


def _row(saved: SavedFilter, changed: Any) -> dict[str, Any]:
    own = changed is not None and changed.prefix == str(saved.pk)
    initial = {"name": saved.name, "is_default": saved.is_default}
    return {
        "saved": saved,
        "url": f"{reverse('cases:table')}?{saved.query}",
        "form": changed if own else FilterForm(initial=initial, prefix=str(saved.pk), auto_id="id_%s"),
    }
