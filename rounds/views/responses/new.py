"""Recording a reply: what came, when, how; as text, as a paper, or both."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.paging import as_key
from cases.sight import who_sees
from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check
from casetracker.refusals import too_large
from casetracker.web import AuthedRequest, page
from rounds.actions.response import Paper, record_response
from rounds.forms_responses import NewResponseForm, extension_of
from rounds.models import CaseList, Partner, Response, Round
from rounds.views.responses.whole import url_of

TWICE = (
    "A reply with the same words, of the same day and form, is recorded already. Look at it before you record another."
)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """`?list=` fills in label and round of the list that is answered."""
    check(request.user, Doing.RECORD_RESPONSE)
    answered = _answered(request)
    posted = request.method == "POST"
    form = _form(request, answered)
    if request.META.get("casetracker.too_large"):
        return too_large()
    if posted and "look" in request.POST:
        return _page(request, form, answered, Outcome(False))
    alike = _alike(request, form) if posted and form.is_valid() else []
    if alike and not form.cleaned_data["nevertheless"]:
        form = _form(request, answered, alike=True)
        form.add_error(None, TWICE)
        return _page(request, form, answered, Outcome(False, 409), alike)
    outcome = attempt(request, form, lambda: _save(request, form), back="")
    if outcome.saved:
        messages.success(request, "The reply is recorded. Now tick what it answers.")
        return redirect(url_of(outcome.made))
    return _page(request, form, answered, outcome)


def _form(request: AuthedRequest, answered: CaseList | None, *, alike: bool = False) -> NewResponseForm:
    user, posted = request.user, request.method == "POST"
    initial: dict[str, Any] = {}
    if answered is not None:
        initial = {"label": _value(answered), "round": str(answered.round_id)}
    return NewResponseForm(
        request.POST if posted else None,
        files=request.FILES if posted else None,
        user=user,
        lowest=answered.label() if answered else None,
        alike=alike,
        rounds=Round.objects.visible_to(user).select_related("dialogue").order_by("-starts", "-ordinal", "pk"),
        partners=Partner.objects.all(),
        initial=initial,
    )


def _save(request: AuthedRequest, form: NewResponseForm) -> Response:
    data = form.cleaned_data
    papers = []
    if data["file"]:
        papers.append(Paper(data["file"].read(), data["title"], extension_of(data["file"].name)))
    return record_response(
        by=request.user, label=form.chosen.label, values=form.columns(), files=papers, key=data["key"]
    )


def _answered(request: AuthedRequest) -> CaseList | None:
    """The list named in the address, where the viewer sees it."""
    key = as_key(request.GET.get("list"))
    if key is None:
        return None
    found: CaseList | None = CaseList.objects.visible_to(request.user).select_related("round").filter(pk=key).first()
    return found


def _value(answered: CaseList) -> str:
    label = answered.label()
    return f"{label.dialogue_id}/{label.marking}/{label.compartment_id or ''}"


def _alike(request: AuthedRequest, form: NewResponseForm) -> list[Response]:
    """Replies the viewer sees that say the same: of the same day and form, in the same words."""
    data = form.cleaned_data
    if not data["verbatim"].strip():
        return []
    rows = Response.objects.visible_to(request.user).filter(dialogue=form.chosen.label.dialogue_id)
    same = rows.filter(on=data["on"], form=data["form"], verbatim=data["verbatim"]).exclude(pk=data["key"])
    return list(same.order_by("created_at", "pk")[:3])


def _page(
    request: AuthedRequest,
    form: NewResponseForm,
    answered: CaseList | None,
    outcome: Outcome,
    alike: list[Response] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "answered": answered,
        "alike": alike or [],
        "sight": [user.name for user in who_sees(form.chosen.label)],
        "sight_of": form.chosen.words,
        "here": request.get_full_path(),
    }
    template = (
        "rounds/response/new.html#sight" if request.htmx and "look" in request.POST else "rounds/response/new.html"
    )
    return page(request, template, context, section="responses", status=outcome.status)
