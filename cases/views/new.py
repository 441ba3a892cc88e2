"""Logging a case on one screen: the form, the warning of a likely same person, and save-and-next."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from cases.actions.case import create_case
from cases.forms.new_case import NewCaseForm, carried, form_key
from cases.models import Case
from cases.search.likely import Hint, likely_same
from cases.search.lookup import shown_detail
from casetracker.access.act import Doing, check
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page

TEMPLATE = "cases/new.html"
ASK = "This may be a person whose case exists: look at the likely ones, and say so if it is somebody else."
KEPT = ("label", "source", "source_kind")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """GET: the empty form. POST: `look` shows likely same persons only, `carry` begins with a name; else it saves."""
    check(request.user, Doing.LOG_CASE)
    if request.method != "POST":
        return _empty(request)
    if "carry" in request.POST:
        return _empty(request, carried(request.POST["carry"]))
    form = NewCaseForm(request.POST, user=request.user)
    valid = form.is_valid()
    if "look" in request.POST:
        return _look(request, form)
    if made := _made_before(request, form):
        return made
    hints = _hints(request, form)
    unanswered = [hint for hint in hints if hint.strong and hint.case.reference not in form.confirmed]
    if valid and not unanswered:
        return _save(request, form, hints)
    return _again(request, form, hints, unanswered)


def _empty(request: AuthedRequest, initial: dict[str, Any] | None = None) -> HttpResponse:
    form = NewCaseForm(initial={"key": form_key(request.user), **(initial or {})}, user=request.user)
    return page(request, TEMPLATE, {"form": form, "hints": []}, section="cases")


def _look(request: AuthedRequest, form: NewCaseForm) -> HttpResponse:
    """What the form says so far is compared; nothing is saved and nothing complained about."""
    hints = _hints(request, form)
    shown = {"looked": bool(form.names()), **_shown(form, hints)}
    if request.htmx:
        return page(request, f"{TEMPLATE}#likely", shown, section="cases")
    fresh = NewCaseForm(initial=request.POST.dict(), user=request.user)
    return page(request, TEMPLATE, {"form": fresh, **shown}, section="cases")


def _again(request: AuthedRequest, form: NewCaseForm, hints: list[Hint], unanswered: list[Hint]) -> HttpResponse:
    if unanswered:
        form.add_error(None, format_html('<a href="#likely">{}</a>', ASK))
    form.data = {**request.POST.dict(), "key": _key_to_send(request, form)}
    return page(request, TEMPLATE, {"form": form, **_shown(form, hints)}, section="cases", status=422)


def _key_to_send(request: AuthedRequest, form: NewCaseForm) -> str:
    """The key as it came, or a new one for a key that is not ours."""
    return form_key(request.user) if "key" in form.errors else str(request.POST["key"])


def _hints(request: AuthedRequest, form: NewCaseForm) -> list[Hint]:
    """Likely same persons; the look-up is recorded, for it shows cases."""
    if not form.names():
        return []
    hints = likely_same(request.user, form.person())
    record(Verb.CASES_SEARCHED, by=request.user, detail={"likely": True, **shown_detail(one.case for one in hints)})
    return hints


def _shown(form: NewCaseForm, hints: list[Hint]) -> dict[str, Any]:
    strong = sorted(hint.case.reference for hint in hints if hint.strong)
    return {
        "hints": hints,
        "strong": " ".join(strong),
        "answered": bool(strong) and form.confirmed.issuperset(strong),
    }


def _made_before(request: AuthedRequest, form: NewCaseForm) -> HttpResponse | None:
    """Where a form leads that was sent before: to the case it made."""
    key = form.cleaned_data.get("key")
    case = Case.objects.visible_to(request.user).filter(pk=key).first() if key else None
    if case is None:
        return None
    messages.info(request, f"This form was sent before and made {case.reference}. It was not logged twice.")
    return HttpResponseRedirect(reverse("desk:case", args=[case.reference]))


def _save(request: AuthedRequest, form: NewCaseForm, hints: list[Hint]) -> HttpResponse:
    label = form.chosen.label
    # The reason is read by everybody who sees the new case: it names only cases that all of them see.
    others = [hint.case for hint in hints if hint.strong and label.dominates(hint.case.label())]
    reason = f"Somebody else than {', '.join(sorted(case.reference for case in others))}." if others else ""
    try:
        case = create_case(by=request.user, label=label, values=form.values(), parts=form.parts(), reason=reason)
    except IntegrityError:
        if again := _made_before(request, form):
            return again
        raise
    at = reverse("desk:case", args=[case.reference])
    messages.success(request, format_html('Logged as <a class="ref" href="{}">{}</a>.', at, case.reference))
    if "and-next" in request.POST:
        return _empty(request, {name: form.cleaned_data[name] for name in KEPT})
    return HttpResponseRedirect(at)
