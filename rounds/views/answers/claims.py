"""Claims made in an answer: proposing them, and an official's decision whether they go onto the case."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import CaseEvent, Facility, Place, Statute
from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest, get_visible_or_404
from rounds.actions.item_claim import accept_item_claim, propose_claim, reject_item_claim
from rounds.claimed import effects
from rounds.codes import ItemClaimKind
from rounds.forms_answers import AcceptForm, EventClaimForm, IdentityClaimForm, RejectForm
from rounds.models import ItemClaim, ResponseItem
from rounds.views.answers import whole as showing
from rounds.views.answers.whole import answer_url, item_or_404, whole

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def new(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One claim more: `?about=identity` for who the person is, `?event=<kind>` for what happened."""
    item = item_or_404(request, pk)
    check(request.user, Doing.CODE_ANSWER, item.label())
    if item.case is None:
        messages.error(request, "This answer is not matched to a case yet; match it first.")
        return redirect(answer_url(item))
    form = _claim_form(request, item)
    outcome = attempt(request, form, lambda: _propose(request, item, form), back="")
    if outcome.saved:
        messages.success(request, "Proposed. An official decides whether it goes onto the case.")
        if "and-next" in request.POST:
            return redirect(f"{reverse('rounds:answer_claim', args=[item.pk])}?{_query(request, event='')}")
        return redirect(answer_url(item, "claims", _keep(request)))
    return whole(request, item, showing.Place("claim-new", form, outcome, more={"about": form.kind}))


def _propose(request: AuthedRequest, item: ResponseItem, form: Any) -> ItemClaim:
    return propose_claim(item=item, by=request.user, values=form.columns(), key=form.cleaned_data["key"])


def _claim_form(request: AuthedRequest, item: ResponseItem) -> Any:
    typed = request.POST if request.method == "POST" else None
    if request.GET.get("about") == ItemClaimKind.IDENTITY:
        return IdentityClaimForm(typed, user=request.user)
    return EventClaimForm(typed, user=request.user, terms=_terms(request, item), kind=request.GET.get("event", ""))


def _terms(request: AuthedRequest, item: ResponseItem) -> dict[str, list[Any]]:
    assert item.case is not None
    models: dict[str, Any] = {"place": Place, "facility_text": Facility, "statute_text": Statute}
    return {
        name: list(model.objects.visible_to(request.user).offered_in(item.case.dialogue))
        for name, model in models.items()
    }


@require_http_methods(METHODS)
def accept(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Shows what accepting changes; then puts the claim onto the case and leads there."""
    item, claim = _decided_by_official(request, pk)
    known = showing.known_of(item, request.user)
    shown = effects(claim, known.events) if claim.kind == ItemClaimKind.EVENT else []
    above = item.case is not None and not item.case.label().dominates(item.label())
    form = AcceptForm(request.POST if request.method == "POST" else None, row=claim, effects=shown, above=above)
    outcome = attempt(
        request,
        form,
        lambda: accept_item_claim(
            item_claim=claim,
            by=request.user,
            seen=form.version_seen,
            certainty=form.cleaned_data["certainty"],
            reason=form.cleaned_data["reason"],
        ),
        back="",
    )
    if outcome.saved and item.case is not None:
        messages.success(request, f"{item.case.reference}: the claim stands on the case, as the counterpart’s word.")
        part = "timeline" if isinstance(outcome.made, CaseEvent) else "claims"
        return redirect(reverse("desk:case", args=[item.case.reference]) + f"#{part}")
    return whole(request, item, showing.Place("accept", form, outcome, claim, {"above": above}))


@require_http_methods(METHODS)
def reject(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The claim stays with the answer."""
    item, claim = _decided_by_official(request, pk)
    form = RejectForm(request.POST if request.method == "POST" else None, row=claim)
    outcome = attempt(
        request,
        form,
        lambda: reject_item_claim(
            item_claim=claim, by=request.user, seen=form.version_seen, reason=form.cleaned_data["reason"]
        ),
        back="",
    )
    if outcome.saved:
        messages.success(request, "Rejected; the claim stays with the answer.")
        return redirect(answer_url(item, "claims", _keep(request)))
    return whole(request, item, showing.Place("reject", form, outcome, claim))


def _decided_by_official(request: AuthedRequest, pk: UUID) -> tuple[ResponseItem, ItemClaim]:
    """The claim and its answer, for those who may edit the case. Raises Http404, Denied."""
    rows = ItemClaim.objects.select_related("item__response", "item__case__dialogue", "place")
    claim: ItemClaim = get_visible_or_404(rows, request.user, pk=pk)
    item = item_or_404(request, claim.item_id)
    check(request.user, Doing.EDIT_CASE, item.case.label() if item.case else item.label())
    claim.item = item
    return item, claim


def _keep(request: AuthedRequest) -> str:
    query = _query(request, event="", about="")
    return f"?{query}" if query else ""


def _query(request: AuthedRequest, **changes: str) -> str:
    kept = {**request.GET.dict(), **changes}
    return urlencode({name: value for name, value in kept.items() if value})
