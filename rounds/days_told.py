"""Days that do not fit together: told, never refused. Pure; nothing is fetched here."""

from datetime import date

from django.utils import timezone

from rounds.codes import Channel
from rounds.days import day_in_words
from rounds.models import CaseList, Round
from rounds.states import RoundState


def raised_elsewhen(on: date, round: Round | None) -> str:
    """A warning for a raising recorded at a round that was held on other days; "" when nothing is odd."""
    if round is None or round.state not in (RoundState.HELD, RoundState.CLOSED) or round.starts is None:
        return ""
    if round.starts <= on <= (round.ends or round.starts):
        return ""
    return f"Please check: {day_in_words(on)} lies outside the days of this round ({round.dates})."


def raising_told(on: date, channel: str, round: Round | None) -> str:
    """The same for a raising by any channel: a list is handed over weeks before its round."""
    return "" if channel == Channel.LIST else raised_elsewhen(on, round)


def handed_over_elsewhen(on: date, case_list: CaseList) -> list[str]:
    """Warnings for the day of a handover: before the approval of the list, or after its round."""
    told = []
    approved = timezone.localdate(case_list.approved_at) if case_list.approved_at else None
    if approved and on < approved:
        told.append(
            f"Please check: {day_in_words(on)} lies before the approval of the list on {day_in_words(approved)}."
        )
    last = case_list.round.ends or case_list.round.starts
    if last and on > last:
        told.append(f"Please check: {day_in_words(on)} lies after the round ({case_list.round.dates}).")
    return told
