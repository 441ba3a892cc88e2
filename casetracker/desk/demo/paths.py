"""The ways a case may go, told step by step; each stops where today is."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from cases.codes import Certainty, ClaimedBy, EventKind, TermKind
from cases.dates import PartialDate
from cases.models import Place
from cases.status import add_months
from casetracker.desk.demo.tables import weighted
from casetracker.desk.demo.timelines import (
    Terms,
    Timeline,
    alleged_by_counterpart,
    bare,
    partial,
    statute_in_force,
)

_K = EventKind
LAST_OF_RTL = date(2013, 11, 1)
CAMPS = (2017, 2019)


def tell(tradition: str, charge: str, place: Place, terms: Terms, rng: Random, today: date, start: date) -> Timeline:
    """The timeline of one person first detained on `start`."""
    line = Timeline(rng, today, place, terms, coarse=0.5 if start.year < 2005 else 0.3)
    chosen = weighted(rng, _likely(tradition, start, today))
    _PATHS[chosen](line, tradition, charge, start)
    line.forget_what_is_not_known_yet()
    return line


def _likely(tradition: str, start: date, today: date) -> dict[str, float]:
    """Paths by weight, given where and when."""
    if (today - start).days < 240:
        return {"held": 5, "designated": 3, "missing": 1.2, "bail": 0.8, "days": 0.8}
    weights = {"trial": 10.0, "days": 0.8, "bail": 0.8, "missing": 0.5, "exit": 0.5}
    if tradition == "norvanian":
        return {"trial": 6, "days": 3, "bail": 2, "exit": 1, "missing": 0.3}
    if tradition == "hong_kong":
        return {"trial": 7, "bail": 3, "abroad": 1.5}
    if tradition in ("han", "tibetan") and start < LAST_OF_RTL:
        weights["labour"] = 3.5
    if tradition == "han":
        weights |= {"clinic": 0.4, "house": 0.5, "late_labour": 0.3 if 2013 <= start.year <= 2014 else 0}
    if tradition in ("uyghur", "kazakh") and CAMPS[0] <= start.year <= CAMPS[1]:
        weights |= {"camp": 7, "trial": 8, "missing": 1.5}
    return weights


def _police(line: Timeline, tradition: str) -> str:
    return {
        "norvanian": f"Security Police, {bare(line.place)}",
        "hong_kong": "National Security Department of the police",
    }.get(tradition, f"Public Security Bureau of {bare(line.place)}")


def _court(line: Timeline, tradition: str, *, appeal: bool = False) -> str:
    if tradition == "norvanian":
        return "Supreme Court of Norvania" if appeal else f"Regional Court of {bare(line.place)}"
    if tradition == "hong_kong":
        return "Court of Appeal" if appeal else line.rng.choice(("District Court", "Court of First Instance"))
    return (
        f"High People’s Court of {bare(line.region)}"
        if appeal
        else f"Intermediate People’s Court of {bare(line.place)}"
    )


def _taken(line: Timeline, tradition: str, start: date, kind: EventKind = _K.DETAINED) -> None:
    spot: dict[str, Any] = {"place": line.place, "note": line.note("detained")}
    if "mosque" in spot["note"] and tradition not in ("uyghur", "hui", "kazakh"):
        spot["note"] = ""
    if line.rng.random() < 0.45:
        spot["facility_text"] = "police station" if tradition == "hong_kong" else "detention centre"
    elif line.rng.random() < 0.25:
        spot["place_text"] = line.rng.choice(
            ("a village in the north of the prefecture", "county town", "a rented flat")
        )
    line.say(kind, start, authority=_police(line, tradition), **spot)


def _trial(line: Timeline, tradition: str, charge: str, start: date) -> None:
    rng = line.rng
    _taken(line, tradition, start)
    # Preventive detention (Norvania) leads to no sentence.
    charge = "PC-88" if charge == "SA-7" else charge
    statute: dict[str, Any] = {"statute": statute_in_force(line.terms, charge, start)}
    if statute["statute"] is None and tradition != "norvanian":
        statute |= {"statute_text": rng.choice(("national security, article not known", "charge not made known"))}
    if tradition == "han" and start.year > 2012 and rng.random() < 0.35:
        line.say(_K.RSDL, line.after(0, 4))
        line.say(_K.ARRESTED, line.after(70, 178) if rng.random() < 0.8 else line.after(190, 260), **statute)
    else:
        slow = rng.random() < 0.1
        arrested = line.after(45, 130) if slow else line.after(18, 36)
        line.say(_K.ARRESTED, arrested, known=0.8, authority=_police(line, tradition), **statute)
    line.say(_K.VISIT_REFUSED, line.after(20, 60), known=0.2, note=line.note("visit_refused"))
    line.say(_K.ILL_TREATMENT, line.after(5, 40), known=0.12, note=line.note("ill_treatment"), **_alleged("lawyer"))
    line.say(_K.TRANSFERRED_FOR_PROSECUTION, line.after(50, 90), known=0.25)
    line.say(_K.INDICTED, line.after(30, 90), known=0.45, **statute)
    hearing = _K.TRIED_CLOSED if rng.random() < 0.65 else _K.TRIED_OPEN
    court = _court(line, tradition)
    line.say(hearing, line.after(40, 200), known=0.6, authority=court, place=line.place, note=line.note(hearing))
    kind, months = _term(line, tradition, start)
    if line.say(
        _K.SENTENCED,
        line.after(1, 60),
        authority=court,
        term_kind=kind,
        term_months=months,
        place=line.place,
        **statute,
    ):
        _served(line, tradition, start, kind, months)


def _alleged(by: str) -> dict[str, Any]:
    return {"certainty": Certainty.ALLEGED, "claimed_by": ClaimedBy(by)}


def _term(line: Timeline, tradition: str, start: date) -> tuple[TermKind, int | None]:
    rng, roll = line.rng, line.rng.random()
    if tradition not in ("norvanian", "hong_kong"):
        if roll < (0.07 if tradition == "uyghur" or start.year < 1998 else 0.012):
            return TermKind.LIFE, None
        if roll < 0.09 and tradition in ("tibetan", "uyghur") and start.year in (1989, 2008, 2009, 2014):
            return TermKind.DEATH_SUSPENDED, None
    spread = {
        "norvanian": (6, 9, 12, 18, 24, 24, 36, 42, 60),
        "hong_kong": (14, 24, 32, 48, 52, 60, 80),
        "uyghur": (60, 72, 84, 96, 120, 120, 132, 156, 180, 204, 240),
        "kazakh": (60, 84, 108, 144, 180, 204),
        "tibetan": (18, 24, 36, 36, 48, 60, 72, 84, 96, 120, 156),
    }.get(tradition, (12, 18, 24, 30, 36, 42, 48, 54, 60, 84, 108, 132))
    return TermKind.FIXED, rng.choice(spread)


def _served(line: Timeline, tradition: str, start: date, kind: TermKind, months: int | None) -> None:
    rng = line.rng
    if line.say(_K.APPEAL_LODGED, line.after(3, 10), known=0.45):
        line.say(_K.APPEAL_RULED, line.after(50, 130), known=0.8, authority=_court(line, tradition, appeal=True),
                 note="Appeal rejected; the sentence stands.")  # fmt: skip
    _moved_to_prison(line, tradition)
    end = add_months(start, months) if months else line.today + timedelta(days=9000)
    _in_prison(line, end)
    if months and months > 40 and rng.random() < 0.3:
        less = rng.choice((4, 6, 8, 10, 12))
        day = line.told[-1].day + (end - line.told[-1].day) * 0.5
        fits = line.told[-1].day < day < add_months(start, months - less)
        if fits and line.say(_K.REDUCED, day, term_months=less, note=line.note("reduced")):
            end = add_months(start, months - less)
    if end > line.told[-1].day:
        _after_prison(line, tradition, end)


def _moved_to_prison(line: Timeline, tradition: str) -> None:
    near = line.terms.prisons_near(line.place)
    where: dict[str, Any] = {"facility_text": "prison, name not known", "place": line.region}
    if near and line.rng.random() < 0.6:
        where = {"facility": line.rng.choice(near)}
    line.say(_K.TRANSFERRED, line.after(20, 90), known=0.72, **where)


def _in_prison(line: Timeline, end: date) -> None:
    """Visits and illness, told by two sides."""
    room = max((min(end, line.today) - line.told[-1].day).days - 40, 0)
    if room > 300 and line.rng.random() < 0.3:
        family = _alleged("family") if line.rng.random() < 0.5 else {"claimed_by": ClaimedBy.FAMILY}
        line.say(_K.HEALTH, line.after(60, room // 2), note=line.note("health_family"), **family)
        if line.rng.random() < 0.55:
            said = alleged_by_counterpart() | {"note": line.note("health_counterpart")}
            line.say(_K.HEALTH, line.after(20, 150), **said)
    if room > 300 and line.rng.random() < 0.35:
        kind = line.rng.choice((_K.VISIT_GRANTED, _K.VISIT_GRANTED, _K.VISIT_REFUSED))
        line.say(kind, line.after(30, 200), note=line.note(kind.value))


def _after_prison(line: Timeline, tradition: str, end: date) -> None:
    roll = line.rng.random()
    if roll < 0.055:
        middle = line.told[-1].day + (min(end, line.today) - line.told[-1].day) * 0.7
        line.say(_K.DIED_IN_CUSTODY, middle, certainty=Certainty.CONFIRMED, note="The family was told by telephone.")
    elif roll < 0.11:
        early = line.told[-1].day + (end - line.told[-1].day) * 0.6
        if line.say(_K.MEDICAL_PAROLE, early, place=line.place):
            line.say(_K.DIED, line.after(60, 500), known=0.4)
    elif roll < 0.18:
        early = line.told[-1].day + (end - line.told[-1].day) * 0.75
        line.say(_K.PAROLED, early, place=line.place)
        line.say(_K.RELEASED, end, known=0.6)
    elif roll < 0.26:
        # The counterpart says so, and nobody else.
        line.say(_K.RELEASED, end, note=line.note("released_alleged"), **alleged_by_counterpart())
    elif roll < 0.9:
        _set_free(line, tradition, end)
    else:
        line.ended = True


def _set_free(line: Timeline, tradition: str, end: date) -> None:
    if not line.say(_K.RELEASED, end, place=line.place):
        return
    if tradition in ("han", "tibetan") and line.rng.random() < 0.25:
        years = line.rng.choice((1, 2, 3, 5))
        line.say(_K.RIGHTS_DEPRIVED, end, note=f"For {years} year{'s' if years > 1 else ''}, from the day of release.")
        line.say(_K.RIGHTS_RESTORED, add_months(end, 12 * years), known=0.7)
    if line.rng.random() < 0.1:
        line.say(_K.EXIT_BAN, line.after(100, 600), known=0.8, note="Turned back at the airport.")
    elif line.rng.random() < 0.07:
        line.say(_K.LEFT_COUNTRY, line.after(200, 900))


def _days(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start, _K.ADMINISTRATIVE_DETENTION)
    held = line.rng.choice((5, 10, 15))
    day = start + timedelta(days=held)
    if line.say(_K.RELEASED, day, place=line.place) and line.rng.random() < 0.3:
        again = line.after(200, 900)
        line.say(_K.SUMMONED, again, note="Questioned for one day.")
        line.say(_K.RELEASED, again + timedelta(days=1))


def _bail(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start)
    statute = statute_in_force(line.terms, charge, start)
    line.say(_K.BAIL, line.after(25, 37), place=line.place, statute=statute)
    if line.rng.random() < 0.6:
        line.say(_K.NOT_PROSECUTED, line.after(300, 480), note="The bail lapsed; the family has nothing in writing.")


def _missing(line: Timeline, tradition: str, charge: str, start: date) -> None:
    if line.rng.random() < 0.6:
        _taken(line, tradition, start)
        line.say(_K.DISAPPEARED, line.after(20, 200), note="No longer in the place named at first.")
    else:
        line.say(_K.DISAPPEARED, start, place=line.place, note="Last seen at a bus station.")


def _labour(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start)
    years = line.rng.choice((1, 1.5, 2, 2, 3))
    begins = line.after(14, 37)
    camp = "re-education through labour camp"
    if line.say(_K.RTL, begins, facility_text=camp, place=line.region, statute=line.terms.statutes.get("RTL")):
        line.say(_K.ILL_TREATMENT, line.after(60, 200), known=0.25, note=line.note("ill_treatment"), **_alleged("ngo"))
        line.say(_K.RELEASED, begins + timedelta(days=int(365 * years)), place=line.place)


def _late_labour(line: Timeline, tradition: str, charge: str, start: date) -> None:
    """A report of re-education through labour from after its end: a warning, not an error."""
    _taken(line, tradition, start)
    line.say(_K.RTL, date(2014, 2, 1) + timedelta(days=line.rng.randrange(60)), certainty=Certainty.ALLEGED,
             claimed_by=ClaimedBy.FAMILY, place=line.region)  # fmt: skip
    line.say(_K.RELEASED, line.after(200, 400), place=line.place)


def _camp(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start)
    day = line.after(5, 60)
    line.say(_K.TRAINING_CENTRE, day, facility_text="vocational training centre", place=line.place)
    roll = line.rng.random()
    if roll < 0.35:
        kind, months = _term(line, tradition, start)
        if line.say(_K.SENTENCED, line.after(150, 500), authority=_court(line, tradition), term_kind=kind,
                    term_months=months, place=line.place, certainty=Certainty.LIKELY):  # fmt: skip
            _served(line, tradition, start, kind, months)
    elif roll < 0.65:
        line.say(_K.RELEASED, line.after(300, 700), place=line.place, certainty=Certainty.LIKELY)
        line.say(_K.SOFT_DETENTION, line.after(1, 10), known=0.5, note="May not leave the county.")
    elif roll < 0.8:
        line.say(_K.RELEASED, line.after(300, 700), note=line.note("released_alleged"), **alleged_by_counterpart())


def _held(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start)
    statute = statute_in_force(line.terms, charge, start)
    late = line.rng.random() < 0.25
    line.say(_K.ARRESTED, line.after(50, 70) if late else line.after(20, 36), known=0.75, statute=statute)
    line.say(_K.VISIT_REFUSED, line.after(10, 40), known=0.4, note=line.note("visit_refused"))
    line.say(_K.INDICTED, line.after(60, 120), known=0.4, statute=statute)


def _designated(line: Timeline, tradition: str, charge: str, start: date) -> None:
    if tradition in ("norvanian", "hong_kong"):
        _held(line, tradition, charge, start)
        return
    _taken(line, tradition, start)
    line.say(_K.RSDL, line.after(0, 10), note="The notice names no place.")


def _exit(line: Timeline, tradition: str, charge: str, start: date) -> None:
    line.say(_K.SUMMONED, start, place=line.place, authority=_police(line, tradition))
    line.say(_K.RELEASED, line.after(0, 2))
    line.say(_K.EXIT_BAN, line.after(20, 300), note="The passport was kept.")


def _abroad(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start)
    line.say(_K.BAIL, line.after(1, 40), place=line.place)
    line.say(_K.LEFT_COUNTRY, line.after(30, 200), certainty=Certainty.CONFIRMED)


def _clinic(line: Timeline, tradition: str, charge: str, start: date) -> None:
    _taken(line, tradition, start)
    line.say(_K.COMPULSORY_TREATMENT, line.after(10, 40), facility_text="hospital, name not known", place=line.place)
    line.say(_K.RELEASED, line.after(200, 900), known=0.7, place=line.place)


def _house(line: Timeline, tradition: str, charge: str, start: date) -> None:
    line.say(_K.SOFT_DETENTION, start, place=line.place, note="A car stands in front of the house.")
    text = partial(start + timedelta(days=line.rng.randrange(200, 500)), line.rng, 0.6)
    line.told[0].event.until_text, line.told[0].event.until = text, PartialDate.parse(text)


_PATHS: dict[str, Callable[[Timeline, str, str, date], None]] = {
    "trial": _trial, "days": _days, "bail": _bail, "missing": _missing, "labour": _labour, "late_labour": _late_labour,
    "camp": _camp, "held": _held, "designated": _designated, "exit": _exit, "abroad": _abroad, "clinic": _clinic,
    "house": _house,
}  # fmt: skip
