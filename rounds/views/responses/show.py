"""One response: its page, its facts, its label."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from cases.sight import who_sees
from cases.views.saving import attempt
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Denied
from casetracker.access.models import Compartment
from casetracker.access.roles import Marking
from casetracker.access.see import Label, sees
from casetracker.web import AuthedRequest, page
from rounds.actions.lowering import ask_lower_response
from rounds.actions.response import edit_response, label_response
from rounds.forms_responses import ResponseForm, ResponseLabelForm
from rounds.models import Partner, Response, Round
from rounds.views.responses.whole import Place, recordable_or_404, response_or_404, url_of, whole

METHODS = ["GET", "HEAD", "POST"]


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The page of a response."""
    return whole(request, response_or_404(request, pk))


@require_http_methods(METHODS)
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The facts and the words, in their place."""
    response = recordable_or_404(request, pk)
    rounds = Round.objects.visible_to(request.user).filter(dialogue=response.dialogue_id).order_by("-starts", "pk")
    form = ResponseForm(request.POST or None, row=response, rounds=rounds, partners=Partner.objects.all())
    outcome = attempt(
        request,
        form,
        lambda: edit_response(
            response=response, by=request.user, seen=form.version_seen, changes=form.columns(), reason=form.reason_given
        ),
        back=url_of(response, "reply"),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect(url_of(response, "reply"))
    return whole(request, response, Place("facts", form, outcome))


@require_http_methods(METHODS)
def label(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Another label, after a look at who would see it and who would not any more."""
    response, user = response_or_404(request, pk), request.user
    if not (may(user, Doing.RECORD_RESPONSE, response.label()) or may(user, Doing.ASK_LOWER, response.label())):
        raise Denied("Your grants do not let you change this label.")
    circles = list(Compartment.objects.visible_to(user).filter(dialogue=response.dialogue_id))
    form = ResponseLabelForm(request.POST or None, row=response, user=user, circles=circles)
    more: dict[str, Any] = {"submit": "Preview", "status": 200}
    if request.method == "POST":
        more["status"] = 422
        if form.is_valid():
            more = _preview(request, response, form)
            if "confirmed" in request.POST:
                outcome = attempt(request, form, lambda: _relabel(request, response, form), back=url_of(response))
                if outcome.saved:
                    messages.success(request, outcome.made)
                    return redirect(url_of(response))
                more["status"] = outcome.status
    status = more.pop("status")
    context = {"heading": "Change the label", "form": form, "cancel": url_of(response), **more}
    return page(
        request, "rounds/response/form.html", context, section="responses", label=response.label(), status=status
    )


def _relabel(request: AuthedRequest, response: Response, form: ResponseLabelForm) -> str:
    """Raises it, or asks for a lower one. What was done."""
    new, reason, seen = form.new_label, form.cleaned_data["reason"], form.version_seen
    if not new.dominates(response.label()):
        ask_lower_response(response=response, by=request.user, seen=seen, label=new, reason=reason)
        return "Asked for. The label stays as it is until a second person decides."
    label_response(
        response=response,
        by=request.user,
        seen=seen,
        marking=new.marking,
        compartment=form.new_compartment,
        reason=reason,
    )
    return "The reply has another label now."


def _preview(request: AuthedRequest, response: Response, form: ResponseLabelForm) -> dict[str, Any]:
    """Who loses and who gains sight; refused here already where it would be refused."""
    old, new = response.label(), form.new_label
    if not sees(request.user, new):
        raise Denied("You cannot give a label that you could not see yourself.")
    raising = new.dominates(old)
    check(request.user, Doing.RECORD_RESPONSE if raising else Doing.ASK_LOWER, old)
    before, after = ({user.pk: user.name for user in who_sees(one)} for one in (old, new))
    loses = sorted(name for pk, name in before.items() if pk not in after)
    gains = sorted(name for pk, name in after.items() if pk not in before)
    return {
        "consequences": [
            f"From {_words(old, form)} to {_words(new, form)}.",
            f"No longer seen by: {', '.join(loses) or 'nobody'}.",
            f"Now also seen by: {', '.join(gains) or 'nobody'}.",
            "Versions of the history keep the label they had.",
            *(() if raising else ("Nothing changes until a second person, an approver, decides.",)),
        ],
        "hidden": [("confirmed", "1")],
        "submit": "Change the label" if raising else "Ask a second person",
        "status": 200,
    }


def _words(label: Label, form: ResponseLabelForm) -> str:
    circle = form.circles.get(label.compartment_id) if label.compartment_id else None
    return f"{Marking(label.marking).on_paper}{f', {circle.name}' if circle else ''}"
