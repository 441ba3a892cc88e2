"""What the pages of a batch share: finding it, its head with the steps, and what is shown when the state says no."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh

from cases.models import ImportBatch
from cases.states import ImportState
from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.roles import Marking
from casetracker.web import AuthedRequest, get_visible_or_404, page

MOVED_ON = "Somebody else has moved this table on in the meantime. This is where it stands now."
LEAVE = "You may leave this page; the work goes on."
KINDS = {"csv": "CSV", "xlsx": "Excel workbook", "ods": "OpenDocument spreadsheet"}
# Column of the steps → states in which it is the present one.
_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Upload", (ImportState.UPLOADED,)),
    ("Columns", (ImportState.READ,)),
    ("Check", (ImportState.CHECKING,)),
    ("Preview", (ImportState.CHECKED,)),
    ("Import", (ImportState.IMPORTING, ImportState.DONE, ImportState.UNDONE)),
)
_RUNNING = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.IMPORTING)
_OVER = (ImportState.DONE, ImportState.UNDONE)


@dataclass(frozen=True)
class Step:
    """One step of the way: done, present or still to come; `url` where one may go back to it."""

    label: str
    tone: str
    url: str


def the_batch(request: AuthedRequest, pk: UUID) -> ImportBatch:
    """The batch. Raises Http404 unless it is visible, Denied unless the viewer may import under its label."""
    batches = ImportBatch.objects.select_related("dialogue", "compartment", "uploaded_by")
    batch: ImportBatch = get_visible_or_404(batches, request.user, pk=pk)
    check(request.user, Doing.IMPORT_CASES, batch.label())
    return batch


def show(
    request: AuthedRequest, batch: ImportBatch, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page about a batch, under its head."""
    whole = {"batch": batch, "marking": Marking(batch.marking).on_paper, "steps": steps(batch), **context}
    return page(request, template, whole, section="imports", label=batch.label(), status=status)


def home(batch: ImportBatch) -> str:
    """The page of a batch."""
    return reverse("cases:import", args=[batch.pk])


def show_batch(request: AuthedRequest, batch: ImportBatch, problem: str = "", status: int = 200) -> HttpResponse:
    """Where the batch stands; `problem` says why something could not be done.

    To htmx only the progress is sent; once there is none, the whole page is asked for.
    """
    running = batch.state in _RUNNING or bool(batch.settings.get("undo"))
    if request.htmx and not running:
        return HttpResponseClientRefresh()
    context = {
        "problem": problem,
        "running": running,
        "poll_url": home(batch) if running else "",
        "progress_text": _progress_text(batch),
        "counted": batch.state in (ImportState.CHECKING, ImportState.IMPORTING),
        "facts": _facts(batch),
        "can_map": bool(batch.columns),
    }
    template = "cases/import/batch.html#progress" if request.htmx else "cases/import/batch.html"
    return show(request, batch, template, context, status)


def refused(request: AuthedRequest, pk: UUID, error: WrongState | Conflict) -> HttpResponse:
    """The batch as it is now, with the reason."""
    reason = error.reason if isinstance(error, WrongState) else MOVED_ON
    return show_batch(request, the_batch(request, pk), reason, 409)


def steps(batch: ImportBatch) -> list[Step]:
    """The way of the batch, with links to where one may go back."""
    at = next((n for n, (_, states) in enumerate(_STEPS) if batch.state in states), 0)
    if batch.state in (ImportState.FAILED, ImportState.DISCARDED):
        at = 1 if batch.columns else 0
    open_ = batch.state in (ImportState.READ, ImportState.CHECKED, ImportState.FAILED) and batch.columns
    urls = {"Columns": reverse("cases:import_columns", args=[batch.pk]) if open_ else ""}
    if batch.state == ImportState.CHECKED:
        urls["Preview"] = reverse("cases:import_preview", args=[batch.pk])
    found = []
    for number, (label, _) in enumerate(_STEPS):
        done = number < at or batch.state in _OVER
        found.append(Step(label, "done" if done else "now" if number == at else "", urls.get(label, "")))
    return found


def _progress_text(batch: ImportBatch) -> str:
    if batch.state == ImportState.UPLOADED:
        return f"The file is being read. {LEAVE}"
    if batch.state == ImportState.DONE:
        return f"The import is being undone. {LEAVE}"
    words = {ImportState.CHECKING: "checked", ImportState.IMPORTING: "prepared"}
    if batch.state in words:
        return f"{batch.progress:,} of {batch.total:,} rows {words[ImportState(batch.state)]}. {LEAVE}"
    return f"This table is {batch.get_state_display()}."


def _facts(batch: ImportBatch) -> list[dict[str, Any]]:
    sheet = batch.settings.get("sheet", "")
    kind = KINDS.get(batch.settings.get("file", ""), "")
    return [
        {"label": "Sent by", "value": batch.provider},
        {"label": "Dialogue", "value": batch.dialogue.name},
        {"label": "Uploaded by", "value": batch.uploaded_by.name},
        {"label": "File", "value": f"{kind}, sheet “{sheet}”" if sheet else kind},
        {"label": "Rows", "value": f"{batch.total:,}" if batch.total else ""},
        {"label": "Columns", "value": f"{len(batch.columns):,}" if batch.columns else ""},
    ]
