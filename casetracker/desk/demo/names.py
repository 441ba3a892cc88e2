"""Names of invented persons, composed from parts (fixtures/demo/names.toml) the way each tradition composes them.

The parts are common, so somebody somewhere may bear a composed name by chance; the names of well-known persons are
kept out (fixtures/demo/refused.toml).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from pypinyin import lazy_pinyin

from cases.names.keys import match_keys
from cases.names.systems import NameKind, NameSystem
from casetracker.desk.demo.tables import table

_S, _K = NameSystem, NameKind
MALE, FEMALE = "m", "f"


@dataclass(frozen=True)
class Spelling:
    """One way in which a name is written, and what it is to the person."""

    text: str
    system: NameSystem
    kind: NameKind = NameKind.OFFICIAL
    note: str = ""


@cache
def _refused() -> frozenset[str]:
    return frozenset(table("refused")["digests"])


def digest(key: str) -> str:
    """How the search key of a refused name is kept."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def is_refused(text: str) -> bool:
    """Whether `text` shares a key with the name of a well-known person."""
    return any(digest(key) in _refused() for key in match_keys(text))


def compose(tradition: str, sex: str, rng: Random, taken: set[str]) -> tuple[Spelling, ...]:
    """A name nobody in `taken` (first spellings) bears yet, in all its spellings: Latin first, then the original."""
    for _ in range(500):
        spellings = tuple(_COMPOSERS[tradition](sex, rng))
        if spellings[0].text not in taken and not any(is_refused(one.text) for one in spellings):
            taken.add(spellings[0].text)
            return spellings
    raise RuntimeError(f"The parts of {tradition} names are used up.")


def _characters(sex: str, rng: Random) -> list[list[str]]:
    """Surname and one or two given characters; columns: simplified, traditional, pinyin, Wade-Giles, Cantonese."""
    parts = table("names")["han"]
    given = parts["given_m"] if sex == MALE else parts["given_f"]
    return [rng.choice(parts["surnames"]), *rng.sample(given, 2 if rng.random() < 0.8 else 1)]


def _column(rows: list[list[str]], number: int) -> list[str]:
    return [row[number] for row in rows]


def _pinyin(rows: list[list[str]]) -> str:
    surname, *given = _column(rows, 2)
    text = "".join(given)
    # An apostrophe parts syllables that would be read otherwise (xi'an).
    if len(given) == 2 and given[1][0] in "aeo":
        text = f"{given[0]}'{given[1]}"
    return f"{surname} {text.capitalize()}"


def _hyphened(rows: list[list[str]], number: int) -> str:
    surname, *given = _column(rows, number)
    return f"{surname} {'-'.join(given).capitalize()}"


def _cantonese(rows: list[list[str]]) -> str:
    return " ".join(part.title() for part in _column(rows, 4))


def _sounded(characters: str) -> str:
    """A foreign name as its characters are read aloud: 克里木 → Kelimu."""
    return " ".join("".join(lazy_pinyin(part)).capitalize() for part in characters.split("·"))


def _as_counterpart_writes(characters: str) -> list[Spelling]:
    return [
        Spelling(characters, _S.SIMPLIFIED, _K.COUNTERPART),
        Spelling(_sounded(characters), _S.PINYIN, _K.COUNTERPART),
    ]


def _han(sex: str, rng: Random) -> list[Spelling]:
    rows = _characters(sex, rng)
    names = [Spelling(_pinyin(rows), _S.PINYIN), Spelling("".join(_column(rows, 0)), _S.SIMPLIFIED)]
    if rng.random() < 0.12:
        names.append(Spelling("".join(_column(rows, 1)), _S.TRADITIONAL, note="In reports from outside."))
    if rng.random() < 0.1:
        names.append(Spelling(_hyphened(rows, 3), _S.WADE_GILES, _K.ALIAS, "Older reports in English."))
    if rng.random() < 0.14:
        pen = _characters(sex, rng)[1:]
        text = "".join(_column(pen, 2)).capitalize()
        names += [
            Spelling("".join(_column(pen, 0)), _S.SIMPLIFIED, _K.PEN_NAME),
            Spelling(text, _S.PINYIN, _K.PEN_NAME),
        ]
    if rng.random() < 0.1 and len(rows) == 3:
        turned = [rows[0], rows[2], rows[1]]
        names.append(Spelling(_pinyin(turned), _S.PINYIN, _K.MISSPELLING, "So in the table kept before 2012."))
    return names


def _cantonese_name(sex: str, rng: Random) -> list[Spelling]:
    rows = _characters(sex, rng)
    return [
        Spelling(_cantonese(rows), _S.CANTONESE),
        Spelling("".join(_column(rows, 1)), _S.TRADITIONAL),
        Spelling("".join(_column(rows, 0)), _S.SIMPLIFIED, _K.COUNTERPART),
        Spelling(_pinyin(rows), _S.PINYIN, _K.COUNTERPART),
    ]


def _islander(sex: str, rng: Random) -> list[Spelling]:
    rows = _characters(sex, rng)
    return [
        Spelling(_hyphened(rows, 3), _S.WADE_GILES),
        Spelling("".join(_column(rows, 1)), _S.TRADITIONAL),
        Spelling(_hyphened(rows, 3).replace("'", "").upper(), _S.PASSPORT),
        Spelling(_pinyin(rows), _S.PINYIN, _K.COUNTERPART),
    ]


def _tibetan_of(parts: list[list[str]], kind: NameKind = NameKind.OFFICIAL) -> list[Spelling]:
    phonetic, script, wylie, characters = (_column(parts, number) for number in range(4))
    return [
        Spelling(" ".join(phonetic), _S.TIBETAN_PHONETIC, kind),
        Spelling("་".join(script), _S.TIBETAN_SCRIPT, kind),
        Spelling(" ".join(wylie), _S.WYLIE, kind),
        *(_as_counterpart_writes("".join(characters)) if kind != _K.LAY else []),
    ]


def _tibetan(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")["tibetan"]
    first, second = rng.sample(parts["any"], 2)
    if sex == FEMALE and rng.random() < 0.85:
        second = rng.choice(parts["women"])
    names = _tibetan_of([first, second])
    if rng.random() < 0.12:
        variant = names[0].text.replace("ö", "o").replace("Ph", "P").replace("ts", "tz").replace("j", "dj")
        if variant != names[0].text:
            names.append(Spelling(variant, _S.TIBETAN_PHONETIC, _K.MISSPELLING, "French press."))
    return names


def _monastic(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")["tibetan"]
    name = [rng.choice(parts["religious"]), rng.choice(parts["any"])]
    if rng.random() < 0.35:
        name.append(rng.choice(parts["any"]))
    names = _tibetan_of(name, _K.RELIGIOUS)
    if rng.random() < 0.5:
        names += _tibetan_of(rng.sample(parts["any"], 2), _K.LAY)[:2]
    return names


def _uyghur(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")["uyghur"]
    given = rng.choice(parts["men"] if sex == MALE else parts["women"])
    father = rng.choice([row for row in parts["men"] if row != given])
    latin, press, arabic, characters = zip(given, father, strict=True)
    names = [
        Spelling(" ".join(latin), _S.UYGHUR_LATIN),
        Spelling(" ".join(arabic), _S.UYGHUR_ARABIC),
        *_as_counterpart_writes("·".join(characters)),
    ]
    if press != latin:
        names.append(Spelling(" ".join(press), _S.LATIN, _K.ALIAS, "So in the press and in NGO reports."))
    if rng.random() < 0.2:
        endings = {MALE: "haji", FEMALE: "hajim"}
        names.append(Spelling(f"{press[0]} {endings[sex]}", _S.LATIN, _K.ALIAS, "In the home town."))
    return names


def _mongolian(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")["mongolian"]
    first = rng.choice(parts["first"])
    second = rng.choice([row for row in parts["second"] if row[4] == sex])
    latin, script, cyrillic, characters, _ = (first[n] + second[n] for n in range(5))
    return [
        Spelling(latin, _S.MONGOLIAN_LATIN),
        Spelling(script, _S.MONGOLIAN_SCRIPT),
        Spelling(cyrillic, _S.CYRILLIC_MONGOLIAN, _K.ALIAS, "So in reports from Ulaanbaatar."),
        *_as_counterpart_writes(characters),
    ]


def _kazakh(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")["kazakh"]
    given = rng.choice([row for row in parts["given"] if row[3] == sex])
    father = rng.choice(parts["fathers"])
    ending, ending_latin = ("ұлы", "uly") if sex == MALE else ("қызы", "kyzy")
    return [
        Spelling(f"{given[1]} {father[1]}{ending_latin}", _S.PASSPORT),
        Spelling(f"{given[0]} {father[0]}{ending}", _S.CYRILLIC_KAZAKH),
        *_as_counterpart_writes(f"{given[2]}·{father[2]}"),
    ]


def _hui(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")
    rows = [rng.choice(parts["hui"]["surnames"]), *_characters(sex, rng)[1:]]
    latin, arabic, _ = rng.choice([row for row in parts["hui"]["religious"] if row[2] == sex])
    return [
        Spelling(_pinyin(rows), _S.PINYIN),
        Spelling("".join(_column(rows, 0)), _S.SIMPLIFIED),
        Spelling(arabic, _S.ARABIC, _K.RELIGIOUS),
        Spelling(latin, _S.ARABIC_LATIN, _K.RELIGIOUS),
    ]


# The invented alphabet of Norvania: both of its scripts stand for each other letter by letter.
_NORVANIAN = str.maketrans(
    "abcčdefghijklmnoprsštuvzžABCČDEFGHIJKLMNOPRSŠTUVZŽ", "абцчдефгхијклмнопрсштувзжАБЦЧДЕФГХИЈКЛМНОПРСШТУВЗЖ"
)
_PLAIN = str.maketrans("čšžČŠŽ", "cszCSZ")


def _norvanian(sex: str, rng: Random) -> list[Spelling]:
    parts = table("names")["norvanian"]
    family = rng.choice(parts["families"]) + (rng.choice(("ov", "ec", "", "in")) if sex == MALE else "a")
    latin = f"{rng.choice(parts['men'] if sex == MALE else parts['women'])} {family}"
    names = [Spelling(latin, _S.LATIN), Spelling(latin.translate(_NORVANIAN), _S.CYRILLIC)]
    if latin != latin.translate(_PLAIN):
        names.append(Spelling(latin.translate(_PLAIN).upper(), _S.PASSPORT))
    return names


_COMPOSERS: dict[str, Callable[[str, Random], list[Spelling]]] = {
    "han": _han,
    "hong_kong": _cantonese_name,
    "islander": _islander,
    "tibetan": _tibetan,
    "monastic": _monastic,
    "uyghur": _uyghur,
    "mongolian": _mongolian,
    "kazakh": _kazakh,
    "hui": _hui,
    "norvanian": _norvanian,
}
