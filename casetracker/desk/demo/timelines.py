"""What is known of an invented person's way through custody: events on true days, told on partial dates."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from cases.codes import Certainty, ClaimedBy, EventKind
from cases.dates import MONTH_NAMES, PartialDate
from cases.models import CaseEvent, EthnicGroup, Facility, Place, Statute, Theme
from casetracker.desk.demo.tables import table

_SAYS: dict[str, float] = {"ngo": 5, "family": 4, "lawyer": 2, "media": 2, "partner": 0.6, "un": 0.5, "": 2}


class Terms:
    """The vocabulary of one pack (and the general themes) by code."""

    def __init__(self, pack: str) -> None:
        self.places: dict[str, Place] = _by_code(Place, [pack], "region")
        self.facilities: dict[str, Facility] = _by_code(Facility, [pack], "place__region")
        self.statutes: dict[str, Statute] = _by_code(Statute, [pack])
        self.groups: dict[str, EthnicGroup] = _by_code(EthnicGroup, [pack])
        self.themes: dict[str, Theme] = _by_code(Theme, ["", pack])

    def prisons_near(self, place: Place) -> list[Facility]:
        """Facilities of the same region."""
        home = place.region_id or place.pk
        return [one for one in self.facilities.values() if one.place and home in (one.place_id, one.place.region_id)]


def _by_code(model: Any, packs: list[str], *related: str) -> dict[str, Any]:
    rows = model.objects.filter(dialogue__isnull=True, pack__in=packs)
    return {row.code: row for row in (rows.select_related(*related) if related else rows)}


def bare(place: Place) -> str:
    """The name of a place without what stands in brackets."""
    return place.name.split(" (")[0].split(" / ")[0]


@dataclass
class Told:
    """One event with its true day and the day on which the desk learns of it."""

    event: CaseEvent
    day: date
    learnt: date


@dataclass
class Timeline:
    """Collects the events of one person. `coarse` is the share of dates known less exactly than to the day."""

    rng: Random
    today: date
    place: Place
    terms: Terms
    coarse: float = 0.35
    told: list[Told] = field(default_factory=list)
    ended: bool = False

    @property
    def region(self) -> Place:
        """The province-level place."""
        return self.place.region or self.place

    def after(self, low: int, high: int) -> date:
        """A day from `low` to `high` days after the last event."""
        return self.told[-1].day + timedelta(days=self.rng.randint(low, high))

    def say(self, kind: EventKind, day: date, *, known: float = 1.0, **values: Any) -> bool:
        """Adds an event, unless it lies ahead of today (then nothing more can have happened) or is not known."""
        if day > self.today or self.ended:
            self.ended = True
            return False
        if self.rng.random() > known:
            return False
        lag = int(self.rng.expovariate(1 / 45)) + 2
        values.setdefault("certainty", self._certainty())
        values.setdefault("claimed_by", self._claimed_by())
        event = CaseEvent(kind=kind, **values)
        event.when_text, event.when = self._dated(day)
        if not self.told:
            # Somebody is on file because the first event is known.
            lag = min(lag, self.rng.randint(1, max((self.today - day).days - 1, 1)))
        self.told.append(Told(event, day, day + timedelta(days=lag)))
        return True

    def forget_what_is_not_known_yet(self) -> None:
        """News takes its time: what the desk would only hear of after today is left out."""
        self.told = [one for one in self.told if one.learnt <= self.today]

    def _certainty(self) -> str:
        return self.rng.choices((Certainty.CONFIRMED, Certainty.LIKELY), (0.55, 0.45))[0]

    def _claimed_by(self) -> str:
        return self.rng.choices(list(_SAYS), list(_SAYS.values()))[0]

    def _dated(self, day: date) -> tuple[str, PartialDate]:
        text = partial(day, self.rng, self.coarse)
        read = PartialDate.parse(text)
        if self.told and self.told[-1].event.when and (read.earliest < self.told[-1].event.when.earliest):
            # A vague date would put this before what it followed.
            text = day.isoformat()
            read = PartialDate.from_day(day)
        return text, read

    def note(self, kind: str) -> str:
        """One of the remarks on events of this kind."""
        return str(self.rng.choice(table("texts")["notes"][kind]))


def partial(day: date, rng: Random, coarse: float) -> str:
    """`day` as somebody might have typed it, more or less exactly."""
    month = MONTH_NAMES[day.month - 1]
    if rng.random() > coarse:
        exact = (f"{day.day} {month} {day.year}", day.isoformat(), f"{day.day}.{day.month}.{day.year}")
        return rng.choices(exact, (6, 3, 2))[0]
    other = day.year + (1 if day.month > 6 else -1)
    forms = (
        f"{month} {day.year}",
        f"{day.year}-{day.month:02}",
        str(day.year),
        f"c. {month} {day.year}",
        f"c. {day.year}",
        f"{min(day.year, other)} or {max(day.year, other)}",
        f"early {month} {day.year}" if day.day < 11 else f"late {month} {day.year}",
    )
    return rng.choices(forms, (10, 3, 5, 2, 2, 1, 1))[0]


def alleged_by_counterpart() -> dict[str, Any]:
    """How the word of the counterpart alone is kept."""
    return {"certainty": Certainty.ALLEGED, "claimed_by": ClaimedBy.COUNTERPART}


def statute_in_force(terms: Terms, code: str, day: date) -> Statute | None:
    """The article, if it existed on that day; before 1997 the nearest of the older law."""
    found = terms.statutes.get(code)
    if found is not None and not found.in_force(day):
        older = "CL79-102" if code.endswith("p2") else "CL79-98"
        found = terms.statutes.get(older)
        found = found if found and found.in_force(day) else None
    return found
