"""What a column of a table from outside can hold: the targets that a column is mapped to.

A target is named by a short code that stands in `ImportBatch.mapping`. Whatever has no place of its own in a case goes
to its notes; only IGNORE leaves a column out, and that is always somebody's choice.
"""

from dataclasses import dataclass

NOTE = "note"
IGNORE = "ignore"
PLACES = 8

# Targets whose values are codes of the sender: the user says what each value means.
CODED = ("sex", "minor", "kind", "outcome")
# Targets that several columns may share; every other one takes one column.
SHARED = frozenset({NOTE, IGNORE, "alias", "comment", "summary", "page", "theme"})
DATES = ("start", "end", "birth", "arrested", "sentenced", "released", "died")


@dataclass(frozen=True)
class Target:
    """One entry of the picker. `heading` is the group it stands under."""

    code: str
    label: str
    heading: str


_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", ((NOTE, "Keep in the notes"), (IGNORE, "Leave out"))),
    (
        "Names",
        (
            ("name", "Full name"),
            ("family", "Family name"),
            ("given", "Given name"),
            ("original", "Name in original script"),
            ("alias", "Other name (alias)"),
        ),
    ),
    (
        "Person",
        (
            ("sex", "Sex (values are asked)"),
            ("birth", "Date or year of birth"),
            ("age", "Age at the start of the main event"),
            ("minor", "Minor: yes or no (values are asked)"),
            ("origin", "Place of origin"),
            ("nationality", "Nationality"),
            ("ethnic_group", "Ethnic group"),
            ("religion", "Religion"),
            ("occupation", "Occupation"),
            ("occupation_detail", "Occupation, in detail"),
        ),
    ),
    (
        "Main event",
        (
            ("kind", "What happened (values are asked)"),
            ("start", "Start date"),
            ("start_month", "Start, only its month counts"),
            ("end", "End date"),
            ("end_month", "End, only its month counts"),
            ("place", "Place"),
            ("facility", "Facility"),
            ("authority", "Authority or perpetrator"),
            ("statute", "Charge or statute"),
        ),
    ),
    (
        "Later events",
        (
            ("outcome", "How it ended (values are asked; dated by the end date)"),
            ("arrested", "Date of formal arrest"),
            ("sentenced", "Date of sentence"),
            ("term", "Sentence, in words"),
            ("term_years", "Sentence in years"),
            ("term_months", "Sentence in months"),
            ("released", "Date of release"),
            ("died", "Date of death"),
        ),
    ),
    (
        "List and source",
        (
            ("external_id", "Number in the list"),
            ("group", "Group: persons with the same value belong together"),
            ("source", "Title of the source"),
            ("page", "Page, link or file number"),
        ),
    ),
    (
        "Texts",
        (
            ("theme", "Themes"),
            ("summary", "Summary"),
            ("comment", "Comment"),
        ),
    ),
)
_OF_PLACE = (
    ("location", "name of the spot"),
    ("spot", "kind of place"),
    ("latitude", "latitude"),
    ("longitude", "longitude"),
    ("exact", "coordinates exact: yes or no"),
)


def _all() -> tuple[Target, ...]:
    plain = [Target(code, label, heading) for heading, some in _GROUPS for code, label in some]
    places = [
        Target(f"{part}_{number}", f"Place {number}: {label}", "Places one after the other")
        for number in range(1, PLACES + 1)
        for part, label in _OF_PLACE
    ]
    return (*plain, *places)


TARGETS = _all()
LABELS = {target.code: target.label for target in TARGETS}


def choices() -> list[tuple[str, object]]:
    """The picker: (code, label) pairs, grouped under headings where there is one."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for target in TARGETS:
        grouped.setdefault(target.heading, []).append((target.code, target.label))
    return [*grouped.pop(""), *grouped.items()]
