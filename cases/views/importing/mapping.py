"""What each column holds, and what its values mean."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.actions.importing import map_batch, start_check
from cases.forms.importing import ColumnsForm, ValuesForm
from cases.importing.fields import NOTE
from cases.importing.guessing import guess_targets
from cases.importing.mapping import DEFAULTS, MOST_VALUES, REMEMBERED, CodeColumn, Plan, code_columns, provider_key
from cases.importing.rows import plan_of
from cases.importing.tasks import check_batch
from cases.models import ColumnMapping, ImportBatch, ImportRow
from cases.states import ImportState
from cases.views.importing.head import MOVED_ON, home, refused, show, the_batch
from casetracker.access.errors import Conflict, WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest

SAMPLE_ROWS, SAMPLES, SAMPLE_LENGTH = 60, 3, 60
_OPEN = (ImportState.READ, ImportState.CHECKED, ImportState.FAILED)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Every column with its first values and what it goes to."""
    batch = the_batch(request, pk)
    if request.method != "POST":
        if batch.state not in _OPEN or not batch.columns:
            return redirect(home(batch))
        record(Verb.IMPORT_VIEWED, by=request.user, about=batch, detail={"samples": len(batch.columns)})
        return _show_columns(request, batch, ColumnsForm(columns=batch.columns, initial=_initial(request, batch)))
    form = ColumnsForm(request.POST, columns=batch.columns)
    if not form.is_valid():
        return _show_columns(request, batch, form, status=422)
    remembered = _remembered(request, batch)
    kept = {name: value for name, value in (remembered.settings if remembered else {}).items() if name in REMEMBERED}
    settings = {**kept, **batch.settings, **form.chosen()}
    coded = code_columns(Plan.of(batch.columns, form.mapping(), settings), _all_cells(request, batch))
    if _refuse_long(form, coded):
        return _show_columns(request, batch, form, status=422)
    ask = _must_ask(coded, settings.get("meanings", {}))
    settings["meanings"] = {**settings.get("meanings", {}), **_guessed(coded)}
    return _save(request, batch, form, settings, ask)


@require_http_methods(["GET", "HEAD", "POST"])
def values(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """What the values of coded columns mean."""
    batch = the_batch(request, pk)
    if request.method != "POST" and (batch.state not in _OPEN or not batch.mapping):
        return redirect(home(batch))
    coded = code_columns(plan_of(batch), _all_cells(request, batch))
    form = ValuesForm(request.POST if request.method == "POST" else None, coded=coded, initial={"seen": batch.version})
    if request.method != "POST" or not form.is_valid():
        return _show_values(request, batch, form, 422 if request.method == "POST" else 200)
    meanings = {**batch.settings.get("meanings", {}), **form.meanings()}
    try:
        seen = form.cleaned_data["seen"]
        map_batch(batch=batch, by=request.user, seen=seen, mapping=batch.mapping, settings={"meanings": meanings})
        start_check(batch=batch, by=request.user)
    except (Conflict, WrongState) as error:
        return refused(request, pk, error)
    check_batch.enqueue(str(batch.pk), str(request.user.pk))
    return redirect(home(batch))


def _save(
    request: AuthedRequest, batch: ImportBatch, form: ColumnsForm, settings: dict[str, Any], ask: bool
) -> HttpResponse:
    """Keeps the mapping and goes on: to the values, or to the check."""
    kept = {name: settings[name] for name in REMEMBERED if name in settings}
    try:
        seen = form.cleaned_data["seen"]
        map_batch(batch=batch, by=request.user, seen=seen, mapping=form.mapping(), settings=kept)
        if ask:
            return redirect("cases:import_values", batch.pk)
        start_check(batch=batch, by=request.user)
    except Conflict as error:
        # What was typed comes back; sending it again is meant to replace theirs.
        form.data = {**form.data.dict(), "seen": str(error.current.version)}  # type: ignore[attr-defined]
        return _show_columns(request, batch, form, status=409, problem=f"{MOVED_ON} Your choices are still here.")
    except WrongState as error:
        return refused(request, batch.pk, error)
    check_batch.enqueue(str(batch.pk), str(request.user.pk))
    return redirect(home(batch))


def _show_columns(
    request: AuthedRequest, batch: ImportBatch, form: ColumnsForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    samples = _samples(request, batch)
    context = {
        "form": form,
        "problem": problem,
        "rows": list(zip(batch.columns, samples, form.pickers(), strict=True)),
        "settings": form.settings(),
        "remembered": _remembered(request, batch) if not batch.mapping else None,
        "discard_url": reverse("cases:import_discard", args=[batch.pk]),
    }
    return show(request, batch, "cases/import/columns.html", context, status)


def _show_values(request: AuthedRequest, batch: ImportBatch, form: ValuesForm, status: int) -> HttpResponse:
    record(Verb.IMPORT_VIEWED, by=request.user, about=batch, detail={"values": len(form.keys)})
    return show(request, batch, "cases/import/values.html", {"form": form, "tables": form.tables()}, status)


def _initial(request: AuthedRequest, batch: ImportBatch) -> dict[str, Any]:
    """What the form begins with: the batch's own mapping, else the provider's last one over guesses."""
    settings, mapping = batch.settings, batch.mapping
    if not mapping:
        sample = list(_cells(request, batch)[:SAMPLE_ROWS])
        mapping = dict(zip(batch.columns, guess_targets(batch.columns, sample), strict=True))
        if remembered := _remembered(request, batch):
            mapping |= {column: target for column, target in remembered.mapping.items() if column in mapping}
            settings = {**settings, **remembered.settings}
    initial = {f"c{position}": mapping.get(column, NOTE) for position, column in enumerate(batch.columns)}
    chosen = {name: settings.get(name, default) for name, default in DEFAULTS.items()}
    return {**initial, **chosen, "missing": ", ".join(chosen["missing"]), "seen": batch.version}


def _remembered(request: AuthedRequest, batch: ImportBatch) -> ColumnMapping | None:
    """The mapping last used for this provider under the same label."""
    kept = ColumnMapping.objects.visible_to(request.user).filter(provider_key=provider_key(batch.provider))
    where = {"dialogue": batch.dialogue_id, "marking": batch.marking, "compartment": batch.compartment_id}
    return kept.filter(**where).first()


def _cells(request: AuthedRequest, batch: ImportBatch) -> Any:
    return ImportRow.objects.visible_to(request.user).filter(batch=batch).values_list("cells", flat=True)


def _all_cells(request: AuthedRequest, batch: ImportBatch) -> list[list[str]]:
    return list(_cells(request, batch))


def _samples(request: AuthedRequest, batch: ImportBatch) -> list[list[str]]:
    """The first different values of each column."""
    rows = list(_cells(request, batch)[:SAMPLE_ROWS])
    missing = set(batch.settings.get("missing", DEFAULTS["missing"]))
    found = []
    for position in range(len(batch.columns)):
        values = (cells[position].strip() for cells in rows)
        some = list(dict.fromkeys(value for value in values if value and value not in missing))[:SAMPLES]
        found.append([value if len(value) <= SAMPLE_LENGTH else value[: SAMPLE_LENGTH - 1] + "…" for value in some])
    return found


def _refuse_long(form: ColumnsForm, coded: list[CodeColumn]) -> bool:
    """Columns with too many different values hold no codes: an error each."""
    for column in coded:
        if len(column.values) > MOST_VALUES:
            position = list(form.columns).index(column.column)
            message = f"It has {len(column.values):,} different values; a column of codes has {MOST_VALUES} at most."
            form.add_error(f"c{position}", message)
    return bool(form.errors)


def _must_ask(coded: list[CodeColumn], said: dict[str, dict[str, str]]) -> bool:
    """Whether some value is not obvious; what happened is asked about once in any case."""
    for column in coded:
        known = said.get(column.column, {})
        for value, _, meaning in column.values:
            if not meaning or (column.target in ("kind", "outcome") and value not in known):
                return True
    return False


def _guessed(coded: list[CodeColumn]) -> dict[str, dict[str, str]]:
    return {column.column: {value: meaning for value, _, meaning in column.values if meaning} for column in coded}
