"""The way of a table: uploaded, read, mapped, checked, imported or discarded. Undoing is in undoing.py.

Each step moves the state under the lock of the batch (`save_over`), so of two who press the same button one is told
that it is done already. Raises Denied, WrongState and Conflict as everywhere.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from cases.actions.case import check_label
from cases.importing.mapping import REMEMBERED, provider_key
from cases.importing.reading import Table
from cases.models import Case, ColumnMapping, ImportBatch, ImportFile, ImportRow
from cases.states import IMPORT, CaseState, ImportState
from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import Act, acting
from casetracker.audit.bulk import Rows, insert, set_columns
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from casetracker.sealing import seal

WHY = "the rows and the file of a batch that was handed in"
_MAPPABLE = (ImportState.READ, ImportState.CHECKED, ImportState.FAILED)


class Finding(Protocol):
    """What checking found about one row."""

    row: UUID
    errors: list[str]
    warnings: list[str]
    matches: list[str]


def upload_batch(*, by: User, label: Label, provider: str, title: str, content: bytes, ending: str) -> ImportBatch:
    """Keeps the bytes, sealed, until they are imported or discarded. `ending` is the file's (".csv"), for a note."""
    check(by, Doing.IMPORT_CASES, label)
    check_label(by, label)
    batch = ImportBatch(
        dialogue_id=label.dialogue_id,
        marking=label.marking,
        compartment_id=label.compartment_id,
        provider=provider,
        title=title,
        uploaded_by=by,
        settings={"ending": ending[:8]},
    )
    with acting(Verb.IMPORT_UPLOADED, by=by, about=batch, detail={"bytes": len(content)}):
        save_new(batch)
        ImportFile.objects.create(batch=batch, sealed=seal(content, place=f"import:{batch.pk}"))
    return batch


def store_table(*, batch: ImportBatch, by: User, table: Table) -> None:
    """What was read from the file: columns, rows, notes."""
    _check(batch, by, ImportState.READ)
    changes = {
        "state": ImportState.READ,
        "columns": table.columns,
        "notes": table.notes,
        "total": len(table.rows),
        "settings": {**batch.settings, "file": table.kind, "sheet": table.sheet},
    }
    rows = [
        ImportRow(batch=batch, number=number, cells=cells)
        for number, cells in zip(table.row_numbers, table.rows, strict=True)
    ]
    with acting(Verb.IMPORT_READ, by=by, about=batch, detail={"rows": len(rows), "columns": len(table.columns)}):
        move(batch, seen=batch.version, changes=changes)
        ImportRow.objects.bulk_create(rows, batch_size=500)


def fail_batch(*, batch: ImportBatch, failure: str) -> None:
    """A step that could not be done; `failure` is a sentence for the user. Nothing else was written."""
    with acting(Verb.IMPORT_FAILED, process="import", about=batch):
        move(batch, seen=batch.version, changes={"state": ImportState.FAILED, "failure": failure})


def map_batch(*, batch: ImportBatch, by: User, seen: int, mapping: dict[str, str], settings: dict[str, Any]) -> None:
    """Says what each column holds (heading → target) and what holds for all rows.

    What was checked with another mapping has to be checked again.
    """
    check(by, Doing.IMPORT_CASES, batch.label())
    _check_mappable(batch)
    with acting(Verb.IMPORT_MAPPED, by=by, about=batch):
        changes: dict[str, Any] = {"mapping": mapping, "settings": {**batch.settings, **settings}}
        if batch.state == ImportState.CHECKED:
            changes["state"] = ImportState.READ
        save_over(batch, seen=seen, changes=changes)


def start_check(*, batch: ImportBatch, by: User) -> None:
    """Hands the batch to the checking task, and remembers the mapping for the next table of this provider."""
    _check(batch, by, ImportState.CHECKING)
    _check_mappable(batch)
    changes = {"state": ImportState.CHECKING, "progress": 0, "failure": ""}
    with acting(Verb.IMPORT_MAPPED, by=by, about=batch) as act:
        move(batch, seen=batch.version, changes=changes)
        _remember(batch, by, act)


def _check_mappable(batch: ImportBatch) -> None:
    if batch.state not in _MAPPABLE or not batch.columns:
        raise WrongState(f"This table is {batch.get_state_display()}; its columns are not mapped any more.")


def _remember(batch: ImportBatch, by: User, act: Act) -> None:
    """One mapping for a provider within one label."""
    where = {"dialogue_id": batch.dialogue_id, "marking": batch.marking, "compartment_id": batch.compartment_id}
    key = provider_key(batch.provider)
    kept = ColumnMapping.objects.visible_to(by).filter(provider_key=key, **where).first()
    kept = kept or ColumnMapping(provider_key=key, **where)
    kept.mapping, kept.saved_at = {**(kept.mapping or {}), **batch.mapping}, act.at
    kept.settings = {name: batch.settings[name] for name in REMEMBERED if name in batch.settings}
    kept.save()


def store_findings(*, batch: ImportBatch, by: User, findings: Iterable[Finding]) -> None:
    """What checking found. Only rows with something new are written."""
    _check(batch, by, ImportState.CHECKED)
    columns = ("errors", "warnings", "matches")
    rows = ImportRow.objects.unscoped(WHY).filter(batch=batch)
    before = {pk: found for pk, *found in rows.values_list("pk", *columns)}
    found = [(one.row, one.errors, one.warnings, one.matches) for one in findings]
    changed = [one for one in found if before.get(one[0]) != list(one[1:])]
    counts = {name: sum(1 for one in found if one[place]) for place, name in enumerate(columns, start=1)}
    with acting(Verb.IMPORT_CHECKED, by=by, about=batch, detail=counts):
        move(batch, seen=batch.version, changes={"state": ImportState.CHECKED, "progress": batch.total})
        set_columns(ImportRow, columns, changed)


def skip_rows(*, batch: ImportBatch, by: User, shown: Iterable[UUID], skipped: Iterable[UUID]) -> None:
    """Of the rows `shown`, those in `skipped` make no case; the others do."""
    _check_checked(batch, by)
    rows = ImportRow.objects.unscoped(WHY).filter(batch=batch, pk__in=list(shown))
    chosen = set(skipped)
    with acting(Verb.IMPORT_MAPPED, by=by, about=batch) as act:
        _hold_checked(batch, act)
        off = rows.filter(pk__in=chosen, skip=False).update(skip=True)
        on = rows.exclude(pk__in=chosen).filter(skip=True).update(skip=False)
        act.detail = {"skipped": off, "taken back": on}


def skip_errors(*, batch: ImportBatch, by: User) -> int:
    """All rows with errors make no case. How many were not skipped before."""
    _check_checked(batch, by)
    rows = ImportRow.objects.unscoped(WHY).filter(batch=batch, skip=False).exclude(errors=[])
    with acting(Verb.IMPORT_MAPPED, by=by, about=batch) as act:
        _hold_checked(batch, act)
        skipped = rows.update(skip=True)
        act.detail = {"skipped": skipped}
    return skipped


def _check_checked(batch: ImportBatch, by: User) -> None:
    check(by, Doing.IMPORT_CASES, batch.label())
    if batch.state != ImportState.CHECKED:
        raise WrongState(f"This table is {batch.get_state_display()}; rows are chosen once it is checked.")


def _hold_checked(batch: ImportBatch, act: Act) -> None:
    """Takes the lock and a new version: who confirms on an older page meets Conflict. Raises WrongState."""
    now = ImportBatch.objects.unscoped(WHY).select_for_update().get(pk=batch.pk)
    if now.state != ImportState.CHECKED:
        raise WrongState(f"This table is {now.get_state_display()}; rows are chosen once it is checked.")
    save_over(now, seen=now.version, changes={"changed_at": act.at})


def start_import(*, batch: ImportBatch, by: User, seen: int, state: str, owned: bool, reason: str = "") -> None:
    """Hands the checked batch to the importing task. `owned`: the cases belong to `by`, else to nobody."""
    _check(batch, by, ImportState.IMPORTING)
    check(by, Doing.LOG_CASE, batch.label())
    if state not in (CaseState.DRAFT, CaseState.ACTIVE):
        raise WrongState("Imported cases begin as draft or active.")
    rows = ImportRow.objects.unscoped(WHY).filter(batch=batch, skip=False)
    if rows.exclude(errors=[]).exists():
        raise WrongState("Some rows have errors. Skip them, or map the columns again.")
    if not rows.exists():
        raise WrongState("Every row is skipped; there is nothing to import.")
    settings = {**batch.settings, "state": state, "owned": owned}
    changes = {"state": ImportState.IMPORTING, "progress": 0, "failure": "", "settings": settings}
    with acting(Verb.IMPORT_STARTED, by=by, about=batch, reason=reason):
        move(batch, seen=seen, changes=changes)


def taken_references(references: list[str]) -> set[str]:
    """Those that some case has already."""
    known = Case.objects.unscoped("a reference is never reused").filter(reference__in=references)
    return set(known.values_list("reference", flat=True))


def finish_import(
    *, batch: ImportBatch, by: User, act: Act, rows: Sequence[Rows], cases: Sequence[tuple[UUID, UUID]]
) -> None:
    """Writes everything prepared under `act` (import row → case in `cases`), all or nothing; the file goes."""
    _check(batch, by, ImportState.DONE)
    check(by, Doing.LOG_CASE, batch.label())
    check_label(by, batch.label())
    done = {"state": ImportState.DONE, "done_at": timezone.now(), "progress": batch.total}
    with acting(Verb.IMPORT_DONE, by=by, about=batch, detail={"cases": len(cases)}) as real:
        real.id, real.at = act.id, act.at
        move(batch, seen=batch.version, changes=done)
        insert(rows)
        set_columns(ImportRow, ("case_id", "case_version"), ((row, case, 1) for row, case in cases))
        ImportFile.objects.unscoped(WHY).filter(batch=batch).delete()


def stop_import(*, batch: ImportBatch, by: User, seen: int) -> None:
    """Gives up a running import. Its task finds the batch moved on and writes nothing."""
    _check(batch, by, ImportState.FAILED)
    failure = "The import was stopped. Nothing was written."
    with acting(Verb.IMPORT_FAILED, by=by, about=batch):
        move(batch, seen=seen, changes={"state": ImportState.FAILED, "failure": failure})


def discard_batch(*, batch: ImportBatch, by: User, seen: int, reason: str) -> None:
    """Drops a table that was not imported: file and rows are deleted, that it was there stays on record."""
    _check(batch, by, ImportState.DISCARDED)
    if not reason.strip():
        raise WrongState("Say why the table is discarded.")
    with acting(Verb.IMPORT_DISCARDED, by=by, about=batch, reason=reason):
        move(batch, seen=seen, changes={"state": ImportState.DISCARDED})
        ImportFile.objects.unscoped(WHY).filter(batch=batch).delete()
        ImportRow.objects.unscoped(WHY).filter(batch=batch).delete()


def move(batch: ImportBatch, *, seen: int, changes: dict[str, Any]) -> None:
    """Takes the lock and saves. Raises Conflict also when somebody has just made the very same move."""
    if not save_over(batch, seen=seen, changes=changes):
        raise Conflict(batch)


def _check(batch: ImportBatch, by: User, to: str) -> None:
    """May `by` do this, and may the batch move there from where it stands?"""
    check(by, Doing.IMPORT_CASES, batch.label())
    if to not in IMPORT[batch.state]:
        raise WrongState(f"This table is {batch.get_state_display()}; it cannot be {ImportState(to).label} now.")
