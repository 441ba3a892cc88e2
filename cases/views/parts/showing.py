"""How the views of parts begin and end: the case or 404, a form in its place, and the blocks that changed.

With htmx a form stands inside the page and the changed blocks come back to their places; without, it is a page of its
own that leads back to the anchor.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases.actions.case import check_open
from cases.case_view import CASE, CaseView
from cases.history import changed_by
from cases.models import Case
from cases.views.parts.cards import cards
from cases.views.parts.sections import Section
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.web import AuthedRequest, get_visible_or_404, page

type CaseViewFunction = Callable[..., HttpResponse]

RELATED = ("dialogue", "compartment", "owner", "origin", "ethnic_group")
METHODS = ("GET", "HEAD", "POST")


def case_or_404(request: AuthedRequest, reference: str) -> Case:
    """The case with everything its head shows. Raises Http404."""
    found: Case = get_visible_or_404(Case.objects.select_related(*RELATED), request.user, reference=reference)
    return found


def shown_case_or_404(request: AuthedRequest, reference: str) -> Case:
    """The case with what its page shows and no more, and who changed it last in `changed_by`. Raises Http404."""
    rows = Case.objects.select_related(*RELATED).only(*CASE).annotate(changed_by=changed_by(request.user))
    found: Case = get_visible_or_404(rows, request.user, reference=reference)
    return found


def on_case(view: CaseViewFunction) -> CaseViewFunction:
    """Hands the view the case instead of its reference; a state that forbids it becomes a page that says so (409)."""

    @wraps(view)
    def wrapper(request: AuthedRequest, reference: str, **kwargs: Any) -> HttpResponse:
        case = case_or_404(request, reference)
        try:
            return view(request, case, **kwargs)
        except WrongState as problem:
            return refused(request, case, problem.reason)

    return wrapper


def check_editing(request: AuthedRequest, case: Case) -> None:
    """Raises Denied or WrongState before a form is shown."""
    check(request.user, Doing.EDIT_CASE, case.label())
    check_open(case)


def case_url(case: Case, anchor: str = "") -> str:
    """The page of the case, at an anchor."""
    return reverse("desk:case", args=[case.reference]) + (f"#{anchor}" if anchor else "")


def in_case(
    request: AuthedRequest, case: Case, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about one case, or with htmx only its `form` part."""
    whole = {"case": case, "note": "", "note_tone": "warn", "in_place": bool(request.htmx), **context}
    fragment = "#form" if request.htmx else ""
    return page(request, template + fragment, whole, section="cases", label=case.label(), status=status)


def show_form(
    request: AuthedRequest, case: Case, form: Any, *, heading: str, back: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """A form of the case: `heading`, and in `more` any of submit, action, danger, wide, by_htmx, note, consequences.

    `back` is the anchor that Cancel leads to, `section` the key of the section it stands in.
    """
    context = {
        "form": form,
        "heading": heading,
        "submit": "Save",
        "action": request.path,
        "cancel": case_url(case, back),
        "cancel_hx": "",
        "danger": False,
        "wide": True,
        "by_htmx": False,
        "consequences": [],
        "hidden": [],
        **more,
    }
    if form.errors and status == 200:
        status = 422
    return in_case(request, case, "cases/case/form.html", context, status=status)


def refused(request: AuthedRequest, case: Case, reason: str, status: int = 409) -> HttpResponse:
    """What cannot be done now, and why."""
    context = {"heading": "That cannot be done now", "reason": reason, "back": case_url(case)}
    return in_case(request, case, "cases/case/refused.html", context, status=status)


def saved(request: AuthedRequest, case: Case, here: Section, *, focus: str, told: str) -> HttpResponse:
    """After a write in section `here`: back to the page at `focus`, or with htmx every block it touches."""
    if not request.htmx:
        messages.success(request, told)
        return redirect(case_url(case, focus))
    return blocks(request, case.reference, here.touched, slot=here.key, focus=focus, told=told)


def blocks(
    request: AuthedRequest, reference: str, keys: tuple[str, ...], *, slot: str, focus: str, told: str = ""
) -> HttpResponse:
    """The blocks `keys`, each to be put in the place of the old one, and the form in the section `slot` closed; then
    the focus goes to the element `focus`.
    """
    view = CaseView(shown_case_or_404(request, reference), request.user)
    context = {"case": view.case, "may_edit": view.may_edit, "cards": cards(view, keys), "slot": slot, "told": told}
    response = page(request, "cases/case/blocks.html", context, label=view.case.label())
    response["HX-Reswap"] = "none"
    response["HX-Trigger-After-Settle"] = json.dumps({"focus-on": {"id": focus}})
    return response
