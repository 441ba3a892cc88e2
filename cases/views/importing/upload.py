"""Uploading a table."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.importing import upload_batch
from cases.forms.importing import UploadForm
from cases.importing.tasks import read_batch
from cases.views.importing.head import home
from casetracker.access.act import Doing, check
from casetracker.web import AuthedRequest, page


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """The form; what is uploaded is read by the task worker."""
    check(request.user, Doing.IMPORT_CASES)
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None, user=request.user)
    if not posted or not form.is_valid():
        status = 422 if posted else 200
        return page(request, "cases/import/upload.html", {"form": form}, section="imports", status=status)
    batch = upload_batch(
        by=request.user,
        label=form.label(),
        provider=form.cleaned_data["provider"],
        title=form.cleaned_data["title"],
        content=form.cleaned_data["file"].read(),
        ending=form.ending,
    )
    read_batch.enqueue(str(batch.pk), str(request.user.pk))
    messages.success(request, "The table is uploaded.")
    return redirect(home(batch))
