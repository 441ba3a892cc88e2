"""The table of cases."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.cells import lines_of
from cases.listing import Listing, remember, rows_of
from cases.models import SavedFilter
from cases.paging import SIZES, Page, capped_text, digest
from casetracker.access.act import Doing, may
from casetracker.access.models import User
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page

UNDO_KEY = "cases_undo"


@require_safe
def table(request: AuthedRequest) -> HttpResponse:
    """The cases the viewer sees, filtered, sorted and paged by the query string."""
    saved = list(SavedFilter.objects.filter(user=request.user))
    opens_with = next((one for one in saved if one.is_default), None)
    if opens_with and not request.GET:
        return redirect(f"{reverse('cases:table')}?{opens_with.query}")
    listing = Listing(request.GET, request.user)
    shown = listing.page()
    keys = [case.pk for case in shown.rows]
    record(Verb.CASES_LISTED, by=request.user, detail={"count": len(keys), "digest": digest(keys)})
    remember(request, listing)
    rows = rows_of(shown.rows, listing.filters.offered, request.user)
    context = {
        "listing": listing,
        "rows": rows,
        "lines": lines_of(rows, listing.columns),
        "count": capped_text(shown.total),
        "total": shown.total,
        "pager": _pager(listing, shown),
        "sizes": [{"size": size, "url": listing.url(size=size), "current": size == listing.size} for size in SIZES],
        "saved": [_chip(one, listing) for one in saved],
        "undo": _undo(request),
        **_allowed(request.user),
        **_addresses(listing),
    }
    template = "cases/table.html#list" if request.htmx else "cases/table.html"
    return page(request, template, context, section="cases", status=200 if listing.is_valid else 422)


def _pager(listing: Listing, shown: Page) -> dict[str, str]:
    links = {f"{name}_url": listing.url(**place) for name, place in shown.links().items()}
    return {"shown": shown.shown(), **links}


def _chip(saved: SavedFilter, listing: Listing) -> dict[str, Any]:
    url = f"{reverse('cases:table')}?{saved.query}"
    return {"name": saved.name, "url": url, "current": saved.query == listing.query()}


def _undo(request: AuthedRequest) -> dict[str, str] | None:
    """For the message of the change just done to many cases."""
    action = request.session.pop(UNDO_KEY, "")
    return {"url": reverse("cases:bulk_undo", args=[action]), "label": "Undo"} if action else None


def _allowed(user: User) -> dict[str, bool]:
    edits = may(user, Doing.EDIT_CASE)
    return {
        "may_log": may(user, Doing.LOG_CASE),
        "may_edit": edits,
        "may_label": edits,
        "may_export": may(user, Doing.EXPORT_CASES),
    }


def _addresses(listing: Listing) -> dict[str, str]:
    query = listing.query()
    asked = f"?{query}" if query else ""
    return {
        "clear_url": listing.url(**dict.fromkeys(listing.values, "")),
        "export_url": reverse("cases:export") + asked,
        "save_url": reverse("cases:saved_filters") + asked,
        "query": query,
    }
