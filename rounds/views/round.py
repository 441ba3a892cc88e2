"""Making a round, its page, its facts and its state."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest, page
from rounds.actions.round import create_round, edit_round, move_round
from rounds.forms import MoveForm, NewRoundForm, RoundForm
from rounds.states import ROUND, RoundState
from rounds.views.index import dialogues_of
from rounds.views.whole import Place, editable_or_404, round_or_404, url_of, whole


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The page of a round."""
    return whole(request, round_or_404(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """A round is planned; one that took place long ago is made and then recorded as held."""
    check(request.user, Doing.EDIT_ROUND)
    dialogues = dialogues_of(request.user, Doing.EDIT_ROUND)
    form = NewRoundForm(request.POST or None, user=request.user, dialogues=dialogues)
    outcome = attempt(
        request,
        form,
        lambda: create_round(
            by=request.user, dialogue=form.chosen, values=form.columns(), key=form.cleaned_data["key"]
        ),
        back="",
    )
    if outcome.saved:
        messages.success(request, "The round is planned. Its agenda and events can follow.")
        return redirect(url_of(outcome.made))
    return page(request, "rounds/new.html", {"form": form}, section="rounds", status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The facts and the note, in their place."""
    round = editable_or_404(request, pk)
    form = RoundForm(request.POST or None, row=round)
    outcome = attempt(
        request,
        form,
        lambda: edit_round(
            round=round,
            by=request.user,
            seen=form.version_seen,
            changes=form.columns(),
            reason=form.reason_given,
        ),
        back=url_of(round, "facts"),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect(url_of(round, "facts"))
    return whole(request, round, Place("facts", form, outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The state: `to` says which is next."""
    round = editable_or_404(request, pk)
    to = request.POST.get("to") or request.GET.get("to", "")
    if to not in RoundState.values:
        raise Http404
    if request.method != "POST" and to not in ROUND[round.state]:
        return redirect(url_of(round))
    if request.method != "POST" and to == RoundState.CLOSED:
        return redirect("rounds:close", pk=round.pk)
    form = MoveForm(request.POST or None, row=round, to=to)
    outcome = attempt(
        request,
        form,
        lambda: move_round(round=round, by=request.user, seen=form.version_seen, to=to, **form.told),
        back=url_of(round),
    )
    if outcome.saved:
        messages.success(request, f"The round is {RoundState(to).label}.")
        return redirect(url_of(round))
    return whole(request, round, Place("state", form, outcome))
