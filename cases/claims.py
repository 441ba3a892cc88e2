"""What claims say together: which contradict each other, and what accepting one writes into the case. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cases.codes import ClaimField, Sex
from cases.dates import PartialDate

if TYPE_CHECKING:
    from cases.models import Claim

SEXES = {
    **dict.fromkeys(("f", "female", "woman", "girl", "女"), Sex.FEMALE),
    **dict.fromkeys(("m", "male", "man", "boy", "男"), Sex.MALE),
    **dict.fromkeys(("x", "other"), Sex.OTHER),
}
# Columns of the case that each field is accepted into.
COLUMNS = {
    ClaimField.SEX: ("sex",),
    ClaimField.BIRTH: ("birth", "birth_text"),
    ClaimField.AGE: ("birth", "birth_text"),
    ClaimField.ORIGIN: ("origin_id", "origin_text"),
    ClaimField.ETHNIC_GROUP: ("ethnic_group_id",),
    ClaimField.RELIGION: ("religion",),
    ClaimField.OCCUPATION: ("occupation",),
}
_NUMBER = re.compile(r"\d{1,3}")


def contradict(claims: Sequence["Claim"]) -> bool:
    """Whether claims about one field cannot all be true: dates of birth that exclude each other, words that differ."""
    dates = [birth_claimed(claim) for claim in claims]
    if claims and all(dates):
        known = [found for found in dates if found]
        return any(one.certainly_before(other) for one in known for other in known)
    return len({_bare(claim) for claim in claims}) > 1


def birth_claimed(claim: "Claim") -> PartialDate | None:
    """The birth that a claim about birth or age states; None where it states none that can be read."""
    if claim.field == ClaimField.BIRTH:
        try:
            return PartialDate.parse(claim.value)
        except ValueError:
            return None
    match = _NUMBER.search(claim.value)
    if claim.field != ClaimField.AGE or claim.stated is None or match is None:
        return None
    return birth_from_age(int(match[0]), claim.stated)


def birth_from_age(age: int, stated: PartialDate) -> PartialDate:
    """The days on which somebody who was `age` years old on `stated` can have been born; whole years for a year."""
    if stated.precision == "year":
        year = stated.earliest.year - age
        return PartialDate(date(year - 1, 1, 1), date(year, 12, 31), stated.about)
    earliest = _years_before(stated.earliest, age + 1) + timedelta(days=1)
    return PartialDate(earliest, _years_before(stated.latest, age), stated.about)


def accepted_columns(
    claim: "Claim", *, places: Mapping[str, UUID], ethnic_groups: Mapping[str, UUID]
) -> dict[str, Any]:
    """Column of the case → value, when `claim` is accepted. Terms come as name in lower case → key.

    Raises ValueError with a sentence to show when the case could not hold what the claim says.
    """
    field, value = ClaimField(claim.field), claim.value.strip()
    if field == ClaimField.SEX:
        if (sex := SEXES.get(value.casefold())) is None:
            raise ValueError("Write the sex as female, male or other; then it can be accepted.")
        return {"sex": sex.value}
    if field in (ClaimField.BIRTH, ClaimField.AGE):
        born = birth_claimed(claim)
        if born is None:
            raise ValueError("This cannot be read as a date of birth. Edit the claim; then it can be accepted.")
        said = value if field == ClaimField.BIRTH else ""
        return {"birth": born, "birth_text": said[:60]}
    if field == ClaimField.ORIGIN:
        return _origin(value, places)
    if field == ClaimField.ETHNIC_GROUP:
        if (group := ethnic_groups.get(value.casefold())) is None:
            raise ValueError("This group is not in the vocabulary. Add it there; then it can be accepted.")
        return {"ethnic_group_id": group}
    return {field.value: value[: 120 if field == ClaimField.RELIGION else 200]}


def by_field(claims: Iterable["Claim"]) -> dict[ClaimField, list["Claim"]]:
    """Claims grouped by what they are about, in the order of the fields."""
    groups: dict[ClaimField, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(ClaimField(claim.field), []).append(claim)
    return {field: groups[field] for field in ClaimField if field in groups}


def _origin(value: str, places: Mapping[str, UUID]) -> dict[str, Any]:
    if (whole := places.get(value.casefold())) is not None:
        return {"origin_id": whole, "origin_text": ""}
    detail, _, last = value.rpartition(",")
    inside = places.get(last.strip().casefold())
    return {"origin_id": inside, "origin_text": (detail if inside else value).strip()[:200]}


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _bare(claim: "Claim") -> str:
    if claim.field == ClaimField.SEX:
        return str(SEXES.get(claim.value.strip().casefold(), claim.value.casefold()))
    return " ".join(claim.value.casefold().split())
