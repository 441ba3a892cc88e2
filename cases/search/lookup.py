"""Looking up a case from anywhere: by its reference, or by a name in any script.

Ranking is row-local (what stands in the row and nothing else): statistics over the whole table would let hidden rows
reorder visible ones. Every query is driven from the grants of the person who asks. Nothing is guessed: a mistyped
reference is said to be mistyped, and no near one is looked for.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from cases.models import Case, CaseName
from cases.models.identity import KEY_LENGTH
from cases.names.keys import search_key
from cases.names.scripts import Script, bcp47
from cases.names.systems import NameKind
from cases.paging import digest
from cases.reference import ALPHABET, ReferenceTypo, clean_reference
from cases.search.ranks import ranked
from casetracker.access.models import User

LIMIT = 30
_SHOWN_OF_CASE = (
    *("reference", "state", "status", "birth", "sex", "latin_name", "original_name", "original_lang", "place_name"),
    *("marking", "place_id", "dialogue__name", "compartment__name"),
)
_BEGUN = re.compile(rf"[A-Z]{{2,4}}-[{ALPHABET}]{{1,6}}-?")


@dataclass(frozen=True)
class NameShown:
    """One name of a hit. `lang` is a BCP 47 tag; `matched` marks a name that was found."""

    text: str
    lang: str
    kind: str
    matched: bool


@dataclass(frozen=True)
class Hit:
    """One case that was found, with its names in order; matched names also in `matched`."""

    case: Case
    names: tuple[NameShown, ...]

    @property
    def matched(self) -> tuple[NameShown, ...]:
        """The names that were found; none when the reference was."""
        return tuple(name for name in self.names if name.matched)


@dataclass(frozen=True)
class Found:
    """What a look-up gives: best hits first, whether there are `more`, or the `problem` with what was typed."""

    hits: tuple[Hit, ...] = ()
    more: bool = False
    problem: str = ""
    by_reference: bool = False

    @property
    def only(self) -> Case | None:
        """The case, when exactly one was found."""
        return self.hits[0].case if len(self.hits) == 1 and not self.more else None

    @property
    def detail(self) -> dict[str, object]:
        """What the trail keeps of it: a count and a digest of what was shown, never the term."""
        return shown_detail(hit.case for hit in self.hits)


def find(user: User, text: str, *, limit: int = LIMIT) -> Found:
    """Cases that `user` sees whose reference, or one of whose names, `text` gives; at most `limit` of them.

    A whole reference gives its case; the beginning of one ("CN-7K3") those that begin so; anything else is a name:
    the same name in any script, spelling or order, then names that begin so, then names that hold its words.
    At most five queries.
    """
    words = " ".join(text.split())
    if not words:
        return Found()
    try:
        reference = clean_reference(words)
    except ReferenceTypo as typo:
        return Found(problem=f"This looks like a reference with a typing error. {typo}", by_reference=True)
    except ValueError:
        reference = ""
    if reference:
        hits = _hits(user, list(_visible(user).filter(reference=reference)), set())
        if hits or any(character.isdigit() or character == "-" for character in words):
            return Found(hits, by_reference=True)
    begun = _begun_reference(words)
    if begun:
        rows = list(_visible(user).filter(reference__startswith=begun).order_by("reference")[: limit + 1])
        if rows:
            return Found(_hits(user, rows[:limit], set()), more=len(rows) > limit, by_reference=True)
    return _by_name(user, words, limit)


def shown_detail(cases: Iterable[Case]) -> dict[str, object]:
    """Count and digest of the cases shown, for the trail."""
    keys = [case.pk for case in cases]
    return {"count": len(keys), "digest": digest(keys)}


def names_shown(name: CaseName, *, matched: bool = False) -> NameShown:
    """A name as pages show it."""
    lang, _ = bcp47(Script(name.script), name.system)
    return NameShown(name.text, lang, NameKind(name.kind).label, matched)


def _visible(user: User) -> QuerySet[Case]:
    return (
        Case.objects.visible_to(user)
        .select_related("dialogue", "compartment")
        .only(*_SHOWN_OF_CASE)
        .fetch_mode(models.FETCH_RAISE)
    )


def _begun_reference(words: str) -> str:
    """The beginning of a reference that `words` are, or nothing. The dash behind the prefix tells it from a name."""
    typed = unicodedata.normalize("NFKC", words).upper()
    return typed if _BEGUN.fullmatch(typed) else ""


def _by_name(user: User, words: str, limit: int) -> Found:
    key = search_key(words)[:KEY_LENGTH]
    if not key:
        return Found()
    found = ranked(user, words, key, limit)
    rows = {case.pk: case for case in _visible(user).filter(pk__in=found.cases)}
    ordered = [rows[pk] for pk in found.cases if pk in rows]
    return Found(_hits(user, ordered, found.names), more=found.more)


def _hits(user: User, cases: list[Case], matched: set[UUID]) -> tuple[Hit, ...]:
    names: dict[UUID, list[NameShown]] = {case.pk: [] for case in cases}
    for name in CaseName.objects.visible_to(user).filter(case__in=list(names)).defer("note"):
        names[name.case_id].append(names_shown(name, matched=name.pk in matched))
    return tuple(Hit(case, tuple(names[case.pk])) for case in cases)
