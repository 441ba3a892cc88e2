"""Whom an unmatched answer may be about: cases that share its name, and the raising of each that it would answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cases.models import Case
from cases.names.keys import match_keys
from cases.search.likely import Hint, Person, likely_same
from cases.search.lookup import NameShown
from casetracker.access.models import User
from rounds.models import Raising, ResponseItem
from rounds.open_raisings import raisings_under

EACH = 3
# Cases looked at for one page of items: more of them share a name only where the name is common.
LOOKED_AT = 150


@dataclass(frozen=True)
class Likely:
    """One case an answer may be about; `raising` is the newest one that it could answer, an open one first."""

    case: Case
    names: tuple[NameShown, ...]
    raising: Raising | None


def likely_raisings(user: User, items: Sequence[ResponseItem]) -> dict[UUID, list[Likely]]:
    """Item key → likely cases, at most `EACH`, whatever the number of items in four queries. Only cases that `user`
    sees and that the label of the item's response dominates. Items come with their response.
    """
    written = {item.pk: match_keys(item.written_as) for item in items if item.written_as.strip()}
    if not written:
        return {}
    person = Person(names=tuple(dict.fromkeys(item.written_as for item in items if item.written_as.strip())))
    hints = likely_same(user, person, limit=LOOKED_AT)
    keys = {hint.case.pk: [match_keys(name.text) for name in hint.names] for hint in hints}
    chosen = {
        item.pk: [
            hint
            for hint in hints
            if item.response.label().dominates(hint.case.label()) and _share(written[item.pk], keys[hint.case.pk])
        ][:EACH]
        for item in items
        if item.pk in written
    }
    raised = _raisings(user, items, chosen)
    return {
        item.pk: [
            Likely(hint.case, tuple(hint.names), _newest(raised.get(hint.case.pk, []), item.response.on, item))
            for hint in chosen[item.pk]
        ]
        for item in items
        if chosen.get(item.pk)
    }


def _share(written: frozenset[str], names: list[frozenset[str]]) -> bool:
    """Whether the written name shares a key with one of the names, or is part of one or holds one."""
    if any(written & keys for keys in names):
        return True
    words = [set(key.split()) for key in written]
    return any(mine <= set(key.split()) or set(key.split()) <= mine for keys in names for key in keys for mine in words)


def _raisings(user: User, items: Sequence[ResponseItem], chosen: dict[UUID, list[Hint]]) -> dict[UUID, list[Raising]]:
    """Case → its raisings, newest first, in one query a dialogue."""
    found: dict[UUID, list[Raising]] = {}
    cases = {hint.case.pk for hints in chosen.values() for hint in hints}
    for dialogue in sorted({item.response.dialogue_id for item in items if chosen.get(item.pk)}):
        rows: Any = raisings_under(user, None, dialogue=dialogue)
        for row in rows.filter(case_id__in=sorted(cases)):
            found.setdefault(row.case_id, []).append(row)
    return found


def _newest(raisings: list[Raising], until: date, item: ResponseItem) -> Raising | None:
    fitting = [one for one in raisings if one.on <= until and item.response.label().dominates(one.label())]
    return next((one for one in fitting if not one.answered), fitting[0] if fitting else None)  # type: ignore[attr-defined]
