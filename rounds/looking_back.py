"""Where a list comes from: the list handed over before it, and what was decided there about every name.

The previous list is the latest one handed over in the same dialogue, for another round that began before, whose label
the list's label dominates. Lists handed over for the same round (a supplementary one) count with it: what was on either
is not forgotten. Only a supplementary list may follow a list of its own round: it adds to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from cases.models import Case
from casetracker.access.models import User
from casetracker.access.see import dominated_q
from rounds.actions.disposition import AFTER
from rounds.models import CaseList, Handover, ListEntry
from rounds.states import Disposition, EntryState, ListState, RoundState

_GIVEN = (ListState.HANDED_OVER, ListState.CLOSED)
_ON_SHEET = (EntryState.INCLUDED, EntryState.RAISED, EntryState.NOT_RAISED)


@dataclass
class LookBack:
    """What stands on the list now and what stood on the one before. All keys are keys of cases; a case merged since is
    under the one it was merged into.

    `given` are the lists handed over for the previous round, `previous` first; `names` the entries on their sheets;
    `carried` the entries to be carried forward, those of lists of that round never tendered included.
    """

    previous: CaseList | None = None
    given: list[CaseList] = field(default_factory=list)
    here: list[ListEntry] = field(default_factory=list)
    names: dict[UUID, ListEntry] = field(default_factory=dict)
    carried: dict[UUID, ListEntry] = field(default_factory=dict)

    def before(self, case_id: UUID) -> ListEntry | None:
        """The entry that what is said of a case on this list comes from: the one to be carried forward, else its name
        on the previous list (`source_of`, where both are known).
        """
        return source_of([one for one in (self.carried.get(case_id), self.names.get(case_id)) if one])


def source_of(entries: Sequence[ListEntry]) -> ListEntry | None:
    """The first of the entries (with their lists) whose label dominates those of all; the first, where none does.

    Kept as `carried_from` it holds the label of the list up: what is said there never outlives the label it came from.
    """
    for one in entries:
        if all(one.label().dominates(other.label()) for other in entries):
            return one
    return entries[0] if entries else None


def look_back(case_list: CaseList, user: User) -> LookBack:
    """The list, the one before it and their entries, each with its case and its list (with the round). Two queries,
    three where a case of the one before was merged since.
    """
    lists = _lists(case_list, user)
    found = LookBack(given=_given(case_list, lists))
    found.previous = found.given[0] if found.given else None
    carrying = {one.pk: one for one in (*_beside(found.previous, case_list, lists), *found.given)}
    rows = ListEntry.objects.visible_to(user).filter(case_list_id__in=[case_list.pk, *carrying])
    before = []
    for entry in rows.select_related("case", "consent_override_by").order_by("position", "id"):
        if entry.case_list_id == case_list.pk:
            entry.case_list = case_list
            found.here.append(entry)
        elif entry.state in _ON_SHEET:
            entry.case_list = carrying[entry.case_list_id]
            before.append(entry)
    now = _merged(case_list, user, before)
    for entry in before:
        _remember(found, entry, now.get(entry.case_id, entry.case_id))
    return found


def _merged(case_list: CaseList, user: User, entries: Iterable[ListEntry]) -> dict[UUID, UUID]:
    """Case → the one it was merged into since, where that one can stand on the list. A query only if there are any."""
    merged = {entry.case_id: entry.case.merged_into_id for entry in entries if entry.case.merged_into_id}
    if not merged:
        return {}
    rows = Case.objects.visible_to(user).filter(dominated_q(case_list.label()), pk__in=list(merged.values()))
    there = set(rows.values_list("pk", flat=True))
    return {old: new for old, new in merged.items() if new in there}


def _remember(found: LookBack, entry: ListEntry, key: UUID) -> None:
    if entry.case_list in found.given:
        found.names.setdefault(key, entry)
    if entry.disposition == Disposition.CARRY_FORWARD:
        known = found.carried.get(key)
        if known is None or known.carried < entry.carried:
            found.carried[key] = entry


def _lists(case_list: CaseList, user: User) -> list[CaseList]:
    """Lists of the dialogue that went through approval, superseded ones too, under the label, with the day they were
    handed over.
    """
    papers = Handover.objects.visible_to(user)
    newer = papers.filter(supersedes=OuterRef("pk"))
    current = papers.filter(~Exists(newer), case_list=OuterRef("pk")).order_by("-on", "id")
    rows = CaseList.objects.visible_to(user).filter(
        Q(pk=case_list.pk)
        | (dominated_q(case_list.label()) & Q(state__in=[*_GIVEN, ListState.APPROVED, ListState.SUPERSEDED]))
    )
    rows = rows.select_related("round").annotate(handed_on=Subquery(current.values("on")[:1]))
    return list(rows.order_by("-created_at", "id"))


def _given(case_list: CaseList, lists: Iterable[CaseList]) -> list[CaseList]:
    """The previous list, then what else was handed over for its round; before this list, where it was itself."""
    mine = next((_order(one) for one in lists if one.pk == case_list.pk and one.state in _GIVEN), None)
    later = _successors(case_list, lists)
    given = [one for one in lists if one.state in _GIVEN and one.pk not in later and _may_precede(one, case_list)]
    earlier = sorted((one for one in given if mine is None or _order(one) < mine), key=_order, reverse=True)
    same_round = [one for one in earlier if one.round_id == earlier[0].round_id]
    return sorted(same_round, key=lambda one: one.supplementary)


def _may_precede(one: CaseList, case_list: CaseList) -> bool:
    """Whether `case_list` may be compared with `one`: it is of another round that began before (a cancelled one never
    began; of days not known nothing is said), or `case_list` is supplementary and adds to it.
    """
    round, mine = one.round, case_list.round
    if round.pk == mine.pk:
        return case_list.supplementary
    if round.starts is None or mine.starts is None or round.state == RoundState.CANCELLED:
        return True
    return round.starts < mine.starts


def _successors(case_list: CaseList, lists: Iterable[CaseList]) -> set[UUID]:
    """The list itself and every version made of it since."""
    found = {case_list.pk}
    for one in sorted(lists, key=lambda one: one.number):
        if one.supersedes_id in found:
            found.add(one.pk)
    return found


def _beside(previous: CaseList | None, case_list: CaseList, lists: Iterable[CaseList]) -> list[CaseList]:
    """Lists approved and never tendered, of rounds that are over, not older than the previous list's round: those of a
    round without a day, such as a cancelled one, are kept.
    """
    since = (previous.round.starts if previous else None) or date.min
    return [
        one
        for one in lists
        if one.pk != case_list.pk
        and one.state == ListState.APPROVED
        and one.round.state in AFTER
        and (one.round.starts is None or one.round.starts >= since)
    ]


def _order(one: CaseList) -> tuple[date, str, str]:
    handed_on: date = getattr(one, "handed_on", None) or one.round.starts or date.min
    return (handed_on, one.created_at.isoformat(), str(one.pk))
