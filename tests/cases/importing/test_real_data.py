"""A real list of 2,398 persons, once as CSV and once as XLSX, through the pages. No name is ever printed."""

import hashlib
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from cases.dates import PartialDate
from cases.importing.numerals import canonical_number
from cases.models import Case, CaseEvent, CaseGroup, CaseName, Claim, GroupMember, ImportRow, Source
from casetracker.access.models import Dialogue
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests.cases.importing.desk import confirm, map_columns, say_values, upload
from tests.house.sources import ROOT
from tests.people import grant

FOLDER = Path(os.environ.get("CASETRACKER_REAL_DATA", ROOT.parent / "shared" / "data"))
PERSONS = 2398
SAMPLE = 50
MEANINGS = {"Unresolved": "died"}


@pytest.fixture
def real():
    """The folder with the files; without it the test says so, and in CI fails."""
    if not (FOLDER / "pinochet.csv").exists():
        if os.environ.get("CI"):
            pytest.fail("The real data must be there in CI (CASETRACKER_REAL_DATA).")
        pytest.skip("The real data is not on this machine (CASETRACKER_REAL_DATA).")
    return FOLDER


@pytest.fixture
def chile(cast):
    with acting(Verb.DIALOGUE_CREATED, process="tests"):
        dialogue = Dialogue(name="EU–Chile", own_side="European Union", counterpart="Chile", prefix="CL")
        save_new(dialogue)
        grant(cast.olga, dialogue, Role.OFFICIAL, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
    return dialogue


def bring_in(client, cast, chile, file: Path) -> tuple[object, dict[str, float]]:
    """The whole way through the pages, with the seconds of each step."""
    clock, seconds = time.perf_counter(), {}

    def lap(step: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        seconds[step], clock = round(now - clock, 2), now

    values = {"provider": "Commission", "title": "List of 1991", "dialogue": str(chile.pk)}
    batch = upload(client, cast, file.read_bytes(), name=file.name, **values)
    lap("read")
    response = map_columns(client, batch)
    lap("map")
    if response["Location"].endswith("/values/"):
        assert say_values(client, batch, **MEANINGS).status_code == 302
    lap("check")
    batch.refresh_from_db()
    assert batch.state == "checked", batch.failure
    response = confirm(client, batch)
    lap("import")
    batch.refresh_from_db()
    assert batch.state == "done", batch.failure
    return batch, seconds


def collected(model, cases, *columns):
    found: dict[object, list[tuple]] = {}
    for case, *values in model.objects.filter(case__in=cases).values_list("case_id", *columns):
        found.setdefault(case, []).append(tuple(values))
    return {case: sorted(values, key=repr) for case, values in found.items()}


def contents(batch) -> dict[str, tuple]:
    """individual_id → everything its case holds, as plain values."""
    cases = Case.objects.filter(import_rows__batch=batch)
    columns = [
        field.attname
        for field in Case._meta.concrete_fields
        if field.name not in ("id", "reference", "created_at", "changed_at")
    ]
    position = batch.columns.index("individual_id")
    key_of = {row.case_id: row.cells[position] for row in ImportRow.objects.filter(batch=batch)}
    parts = [
        collected(CaseName, cases, "text", "script", "system", "kind", "position"),
        collected(Claim, cases, "field", "value", "stated", "stated_text", "certainty", "accepted"),
        collected(
            CaseEvent, cases, "kind", "when", "when_text", "until", "until_text", "place_text", "authority", "note"
        ),
        collected(Source, cases, "title", "where", "kind"),
        collected(GroupMember, cases, "group__title"),
    ]
    return {
        canonical_number(key_of[case["id"]]): (
            tuple(case[column] for column in columns),
            *(tuple(part.get(case["id"], ())) for part in parts),
        )
        for case in cases.values("id", *columns)
    }


def digest(value: object) -> str:
    """Stands for content in what a failing test prints."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def test_both_files_make_the_same_cases(as_, cast, chile, real, record_property):
    client = as_(cast.olga)
    one, first = bring_in(client, cast, chile, real / "pinochet.csv")
    two, second = bring_in(client, cast, chile, real / "pinochet.xlsx")
    record_property("seconds", {"csv": first, "xlsx": second})
    print(first, second)  # noqa: T201
    assert one.total == two.total == PERSONS
    assert "Column 1 has no heading but content in 2,398 rows; it is kept." in two.notes
    mine, theirs = contents(one), contents(two)
    assert len(mine) == len(theirs) == PERSONS
    different = [(key, digest(mine[key]), digest(theirs[key])) for key in sorted(mine) if mine[key] != theirs[key]]
    assert different == []
    prefixes = set(Case.objects.values_list("reference", flat=True))
    assert all(reference.startswith("CL-") for reference in prefixes)
    assert len(prefixes) == 2 * PERSONS
    check_warnings(one)
    check_groups(one)
    check_nothing_is_dropped(one)
    check_undo(client, two, one)


def check_warnings(batch):
    listed = ImportRow.objects.filter(batch=batch).values_list("errors", "warnings")
    assert not any(errors for errors, _ in listed)
    kinds = Counter(kind(warning) for _, warnings in listed for warning in warnings)
    assert kinds["before it starts"] == 3
    assert kinds["of age"] + kinds["a minor"] == 13
    assert kinds["no age"] == 1
    assert kinds["same name"] == 2
    assert sum(kinds.values()) == 19


def kind(warning: str) -> str:
    known = ("before it starts", "as a minor", "as of age", "no age in whole years", "same name")
    found = next((words for words in known if words in warning), warning.split(":")[0])
    return {"as a minor": "a minor", "as of age": "of age", "no age in whole years": "no age"}.get(found, found)


def check_groups(batch):
    sizes = Counter(
        GroupMember.objects.filter(case__import_rows__batch=batch).values_list("group_id", flat=True)
    ).values()
    assert (len(sizes), sum(sizes), max(sizes)) == (349, 1356, 26)
    assert CaseGroup.objects.count() == 2 * 349


def check_nothing_is_dropped(batch):
    """Every cell of some rows that is not missing stands somewhere in the case it made."""
    lost = []
    position = batch.columns.index("individual_id")
    for row in ImportRow.objects.filter(batch=batch).order_by("number")[:: PERSONS // SAMPLE]:
        text, dates = everything(row.case)
        for column, cell in zip(batch.columns, row.cells, strict=True):
            cell = cell.strip()
            if (
                not cell
                or cell == "NA"
                or cell in text
                or canonical_number(cell) in text
                or sure(column, cell, row.case, dates)
            ):
                continue
            lost.append((row.cells[position], column))
    assert lost == []


def sure(column: str, cell: str, case: Case, dates: list[PartialDate]) -> bool:
    """Cells that stand in the case in another form."""
    if column == "male":
        return case.sex == {"1": "m", "0": "f"}[cell]
    if "date" in column:
        return any(str(date.earliest)[:7] == cell[:7] for date in dates)
    return False


def everything(case: Case) -> tuple[str, list[PartialDate]]:
    """All texts of a case and its parts, and all dates."""
    parts: list[object] = [case]
    for model in (CaseName, Claim, CaseEvent, Source):
        parts += model.objects.filter(case=case)
    parts += CaseGroup.objects.filter(members__case=case)
    values = [getattr(part, field.attname) for part in parts for field in part._meta.concrete_fields]  # type: ignore[attr-defined]
    return "\n".join(value for value in values if isinstance(value, str)), [
        value for value in values if isinstance(value, PartialDate)
    ]


def check_undo(client, batch, kept):
    clock = time.perf_counter()
    batch.refresh_from_db()
    response = client.post(f"/imports/{batch.pk}/undo/", {"seen": batch.version, "reason": "It came twice."})
    print({"undo": round(time.perf_counter() - clock, 2)})  # noqa: T201
    assert response.status_code == 302
    assert Case.objects.count() == PERSONS
    assert not Case.objects.exclude(import_rows__batch=kept).exists()
    assert CaseGroup.objects.count() == 349
