"""Making rounds, editing them, and moving them through their states."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.days import day_in_words
from rounds.models import Round
from rounds.states import ROUND, RoundState

TAKEN = "There is a round {ordinal} in this dialogue already."


def check_number(*, by: User, dialogue_id: Any, ordinal: int | None, besides: Any = None) -> None:
    """An ordinal is given once in a dialogue; everybody in it sees all its rounds. Raises WrongState."""
    if ordinal is None:
        return
    same = Round.objects.visible_to(by).filter(dialogue_id=dialogue_id, ordinal=ordinal)
    if same.exclude(pk=besides).exists():
        raise WrongState(TAKEN.format(ordinal=ordinal))


def create_round(
    *, by: User, dialogue: Dialogue, values: dict[str, Any], reason: str = "", key: UUID | None = None
) -> Round:
    """A new round, planned. `key` is the key it will have: sent twice, it is planned once and given back.

    Raises Denied, WrongState (ordinal taken).
    """
    check(by, Doing.EDIT_ROUND, Label(dialogue.pk, Marking.NORMAL))
    if standing := _planned(by, key):
        return standing
    made = Round(dialogue=dialogue, **values)
    if key is not None:
        made.pk = key
    try:
        check_number(by=by, dialogue_id=dialogue.pk, ordinal=made.ordinal)
        with acting(Verb.ROUND_CREATED, by=by, reason=reason) as act:
            save_new(made)
            act.about = made
    except (WrongState, IntegrityError) as error:
        # Sent twice at the same moment, the other was first: it took the key, and the number with it.
        if standing := _planned(by, key):
            return standing
        if made.ordinal is None or isinstance(error, WrongState):
            raise
        raise WrongState(TAKEN.format(ordinal=made.ordinal)) from error
    return made


def _planned(by: User, key: UUID | None) -> Round | None:
    return Round.objects.visible_to(by).filter(pk=key).first() if key else None


def check_correction(round: Round, reason: str) -> None:
    """A closed round is corrected, never carried on: with a reason. Raises WrongState."""
    if round.state == RoundState.CLOSED and not reason.strip():
        raise WrongState("This round is closed. Say why it is corrected.")


def edit_round(*, round: Round, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes facts and note. True when something changed. Raises Denied, WrongState, Conflict."""
    check(by, Doing.EDIT_ROUND, round.label())
    check_correction(round, reason)
    if round.state in (RoundState.HELD, RoundState.CLOSED) and changes.get("starts", round.starts) is None:
        raise WrongState("A round that was held has a first day. Keep it, or correct it.")
    check_number(by=by, dialogue_id=round.dialogue_id, ordinal=changes.get("ordinal", round.ordinal), besides=round.pk)
    try:
        with acting(Verb.ROUND_EDITED, by=by, about=round, reason=reason, detail={"fields": sorted(changes)}):
            return save_over(round, seen=seen, changes=changes)
    except IntegrityError as error:
        raise WrongState(TAKEN.format(ordinal=changes.get("ordinal"))) from error


def move_round(*, round: Round, by: User, seen: int, to: str, reason: str = "", cancelled_by: str = "") -> None:
    """Changes the state. Postponing and cancelling need a reason; cancelling also by whom.

    Raises Denied, WrongState, Conflict.
    """
    check(by, Doing.EDIT_ROUND, round.label())
    check_move(round, to=to, reason=reason, cancelled_by=cancelled_by)
    changes = {
        "state": to,
        "state_reason": reason.strip(),
        "cancelled_by": cancelled_by if to == RoundState.CANCELLED else "",
    }
    with acting(Verb.ROUND_MOVED, by=by, about=round, reason=reason, detail={"from": round.state, "to": to}):
        save_over(round, seen=seen, changes=changes)


def check_move(round: Round, *, to: str, reason: str, cancelled_by: str) -> None:
    """Whether the round may become `to` now. Closing is an action of its own (closing.py). Raises WrongState."""
    if to not in ROUND[round.state]:
        raise WrongState(f"A round that is {round.get_state_display()} cannot become {_words(to)}.")
    if to == RoundState.CLOSED:
        raise WrongState("A round is closed on its closing page, where every entry is decided first.")
    if to == RoundState.HELD and round.starts is None:
        raise WrongState("Give the first day of the round before it is recorded as held.")
    if to == RoundState.HELD and round.starts and round.starts > timezone.localdate():
        raise WrongState(f"This round begins on {day_in_words(round.starts)}; it cannot have been held yet.")
    if to == RoundState.CANCELLED and not cancelled_by:
        raise WrongState("Say who cancelled the round.")
    if to in (RoundState.POSTPONED, RoundState.CANCELLED) and not reason.strip():
        raise WrongState(f"Say why the round is {_words(to)}.")


def _words(state: str) -> str:
    return str(RoundState(state).label) if state in RoundState.values else "that"
