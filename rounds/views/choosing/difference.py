"""A list beside the one before it: new, kept, dropped; and a reason for every name that is missing without one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import Case
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.templatetags.ui import plural_count
from casetracker.web import AuthedRequest, page
from rounds.actions.missing import hold_back_missing, put_back_missing
from rounds.difference import Difference, difference
from rounds.forms_choosing import MissingForm
from rounds.models import CaseList
from rounds.views.choosing.whole import head, works_on
from rounds.views.lists.whole import list_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The difference; a POST holds missing names back with a reason each, or (`doing=keep`) puts ticked ones back."""
    case_list = list_or_404(request, pk)
    if request.method != "POST":
        found = difference(case_list, request.user)
        return _page(request, case_list, found, MissingForm(missing=found.missing))
    check(request.user, Doing.PREPARE_LIST, case_list.label())
    found = difference(case_list, request.user)
    form = MissingForm(request.POST, missing=found.missing)
    keeps = request.POST.get("doing") == "keep"
    if not form.is_valid() or not (_ticked(form) if keeps else form.check_reasons()):
        return _page(request, case_list, found, form, status=422)
    try:
        told = _put_back(request, case_list, form) if keeps else _hold_back(request, case_list, form)
    except WrongState as wrong:
        form.add_error(None, wrong.reason)
        return _page(request, case_list, found, form, status=409)
    messages.success(request, told)
    return redirect(reverse("rounds:difference", args=[case_list.pk]))


def _ticked(form: MissingForm) -> bool:
    if not form.ticked:
        form.add_error("tick", "Tick the cases that go back on the list.")
    return bool(form.ticked)


def _hold_back(request: AuthedRequest, case_list: CaseList, form: MissingForm) -> str:
    reasons = form.reasons()
    cases = list(Case.objects.visible_to(request.user).filter(pk__in=list(reasons)))
    made = hold_back_missing(case_list=case_list, by=request.user, cases=cases, reasons=reasons)
    return f"{plural_count(made, 'case')} held back, with the reason."


def _put_back(request: AuthedRequest, case_list: CaseList, form: MissingForm) -> str:
    keys = [one.case_id for one in form.ticked]
    rows = {case.pk: case for case in Case.objects.visible_to(request.user).filter(pk__in=keys)}
    cases = [rows[key] for key in keys if key in rows]
    made = put_back_missing(case_list=case_list, by=request.user, cases=cases)
    return f"{plural_count(made, 'case')} put back on the list, as proposed."


def _page(
    request: AuthedRequest, case_list: CaseList, found: Difference, form: MissingForm, status: int = 200
) -> HttpResponse:
    """The page, read whatever was sent before it came."""
    record(Verb.LIST_READ, by=request.user, about=case_list)
    context = {
        **head(case_list),
        "difference": found,
        "explained": [one for one in found.dropped if one.reason],
        "form": form,
        "missing": form.rows(),
        "works": works_on(case_list, request.user),
        "may_prepare": works_on(case_list, request.user),
    }
    return page(
        request, "rounds/choosing/difference.html", context, section="lists", label=case_list.label(), status=status
    )
