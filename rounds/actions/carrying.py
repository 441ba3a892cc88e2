"""Carrying forward: entries of a past round fill a list of a later one."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from cases.states import CaseState
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import add_cases, check_editing, create_list
from rounds.models import CaseList, ListEntry, Round
from rounds.states import Disposition, EntryState, RoundState

AHEAD = (RoundState.PLANNED, RoundState.POSTPONED, RoundState.HELD)


@dataclass
class Carrying:
    """What a list would get: `new` entries, those of cases `there` already, and those that cannot stand on it
    (`above`: marked higher than the list; `merged`: of a case merged into another).
    """

    new: list[ListEntry] = field(default_factory=list)
    there: list[ListEntry] = field(default_factory=list)
    above: list[ListEntry] = field(default_factory=list)
    merged: list[ListEntry] = field(default_factory=list)


def carried_of(round: Round, user: User) -> list[ListEntry]:
    """Entries of the lists of `round` that `user` sees and that are to be carried forward, with case and list.

    One for each case: the one carried most often.
    """
    rows = ListEntry.objects.visible_to(user).filter(
        case_list__round=round,
        disposition=Disposition.CARRY_FORWARD,
        state__in=(EntryState.RAISED, EntryState.NOT_RAISED),
    )
    ordered = rows.select_related("case", "case_list").order_by("-carried", "case_list_id", "position", "id")
    found: dict[object, ListEntry] = {}
    for entry in ordered:
        found.setdefault(entry.case_id, entry)
    return sorted(found.values(), key=lambda one: (str(one.case_list_id), one.position, str(one.pk)))


def sorted_out(entries: list[ListEntry], label: Label, there: frozenset[object] = frozenset()) -> Carrying:
    """Which of `entries` a list with `label` can take; `there` are the keys of the cases on it."""
    found = Carrying()
    for entry in entries:
        if entry.case_id in there:
            found.there.append(entry)
        elif entry.case.state == CaseState.MERGED:
            found.merged.append(entry)
        elif label.dominates(entry.case.label()) and label.dominates(entry.case_list.label()):
            found.new.append(entry)
        else:
            found.above.append(entry)
    return found


def carry_forward(*, round: Round, case_list: CaseList, by: User) -> int:
    """Puts what is to be carried forward from `round` on `case_list` (with its round loaded), as far as it is not
    there and may stand there. The number added: 0 when it is done already.

    Raises Denied, WrongState (the list is not worked on, or not of a later round).
    """
    check_editing(case_list, by)
    if not is_later(case_list.round, round):
        raise WrongState("Cases are carried forward to a list of a later round.")
    with acting(Verb.CASES_CARRIED, by=by, about=case_list) as act:
        there = frozenset(
            ListEntry.objects.visible_to(by).filter(case_list=case_list).order_by().values_list("case_id", flat=True)
        )
        entries = sorted_out(carried_of(round, by), case_list.label(), there).new
        made = add_cases(
            case_list=case_list,
            by=by,
            cases=[entry.case for entry in entries],
            why={entry.case_id: why_carried(entry, round) for entry in entries},
            carried_from={entry.case_id: entry for entry in entries},
            state=EntryState.INCLUDED,
        )
        act.detail = {"count": len(made)}
    return len(made)


def begin_list(*, round: Round, later: Round, label: Label, by: User, key: UUID | None = None) -> tuple[CaseList, int]:
    """A new list of the round `later` with `label`, filled with what is carried forward from `round`. The list, and
    how many cases stand on it. `key` is the key it will have: sent twice, it is begun once and given back as it is.

    Raises Denied, WrongState.
    """
    check(by, Doing.PREPARE_LIST, label)
    if key is not None and (standing := _begun(key, by)):
        return standing
    try:
        with acting(Verb.CASES_CARRIED, by=by) as act:
            act.about = made = create_list(by=by, round=later, label=label, key=key)
            return made, carry_forward(round=round, case_list=made, by=by)
    except IntegrityError:
        if key is not None and (standing := _begun(key, by)):
            return standing
        raise


def _begun(key: UUID, by: User) -> tuple[CaseList, int] | None:
    found: CaseList | None = CaseList.objects.visible_to(by).select_related("round").filter(pk=key).first()
    if found is None:
        return None
    return found, ListEntry.objects.visible_to(by).filter(case_list=found, carried_from__isnull=False).count()


def labels_for(entries: list[ListEntry], dialogue_id: UUID) -> list[Label]:
    """Labels a new list may need: the lowest that dominates all entries outside of compartments, and for every
    compartment the lowest that dominates those, too, that are in it.
    """
    contents = [label for entry in entries for label in (entry.case.label(), entry.case_list.label())]
    circles = sorted({one.compartment_id for one in contents if one.compartment_id}, key=str)
    return [
        Label(
            dialogue_id,
            max((one.marking for one in contents if one.compartment_id in (None, circle)), default=1),
            circle,
        )
        for circle in (None, *circles)
    ]


def is_later(round: Round, than: Round) -> bool:
    """Whether a list of `round` can take what is carried forward from the round `than`."""
    if round.pk == than.pk or round.dialogue_id != than.dialogue_id or round.state not in AHEAD:
        return False
    return round.starts is None or round.starts > (than.starts or timezone.localdate())


def why_carried(entry: ListEntry, round: Round) -> str:
    """Such as "carried forward from round 40 (2 times)"."""
    times = entry.carried + 1
    return f"carried forward from {round} ({'once' if times == 1 else f'{times} times'})"
