"""What was done to a case and its parts, removed ones included: grouped by action, field by field, in words.

Read from the history tables by keys of actions, so that neither the length of the history nor the number of parts
changes the number of queries. A row is shown when its label *at that time* is dominated; what stood before a change
is shown only if that earlier row is, too. Links and groups also need both ends in view now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce

from cases.history_words import Words, shown_fields
from cases.models import (
    Attachment,
    Case,
    CaseEvent,
    CaseGroup,
    CaseLink,
    CaseName,
    CaseTheme,
    Claim,
    EventSource,
    FollowUp,
    GroupMember,
    Source,
    UseAssessment,
)
from casetracker.access.models import User
from casetracker.access.see import columns_q
from casetracker.audit.models import TrailEntry

PAGE = 20


@dataclass(frozen=True)
class Kind:
    """One kind of thing with a history: its model, and what it is called on the page."""

    key: str
    model: Any
    noun: str
    section: str


KINDS: tuple[Kind, ...] = (
    Kind("case", Case, "case", "person"),
    Kind("name", CaseName, "name", "names"),
    Kind("claim", Claim, "claim", "claims"),
    Kind("event", CaseEvent, "event", "timeline"),
    Kind("event_source", EventSource, "source of an event", "timeline"),
    Kind("source", Source, "source", "sources"),
    Kind("theme", CaseTheme, "theme", "themes"),
    Kind("follow_up", FollowUp, "follow-up", "follow-ups"),
    Kind("consent", UseAssessment, "consent and harm", "consent"),
    Kind("attachment", Attachment, "attachment", "attachments"),
    Kind("group", GroupMember, "group", "groups"),
    Kind("link", CaseLink, "link", "links"),
)
BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Change:
    """One field of one row: its label, and what it said before and after ("" for nothing)."""

    label: str
    before: str
    after: str
    lang: str = ""


@dataclass(frozen=True)
class Step:
    """One row that an action added, changed or removed."""

    kind: Kind
    done: str
    title: str
    lang: str
    changes: tuple[Change, ...]


@dataclass
class Action:
    """What one person (or process) did at one time."""

    id: UUID
    at: datetime
    by: str
    reason: str
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class HistoryPage:
    """One page, newest first; `older` is the cursor of the next one, "" at the end."""

    actions: tuple[Action, ...]
    older: str
    people: tuple[tuple[str, str], ...]


def rows_of(kind: Kind, case: Case, user: User) -> Any:
    """History rows of one kind on one case that `user` may read."""
    rows = kind.model.history.visible_to(user)
    if kind.model is Case:
        return rows.filter(id=case.pk)
    if kind.model is CaseLink:
        seen = Case.objects.visible_to(user).values("pk")
        ends = Q(from_case_id=case.pk, to_case_id__in=seen) | Q(to_case_id=case.pk, from_case_id__in=seen)
        return rows.filter(ends)
    if kind.model is GroupMember:
        return rows.filter(case_id=case.pk, group_id__in=CaseGroup.objects.visible_to(user).values("pk"))
    return rows.filter(case_id=case.pk)


def changed_by(user: User) -> Subquery:
    """For cases: who last changed them or a part under their label, "" or none where the viewer may not know.

    The act is found by its time, which is that of the row.
    """
    acts = TrailEntry.objects.filter(
        columns_q(user, ""), at=OuterRef("changed_at"), reference__in=("", OuterRef("reference"))
    )
    return Subquery(acts.order_by("pk").values(who=Coalesce("actor__name", "process"))[:1])


def read_history(
    case: Case, user: User, *, kind: str = "", person: UUID | None = None, before: str = ""
) -> HistoryPage:
    """A page of the history. `kind` is a key of KINDS, `before` the cursor of an earlier page; unknown ones count
    as not given. At most 6 queries, and one for each kind that stands on the page.
    """
    kinds = [BY_KEY[kind]] if kind in BY_KEY else list(KINDS)
    found = {one.key: rows_of(one, case, user).order_by() for one in kinds}
    people = _people([rows_of(one, case, user).order_by() for one in KINDS])
    if person is not None:
        found = {key: rows.filter(history_user_id=person) for key, rows in found.items()}
    keys = _action_keys(list(found.values()), _cursor(before))
    older = f"{keys[PAGE - 1][0].isoformat()}_{keys[PAGE - 1][1]}" if len(keys) > PAGE else ""
    actions = _actions(case, user, found, [key for _, key in keys[:PAGE]])
    return HistoryPage(tuple(actions), older, people)


def _people(parts: list[Any]) -> tuple[tuple[str, str], ...]:
    columns = ("history_user__name", "history_user_id")
    named = [rows.filter(history_user__isnull=False).values_list(*columns) for rows in parts]
    pairs = named[0].union(*named[1:]).order_by("history_user__name")
    return tuple((str(pk), name) for name, pk in pairs)


def _action_keys(parts: list[Any], before: tuple[datetime, UUID] | None) -> list[tuple[datetime, UUID]]:
    """(time, action) of the next page and one more, newest first."""
    if before is not None:
        at, key = before
        behind = Q(history_date__lt=at) | Q(history_date=at, action_id__lt=key)
        parts = [rows.filter(behind) for rows in parts]
    pairs = [rows.values_list("history_date", "action_id") for rows in parts]
    together = pairs[0].union(*pairs[1:]) if len(pairs) > 1 else pairs[0].distinct()
    return list(together.order_by("-history_date", "-action_id")[: PAGE + 1])


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    at, _, key = text.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(key)) if moment.tzinfo else None
    except ValueError:
        return None


def _actions(case: Case, user: User, found: dict[str, Any], keys: Sequence[UUID]) -> list[Action]:
    """The actions with these keys, in this order, with every row they wrote and the row before it."""
    touched: dict[str, set[tuple[UUID, int]]] = {}
    marked = [
        rows.filter(action_id__in=keys).annotate(part=Value(key, CharField())).values_list("part", "id", "version")
        for key, rows in found.items()
    ]
    together = marked[0].union(*marked[1:]) if len(marked) > 1 else marked[0]
    for part, pk, version in together.order_by("part", "id", "version"):
        touched.setdefault(part, set()).add((pk, version))
    rows = {key: _versions(BY_KEY[key], case, user, wanted) for key, wanted in touched.items()}
    words = Words(case, user, [row for versions in rows.values() for row in versions.values()])
    actions: dict[UUID, Action] = {}
    for key, wanted in touched.items():
        for pk, version in sorted(wanted, key=lambda one: (str(one[0]), one[1])):
            row = rows[key][pk, version]
            by = row.history_user.name if row.history_user else row.process
            action = actions.setdefault(row.action_id, Action(row.action_id, row.history_date, by, ""))
            action.reason = action.reason or row.history_change_reason
            step = _step(BY_KEY[key], row, rows[key].get((pk, version - 1)), words)
            if step is not None:
                action.steps.append(step)
    ordered = [actions[key] for key in keys if key in actions]
    for action in ordered:
        action.steps.sort(key=lambda step: list(BY_KEY).index(step.kind.key))
    return ordered


def _versions(kind: Kind, case: Case, user: User, wanted: set[tuple[UUID, int]]) -> dict[tuple[UUID, int], Any]:
    versions = {version for _, version in wanted} | {version - 1 for _, version in wanted}
    rows = rows_of(kind, case, user).filter(id__in={pk for pk, _ in wanted}, version__in=versions)
    return {(row.id, row.version): row for row in rows.select_related("history_user")}


def _step(kind: Kind, row: Any, earlier: Any, words: Words) -> Step | None:
    """What happened to one row; None for a save that changed nothing people read."""
    title, lang = words.title(kind.model, row)
    if row.history_type == "-":
        return Step(kind, "removed", title, lang, ())
    changes = []
    for name, label in shown_fields(kind.model):
        after = words.value(kind.model, row, name)
        before = words.value(kind.model, earlier, name) if earlier is not None else ""
        if earlier is None and after in ("no", title):
            continue
        if before != after:
            changes.append(Change(label, before, after, words.lang(kind.model, row, name)))
    if row.history_type == "~" and earlier is not None and not changes:
        return None
    done = "added" if row.history_type == "+" else "changed"
    return Step(kind, done, title, lang, tuple(changes))


def version_of(model: Any, pk: UUID, version: int, user: User) -> Any:
    """One version of one row, with who wrote it; None when it is not, or not the viewer's to read."""
    rows = model.history.visible_to(user).filter(id=pk, version=version)
    return rows.select_related("history_user").first()


def removal_of(model: Any, pk: UUID, case: Case, user: User) -> Any:
    """The row of history that closed a removed part of `case`; None when there was none, or not for the viewer."""
    kind = next(one for one in KINDS if one.model is model)
    return rows_of(kind, case, user).filter(id=pk, history_type="-").select_related("history_user").first()


def sources_then(event_id: UUID, at: datetime, user: User) -> frozenset[UUID]:
    """Keys of the sources that stood behind an event at a time."""
    rows = EventSource.history.visible_to(user).filter(event_id=event_id, history_date__lte=at)
    standing = {row.id: row for row in rows.order_by("version")}
    return frozenset(row.source_id for row in standing.values() if row.history_type != "-")
