"""Undoing an import as a whole, as long as nobody has touched what it made.

Touched means: something about a case was written by another action than the import, or something of ours points to it
that the import did not make. Both are read off the history and the model, so that parts invented later count as well.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, models

from cases.actions.importing import move
from cases.models import (
    Case,
    CaseEvent,
    CaseGroup,
    CaseName,
    CaseTheme,
    Claim,
    EventSource,
    GroupMember,
    ImportBatch,
    ImportRow,
    NameKey,
    Source,
)
from cases.states import IMPORT, ImportState
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.net import unguarded
from casetracker.audit.acting import Act, acting
from casetracker.audit.bulk import insert, prepare_removal
from casetracker.audit.history import HistoryRow, records_of
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb

WHY = "an import is undone only when everything it made is untouched, seen or not"
# Children before their parents.
_PARTS: tuple[Any, ...] = (EventSource, CaseTheme, GroupMember, CaseName, Claim, CaseEvent, Source)
_DERIVED = (NameKey, ImportRow)


class Touched(WrongState):
    """Some cases were worked on since. `cases` are their keys: show those the viewer sees."""

    def __init__(self, cases: set[UUID]) -> None:
        super().__init__("Some of these cases were worked on since the import, so it cannot be undone as a whole.")
        self.cases = cases


def start_undo(*, batch: ImportBatch, by: User, seen: int, reason: str) -> None:
    """Hands the batch to the undoing task; until that is through, `settings["undo"]` holds the reason.

    Raises Denied, WrongState (no reason, not imported), Touched, Conflict.
    """
    _check(batch, by)
    if not reason.strip():
        raise WrongState("Say why the import is undone.")
    with unguarded(WHY):
        if touched := touched_cases(batch):
            raise Touched(touched)
    settings = {**batch.settings, "undo": reason.strip()}
    with acting(Verb.IMPORT_UNDO_STARTED, by=by, about=batch, reason=reason):
        move(batch, seen=seen, changes={"settings": settings, "progress": 0, "failure": ""})


def drop_undo(*, batch: ImportBatch, failure: str) -> None:
    """The undoing could not be done; everything is as it was, and `failure` says why."""
    settings = {name: value for name, value in batch.settings.items() if name != "undo"}
    with acting(Verb.IMPORT_FAILED, process="import", about=batch):
        save_over(batch, seen=batch.version, changes={"settings": settings, "failure": failure})


def undo_import(*, batch: ImportBatch, by: User) -> int:
    """Removes every case of the batch with all its parts; their history stays, closed. How many there were.

    The reason is the one given to `start_undo`. Raises Denied, WrongState (not imported), Touched, Conflict.
    """
    _check(batch, by)
    reason = batch.settings.get("undo", "")
    settings = {name: value for name, value in batch.settings.items() if name != "undo"}
    act = Act(Verb.IMPORT_UNDONE, by, "", reason)
    with unguarded(WHY):
        if touched := touched_cases(batch):
            raise Touched(touched)
        rows = prepare_removal(_made(batch), act)
        with acting(Verb.IMPORT_UNDONE, by=by, about=batch, reason=reason) as real:
            real.id, real.at = act.id, act.at
            move(batch, seen=batch.version, changes={"state": ImportState.UNDONE, "settings": settings})
            _lock(batch)
            if touched := touched_cases(batch):
                raise Touched(touched)
            insert(rows)
            number = _delete(batch)
            real.detail = {"cases": number}
    return number


def _check(batch: ImportBatch, by: User) -> None:
    check(by, Doing.IMPORT_CASES, batch.label())
    if ImportState.UNDONE not in IMPORT[batch.state]:
        raise WrongState(f"This table is {batch.get_state_display()}; there is no import to undo.")


def touched_cases(batch: ImportBatch) -> set[UUID]:
    """Keys of the batch's cases that something else than the import has written about. Inside `unguarded` only."""
    import_action, mine = _action(batch), _cases(batch)
    others = Case.history.filter(id__in=mine).exclude(action_id=import_action)
    found: set[UUID] = set(others.values_list("id", flat=True))
    for model, column in _pointing_at(Case):
        records = records_of.get(model)
        rows = model.history.exclude(action_id=import_action) if records else model._base_manager.all()
        found |= set(rows.filter(**{f"{column}__in": mine}).values_list(column, flat=True))
    for part in _PARTS:
        for model, column in _pointing_at(part):
            if model not in _PARTS:
                inside = model._base_manager.filter(**{f"{column.removesuffix('_id')}__case__in": mine})
                found |= set(inside.values_list(f"{column.removesuffix('_id')}__case_id", flat=True))
    return found | _in_touched_groups(batch, import_action)


def _in_touched_groups(batch: ImportBatch, import_action: UUID) -> set[UUID]:
    """Members of groups of this import that were edited, or that others have joined."""
    groups = _groups(import_action)
    edited = CaseGroup.history.filter(id__in=groups).exclude(action_id=import_action).values("id")
    joined = GroupMember.objects.filter(group__in=groups).exclude(case__in=_cases(batch)).values("group")
    members = GroupMember.objects.filter(case__in=_cases(batch))
    return set(
        members.filter(models.Q(group__in=edited) | models.Q(group__in=joined)).values_list("case_id", flat=True)
    )


def _pointing_at(model: Any) -> Iterator[tuple[Any, str]]:
    """(model, column) of every foreign key to `model` but those of history and of what is only derived."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        pointing: Any = relation.related_model
        if pointing not in _DERIVED and not issubclass(pointing, HistoryRow):
            yield pointing, relation.field.attname


def _action(batch: ImportBatch) -> UUID:
    """The action that imported the batch."""
    done = ImportBatch.history.filter(id=batch.pk, state=ImportState.DONE).order_by("version").first()
    if done is None:
        raise WrongState("There is no record of this import.")
    action: UUID = done.action_id
    return action


def _cases(batch: ImportBatch) -> Any:
    return ImportRow.objects.filter(batch=batch, case__isnull=False).order_by().values("case_id")


def _groups(import_action: UUID) -> Any:
    return CaseGroup.history.filter(action_id=import_action, history_type="+").order_by().values("id")


def _made(batch: ImportBatch) -> Iterator[Any]:
    """Everything with a history that the import made, parts with their case at hand."""
    cases = {case.pk: case for case in Case.objects.filter(pk__in=_cases(batch))}
    yield from cases.values()
    yield from CaseGroup.objects.filter(pk__in=_groups(_action(batch)))
    for model in _PARTS:
        for part in model._base_manager.filter(case__in=_cases(batch)):
            part.case = cases[part.case_id]
            yield part


def _lock(batch: ImportBatch) -> None:
    """From here on nobody writes to these cases (SQLite has one writer anyway)."""
    if connection.features.has_select_for_update:
        for rows in (Case.objects.filter(pk__in=_cases(batch)), *_parts(batch)):
            list(rows.order_by().select_for_update().values_list("pk"))


def _parts(batch: ImportBatch) -> list[Any]:
    return [model._base_manager.filter(case__in=_cases(batch)) for model in _PARTS]


def _delete(batch: ImportBatch) -> int:
    """The rows themselves; checks of foreign keys wait for the end of the transaction."""
    groups = list(_groups(_action(batch)).values_list("id", flat=True))
    for rows in (NameKey.objects.filter(case__in=_cases(batch)), *_parts(batch)):
        rows.order_by()._raw_delete(rows.db)
    made = CaseGroup.objects.filter(pk__in=groups)
    made._raw_delete(made.db)
    cases = Case.objects.filter(pk__in=_cases(batch))
    number: int = cases.order_by()._raw_delete(cases.db)
    ImportRow.objects.filter(batch=batch).update(case=None, case_version=None)
    return number
