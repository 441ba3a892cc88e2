"""The rows of an imported batch, and undoing it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.undoing import Touched, start_undo
from cases.forms.importing import ReasonForm
from cases.importing.tasks import undo_batch
from cases.models import Case, ImportBatch, ImportRow
from cases.states import ImportState
from cases.views.importing.head import home, refused, show, the_batch
from casetracker.access.errors import Conflict, WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest

SIZE, LISTED = 25, 50
_KEPT = (ImportState.DONE, ImportState.UNDONE)


@require_safe
def rows(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Every row as it came, with the case it made."""
    batch = the_batch(request, pk)
    if batch.state not in _KEPT:
        return redirect(home(batch))
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) <= 9 else 0
    mine = ImportRow.objects.visible_to(request.user).filter(batch=batch)
    found = list(mine.filter(number__gt=start).order_by("number")[: SIZE + 1])
    shown = found[:SIZE]
    made = Case.objects.visible_to(request.user).filter(pk__in=[row.case_id for row in shown if row.case_id])
    references = {case.pk: case.reference for case in made.only("reference")}
    record(Verb.IMPORT_VIEWED, by=request.user, about=batch, detail={"rows": len(shown)})
    url = reverse("cases:import_rows", args=[batch.pk])
    context = {
        "lines": [(row, references.get(row.case_id, "") if row.case_id else "", _cells(batch, row)) for row in shown],
        "pager": {
            "shown": f"Rows {shown[0].number:,} to {shown[-1].number:,} of the file" if shown else "No rows",
            "first_url": url if start else "",
            "next_url": f"{url}?{urlencode({'after': shown[-1].number})}" if len(found) > SIZE else "",
        },
    }
    return show(request, batch, "cases/import/rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Takes the whole import back, while nobody has touched what it made."""
    batch, posted = the_batch(request, pk), request.method == "POST"
    if not posted and batch.state != ImportState.DONE:
        return redirect(home(batch))
    form = ReasonForm(request.POST if posted else None, initial={"seen": batch.version})
    if not posted or not form.is_valid():
        return show(request, batch, "cases/import/undo.html", {"form": form}, 422 if posted else 200)
    seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
    try:
        start_undo(batch=batch, by=request.user, seen=seen, reason=reason)
    except Touched as error:
        return _show_touched(request, batch, form, error)
    except (Conflict, WrongState) as error:
        return refused(request, pk, error)
    undo_batch.enqueue(str(batch.pk), str(request.user.pk))
    return redirect(home(batch))


def _show_touched(request: AuthedRequest, batch: ImportBatch, form: ReasonForm, error: Touched) -> HttpResponse:
    """The cases that stand in the way, as far as the viewer sees them."""
    cases = Case.objects.visible_to(request.user).filter(pk__in=error.cases).order_by("reference").only("reference")
    touched = [case.reference for case in cases[: LISTED + 1]]
    context = {
        "form": form,
        "problem": error.reason,
        "touched": touched[:LISTED],
        "more": len(touched) > LISTED,
    }
    return show(request, batch, "cases/import/undo.html", context, 409)


def _cells(batch: ImportBatch, row: ImportRow) -> list[tuple[str, str]]:
    """Heading and text of every cell that is not empty."""
    return [(column, cell) for column, cell in zip(batch.columns, row.cells, strict=False) if cell.strip()]
