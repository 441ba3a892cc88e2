"""Names that a typed text finds, best first. Each rank walks a stretch of one index and stops when it has enough, so a
common word costs no more among a hundred thousand cases than among a thousand (docs/decisions/0008-look-up.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import and_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cases.models import NameKey
from cases.names.keys import SHORTEST_INSIDE, KeyKind, begins_anywhere, match_keys
from casetracker.access.models import User
from casetracker.access.see import holdings

# Sorts behind every key that begins alike: the last character there is.
LAST = chr(0x10FFFF)
# A case has several names with several keys each: so many rows are read for every case wanted; and if that was too few.
ROWS_OF_CASE = (8, 64)


@dataclass
class Matches:
    """Keys of cases in order, best first; of the names that matched; whether there are `more` cases."""

    cases: list[UUID] = field(default_factory=list)
    names: set[UUID] = field(default_factory=set)
    more: bool = False


@dataclass(frozen=True)
class _Stretch:
    """What is read for a rank: keys of a kind in an interval, and what else the row must hold."""

    rank: int
    kind: KeyKind
    where: Q


@dataclass(frozen=True, order=True)
class _Row:
    """One key that was found, in the order of hits: `walk` numbers the stretch and the dialogue it was read in."""

    rank: int
    key: str
    sort_key: str
    reference: str
    case: UUID
    name: UUID
    walk: int


def ranked(user: User, words: str, key: str, limit: int) -> Matches:
    """The first `limit` cases that `user` sees under `words`, whose search key is `key`. One query, seldom two.

    In this order: the same name in any script, spelling or order; names that begin so; names of which a word begins
    so, alone or with the words behind it; then for several words names that have words beginning with each, for one
    word names that hold it inside a word. Within each by key, then sort key, then reference.
    """
    stretches = _stretches(words, key)
    dialogues = sorted({holding.dialogue_id for holding in holdings(user)})
    found, sure = Matches(), False
    for rows_of_case in ROWS_OF_CASE:
        deep = (limit + 1) * rows_of_case
        found, sure = _first(_read(user, stretches, dialogues, deep), limit, deep)
        if sure:
            return found
    found.more = True
    return found


def begins(key: str) -> Q:
    """Keys that begin with `key`, as an interval of the index."""
    return Q(key__gte=key, key__lt=key + LAST)


def _stretches(words: str, key: str) -> list[_Stretch]:
    tokens, joined = key.split(), key.replace(" ", "")
    found = [
        _Stretch(0, KeyKind.WHOLE, Q(key__in=sorted(match_keys(words)))),
        _Stretch(1, KeyKind.BEGINNING, begins(joined)),
    ]
    if len(joined) == 1 and joined.isascii():
        # A single letter begins a word in every other name.
        return found
    found.append(_Stretch(2, KeyKind.WORD, begins(joined)))
    if len(tokens) > 1:
        longest = max(tokens, key=len)
        all_words = reduce(and_, (_has_word(token) for token in tokens if token != longest), begins(longest))
        found += [_Stretch(3, kind, all_words) for kind in (KeyKind.BEGINNING, KeyKind.WORD)]
    elif len(joined) >= SHORTEST_INSIDE:
        found.append(_Stretch(3, KeyKind.INSIDE, begins(joined)))
    return found


def _has_word(token: str) -> Q:
    return Q(words__contains=token if begins_anywhere(token) else f" {token}")


def _read(user: User, stretches: Sequence[_Stretch], dialogues: Sequence[UUID], deep: int) -> list[_Row]:
    """At most `deep` rows of each stretch in each dialogue, in the order of hits."""
    visible = NameKey.objects.visible_to(user)
    walks = [(stretch, dialogue) for stretch in stretches for dialogue in dialogues]
    found = _one_after_another(
        [
            visible.filter(stretch.where, dialogue_id=dialogue, kind=stretch.kind)
            .order_by("key", "case_id")
            .values_list("key", "case__sort_key", "case__reference", "case_id", "name_id")[:deep]
            for stretch, dialogue in walks
        ]
    )
    return sorted(
        _Row(walks[walk][0].rank, key, sort_key, reference, _uuid(case), _uuid(name), walk)
        for walk, key, sort_key, reference, case, name in found
    )


def _one_after_another(walks: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of all `walks` in one query, each behind the number of its walk.

    The ORM joins queries that are ordered and limited for PostgreSQL only. It still writes each of them, under the
    net as always; the words between them are ours.
    """
    if not walks:
        return []
    parts: list[str] = []
    values: list[Any] = []
    for number, walk in enumerate(walks):
        sql, params = walk.query.sql_with_params()
        parts.append(f"SELECT {number}, walk.* FROM ({sql}) AS walk")  # noqa: S608
        values += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return list(cursor.fetchall())


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _first(rows: Sequence[_Row], limit: int, deep: int) -> tuple[Matches, bool]:
    """The first cases in `rows`; and whether it is sure that nothing left unread stands before them."""
    found = Matches()
    for _, some in groupby(rows, key=lambda row: row.rank):
        of_rank = list(some)
        for row in of_rank:
            if row.case not in found.cases:
                if len(found.cases) == limit:
                    found.more = True
                    break
                found.cases.append(row.case)
            found.names.add(row.name)
        if _cut_short(of_rank, limit, deep):
            return found, False
        if found.more:
            return found, True
    return found, True


def _cut_short(rows: Sequence[_Row], limit: int, deep: int) -> bool:
    """Whether some walk ended at `deep` rows before it came by more than `limit` cases."""
    cases: dict[int, list[UUID]] = {}
    for row in rows:
        cases.setdefault(row.walk, []).append(row.case)
    return any(len(met) == deep and len(set(met)) <= limit for met in cases.values())
