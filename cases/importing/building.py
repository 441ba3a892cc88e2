"""All cases of an import at once, in memory: references, names, keys, events, claims, sources, groups, columns derived.

Nothing is written here. What comes out is the rows the database takes, so that the transaction only has to send them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from cases.actions.derive import derived_columns, keys_of
from cases.dates import PartialDate
from cases.importing.drafting import Draft
from cases.importing.mapping import Plan
from cases.importing.rows import summary_of
from cases.models import Case, CaseGroup, CaseTheme, EventSource, GroupMember, ImportBatch, Source
from cases.reference import make_reference
from casetracker.access.models import Dialogue, User
from casetracker.audit.acting import Act
from casetracker.audit.bulk import Rows, prepare

# Parents before their children.
_ORDER = (
    "CaseGroup", "Case", "Source", "CaseName", "NameKey", "Claim", "CaseEvent", "EventSource", "CaseTheme",
    "GroupMember",
)  # fmt: skip
TITLE_LENGTH = 200


@dataclass
class Made:
    """Instances by model name, and for each import row (key) the case it made."""

    instances: dict[str, list[Any]] = field(default_factory=dict)
    cases: list[tuple[UUID, UUID]] = field(default_factory=list)

    def add(self, *instances: Any) -> None:
        for instance in instances:
            self.instances.setdefault(type(instance).__name__, []).append(instance)

    def rows(self, act: Act, tick: Callable[[int], None]) -> list[Rows]:
        """Everything as rows with their history, parents first; `tick` is told how many records are worked out."""
        prepared: list[Rows] = []
        before = 0
        for name in _ORDER:
            some = self.instances.get(name, [])
            prepared += prepare(some, act, tick=partial(_tell, tick, before))
            before += len(some)
        return prepared

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.instances.values()))


@dataclass
class Builder:
    """Makes the records of one batch. `taken(references)` says which of them exist already."""

    batch: ImportBatch
    dialogue: Dialogue
    plan: Plan
    act: Act
    owner: User | None
    state: str
    taken: Callable[[list[str]], set[str]]

    def build(self, drafts: Sequence[tuple[UUID, Draft]]) -> Made:
        """The records for drafts without errors (import row, draft)."""
        made = Made()
        groups = self._groups([draft for _, draft in drafts])
        made.add(*groups.values())
        for reference, (row, draft) in zip(self._references(len(drafts)), drafts, strict=True):
            case = self._case(reference, draft, groups)
            made.cases.append((row, case.pk))
            self._parts(made, case, draft)
            if draft.group in groups:
                made.add(GroupMember(group=groups[draft.group], case=case))
        return made

    def _references(self, number: int) -> Iterator[str]:
        """In the order drawn: sorted ones would show who stood before whom in the list."""
        drawn: dict[str, None] = {}
        while len(drawn) < number:
            fresh = [make_reference(self.dialogue.prefix) for _ in range(number - len(drawn))]
            taken = self.taken(fresh)
            drawn |= dict.fromkeys(reference for reference in fresh if reference not in taken)
        return iter(drawn)

    def _groups(self, drafts: Sequence[Draft]) -> dict[tuple[str, str], CaseGroup]:
        """A group for each value that at least two persons share, under the label of the batch."""
        counted = Counter(draft.group for draft in drafts if draft.group)
        return {
            key: CaseGroup(
                **self._label(),
                title=f"{key[0]} {key[1]} ({self.batch.provider})"[:TITLE_LENGTH],
                kind=self.plan.group_kind,
            )
            for key, number in counted.items()
            if number > 1
        }

    def _label(self) -> dict[str, Any]:
        batch = self.batch
        return {"dialogue_id": batch.dialogue_id, "marking": batch.marking, "compartment_id": batch.compartment_id}

    def _case(self, reference: str, draft: Draft, groups: dict[tuple[str, str], CaseGroup]) -> Case:
        if draft.group and draft.group not in groups:
            draft.note(*draft.group)
        case = Case(**self._label(), reference=reference, state=self.state, owner=self.owner, **draft.values)
        case.summary = summary_of(draft, self.batch.provider)
        return case

    def _parts(self, made: Made, case: Case, draft: Draft) -> None:
        """Everything that belongs to one case, and then the case with the columns derived from it."""
        source = self._source(case, draft)
        themes = [CaseTheme(case=case, theme=theme) for theme in draft.themes]
        for part in (*draft.names, *draft.claims, *draft.events):
            part.case, part.created_at = case, self.act.at
        for name in draft.names:
            name.source = source
            made.add(*keys_of(name))
        for claim in draft.claims:
            claim.source = source
        for column, value in derived_columns(draft.names, draft.events, themes, []).items():
            setattr(case, column, value)
        behind = [EventSource(case=case, event=event, source=source) for event in draft.events]
        made.add(case, source, *draft.names, *draft.claims, *draft.events, *behind, *themes)

    def _source(self, case: Case, draft: Draft) -> Source:
        day = self.plan.source_date
        return Source(
            case=case,
            kind=self.plan.source_kind,
            title=draft.source or f"List of {self.batch.provider}: {self.batch.title}"[:300],
            where=draft.where,
            date=PartialDate.parse(day) if day else None,
            date_text=day[:60],
        )


def _tell(tick: Callable[[int], None], before: int, done: int) -> None:
    tick(before + done)
