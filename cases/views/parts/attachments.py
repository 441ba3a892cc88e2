"""Attachments leave only as a download with a random name, and never open inside a page of ours."""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from cases.actions.attachment import read_attachment
from cases.models import Attachment, Case
from cases.views.parts.showing import on_case
from casetracker.web import AuthedRequest, get_visible_or_404


@require_GET
@on_case
def download(request: AuthedRequest, case: Case, pk: UUID) -> HttpResponse:
    """The file, with an entry in the trail."""
    attachment = get_visible_or_404(Attachment.objects.select_related("case"), request.user, pk=pk, case=case)
    content = read_attachment(attachment=attachment, by=request.user)
    name = f"{uuid4()}.{attachment.extension}" if attachment.extension else str(uuid4())
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
