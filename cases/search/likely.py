"""Who may be the same person: visible cases that share a name, and what speaks for and against it.

A hint, never a merge. Only what the person asking sees is compared; a match with a hidden case is not told here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from cases.codes import Sex
from cases.dates import PartialDate
from cases.models import Case, CaseName, NameKey, Place
from cases.names.keys import KeyKind, match_keys, search_key, token_keys
from cases.names.scripts import Script, script_of
from cases.search.lookup import NameShown, names_shown
from cases.search.ranks import begins
from casetracker.access.models import User

LIMIT = 6
# Years of birth that far apart are two persons more often than one misprint.
YEARS_APART = 2
_NAME_POINTS = {"same": 4, "spelling": 3, "part": 2}


@dataclass(frozen=True)
class Person:
    """What is known of the person to be logged. `birth` may be partial; `place` is where they are held."""

    names: tuple[str, ...]
    sex: str = ""
    birth: PartialDate | None = None
    place: Place | None = None
    place_text: str = ""


@dataclass
class Hint:
    """One visible case that may be the same person; `strong` ones want an answer before another is logged."""

    case: Case
    names: list[NameShown] = field(default_factory=list)
    name_match: str = ""
    pro: list[str] = field(default_factory=list)
    contra: list[str] = field(default_factory=list)

    @property
    def points(self) -> int:
        """Row-local: how the name matches, and what else agrees or not."""
        return _NAME_POINTS.get(self.name_match, 0) + len(self.pro) - 2 * len(self.contra)

    @property
    def strong(self) -> bool:
        """The same name with nothing against it; or a likeness of the name with something else that agrees."""
        if self.contra:
            return False
        return self.name_match == "same" or (self.name_match == "spelling" and bool(self.pro))

    @property
    def why(self) -> str:
        """The reasons, in words."""
        words = {
            "same": "same name",
            "spelling": "same name in another script or spelling",
            "part": "one name is part of the other",
        }[self.name_match]
        return "; ".join([words, *self.pro, *(f"but {reason}" for reason in self.contra)])


def likely_same(user: User, person: Person, *, limit: int = LIMIT) -> list[Hint]:
    """Visible cases that may be `person`, the likeliest first, at most `limit`. Three queries at most."""
    texts = [text for text in person.names if search_key(text)]
    if not texts:
        return []
    matched = _matching_names(user, texts)
    cases = {
        case.pk: case
        for case in Case.objects.visible_to(user)
        .select_related("dialogue", "compartment", "place__region")
        .filter(pk__in={name.case_id for name in matched})
        .exclude(state="merged")
    }
    hints = {pk: Hint(case) for pk, case in cases.items()}
    for name in matched:
        if hint := hints.get(name.case_id):
            _weigh_name(hint, name, texts)
    for hint in hints.values():
        _compare(hint, person)
    found = [hint for hint in hints.values() if hint.name_match and hint.points > 0]
    return sorted(found, key=lambda hint: (not hint.strong, -hint.points, hint.case.reference))[:limit]


def _matching_names(user: User, texts: Sequence[str]) -> list[CaseName]:
    keys = sorted(set().union(*(match_keys(text) for text in texts)))
    longer = [f"{start} " for text in texts for start in {search_key(text), " ".join(token_keys(text))} if " " in start]
    clause = reduce(or_, map(begins, longer), Q(key__in=keys))
    whole = NameKey.objects.of_kind(KeyKind.WHOLE, user)
    rows = whole.filter(clause).order_by("name_id").values_list("name_id").distinct()
    return list(CaseName.objects.visible_to(user).filter(pk__in=[pk for (pk,) in rows[:200]]))


def _weigh_name(hint: Hint, name: CaseName, texts: Sequence[str]) -> None:
    match = max((_name_match(name, text) for text in texts), key=lambda one: _NAME_POINTS.get(one, 0))
    if _NAME_POINTS.get(match, 0) > _NAME_POINTS.get(hint.name_match, 0):
        hint.name_match = match
    hint.names.append(names_shown(name, matched=True))


def _name_match(name: CaseName, text: str) -> str:
    """How two names agree: "same" (accents, case, order and spacing aside), "spelling", "part", or not at all."""
    mine, theirs = match_keys(text), match_keys(name.text)
    same_script = script_of(text) == Script(name.script)
    if same_script and search_key(text).replace(" ", "") == search_key(name.text).replace(" ", ""):
        return "same"
    if same_script and token_keys(text) == token_keys(name.text):
        return "same"
    if mine & theirs:
        # Two names in characters that only sound alike are two names.
        return "part" if same_script and name.script == Script.HAN else "spelling"
    return "part" if set(token_keys(text)) < set(token_keys(name.text)) else ""


def _compare(hint: Hint, person: Person) -> None:
    _compare_birth(hint, person.birth)
    if person.sex and hint.case.sex and person.sex != hint.case.sex:
        hint.contra.append(f"that case says {Sex(hint.case.sex).label}")
    where = _same_place(hint.case, person)
    if where:
        hint.pro.append(f"both in {where}")


def _compare_birth(hint: Hint, birth: PartialDate | None) -> None:
    other = hint.case.birth
    if birth is None or other is None:
        return
    if not (birth.certainly_before(other) or birth.certainly_after(other)):
        hint.pro.append(f"births agree ({other})")
        return
    years = min(abs(birth.earliest.year - other.latest.year), abs(birth.latest.year - other.earliest.year))
    if years <= YEARS_APART:
        hint.pro.append(f"births lie close ({other})")
    else:
        hint.contra.append(f"that person was born {other}")


def _same_place(case: Case, person: Person) -> str:
    """The place both share: the same one, one region, or the same words; "" when nothing is known to agree."""
    if person.place and case.place:
        mine = {person.place.pk: person.place.name}
        if person.place.region_id and person.place.region:
            mine[person.place.region_id] = person.place.region.name
        return next((mine[pk] for pk in (case.place_id, case.place.region_id) if pk in mine), "")
    words = set(search_key(person.place_text or (person.place.name if person.place else "")).split())
    theirs = set(search_key(case.place_name).split())
    return case.place_name if words and theirs and (words <= theirs or theirs <= words) else ""
