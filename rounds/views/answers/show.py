"""One answer."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from casetracker.web import AuthedRequest
from rounds.views.answers.whole import item_or_404, whole


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The page of one answer."""
    return whole(request, item_or_404(request, pk))
