"""Deriving again: the derived columns of all cases from their parts and the keys of their names, for when the rule has
changed or a doubt arose.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.actions.derive import derived_columns, keys_of, rebuild_keys
from cases.consent import column_of
from cases.models import Case, CaseEvent, CaseName, CaseTheme, FollowUp, NameKey, UseAssessment
from cases.models.identity import KEY_LENGTH
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb

WHY = "derives all cases again; the command sees everything and tells only counts"
BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """How many cases were looked at, and how many stood otherwise than derived."""

    cases: int
    differed: int


@dataclass(frozen=True)
class _Difference:
    """What stands otherwise than derived: columns of the case, and names whose keys are not theirs."""

    case: UUID
    columns: dict[str, Any]
    names: list[CaseName]


def rederive(*, write: bool) -> Outcome:
    """Derives all cases, in batches; writes what differs, with one entry in the trail, when `write`."""
    keys = list(Case.objects.unscoped(WHY).order_by("pk").values_list("pk", flat=True))
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
    if not write:
        return Outcome(len(keys), sum(len(_differing(batch)) for batch in batches))
    differed = 0
    with acting(Verb.STATUS_DERIVED, process="rederive_status") as act:
        for batch in batches:
            for difference in _differing(batch):
                Case.objects.unscoped(WHY).filter(pk=difference.case).update(**difference.columns)
                for name in difference.names:
                    rebuild_keys(name)
                differed += 1
        act.detail = {"cases": len(keys), "differed": differed}
    return Outcome(len(keys), differed)


def _differing(keys: list[UUID]) -> list[_Difference]:
    """Cases of which something derived stands otherwise."""
    names = _by_case(CaseName.objects.unscoped(WHY).filter(case__in=keys).select_related("case"))
    events = _by_case(CaseEvent.objects.unscoped(WHY).filter(case__in=keys).select_related("place", "facility__place"))
    themes = _by_case(CaseTheme.objects.unscoped(WHY).filter(case__in=keys).select_related("theme"))
    due = _by_case(FollowUp.objects.unscoped(WHY).filter(case__in=keys, done_at__isnull=True))
    uses = _by_case(UseAssessment.objects.unscoped(WHY).filter(case__in=keys))
    kept = _kept_keys(keys)
    found = []
    for case in Case.objects.unscoped(WHY).filter(pk__in=keys).select_related("place", "facility"):
        columns = derived_columns(names[case.pk], events[case.pk], themes[case.pk], due[case.pk])
        columns["handover_consent"] = column_of(uses[case.pk])
        columns = {name: value for name, value in columns.items() if getattr(case, name) != value}
        wrong = [name for name in names[case.pk] if kept[name.pk] != sorted(map(_content, keys_of(name)))]
        if columns or wrong:
            found.append(_Difference(case.pk, columns, wrong))
    return found


def _kept_keys(keys: list[UUID]) -> dict[UUID, list[Any]]:
    """Name → the content of its stored keys, in order."""
    kept: dict[UUID, list[Any]] = defaultdict(list)
    for key in NameKey.objects.unscoped(WHY).filter(name__case__in=keys):
        kept[key.name_id].append(_content(key))
    for content in kept.values():
        content.sort()
    return kept


def _content(key: NameKey) -> tuple[Any, ...]:
    """What makes a key, as it is stored."""
    return (key.kind, key.key[:KEY_LENGTH], key.words[:KEY_LENGTH], key.case_id, key.dialogue_id)


def _by_case(rows: Any) -> dict[UUID, list[Any]]:
    held: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        held[row.case_id].append(row)
    return held
