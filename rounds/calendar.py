"""The calendar of a round: what is due when, counted from its first day (T). Pure; no database.

The defaults are those of the dialogue's practice: a list goes over three or four weeks before the round.
"""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Step:
    """One step of every round: `offset` in days from its first day."""

    key: str
    offset: int
    label: str


STEPS: tuple[Step, ...] = (
    Step("call", -56, "Call for cases to NGOs and partners"),
    Step("cut_off", -42, "Cut-off for proposals"),
    Step("review", -35, "Review of the list"),
    Step("handover_from", -28, "Handover of the list, from"),
    Step("handover_to", -21, "Handover of the list, at the latest"),
    Step("speaking_cards", -7, "Speaking cards"),
    Step("round", 0, "First day of the round"),
    Step("debrief", 2, "Debriefing"),
    Step("report", 14, "Report of the round"),
    Step("chase_first", 60, "First chaser for answers"),
    Step("chase_second", 180, "Second chaser for answers"),
    Step("final_rate", 365, "Final rate of answers"),
)


@dataclass(frozen=True)
class CalendarStep:
    """One step on its day."""

    key: str
    label: str
    day: date
    offset: int

    @property
    def mark(self) -> str:
        """The offset as it is spoken of: T−56, T, T+14 (with a real minus sign)."""
        if not self.offset:
            return "T"
        return f"T{'−' if self.offset < 0 else '+'}{abs(self.offset)}"


def calendar_of(start: date, steps: tuple[Step, ...] = STEPS) -> list[CalendarStep]:
    """The steps of a round whose first day is `start`, in order of their days."""
    return sorted(
        (CalendarStep(step.key, step.label, start + timedelta(days=step.offset), step.offset) for step in steps),
        key=lambda step: step.day,
    )


def next_step(start: date, today: date, steps: tuple[Step, ...] = STEPS) -> CalendarStep | None:
    """The first step on or after `today`; None when all lie behind."""
    return next((step for step in calendar_of(start, steps) if step.day >= today), None)
