"""Who the generated persons are: names composed from parts of names, as the demonstration does; none is anybody."""

from dataclasses import dataclass
from random import Random

from cases.names.keys import Key, name_keys
from cases.names.scripts import script_of
from casetracker.desk.demo.names import FEMALE, MALE, Spelling, compose

# How each way of naming is spread.
WAYS = {
    "han": 40,
    "tibetan": 16,
    "monastic": 8,
    "uyghur": 20,
    "mongolian": 4,
    "kazakh": 3,
    "hui": 3,
    "hong_kong": 6,
}
# Namesakes are real: so many different persons' names, the others share them.
DIFFERENT = 8000
SPELLINGS = 3


@dataclass(frozen=True)
class Called:
    """One spelling with what is derived from it."""

    spelling: Spelling
    script: str
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Person:
    """A name in up to three spellings."""

    sex: str
    names: tuple[Called, ...]


def make_people(count: int, rng: Random) -> list[Person]:
    """At most DIFFERENT persons to draw `count` cases from."""
    people: list[Person] = []
    while len(people) < min(count, DIFFERENT):
        way = rng.choices(list(WAYS), list(WAYS.values()))[0]
        sex = MALE if rng.random() < 0.7 else FEMALE
        # Nobody is kept out for sharing a first spelling: in a country of many, people do.
        people.append(Person(sex, tuple(map(_called, compose(way, sex, rng, set())[:SPELLINGS]))))
    return people


def _called(spelling: Spelling) -> Called:
    return Called(spelling, script_of(spelling.text).value, tuple(name_keys(spelling.text)))
