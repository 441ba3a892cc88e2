"""Who a row is about: names, and claims about identity, with the columns of the case that hold the accepted ones."""

import re
from typing import Any

from cases.codes import ClaimField, Sex
from cases.importing.drafting import NAME_LENGTH, Row, short
from cases.importing.fields import NOTE
from cases.importing.numerals import canonical_number
from cases.models import CaseName, Claim
from cases.names.keys import token_keys
from cases.names.scripts import Script, script_of
from cases.names.systems import NameKind, NameSystem

RELIGION_LENGTH, CLAIM_LENGTH = 120, 300
OF_AGE, OLDEST = 18, 120
_SEVERAL = re.compile(r"\s*[;|\n]\s*")
_SYSTEMS = {
    Script.HAN: NameSystem.SIMPLIFIED,
    Script.TIBETAN: NameSystem.TIBETAN_SCRIPT,
    Script.ARABIC: NameSystem.ARABIC,
    Script.CYRILLIC: NameSystem.CYRILLIC,
    Script.MONGOLIAN: NameSystem.MONGOLIAN_SCRIPT,
    Script.HANGUL: NameSystem.HANGUL,
}


def read_names(row: Row) -> None:
    """The official name (whole, or family and given name in the order of the plan), the original one, aliases."""
    parts = [row.text(target) for target in ("given", "family")]
    if row.plan.order == "family":
        parts.reverse()
    composed = " ".join(part for part in parts if part)
    whole = row.text("name")
    if whole and composed and token_keys(whole) != token_keys(composed):
        row.note("family")
        row.note("given")
    for text, kind in ((whole or composed, NameKind.OFFICIAL), (row.text("original"), NameKind.OFFICIAL)):
        _add(row, text, kind)
    for _, value in row.cells.get("alias", ()):
        for text in filter(None, _SEVERAL.split(value)):
            _add(row, text, NameKind.ALIAS)
    if not row.draft.names:
        row.draft.errors.append("There is no name. Fill it in in the file, map another column, or skip the row.")


def _add(row: Row, text: str, kind: NameKind) -> None:
    text = " ".join(text.split())
    if not text or any(name.text == text for name in row.draft.names):
        return
    if len(text) > NAME_LENGTH:
        row.draft.errors.append(f"A name is longer than {NAME_LENGTH} characters: “{short(text)}”.")
        return
    script = script_of(text)
    system = NameSystem(row.plan.name_system) if script == Script.LATIN else _SYSTEMS.get(script, NameSystem.OTHER)
    name = CaseName(text=text, script=script.value, system=system, kind=kind, position=len(row.draft.names))
    row.draft.names.append(name)


def read_identity(row: Row) -> None:
    """Sex, birth, age, origin, ethnic group, religion, occupation: a claim each, and the case's own column."""
    _sex(row)
    _birth(row)
    _age(row)
    _origin(row)
    _ethnic_group(row)
    if "religion" in row.cells:
        text = row.fitted("religion", row.text("religion"), RELIGION_LENGTH)
        _claim(row, ClaimField.RELIGION, text, accepted={"religion": text})
    _occupation(row)


def _claim(row: Row, field: ClaimField, value: str, *, accepted: dict[str, Any] | None = None, **more: Any) -> None:
    row.draft.values |= accepted or {}
    row.draft.claims.append(
        Claim(
            field=field,
            value=value[:CLAIM_LENGTH],
            accepted=bool(accepted),
            claimed_by=row.plan.claimed_by,
            **{"certainty": row.plan.certainty, **more},
        )
    )


def _sex(row: Row) -> None:
    meaning = row.meaning("sex")
    if meaning == NOTE:
        row.note("sex")
    elif meaning:
        _claim(row, ClaimField.SEX, str(Sex(meaning).label), accepted={"sex": meaning})


def _birth(row: Row) -> None:
    born, text = row.dates.get("birth"), row.text("birth")
    if born:
        _claim(row, ClaimField.BIRTH, text, accepted={"birth": born, "birth_text": text[:60]})


def _age(row: Row) -> None:
    """The age as it was stated; the year of birth it implies is a claim nobody has accepted."""
    minor = row.meaning("minor")
    if "age" not in row.cells:
        return
    text, start = canonical_number(row.text("age")), row.dates.get("start") or row.dates.get("start_month")
    stated = row.text("start") or row.text("start_month")
    _claim(row, ClaimField.AGE, text, stated=start, stated_text=stated[:60] if start else "")
    if not text.isdecimal() or int(text) > OLDEST:
        row.draft.warnings.append(f"{row.heading('age')}: “{short(text)}” is no age in whole years; kept as it is.")
        return
    age = int(text)
    if (minor == "yes" and age >= OF_AGE) or (minor == "no" and age < OF_AGE):
        row.draft.warnings.append(f"Stated as {'a minor' if minor == 'yes' else 'of age'}, and as {age} years old.")
    if not start:
        return
    born = row.dates.get("birth")
    if born is None:
        _claim(row, ClaimField.BIRTH, f"c. {start.earliest.year - age}", certainty="alleged")
    elif not start.earliest.year - born.latest.year - 1 <= age <= start.latest.year - born.earliest.year:
        row.draft.warnings.append(f"Born {born} does not fit {age} years at the start ({start}).")


def _origin(row: Row) -> None:
    if "origin" not in row.cells:
        return
    text = row.fitted("origin", row.text("origin"))
    place = row.terms.find("place", text)
    _claim(row, ClaimField.ORIGIN, text, accepted={"origin": place} if place else {"origin_text": text})


def _ethnic_group(row: Row) -> None:
    if "ethnic_group" not in row.cells:
        return
    text = row.fitted("ethnic_group", row.text("ethnic_group"))
    group = row.terms.find("ethnic_group", text)
    if group is None:
        row.draft.warnings.append(
            f"{row.heading('ethnic_group')}: “{short(text)}” is not in the vocabulary; a claim only."
        )
    _claim(row, ClaimField.ETHNIC_GROUP, text, accepted={"ethnic_group": group} if group else None)


def _occupation(row: Row) -> None:
    plain, detail = row.text("occupation"), row.text("occupation_detail")
    if not plain and not detail:
        return
    both = f"{detail} ({plain})" if plain and detail and plain.casefold() != detail.casefold() else detail or plain
    text = row.fitted("occupation_detail" if detail else "occupation", both)
    if text != both and detail and plain:
        row.note("occupation")
    _claim(row, ClaimField.OCCUPATION, text, accepted={"occupation": text})
