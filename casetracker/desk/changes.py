"""What colleagues changed in the cases one sees, since one was last here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import models
from django.utils import timezone

from cases.models import Case
from casetracker.access.models import User
from casetracker.access.see import columns_q
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb

SHOWN, READ = 10, 80
LONGEST, USUAL = timedelta(days=60), timedelta(days=14)
CHANGES = (
    *(Verb.CASE_CREATED, Verb.CASE_EDITED, Verb.CASE_MOVED, Verb.CASE_LABELLED, Verb.CASE_ASSIGNED),
    *(Verb.PART_ADDED, Verb.PART_EDITED, Verb.PART_REMOVED, Verb.FOLLOW_UP_DONE),
)
_DONE = {
    Verb.CASE_CREATED: "logged it",
    Verb.CASE_EDITED: "edited it",
    Verb.CASE_MOVED: "changed its state",
    Verb.CASE_LABELLED: "changed its label",
    Verb.CASE_ASSIGNED: "assigned it",
    Verb.PART_ADDED: "added {part}",
    Verb.PART_EDITED: "edited {part}",
    Verb.PART_REMOVED: "removed {part}",
    Verb.FOLLOW_UP_DONE: "finished a follow-up",
}
_PARTS = {
    "casename": "a name",
    "claim": "a claim",
    "caseevent": "an event",
    "source": "a source",
    "followup": "a follow-up",
    "attachment": "an attachment",
    "casetheme": "a theme",
    "caselink": "a link",
    "groupmember": "it to a group",
}


@dataclass(frozen=True)
class Change:
    """The latest thing colleagues did to one case, and how many more things they did."""

    case: Case
    at: datetime
    who: str
    did: str
    more: int


@dataclass(frozen=True)
class Changes:
    """Changes since a moment, the latest first; `known` says that the moment is that of the last visit."""

    items: tuple[Change, ...]
    since: datetime
    known: bool


def changes_since(user: User, begun: datetime) -> Changes:
    """What others did since the last visit before the session that began at `begun`. Three queries.

    An entry is shown if its label then is dominated and the case is visible now.
    """
    before = TrailEntry.objects.filter(actor=user, at__lt=begun).order_by("-at").values_list("at", flat=True).first()
    now = timezone.now()
    since = max(before, now - LONGEST) if before else now - USUAL
    entries = (
        TrailEntry.objects.filter(columns_q(user, ""), at__gt=since, verb__in=CHANGES)
        .exclude(actor=user)
        .exclude(reference="")
        # A link or a group may be hidden though this case is not; the entry has the label of the case alone.
        .exclude(kind="cases.groupmember")
        .exclude(detail__has_key="part", detail__part="link")
        .select_related("actor")
        .order_by("-at", "id")[:READ]
    )
    return Changes(tuple(_of_cases(user, entries)), since, before is not None)


def begun_at(timestamp: int) -> datetime:
    """The moment a session says it began at (seconds since 1970)."""
    return datetime.fromtimestamp(timestamp, UTC)


def _of_cases(user: User, entries: Iterable[TrailEntry]) -> Iterable[Change]:
    by_case: dict[str, list[TrailEntry]] = {}
    for entry in entries:
        by_case.setdefault(entry.reference, []).append(entry)
    wanted = list(by_case)[: SHOWN * 2]
    rows = Case.objects.visible_to(user).filter(reference__in=wanted)
    shown = ("reference", "latin_name", "original_name", "original_lang", "status", "place_name")
    cases = {case.reference: case for case in rows.only(*shown).fetch_mode(models.FETCH_RAISE)}
    for reference in [one for one in wanted if one in cases][:SHOWN]:
        first, *others = by_case[reference]
        who = first.actor.name if first.actor else first.process
        more = len({one.action_id for one in others} - {first.action_id})
        yield Change(cases[reference], first.at, who, _words(first), more)


def _words(entry: TrailEntry) -> str:
    kind = entry.kind.rpartition(".")[2]
    return _DONE[Verb(entry.verb)].format(part=_PARTS.get(kind, "something"))
