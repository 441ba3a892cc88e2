"""Checking every row before anything is written: what must be mended, what looks odd, who may be known already.

Likely matches come from the cases the checking user sees and from nowhere else: a preview must not tell that a hidden
case exists. A few queries for the whole table, never one for each row.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from cases.importing.drafting import Draft, Terms
from cases.importing.headings import told
from cases.importing.mapping import Plan
from cases.importing.rows import draft_row
from cases.models import NameKey
from cases.models.identity import KEY_LENGTH
from cases.names.keys import KeyKind, match_keys, token_keys
from cases.states import CaseState
from casetracker.access.models import User

STEP = 200
KEYS_AT_ONCE = 5000
MATCHES_KEPT = 8


@dataclass
class Finding:
    """What was found about one row."""

    row: UUID
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    matches: list[str] = field(default_factory=list)


def check_rows(
    rows: Sequence[tuple[UUID, int, list[str]]],
    *,
    user: User,
    plan: Plan,
    terms: Terms,
    tick: Callable[[int], None],
) -> list[Finding]:
    """Findings for rows (key, number, cells), in their order; `tick` is told how many are done."""
    drafts, findings = [], []
    for done, (key, number, cells) in enumerate(rows, start=1):
        draft = draft_row(number, cells, plan, terms)
        drafts.append(draft)
        findings.append(Finding(key, draft.errors, draft.warnings))
        if done % STEP == 0:
            tick(done)
    _tell_same("The same name", (" ".join(token_keys(draft.name)) for draft in drafts), drafts, findings)
    _tell_same("The same number in the list", (_list_number(plan, row[2]) for row in rows), drafts, findings)
    for finding, matches in zip(findings, _matches(user, drafts), strict=True):
        finding.matches = matches
    return findings


def _list_number(plan: Plan, cells: Sequence[str]) -> str:
    return next((value for target, _, value in plan.cells(cells) if target == "external_id"), "")


def _tell_same(what: str, values: Iterable[str], drafts: Sequence[Draft], findings: Sequence[Finding]) -> None:
    """Warns each row whose value other rows share."""
    shared: dict[str, list[int]] = {}
    for position, value in enumerate(values):
        if value:
            shared.setdefault(value, []).append(position)
    for positions in shared.values():
        for position in positions if len(positions) > 1 else ():
            others = [drafts[other].number for other in positions if other != position]
            findings[position].warnings.append(f"{what} as in {told(others)}.")


def _matches(user: User, drafts: Sequence[Draft]) -> list[list[str]]:
    """Keys (as text) of visible cases that share a name with each draft, oldest reference order, a few at most."""
    keys_of = [set().union(*(match_keys(name.text) for name in draft.names)) for draft in drafts]
    wanted = sorted(set().union(*keys_of))
    found: dict[str, list[str]] = {}
    for some in _chunks(wanted, KEYS_AT_ONCE):
        whole = NameKey.objects.of_kind(KeyKind.WHOLE, user)
        known = whole.filter(key__in=some).exclude(case__state=CaseState.MERGED)
        for key, case in known.order_by("case__reference", "key").values_list("key", "case_id"):
            found.setdefault(key, []).append(str(case))
    return [
        list(dict.fromkeys(case for key in sorted(keys) for case in found.get(key[:KEY_LENGTH], ())))[:MATCHES_KEPT]
        for keys in keys_of
    ]


def _chunks(values: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
