"""Import batches: the list, and one with its progress."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cases.models import ImportBatch
from cases.views.importing.head import show_batch, the_batch
from casetracker.access.act import Doing, check, may
from casetracker.access.roles import Marking
from casetracker.web import AuthedRequest, page

SHOWN = 200


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """The tables of the dialogues one imports for, newest first."""
    user = request.user
    check(user, Doing.IMPORT_CASES)
    rows = ImportBatch.objects.visible_to(user).select_related("dialogue", "compartment", "uploaded_by")
    mine = [batch for batch in rows[:SHOWN] if may(user, Doing.IMPORT_CASES, batch.label())]
    batches = [(batch, Marking(batch.marking).on_paper) for batch in mine]
    return page(request, "cases/imports.html", {"batches": batches}, section="imports")


@require_safe
def detail(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Where a batch stands, and what can be done next."""
    return show_batch(request, the_batch(request, pk))
