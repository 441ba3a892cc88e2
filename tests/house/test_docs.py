"""What is generated is in step; what is written names no machine."""

import re
import subprocess
import tomllib
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from casetracker.desk.drawings import passings
from tests.house.sources import ROOT


def test_drawings_are_in_step():
    call_command("docs", "--check", stdout=StringIO())


def test_every_passing_of_the_rule_has_a_reason():
    assert [place for place in passings() if place[1] == "(not said)"] == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


OURS = [m for m in apps.get_models() if m.__module__.split(".")[0] in {"casetracker", "cases", "rounds"}]


def fields():
    """ "app.model.field" of every field of our own models, without history."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in OURS
        if not hasattr(model, "history_type")
        for field in model._meta.get_fields()
        if field.concrete
    }


def test_every_field_is_classified():
    """docs/fields.toml: does it name a person, is it sensitive, may it leave on a handover sheet."""
    rows = tomllib.loads((ROOT / "docs" / "fields.toml").read_text())
    stated = {f"{model}.{name}" for model, columns in rows.items() for name in columns}
    assert (sorted(fields() - stated), sorted(stated - fields())) == ([], [])
    for columns in rows.values():
        assert set(columns.values()) <= {"plain", "sensitive", "names", "sheet", "names sheet"}


def test_nothing_that_names_a_machine_or_a_registry():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    if not any(listed):
        pytest.fail("git ls-files found nothing")
    for name in filter(None, listed):
        text = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        assert not re.search(rb"(?<![\w.-])/(?:work|root|home)/\w|files\.pythonhosted|pypi\.org/simple", text), name
