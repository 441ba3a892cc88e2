"""What every view stands on: the signed-in request, fetch-or-404, and the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from casetracker.access.act import Doing, Running, may, may_run
from casetracker.access.roles import Marking
from casetracker.access.see import Label, emergencies, holdings

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from casetracker.access.models import User

M = TypeVar("M", bound=models.Model)


class AuthedRequest(HttpRequest):
    """A request that has passed LoginRequiredMiddleware."""

    user: "User"
    htmx: "HtmxDetails"


def get_visible_or_404(queryset: Any, user: "User", **lookup: Any) -> Any:
    """The one row of `queryset` that `user` sees and `lookup` names.

    Raises Http404 for hidden and for missing alike: both run the same query and give the same bytes.
    """
    # Unordered: there is one row at most, and Django looks at every selected column to build an ORDER BY.
    for row in queryset.visible_to(user).filter(**lookup).order_by()[:1]:
        return row
    raise Http404


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    key: str
    label: str
    url: str
    current: bool


# key, label, URL name, shown to whom
_NAV: tuple[tuple[str, str, str, Callable[["User"], bool]], ...] = (
    ("desk", "Desk", "desk:home", lambda user: True),
    ("cases", "Cases", "cases:table", lambda user: bool(holdings(user))),
    ("rounds", "Rounds", "rounds:index", lambda user: bool(holdings(user))),
    ("lists", "Lists", "rounds:lists", lambda user: bool(holdings(user))),
    ("responses", "Responses", "rounds:responses", lambda user: bool(holdings(user))),
    ("work", "Follow-ups", "desk:work", lambda user: bool(holdings(user))),
    ("imports", "Imports", "cases:imports", lambda user: may(user, Doing.IMPORT_CASES)),
    (
        "approvals",
        "Approvals",
        "access:approvals",
        lambda user: bool(holdings(user)) or may_run(user, Running.REQUEST_GRANT),
    ),
    ("people", "People", "access:users", lambda user: may_run(user, Running.MANAGE_USERS)),
    (
        "grants",
        "Grants",
        "access:grants",
        lambda user: may_run(user, Running.REQUEST_GRANT) or may(user, Doing.APPROVE_GRANT),
    ),
    ("dialogues", "Dialogues", "access:dialogues", lambda user: may_run(user, Running.MANAGE_DIALOGUES)),
    ("trail", "Trail", "audit:trail", lambda user: may_run(user, Running.READ_TRAIL)),
)


def page(
    request: AuthedRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    section: str = "",
    label: Label | None = None,
    status: int = 200,
) -> HttpResponse:
    """Renders a whole page or (with `#name` after the template) one fragment of it.

    `section` is the key of the navigation entry; `label` gives the marking printed on the page (default: the highest
    the viewer may read, for what is on the screen may be any of it). Rendering runs no queries: everything in
    `context` has been fetched before; the suite proves it by refusing queries from here on.
    """
    whole = {**_shell(request, section, label), **(context or {})}
    with refusing_queries():
        return render(request, template, whole, status=status)


def _shell(request: AuthedRequest, section: str, label: Label | None) -> dict[str, Any]:
    user = request.user
    reach = max((holding.marking for holding in holdings(user)), default=None)
    marking = label.marking if label else reach
    return {
        "nav": [NavItem(key, text, reverse(name), key == section) for key, text, name, shown in _NAV if shown(user)],
        "viewer": user,
        "can_find": bool(holdings(user)),
        "marking_label": Marking(marking).on_paper if marking else "",
        # Of a circle nothing is said: whether it was named rightly is told nowhere.
        "emergency_now": next((one for one in emergencies(user) if not one.compartments), None),
        "banner": "Demonstration: the second factor is switched off." if settings.SECOND_FACTOR == "off" else "",
    }


@contextmanager
def refusing_queries() -> Iterator[None]:
    """While the suite runs: a query from here on raises."""
    if not settings.REFUSE_QUERIES_WHILE_RENDERING:
        yield
        return
    with connection.execute_wrapper(_refuse):
        yield


def _refuse(execute: Any, sql: str, *args: Any) -> Any:
    raise RuntimeError(f"A query while rendering: {sql}")
