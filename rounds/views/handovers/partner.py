"""Partners: other governments with a dialogue of their own. Shared by all dialogues."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Denied
from casetracker.access.see import holdings
from casetracker.web import AuthedRequest, page
from rounds.actions.partner import add_partner, edit_partner
from rounds.forms_handovers import PartnerForm
from rounds.models import Partner


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """All partners, for everybody who reads what partners raised."""
    if not holdings(request.user):
        raise Denied("Partners are known to those who hold a grant.")
    context = {"partners": list(Partner.objects.all()), "may_edit": may(request.user, Doing.RECORD_RAISING)}
    return page(request, "rounds/handover/partners.html", context, section="rounds")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """One more partner."""
    check(request.user, Doing.RECORD_RAISING)
    form = PartnerForm(request.POST or None)
    outcome = attempt(
        request,
        form,
        lambda: add_partner(by=request.user, name=form.cleaned_data["name"], note=form.cleaned_data["note"]),
        back=reverse("rounds:partners"),
    )
    if outcome.saved:
        messages.success(request, "Added. It is offered wherever raisings and responses are recorded.")
        return redirect("rounds:partners")
    return _page(request, form, outcome, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One partner."""
    check(request.user, Doing.RECORD_RAISING)
    partner = get_object_or_404(Partner, pk=pk)
    form = PartnerForm(request.POST or None, row=partner)
    outcome = attempt(
        request,
        form,
        lambda: edit_partner(partner=partner, by=request.user, seen=form.version_seen, changes=form.columns()),
        back=reverse("rounds:partners"),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect("rounds:partners")
    return _page(request, form, outcome, partner)


def _page(request: AuthedRequest, form: PartnerForm, outcome: Outcome, partner: Partner | None) -> HttpResponse:
    context = {"form": form, "partner": partner, "conflict": outcome.conflict}
    return page(request, "rounds/handover/partner.html", context, section="rounds", status=outcome.status)
