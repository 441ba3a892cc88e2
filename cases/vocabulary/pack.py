"""Reads a vocabulary pack: a TOML file with themes, places, ethnic groups, statutes and facilities.

    [pack]
    code = "cn"                 # what a dialogue names as its pack; "" = offered in every dialogue
    name = "China"

    places = [{ code = "XZ", name = "Tibet AR / Xizang", note = "GB/T 2260: 54 (V)" }, …]

Every term has a code, unique within its section: a term is known again by pack, section and code, so its name may be
put differently in a later version of the file. `region` of a place and `place` of a facility are codes of places.
Nothing here knows a counterpart: all that is particular stands in the file.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

# section of the file → (kind of term, further text fields, field that names a place by its code)
SECTIONS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "themes": ("theme", (), ""),
    "places": ("place", (), "region"),
    "ethnic_groups": ("ethnicgroup", (), ""),
    "statutes": ("statute", ("law", "article", "paragraph"), ""),
    "facilities": ("facility", (), "place"),
}
_LENGTHS = {"code": 40, "name": 160, "law": 120, "article": 20, "paragraph": 20}


class BadPack(ValueError):
    """The file is not a pack, or contradicts itself; the text says where."""


@dataclass(frozen=True)
class Entry:
    """One term: its kind, its code, column → value, and the code of the place it points to ("" = none)."""

    kind: str
    code: str
    values: dict[str, Any] = field(hash=False)
    place_code: str = ""


@dataclass(frozen=True)
class Pack:
    """A pack as read: its code, its name, and its terms with what they point to before them."""

    code: str
    name: str
    entries: tuple[Entry, ...]


def read_pack(path: Path) -> Pack:
    """The pack in the file `path`. Raises BadPack with a sentence that says what is wrong; OSError when unreadable."""
    try:
        whole = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPack(f"{path.name} is not a TOML file: {error}") from error
    head = whole.pop("pack", None)
    if not isinstance(head, dict) or not isinstance(head.get("code"), str) or not head.get("name"):
        raise BadPack(f"{path.name}: the section [pack] with code and name is missing.")
    if unknown := set(whole) - set(SECTIONS):
        raise BadPack(f"{path.name}: unknown sections {sorted(unknown)}.")
    entries = [_entry(section, row) for section in SECTIONS for row in whole.get(section, [])]
    _check_codes(entries)
    entries.sort(key=lambda entry: (list(SECTIONS).index(_section_of(entry)), bool(entry.place_code)))
    return Pack(head["code"], head["name"], tuple(entries))


def _section_of(entry: Entry) -> str:
    return next(section for section, (kind, _, _) in SECTIONS.items() if kind == entry.kind)


def _entry(section: str, row: Any) -> Entry:
    kind, texts, pointer = SECTIONS[section]
    if not isinstance(row, dict) or not row.get("code") or not row.get("name"):
        raise BadPack(f"{section}: every term needs a code and a name, but one is {row!r}.")
    allowed = {"code", "name", "note", "valid_from", "valid_to", "retired", *texts, *([pointer] if pointer else [])}
    if unknown := set(row) - allowed:
        raise BadPack(f"{section} {row['code']}: unknown fields {sorted(unknown)}.")
    values: dict[str, Any] = {text: row.get(text, "") for text in ("name", "note", *texts)}
    values |= {"valid_from": row.get("valid_from"), "valid_to": row.get("valid_to")}
    values["retired"] = row.get("retired", False)
    _check_values(f"{section} {row['code']}", {"code": row["code"], **values})
    return Entry(kind, row["code"], values, row.get(pointer, "") if pointer else "")


def _check_values(where: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name in ("valid_from", "valid_to"):
            fits = value is None or type(value) is date
        elif name == "retired":
            fits = isinstance(value, bool)
        else:
            fits = isinstance(value, str) and len(value) <= _LENGTHS.get(name, 2000)
        if not fits:
            raise BadPack(f"{where}: {name} cannot be {value!r}.")
    if values["valid_from"] and values["valid_to"] and values["valid_to"] < values["valid_from"]:
        raise BadPack(f"{where}: valid_to lies before valid_from.")


def _check_codes(entries: list[Entry]) -> None:
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        if (entry.kind, entry.code) in seen:
            raise BadPack(f"{entry.kind} {entry.code}: the code stands there twice.")
        seen.add((entry.kind, entry.code))
    regions = {entry.code for entry in entries if entry.kind == "place" and not entry.place_code}
    places = {entry.code for entry in entries if entry.kind == "place"}
    for entry in entries:
        known = regions if entry.kind == "place" else places
        if entry.place_code and entry.place_code not in known:
            raise BadPack(f"{entry.kind} {entry.code}: there is no place {entry.place_code} in this pack.")
