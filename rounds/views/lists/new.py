"""A list for a round is begun."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest, page
from rounds.actions.beginning import begin_list_once
from rounds.forms_lists import NewListForm, labels_offered
from rounds.views.lists.whole import url_of as list_url
from rounds.views.whole import round_or_404, url_of


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Label, kind and note; the cases follow on the page of the list."""
    round = round_or_404(request, pk)
    check(request.user, Doing.PREPARE_LIST, round.label())
    offered = labels_offered(request.user, round.dialogue, Doing.PREPARE_LIST)
    form = NewListForm(request.POST or None, user=request.user, offered=offered)
    outcome = attempt(
        request,
        form,
        lambda: begin_list_once(
            by=request.user, round=round, label=form.chosen, key=form.cleaned_data["key"], **form.columns()
        ),
        back=url_of(round),
    )
    if outcome.saved:
        messages.success(request, "The list is a draft. Put cases on it.")
        return redirect(list_url(outcome.made))
    context = {"form": form, "round": round, "offered": offered}
    return page(request, "rounds/list/new.html", context, section="lists", label=round.label(), status=outcome.status)
