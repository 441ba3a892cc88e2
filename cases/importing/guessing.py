"""First guesses: what a column holds, by its heading; what a code means, by its word. The user decides."""

import re
from collections.abc import Sequence

from cases.codes import EventKind, Sex
from cases.importing.fields import IGNORE, NOTE, PLACES, SHARED
from cases.importing.numerals import canonical_number
from cases.names.keys import search_key
from cases.names.scripts import Script, script_of

# Target → headings that mean it, as `search_key` writes them.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "names", "person", "prisoner", "victim", "nombre completo", "姓名", "姓名 拼音"),
    "family": ("last name", "family name", "surname", "lastname", "apellidos", "apellido", "姓"),
    "given": ("first name", "given name", "given names", "forename", "firstname", "nombre", "名"),
    "original": ("name in original script", "original name", "name chinese", "chinese name", "name tibetan",
                 "tibetan name", "uyghur name", "name in characters", "characters", "汉字", "中文名"),
    "alias": ("alias", "aliases", "other name", "other names", "also known as", "aka", "pen name", "别名"),
    "sex": ("sex", "gender", "male", "female", "sexo", "性别"),
    "birth": ("birth", "born", "date of birth", "year of birth", "birth date", "birthdate", "birth year", "dob",
              "出生日期", "出生"),
    "age": ("age", "edad", "age at detention", "age when detained", "年龄"),
    "minor": ("minor", "is minor", "child"),
    "origin": ("origin", "place of origin", "home", "birthplace", "place of birth", "native place", "籍贯"),
    "nationality": ("nationality", "citizenship", "国籍"),
    "ethnic_group": ("ethnic group", "ethnicity", "ethnic", "民族"),
    "religion": ("religion", "faith", "belief", "宗教"),
    "occupation": ("occupation", "profession", "job", "work", "职业"),
    "occupation_detail": ("occupation detail", "occupation details", "profession detail"),
    "kind": ("what happened", "violence", "event", "violation", "type of violation"),
    "outcome": ("outcome", "fate", "how it ended"),
    "start": ("date of detention", "detained", "detained on", "detention date", "date detained", "start date",
              "start date daily", "date", "taken on", "date of incident", "拘留日期"),
    "start_month": ("start date monthly", "month of detention"),
    "end": ("end date", "end date daily", "until"),
    "end_month": ("end date monthly",),
    "place": ("place", "location", "place of detention", "where", "province", "地点"),
    "facility": ("facility", "prison", "detention centre", "detention center", "current prison", "监狱"),
    "authority": ("authority", "perpetrator", "agency", "detaining authority", "detained by",
                  "perpetrator affiliation detail", "办案机关"),
    "statute": ("charge", "charges", "statute", "offence", "crime", "article", "罪名"),
    "arrested": ("date of arrest", "date of formal arrest", "arrest date", "formally arrested"),
    "sentenced": ("date of sentence", "sentenced", "sentence date", "sentenced on", "判决日期"),
    "term": ("sentence", "term", "prison term", "sentence length", "刑期"),
    "term_years": ("sentence years", "years", "term years", "sentence in years"),
    "term_months": ("sentence months", "months", "term months", "sentence in months"),
    "released": ("released", "date of release", "release date", "released on"),
    "died": ("died", "date of death", "death date", "died on"),
    "external_id": ("id", "no", "number", "nr", "case id", "individual id", "record id", "case number", "序号"),
    "group": ("group", "group id", "group no", "incident", "incident id", "case group"),
    "source": ("source", "sources"),
    "page": ("page", "pages", "link", "url", "file number", "reference"),
    "theme": ("theme", "themes", "topic"),
    "summary": ("summary", "description", "case summary", "概要"),
    "comment": ("comment", "comments", "additional comments", "note", "notes", "remark", "remarks", "备注"),
}  # fmt: skip
_BY_HEADING = {heading: target for target, headings in _HEADINGS.items() for heading in headings}
_NUMBERED = re.compile(r"(place|location|latitude|lat|longitude|lon|lng|exact coordinates|exact) (\d)")
_PART = {
    "place": "spot", "location": "location", "latitude": "latitude", "lat": "latitude", "longitude": "longitude",
    "lon": "longitude", "lng": "longitude", "exact coordinates": "exact", "exact": "exact",
}  # fmt: skip

_YES = {"1", "yes", "y", "true", "t", "ja", "oui", "si", "是"}
_NO = {"0", "no", "n", "false", "f", "nein", "non", "否"}
_MALE = {"m", "male", "man", "men", "boy", "hombre", "masculino", "男", "男性"}
_FEMALE = {"f", "female", "w", "woman", "girl", "mujer", "femenino", "女", "女性"}
# Looked for in this order: the first that the value begins with, else the first that it holds.
_KINDS: tuple[tuple[str, EventKind], ...] = (
    ("disappear", EventKind.DISAPPEARED),
    ("missing", EventKind.DISAPPEARED),
    ("execut", EventKind.EXECUTED),
    ("died in custody", EventKind.DIED_IN_CUSTODY),
    ("death in custody", EventKind.DIED_IN_CUSTODY),
    ("kill", EventKind.DIED),
    ("murder", EventKind.DIED),
    ("suicid", EventKind.DIED),
    ("died", EventKind.DIED),
    ("dead", EventKind.DIED),
    ("death", EventKind.DIED),
    ("tortur", EventKind.ILL_TREATMENT),
    ("ill treat", EventKind.ILL_TREATMENT),
    ("sentenc", EventKind.SENTENCED),
    ("formally arrest", EventKind.ARRESTED),
    ("releas", EventKind.RELEASED),
    ("acquit", EventKind.NOT_PROSECUTED),
    ("parole", EventKind.PAROLED),
    ("bail", EventKind.BAIL),
    ("exit ban", EventKind.EXIT_BAN),
    ("house arrest", EventKind.SOFT_DETENTION),
    ("summon", EventKind.SUMMONED),
    ("indict", EventKind.INDICTED),
    ("detain", EventKind.DETAINED),
    ("arrest", EventKind.DETAINED),
    ("held", EventKind.DETAINED),
)


def guess_targets(columns: Sequence[str], samples: Sequence[Sequence[str]]) -> list[str]:
    """A target for each column, by its heading. Where two would share one that takes one column, the first has it.

    `samples` are the first rows. A column without heading that only counts the rows is guessed to be left out.
    """
    taken: set[str] = set()
    guesses = []
    for position, column in enumerate(columns):
        target = _by_heading(column)
        if target == "name" and _in_another_script([row[position] for row in samples]):
            target = "original"
        if target in taken and target not in SHARED:
            target = NOTE
        if column.endswith("(no heading)") and _counts([row[position] for row in samples]):
            target = IGNORE
        taken.add(target)
        guesses.append(target)
    if "given" in taken and not {"name", "family"} & taken:
        guesses[guesses.index("given")] = "name"
    return guesses


def guess_meaning(target: str, column: str, value: str) -> str:
    """What a value of a coded column means: a code of `meanings_of(target)`, or "" where it is not obvious."""
    word = search_key(value)
    if target == "sex":
        return _sex(search_key(column), word)
    if target == "minor":
        return "yes" if word in _YES else "no" if word in _NO else ""
    begins = next((kind for start, kind in _KINDS if word.startswith(start)), None)
    found = begins or next((kind for start, kind in _KINDS if start in word), None)
    return found.value if found else ""


def meanings_of(target: str) -> list[tuple[str, str]]:
    """(code, label) of what a value of a coded column can mean; NOTE keeps it as it is, in the notes."""
    keep = (NOTE, "nothing of these: keep in the notes")
    if target == "sex":
        return [*((sex.value, str(sex.label)) for sex in Sex), keep]
    if target == "minor":
        return [("yes", "yes, a minor"), ("no", "no, of age"), keep]
    return [*((kind.value, str(kind.label)) for kind in EventKind), keep]


def _by_heading(column: str) -> str:
    key = search_key(column.replace("_", " "))
    if match := _NUMBERED.fullmatch(key):
        return f"{_PART[match[1]]}_{match[2]}" if 1 <= int(match[2]) <= PLACES else NOTE
    return _BY_HEADING.get(key, NOTE)


def _counts(values: Sequence[str]) -> bool:
    """Whether the values are 1, 2, 3 … (or 0, 1, 2 …): the row numbers some programs write out."""
    numbers = [canonical_number(value) for value in values]
    return any(numbers == [str(number) for number in range(first, first + len(numbers))] for first in (0, 1)) and bool(
        numbers
    )


def _in_another_script(values: Sequence[str]) -> bool:
    """Whether most of the values are written in other letters than Latin ones."""
    scripts = [script_of(value) for value in values if value.strip()]
    return 2 * sum(1 for script in scripts if script not in (Script.LATIN, Script.OTHER)) > len(scripts)


def _sex(heading: str, word: str) -> str:
    if word in _MALE and heading != "female":
        return Sex.MALE
    if word in _FEMALE and heading != "male":
        return Sex.FEMALE
    if word in ("x", "other", "diverse"):
        return Sex.OTHER
    if heading in ("male", "female"):
        yes, no = (Sex.MALE, Sex.FEMALE) if heading == "male" else (Sex.FEMALE, Sex.MALE)
        return yes if word in _YES else no if word in _NO else ""
    return ""
