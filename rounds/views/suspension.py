"""Recording times when a dialogue was suspended."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.suspension import add_suspension, edit_suspension
from rounds.forms import SuspensionForm
from rounds.models import Round, Suspension
from rounds.overview import rounds_within
from rounds.views.index import dialogues_of


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """One more suspension."""
    check(request.user, Doing.EDIT_ROUND)
    form = SuspensionForm(request.POST or None, dialogues=dialogues_of(request.user, Doing.EDIT_ROUND))
    outcome = attempt(
        request,
        form,
        lambda: add_suspension(by=request.user, dialogue=form.chosen, values=form.columns()),
        back=reverse("rounds:index"),
    )
    return _answer(request, form, outcome, outcome.made)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One suspension."""
    suspension = get_visible_or_404(Suspension.objects.select_related("dialogue"), request.user, pk=pk)
    check(request.user, Doing.EDIT_ROUND, suspension.label())
    form = SuspensionForm(request.POST or None, row=suspension)
    outcome = attempt(
        request,
        form,
        lambda: edit_suspension(
            suspension=suspension,
            by=request.user,
            seen=form.version_seen,
            changes=form.columns(),
            reason=form.reason_given,
        ),
        back=reverse("rounds:index"),
    )
    return _answer(request, form, outcome, suspension)


def _answer(
    request: AuthedRequest, form: SuspensionForm, outcome: Outcome, suspension: Suspension | None
) -> HttpResponse:
    if outcome.saved and suspension is not None:
        messages.success(request, "The suspension is recorded.")
        _warn(request, suspension)
        return redirect("rounds:index")
    context = {"form": form, "conflict": outcome.conflict, "suspension": suspension}
    return page(request, "rounds/suspension.html", context, section="rounds", status=outcome.status)


def _warn(request: AuthedRequest, suspension: Suspension) -> None:
    """Two claims that contradict each other: told, never refused."""
    rounds = list(Round.objects.visible_to(request.user).filter(dialogue=suspension.dialogue_id))
    if within := rounds_within(suspension, rounds):
        named = ", ".join(str(round) for round in within)
        messages.warning(request, f"Please check: {named} took place while the dialogue was suspended.")
