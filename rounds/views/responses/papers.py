"""Papers of a reply: they leave only as a download with a random name, and never open inside a page of ours."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from cases.views.saving import attempt
from casetracker.access.act import Doing, check
from casetracker.refusals import too_large
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.response import add_file, read_file, remove_file
from rounds.forms_responses import PaperForm, ReasonForm, extension_of
from rounds.models import Response, ResponseFile
from rounds.views.responses.whole import recordable_or_404, url_of

METHODS = ["GET", "HEAD", "POST"]


@require_GET
def download(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The paper, with an entry in the trail."""
    file = _paper_or_404(request, pk)
    content = read_file(file=file, by=request.user)
    name = f"{uuid4()}.{file.extension}" if file.extension else str(uuid4())
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_http_methods(METHODS)
def add(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One more paper."""
    response = recordable_or_404(request, pk)
    posted = request.method == "POST"
    form = PaperForm(request.POST if posted else None, files=request.FILES if posted else None)
    if request.META.get("casetracker.too_large"):
        return too_large()
    outcome = attempt(
        request,
        form,
        lambda: add_file(
            response=response,
            by=request.user,
            content=form.cleaned_data["file"].read(),
            title=form.cleaned_data["title"],
            extension=extension_of(form.cleaned_data["file"].name),
        ),
        back=url_of(response, "reply"),
    )
    if outcome.saved:
        messages.success(request, "The paper is kept.")
        return redirect(url_of(response, "reply"))
    context = {"heading": "Add a paper", "form": form, "submit": "Add the paper", "cancel": url_of(response, "reply")}
    return _page(request, response, context, outcome.status)


@require_http_methods(METHODS)
def remove(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A paper is taken off, with the reason."""
    file = _paper_or_404(request, pk)
    response = file.response
    check(request.user, Doing.RECORD_RESPONSE, response.label())
    form = ReasonForm(request.POST or None, row=file)
    outcome = attempt(
        request,
        form,
        lambda: remove_file(file=file, by=request.user, seen=form.version_seen, reason=form.cleaned_data["reason"]),
        back=url_of(response, "reply"),
    )
    if outcome.saved:
        messages.success(request, "The paper was removed.")
        return redirect(url_of(response, "reply"))
    context = {
        "heading": "Remove a paper",
        "form": form,
        "submit": "Remove the paper",
        "danger": True,
        "consequences": ["What it holds is deleted for good; that it was there stays in the history."],
        "cancel": url_of(response, "reply"),
    }
    return _page(request, response, context, outcome.status)


def _page(request: AuthedRequest, response: Response, context: dict[str, Any], status: int) -> HttpResponse:
    template = "rounds/response/form.html"
    return page(request, template, context, section="responses", label=response.label(), status=status)


def _paper_or_404(request: AuthedRequest, pk: UUID) -> ResponseFile:
    rows = ResponseFile.objects.select_related("response")
    return get_visible_or_404(rows, request.user, pk=pk)  # type: ignore[no-any-return]
