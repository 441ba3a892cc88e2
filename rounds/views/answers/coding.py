"""Coding, confirming, disputing and assessing one answer; then on to the next of the same queue."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest
from rounds.actions.assessing import assess_item
from rounds.actions.coding import code_item, confirm_item, dispute_item
from rounds.answer_queue import Queue, next_in
from rounds.forms_answers import AssessForm, CodeForm, SecondForm
from rounds.models import ResponseItem
from rounds.views.answers.whole import Place, answer_url, item_or_404, known_of, repeatable, whole


@require_POST
def code(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Gives the answer its code."""
    item = item_or_404(request, pk)
    check(request.user, Doing.CODE_ANSWER, item.label())
    known = known_of(item, request.user)
    form = CodeForm(request.POST, row=item, earlier=repeatable(known))

    def save() -> Any:
        chosen = form.chosen
        repeated = [one.item for one in known.before if one.item.pk == chosen["repeats"]]
        chosen["repeats"] = repeated[0] if repeated else None
        return code_item(item=item, by=request.user, seen=form.version_seen, **chosen)

    outcome = attempt(request, form, save, back="")
    if outcome.saved:
        reference = item.case.reference if item.case else "the answer"
        opened = " “Fix identifiers” was opened: the case waits for better identifiers." if outcome.made else ""
        return _done(request, item, f"{reference}: coded {item.code}.{opened}")
    return _again(request, pk, Place("code", form, outcome))


@require_POST
def confirm(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A second person finds the coding right."""
    item = item_or_404(request, pk)
    check(request.user, Doing.CONFIRM_ANSWER, item.label())
    form = SecondForm(request.POST, row=item)
    outcome = attempt(request, form, lambda: confirm_item(item=item, by=request.user, seen=form.version_seen), back="")
    if outcome.saved:
        return _done(request, item, f"Coding {item.code} confirmed.")
    return _again(request, pk, Place("second", form, outcome))


@require_POST
def dispute(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A second person would code it otherwise."""
    item = item_or_404(request, pk)
    check(request.user, Doing.CONFIRM_ANSWER, item.label())
    form = SecondForm(request.POST, row=item, disputing=True)
    outcome = attempt(
        request,
        form,
        lambda: dispute_item(
            item=item, by=request.user, seen=form.version_seen, second_note=form.cleaned_data["second_note"]
        ),
        back="",
    )
    if outcome.saved:
        return _done(request, item, f"Coding {item.code} disputed. Anybody who codes may code it again.")
    return _again(request, pk, Place("second", form, outcome))


@require_POST
def assess(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """How the answer stands to what else is known."""
    item = item_or_404(request, pk)
    check(request.user, Doing.ASSESS_ANSWER, item.label())
    form = AssessForm(request.POST, row=item)
    outcome = attempt(
        request,
        form,
        lambda: assess_item(item=item, by=request.user, seen=form.version_seen, **_told(form)),
        back="",
    )
    if outcome.saved:
        return _done(request, item, f"Assessed: {item.get_assessment_display()}.")
    return _again(request, pk, Place("assess", form, outcome))


def _told(form: AssessForm) -> dict[str, str]:
    return {"assessment": form.cleaned_data["assessment"], "note": form.cleaned_data["note"]}


def _again(request: AuthedRequest, pk: UUID, place: Place) -> HttpResponse:
    """The page with the form on it, over the answer as it is now: nothing that was typed is lost."""
    item = item_or_404(request, pk)
    if place.outcome is not None and place.outcome.conflict:
        place.outcome = Outcome(False, place.outcome.status)
    return whole(request, item, place)


def _done(request: AuthedRequest, item: ResponseItem, told: str) -> HttpResponse:
    """On to the next answer of the queue where that was asked for, else back to this one."""
    messages.success(request, told)
    queue = Queue.read(request.GET, "queue")
    if queue is None:
        return redirect(answer_url(item))
    keep = f"?{request.GET.urlencode()}"
    if "and-next" not in request.POST:
        return redirect(answer_url(item, keep=keep))
    following = next_in(queue, item, request.user)
    if following is None:
        messages.info(request, "That was the last one waiting here.")
        return redirect(reverse("rounds:coding") + f"?tab={queue.tab}")
    return redirect(reverse("rounds:answer", args=[following]) + keep)
