"""Reading the trail: entries as lines that carry neither a person's name nor a text of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from casetracker.access.models import Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import columns_q
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb

PAGE = 100
GROUND = "access."  # reasons given about users, grants and dialogues are no content
TELLING = ("case.", "emergency.", "work.")  # … but those given for these may tell of a case


@dataclass(frozen=True)
class Line:
    """One entry as it is shown."""

    at: datetime
    who: str
    said: str
    kind: str
    object_id: UUID | None
    about: str
    dialogue: str
    marking: str
    reason: str
    has_reason: bool
    count: int | None
    fields: str
    emergency: bool


def entries_by(user: User, limit: int = 20) -> list[Line]:
    """The own latest entries: about nothing labelled, or about a label that is still within reach."""
    within = Q(dialogue_id=None) | columns_q(user, "")
    own = TrailEntry.objects.filter(within, actor=user).exclude(verb=Verb.TRAIL_READ)
    return lines(own.order_by("-at", "-id")[:limit], user)


def entries_about(thing: Any, viewer: User, limit: int = 50) -> list[Line]:
    """What was done to one user, grant, dialogue or compartment. The caller has fetched it through the rule."""
    about = TrailEntry.objects.filter(object_id=thing.pk).exclude(verb__in=[Verb.SIGNED_IN, Verb.SIGNED_OUT])
    about = about.exclude(verb__startswith="case.")
    return lines(about.order_by("-at", "-id")[:limit], viewer)


def older_than(entries: "QuerySet[TrailEntry]", cursor: str) -> "QuerySet[TrailEntry]":
    """Entries after the one `cursor` names ("<time>~<id>"), newest first; all of them when it names none."""
    entries = entries.order_by("-at", "-id")
    moment, _, key = cursor.partition("~")
    try:
        at, pk = datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return entries
    if timezone.is_naive(at):
        return entries
    return entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))


def cursor_of(entry: TrailEntry) -> str:
    """What `older_than` takes to go on after this entry."""
    return f"{entry.at.astimezone(UTC).isoformat()}~{entry.pk}"


def lines(entries: Iterable[TrailEntry], viewer: User) -> list[Line]:
    """Entries ready to be shown: at most three queries, however many."""
    found = list(entries)
    keys = [entry.actor_id for entry in found] + [entry.object_id for entry in found if _is(entry, "user")]
    people = {key for key in keys if key is not None}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    known = dict(Dialogue.objects.visible_to(viewer).values_list("pk", "prefix"))
    return [_line(entry, names, known) for entry in found]


def _line(entry: TrailEntry, names: dict[Any, str], prefixes: dict[Any, str]) -> Line:
    ground = (entry.kind.startswith(GROUND) or not entry.kind) and not entry.verb.startswith(TELLING)
    count = entry.detail.get("count")
    fields = entry.detail.get("fields")
    return Line(
        at=entry.at,
        who=names.get(entry.actor_id, "") if entry.actor_id else entry.process,
        said=Verb(entry.verb).label if entry.verb in Verb.values else entry.verb,
        kind=entry.kind.partition(".")[2],
        object_id=entry.object_id,
        about=entry.reference or (names.get(entry.object_id, "") if _is(entry, "user") else ""),
        dialogue=prefixes.get(entry.dialogue_id, ""),
        marking=Marking(entry.marking).on_paper if entry.marking and entry.kind == "cases.case" else "",
        reason=entry.reason if ground else "",
        has_reason=bool(entry.reason),
        count=count if isinstance(count, int) else None,
        fields=", ".join(fields) if isinstance(fields, list) and ground else "",
        emergency="emergency" in entry.detail,
    )


def _is(entry: TrailEntry, name: str) -> bool:
    return entry.kind == f"{GROUND}{name}"
