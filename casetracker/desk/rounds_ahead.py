"""The next round of each dialogue, with its calendar: where one stands on the way to it, or after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from casetracker.access.models import Dialogue, User
from casetracker.access.see import holdings
from casetracker.templatetags.ui import short_day
from rounds.calendar import CalendarStep, calendar_of
from rounds.models import Round
from rounds.states import RoundState

# As long as the calendar of a round runs on after it.
AFTER = timedelta(days=365)
_SHORT = {
    "call": "Call for cases",
    "cut_off": "Cut-off",
    "review": "Review",
    "handover_from": "Handover",
    "speaking_cards": "Speaking cards",
    "round": "Round",
    "debrief": "Debriefing",
    "report": "Report",
    "chase_first": "First chaser",
    "chase_second": "Second chaser",
    "final_rate": "Final rate",
}


@dataclass(frozen=True)
class Step:
    """One step as the desk shows it; `until` where it is a span of days; `when` is past, now or ahead."""

    label: str
    day: date
    until: date | None
    mark: str
    when: str

    @property
    def days(self) -> str:
        """The day, or the first and last: "2 Dec", "11–18 Nov", "30 Nov – 7 Dec"."""
        if self.until is None:
            return short_day(self.day)
        if (self.day.year, self.day.month) == (self.until.year, self.until.month):
            return f"{self.day.day}–{short_day(self.until)}"
        return f"{short_day(self.day)} – {short_day(self.until)}"


@dataclass(frozen=True)
class RoundAhead:
    """The round a dialogue is working towards, or working off; neither where there is none."""

    dialogue: Dialogue
    round: Round | None
    steps: tuple[Step, ...] = ()

    @property
    def now(self) -> Step | None:
        """The step that is next."""
        return next((step for step in self.steps if step.when == "now"), None)


def rounds_ahead(user: User) -> list[RoundAhead]:
    """One for each dialogue `user` holds a grant in, by the day of its next step. Two queries."""
    today = timezone.localdate()
    dialogues = list(Dialogue.objects.visible_to(user).filter(pk__in={one.dialogue_id for one in holdings(user)}))
    live = [RoundState.PLANNED, RoundState.POSTPONED]
    rows = Round.objects.visible_to(user).filter(
        Q(state__in=live) | Q(state__in=[RoundState.HELD, RoundState.CLOSED], starts__gte=today - AFTER)
    )
    by_dialogue: dict[object, list[Round]] = {}
    for row in rows.order_by("starts", "ordinal", "pk"):
        by_dialogue.setdefault(row.dialogue_id, []).append(row)
    found = [_ahead(dialogue, by_dialogue.get(dialogue.pk, []), today) for dialogue in dialogues]
    return sorted(found, key=lambda one: (one.round is None, one.now.day if one.now else date.max, one.dialogue.name))


def _ahead(dialogue: Dialogue, rows: Iterable[Round], today: date) -> RoundAhead:
    rows = list(rows)
    chosen = _chosen(rows, today)
    if chosen is None or chosen.starts is None:
        return RoundAhead(dialogue, chosen)
    return RoundAhead(dialogue, chosen, tuple(_steps(chosen.starts, today)))


def _chosen(rows: list[Round], today: date) -> Round | None:
    """The first round planned for a day still to come; else one planned without a day; else the last one held."""
    planned = [one for one in rows if one.state in (RoundState.PLANNED, RoundState.POSTPONED)]
    dated = [one for one in planned if one.starts and (one.ends or one.starts) >= today]
    undated = [one for one in planned if not one.starts]
    held = [one for one in rows if one.state in (RoundState.HELD, RoundState.CLOSED)]
    late = [one for one in planned if one.starts]
    return next(iter([*dated, *reversed(held), *undated, *late]), None)


def _steps(start: date, today: date) -> Iterable[Step]:
    days = {step.key: step for step in calendar_of(start)}
    last = days.pop("handover_to", None)
    pending = True
    for step in days.values():
        until = last.day if last and step.key == "handover_from" else None
        over = (until or step.day) < today
        yield _step(step, until, "past" if over else "now" if pending else "ahead")
        pending = pending and over


def _step(step: CalendarStep, until: date | None, when: str) -> Step:
    return Step(_SHORT.get(step.key, step.label), step.day, until, step.mark, when)
