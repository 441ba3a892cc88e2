"""The invented persons: who each is, why and when it began, and what is known of the way since."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from cases.codes import ClaimedBy, Sex
from cases.dates import PartialDate
from cases.models import CaseEvent, EthnicGroup, Place
from casetracker.desk.demo.names import FEMALE, MALE, Spelling, compose
from casetracker.desk.demo.paths import tell
from casetracker.desk.demo.tables import chance, table, weighted
from casetracker.desk.demo.timelines import Terms, Timeline, Told

_WOMEN_ONLY = {"nun", "housewife", "seamstress"}
_MEN_ONLY = {"monk", "abbot", "imam", "muezzin", "pastor", "priest", "fisherman", "sexton", "small businessman"}
_AGES = {
    "student": (18, 27), "retired": (59, 73), "pensioner": (60, 76), "monk": (18, 48), "nun": (18, 45),
    "abbot": (44, 66), "professor": (44, 63), "former": (38, 64), "docker": (22, 56),
}  # fmt: skip
_LOCAL = {
    "han": ("Chinese",), "hong_kong": ("Chinese", "English"), "hui": ("Chinese",), "tibetan": ("Tibetan", "Chinese"),
    "uyghur": ("Uyghur", "Chinese"), "kazakh": ("Kazakh", "Chinese"), "mongolian": ("Mongolian", "Chinese"),
    "norvanian": ("Norvanian",),
}  # fmt: skip
RECENT_DAYS = 200
# Causes that need a thing which did not exist before.
_NOT_BEFORE = {"online": 1999, "movement": 1999, "film": 2003, "women": 2005, "phone": 2011, "scholarship": 1999}
OLDEST = date(1938, 4, 1)
# Persons who are on file twice.
TWICE = 4


@dataclass(frozen=True)
class Person:
    """One invented person."""

    number: int
    tradition: str
    dialogue: str
    names: tuple[Spelling, ...]
    sex: Sex
    born: date
    place: Place
    ethnic: EthnicGroup | None
    religion: str
    trade: str
    cause: str
    motive: str
    charge: str
    themes: tuple[str, ...]
    line: Timeline

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of sources close to the person."""
        return _LOCAL[self.tradition]


def everybody(count: int | None, today: date, terms: dict[str, Terms]) -> Iterator[Person]:
    """All persons of the tables, or about `count` of them with at least one of each tradition; a few come twice."""
    traditions: dict[str, dict[str, Any]] = table("world")["traditions"]
    whole = sum(row["persons"] for row in traditions.values())
    taken: set[str] = set()
    found: list[Person] = []
    for tradition, row in traditions.items():
        share = row["persons"] if count is None else max(1, round(row["persons"] * count / whole))
        for _ in range(share):
            found.append(_person(len(found) + 1, tradition, today, terms[row["dialogue"]], taken))
            yield found[-1]
    for twice in found[7 :: max(len(found) // TWICE, 1)][:TWICE]:
        found.append(_again(twice, len(found) + 1, today))
        yield found[-1]


def _again(person: Person, number: int, today: date) -> Person:
    """The same person logged a second time by mistake, from a vague report: one name, one event."""
    first = person.line.told[0]
    text = str(first.day.year)
    event = CaseEvent(
        kind=first.event.kind,
        when=PartialDate.parse(text),
        when_text=text,
        place=person.place,
        claimed_by=ClaimedBy.NGO,
    )
    line = replace(person.line, told=[Told(event, first.day, today - timedelta(days=number % 20 + 2))])
    return replace(person, number=number, names=person.names[:1], line=line)


def _person(number: int, tradition: str, today: date, terms: Terms, taken: set[str]) -> Person:
    rng = chance("person", number)
    row = table("world")["traditions"][tradition]
    way = weighted(rng, row["names"])
    start = _start(rng, row, today)
    motive_code = _motive(rng, row, way, start.year)
    motive = table("world")["motives"][motive_code]
    trade = rng.choice(motive["trades"]) if way != "monastic" else "monk"
    sex = _sex(rng, trade)
    if trade == "monk" and rng.random() < 0.25:
        sex, trade = FEMALE, "nun"
    elif trade == "monk" and motive_code == "monastery" and rng.random() < 0.25:
        trade = rng.choice(("chant master", "abbot", "teacher at a monastery"))
    place = terms.places[rng.choice(row["places"])]
    charge = rng.choice(motive["charges"])
    low, high = next((ages for word, ages in _AGES.items() if word in trade), (23, 60))
    born = max(start - timedelta(days=int(365.25 * rng.uniform(low, high))), OLDEST)
    gender = Sex.MALE if sex == MALE else Sex.FEMALE
    return Person(
        number=number,
        tradition=tradition,
        dialogue=row["dialogue"],
        names=compose(way, sex, rng, taken),
        sex=gender,
        born=born,
        place=place,
        ethnic=terms.groups.get(row["ethnic"]) or _norvanian(rng, terms),
        religion=_religion(rng, row, motive_code),
        trade=trade,
        cause=motive_code,
        motive=rng.choice(motive["said"]),
        charge=charge,
        themes=_themes(rng, row, motive),
        line=tell(tradition, charge, place, terms, rng, today, start),
    )


def _motive(rng: Random, row: dict[str, Any], way: str, year: int) -> str:
    motives = {code: weight for code, weight in row["motives"].items() if _NOT_BEFORE.get(code, 0) <= year}
    if way == "monastic":
        return weighted(rng, {code: motives[code] for code in ("monastery", "pictures", "contact_abroad", "protest_t")})
    motives.pop("monastery", None)
    return weighted(rng, motives)


def _sex(rng: Random, trade: str) -> str:
    if trade in _WOMEN_ONLY:
        return FEMALE
    return MALE if trade in _MEN_ONLY or rng.random() < 0.7 else FEMALE


def _start(rng: Random, row: dict[str, Any], today: date) -> date:
    """The first day, from the years in which such cases arose; never in the last days, of which nobody knows yet."""
    span = weighted(rng, row["years"])
    last = today - timedelta(days=12)
    if span == "recent":
        return last - timedelta(days=rng.randrange(RECENT_DAYS))
    first, _, until = span.partition("-")
    end = last if until == "now" else date(int(until), 12, 31)
    start = date(int(first), 1, 1)
    return start + timedelta(days=rng.randrange((end - start).days))


def _norvanian(rng: Random, terms: Terms) -> EthnicGroup | None:
    codes = [code for code in ("NOR", "NOR", "OST", "MOR", "SEL") if code in terms.groups]
    return terms.groups[rng.choice(codes)] if codes and rng.random() < 0.5 else None


def _religion(rng: Random, row: dict[str, Any], motive: str) -> str:
    fixed = {"church": "Protestant (house church)", "movement": "banned spiritual movement", "rite_n": "Old Rite"}
    return fixed.get(motive) or str(rng.choice(row["religions"]))


def _themes(rng: Random, row: dict[str, Any], motive: dict[str, Any]) -> tuple[str, ...]:
    found = [*row["themes"], motive["themes"][0]]
    found += [code for code in motive["themes"][1:] if rng.random() < 0.5]
    return tuple(dict.fromkeys(found))
