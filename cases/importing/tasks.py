"""The long steps, done by the task worker: reading the file, checking the rows, importing them.

A task is given keys, never content. It acts for the user who asked, explicitly, and through the rule: whose grant has
ended in the meantime gets a failed batch, not an import. Errors are kept as sentences without content.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.tasks import task

from cases.actions.importing import fail_batch, finish_import, store_findings, store_table, taken_references
from cases.actions.undoing import drop_undo, undo_import
from cases.importing.building import Builder
from cases.importing.checking import STEP, check_rows
from cases.importing.drafting import Draft, Terms
from cases.importing.mapping import Plan
from cases.importing.progress import Progress
from cases.importing.reading import TableError, read_table
from cases.importing.rows import draft_row, plan_of, terms_for
from cases.models import ImportBatch, ImportFile, ImportRow
from cases.states import ImportState
from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Dialogue, User
from casetracker.audit.acting import Act
from casetracker.audit.bulk import refresh_statistics
from casetracker.audit.verbs import Verb
from casetracker.sealing import unseal

UNEXPECTED = (
    "Something went wrong on our side; nothing was written. Try again, and tell your administrator if it stays."
)
NOT_ALLOWED = "Whoever started this may not import here any more. Nothing was written."


class StepFailed(RuntimeError):
    """Goes to the worker's record in place of an error whose text could hold content."""


@task()
def read_batch(batch_id: str, user_id: str) -> None:
    """Reads the uploaded file into rows: uploaded → read, or failed with what to do about it."""
    _run(_read, batch_id, user_id, ImportState.UPLOADED)


@task()
def check_batch(batch_id: str, user_id: str) -> None:
    """Checks every row as mapped: checking → checked."""
    _run(_check, batch_id, user_id, ImportState.CHECKING)


@task()
def import_batch(batch_id: str, user_id: str) -> None:
    """Makes the cases: everything is prepared first, then written in one short transaction. importing → done."""
    _run(_import, batch_id, user_id, ImportState.IMPORTING)


@task()
def undo_batch(batch_id: str, user_id: str) -> None:
    """Takes an import back as a whole: done → undone, or done as before, with the reason why not."""
    _run(_undo, batch_id, user_id, ImportState.DONE)


def _undo(batch: ImportBatch, user: User) -> None:
    if batch.settings.get("undo"):
        undo_import(batch=batch, by=user)


def _read(batch: ImportBatch, user: User) -> None:
    file: Any = ImportFile.objects.visible_to(user).get(batch=batch)
    content = unseal(file.sealed, place=f"import:{batch.pk}")
    table = read_table(content, name=f"table{batch.settings.get('ending', '')}")
    store_table(batch=batch, by=user, table=table)


def _check(batch: ImportBatch, user: User) -> None:
    rows = list(ImportRow.objects.visible_to(user).filter(batch=batch).values_list("pk", "number", "cells"))
    tick = Progress(batch).tick
    findings = check_rows(rows, user=user, plan=plan_of(batch), terms=_terms(batch, user), tick=tick)
    store_findings(batch=batch, by=user, findings=findings)


def _import(batch: ImportBatch, user: User) -> None:
    chosen = ImportRow.objects.visible_to(user).filter(batch=batch, skip=False)
    rows = list(chosen.values_list("pk", "number", "cells"))
    progress, plan, act = Progress(batch), plan_of(batch), Act(Verb.IMPORT_DONE, user, "", "")
    drafts = _drafts(rows, plan, _terms(batch, user), lambda done: progress.tick(done // 2))
    builder = Builder(
        batch=batch,
        dialogue=Dialogue.objects.visible_to(user).get(pk=batch.dialogue_id),
        plan=plan,
        act=act,
        owner=user if batch.settings.get("owned") else None,
        state=batch.settings["state"],
        taken=taken_references,
    )
    made = builder.build(drafts)
    half, count = len(rows) // 2, max(made.count, 1)
    prepared = made.rows(act, lambda done: progress.tick(half + half * done // count))
    finish_import(batch=batch, by=user, act=act, rows=prepared, cases=made.cases)
    refresh_statistics([*(some.table for some in prepared), ImportRow._meta.db_table])


def _drafts(
    rows: list[tuple[UUID, int, list[str]]], plan: Plan, terms: Terms, tick: Callable[[int], None]
) -> list[tuple[UUID, Draft]]:
    drafts = []
    for done, (pk, number, cells) in enumerate(rows, start=1):
        draft = draft_row(number, cells, plan, terms)
        if draft.errors:
            # The vocabulary changed since the check, perhaps; the rows must be looked at again.
            raise WrongState("Rows that were in order when they were checked are not any more. Check them again.")
        drafts.append((pk, draft))
        if done % STEP == 0:
            tick(done)
    return drafts


def _terms(batch: ImportBatch, user: User) -> Terms:
    return terms_for(user, Dialogue.objects.visible_to(user).get(pk=batch.dialogue_id))


def _run(work: Callable[[ImportBatch, User], None], batch_id: str, user_id: str, state: str) -> None:
    """Does `work` on the batch if it still waits for it; every way to fail leaves a sentence in the batch."""
    user = User.objects.get(pk=user_id)
    batch = _waiting(batch_id, state)
    if batch is None:
        return
    try:
        check(user, Doing.IMPORT_CASES, batch.label())
        work(batch, user)
    except Conflict:
        # Somebody moved the batch on (discarded, stopped) while this ran: theirs is the last word.
        return
    except TableError as error:
        _fail(batch_id, state, str(error))
    except Denied:
        _fail(batch_id, state, NOT_ALLOWED)
    except WrongState as error:
        _fail(batch_id, state, error.reason)
    except Exception as error:
        _fail(batch_id, state, UNEXPECTED)
        raise StepFailed(type(error).__name__) from None


def _fail(batch_id: str, state: str, failure: str) -> None:
    """Read anew: what failed may have changed the batch in hand, and the transaction took it back."""
    batch = _waiting(batch_id, state)
    if batch is not None and state == ImportState.DONE:
        drop_undo(batch=batch, failure=failure)
    elif batch is not None:
        fail_batch(batch=batch, failure=failure)


def _waiting(batch_id: str, state: str) -> ImportBatch | None:
    return ImportBatch.objects.unscoped("a task finds its own batch").filter(pk=batch_id, state=state).first()
