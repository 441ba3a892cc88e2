"""Sealing who a source is, and reading it again."""

from typing import Any

from django.db import transaction

from cases.actions.case import check_label, check_open, hold
from cases.actions.part import add_part, edit_part
from cases.models import Case, Source, SourceIdentity
from casetracker.access.act import Doing, check
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from casetracker.sealing import seal


def add_source(*, source: Source, case: Case, by: User, identity: str = "", marking: int | None = None) -> None:
    """Adds a source, and seals who it is where that is given, both or neither. Raises Denied, WrongState."""
    with transaction.atomic():
        add_part(part=source, case=case, by=by)
        if identity:
            seal_identity(source=source, by=by, identity=identity, marking=marking)


def edit_source(
    *,
    source: Source,
    by: User,
    seen: int,
    changes: dict[str, Any],
    identity: str = "",
    marking: int | None = None,
) -> None:
    """Edits a source, and seals who it is (anew) where that is given. Raises Denied, WrongState, Conflict."""
    with transaction.atomic():
        edit_part(part=source, by=by, seen=seen, changes=changes)
        if identity:
            seal_identity(source=source, by=by, identity=identity, marking=marking)


def seal_identity(*, source: Source, by: User, identity: str, marking: int | None = None) -> None:
    """Seals `identity` (or seals it anew) as who `source` is; its label is the case's with `marking`, not below it.

    Raises Denied, WrongState.
    """
    of_case = source.case.label()
    check(by, Doing.EDIT_CASE, of_case)
    check_open(source.case)
    label = Label(of_case.dialogue_id, max(marking or of_case.marking, of_case.marking), of_case.compartment_id)
    check_label(by, label)
    detail = {"part": "source", "sealed": True}
    with acting(Verb.PART_EDITED, by=by, about=source, detail=detail):
        hold(source.case, by)
        SourceIdentity.objects.visible_to(by).filter(source=source).delete()
        row = SourceIdentity(source=source, sealed=seal(identity.strip().encode(), place=place_of(source)))
        row.dialogue_id, row.marking, row.compartment_id = label.dialogue_id, label.marking, label.compartment_id
        row.save(force_insert=True)


def place_of(source: Source) -> str:
    """What the sealed identity is bound to."""
    return f"source:{source.pk}"
