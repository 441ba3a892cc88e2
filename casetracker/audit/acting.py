"""One action: who, what, why. Everything it writes is in one transaction with its trail entry and its history."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from casetracker.access.see import Label, emergencies, serving
from casetracker.audit.verbs import Verb

if TYPE_CHECKING:
    from casetracker.access.models import User


class NoActor(RuntimeError):
    """Something with a history was written outside `acting()`: nobody would be known to have done it."""


@dataclass
class Act:
    """The action being done. `about` may be set inside the block, once the thing exists."""

    verb: Verb
    by: "User | None"
    process: str
    reason: str
    about: Any = None
    detail: dict[str, Any] = field(default_factory=dict)
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    at: datetime = field(default_factory=timezone.now)


_current: ContextVar[Act | None] = ContextVar("act", default=None)


def current_act() -> Act:
    """The action being done. Raises NoActor outside of one."""
    act = _current.get()
    if act is None:
        raise NoActor("Write inside `with acting(verb, by=…):`.")
    return act


@contextmanager
def acting(
    verb: Verb,
    *,
    by: "User | None" = None,
    process: str = "",
    about: Any = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> Iterator[Act]:
    """Does one action atomically and leaves one trail entry, written with the last row of the block.

    Exactly one of `by` (a person) and `process` (a named job, such as "demo") says who. `detail` holds counts and
    codes, never content. An action inside an action keeps the outer one's id, so their rows stay together.
    Raises NoActor when neither or both are given.
    """
    if (by is None) == (not process):
        raise NoActor("An action is done by a user or by a named process.")
    outer = _current.get()
    act = Act(verb, by, process, reason.strip(), about, detail or {})
    if outer is not None:
        act.id, act.at = outer.id, outer.at
    token = _current.set(act)
    try:
        with transaction.atomic():
            yield act
            leave_trail(act)
    finally:
        _current.reset(token)


def record(
    verb: Verb, *, by: "User", about: Any = None, detail: dict[str, Any] | None = None, reason: str = ""
) -> None:
    """A trail entry for something that wrote nothing: a page read, a search, an export, a refusal."""
    leave_trail(Act(verb, by, "", reason, about, detail or {}))


def leave_trail(act: Act) -> None:
    """Writes the entry of an act."""
    entry_of(act).save(force_insert=True)


def entry_of(act: Act) -> Any:
    """The unsaved entry of an act: object by kind, key, reference and label; no name, no text."""
    about = act.about
    label: Label | None = about.label() if hasattr(about, "label") else None
    return apps.get_model("audit", "TrailEntry")(
        at=act.at,
        action_id=act.id,
        actor=act.by,
        process=act.process,
        verb=act.verb,
        kind=about._meta.label_lower if about is not None else "",
        object_id=about.pk if about is not None else None,
        reference=_reference(about),
        dialogue_id=label.dialogue_id if label else None,
        marking=label.marking if label else None,
        compartment_id=label.compartment_id if label else None,
        reason=act.reason,
        detail=act.detail | _emergency(act.by),
    )


def _emergency(by: "User | None") -> dict[str, list[str]]:
    """Keys of the emergency openings under which the person served acts: so each of their entries carries the mark."""
    scope = serving.get()
    if by is None or scope is None or scope.user.pk != by.pk:
        return {}
    keys = [str(holding.grant_id) for holding in emergencies(by)]
    return {"emergency": keys} if keys else {}


def _reference(about: Any) -> str:
    """The reference of a case, or of the case a part belongs to."""
    for holder in (about, getattr(about, "case", None)):
        if reference := getattr(holder, "reference", ""):
            return str(reference)
    return ""
