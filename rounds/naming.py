"""Naming several cases at once: by references, or by looking one up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cases.forms.references import NOT_FOUND
from cases.models import Case
from cases.paging import as_key
from cases.reference import ReferenceTypo, clean_reference
from casetracker.access.models import User

MOST = 200
TOO_MANY = "Only the first 200 cases are taken at once."
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Named:
    """Cases in the order they were named; and exactly what was typed that led nowhere, each with a sentence.

    A hidden case and a missing one have the same sentence.
    """

    cases: tuple[Case, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


def split(text: str) -> list[str]:
    """What was typed, one reference each. A line that is one reference with spaces in it stays whole."""
    found = []
    for line in text.splitlines():
        if _is_reference(line):
            found.append(line.strip())
        else:
            found.extend(part for part in _BETWEEN.split(line) if part)
    return found


def cases_named(user: User, typed: Iterable[str]) -> Named:
    """The cases that `user` sees for references as people type them, or for keys ("key", "key:version" as ticked in
    the table). One query.
    """
    meant: dict[str, tuple[str, str]] = {}
    for text in typed:
        if len(meant) == MOST:
            meant[""] = ("", TOO_MANY)
            break
        meant.setdefault(text, _meant(text))
    wanted = [what for what, problem in meant.values() if not problem]
    rows = Case.objects.visible_to(user).select_related("dialogue", "compartment")
    keys = [key for what in wanted if (key := as_key(what))]
    references = [what for what in wanted if not as_key(what)]
    found = {case.reference: case for case in rows.filter(reference__in=references)} if references else {}
    if keys:
        found |= {str(case.pk): case for case in rows.filter(pk__in=keys)}
    missing = [(text, problem or NOT_FOUND) for text, (what, problem) in meant.items() if problem or what not in found]
    cases = {found[what].pk: found[what] for what in wanted if what in found}
    return Named(tuple(cases.values()), tuple(missing))


def _meant(text: str) -> tuple[str, str]:
    """(reference or key, "") or ("", what is wrong with the text)."""
    if key := as_key(text.partition(":")[0].strip()):
        return str(key), ""
    try:
        return clean_reference(text), ""
    except ReferenceTypo as typo:
        return "", str(typo)
    except ValueError as error:
        return "", str(error)


def _is_reference(line: str) -> bool:
    try:
        clean_reference(line)
    except ValueError:
        return False
    return True
