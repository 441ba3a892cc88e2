"""Closing a round: nothing that the closer sees is left undecided.

Lists hidden from whoever closes do not stop them: refusing would tell of them. Who sees those finds them on their
desk and decides later; the list then ends by itself (disposition.py).
"""

from typing import Any

from django.db.models import Q

from casetracker.access.act import Doing, check
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.disposition import DONE, end_list
from rounds.models import CaseList, ListEntry, Round
from rounds.states import EntryState, ListState, RoundState

UNDECIDED = (ListState.DRAFT, ListState.IN_REVIEW)
ENDING = (ListState.HANDED_OVER, ListState.APPROVED)


def close_round(*, round: Round, by: User, seen: int, reason: str = "") -> None:
    """Closes a round that was held, and with it all its lists on which nothing is left to decide. `reason` is what is
    to be said about it.

    Raises Denied, WrongState (not held; a list or an entry that `by` sees is undecided), Conflict.
    """
    check(by, Doing.EDIT_ROUND, round.label())
    check_closable(round, by)
    said, stood = reason.strip(), round.state
    with acting(Verb.ROUND_MOVED, by=by, about=round, reason=said, detail={"from": stood, "to": "closed"}):
        now = Round.objects.visible_to(by).select_for_update(of=("self",)).get(pk=round.pk)
        if now.version != seen:
            raise Conflict(now)
        every = CaseList.objects.unscoped("a round that closes ends all its lists with nothing left to decide")
        lists = list(every.filter(round=round).select_for_update(of=("self",)).order_by("pk"))
        check_closable(now, by)
        save_over(round, seen=seen, changes={"state": RoundState.CLOSED, "state_reason": said})
        for case_list in lists:
            end_list(case_list)


def check_closable(round: Round, by: User) -> None:
    """Whether the round may be closed now, as far as `by` can know. Raises WrongState."""
    if round.state != RoundState.HELD:
        raise WrongState(f"A round that is {round.get_state_display()} cannot become closed.")
    if undecided_lists(round, by).exists():
        raise WrongState("A list is still being worked on: hand it over, or withdraw it.")
    if undecided_entries(round, by).exists():
        raise WrongState("Some entries are not decided yet. They stand below.")


def undecided_lists(round: Round, user: User) -> Any:
    """Lists that `user` sees which are neither handed over nor given up."""
    return CaseList.objects.visible_to(user).filter(round=round, state__in=UNDECIDED)


def undecided_entries(round: Round, user: User) -> Any:
    """Entries that `user` sees on lists of the round, approved or handed over, about which nothing was decided."""
    never_tendered = Q(state=EntryState.INCLUDED, case_list__state=ListState.APPROVED)
    not_disposed = Q(state__in=DONE, disposition="", case_list__state__in=ENDING)
    return ListEntry.objects.visible_to(user).filter(never_tendered | not_disposed, case_list__round=round)
