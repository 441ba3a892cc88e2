"""Everything has one place, and nothing grows past what one can read."""

import ast
import re

import pytest

from tests.house.sources import ROOT, name_of, python_files, templates, tree

TOP = {
    "manage.py", "casetracker", "cases", "rounds", "templates", "fixtures", "tests", "pyproject.toml", "README.md",
    "LICENSE", "requirements.lock", ".python-version", ".ci", "docs", "bench", ".gitignore", ".git",
}  # fmt: skip
MADE = {
    ".venv",
    "uv.lock",
    "var",
    "staticfiles",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
}
NO_NAMES = {"utils.py", "helpers.py", "mixins.py", "common.py", "misc.py", "base.py"}


def test_top_level_stays():
    assert {path.name for path in ROOT.iterdir()} - MADE - {"test-results", "__pycache__"} <= TOP


def test_no_file_without_a_meaning():
    assert [name_of(file) for file in python_files() if file.name in NO_NAMES or "common" in file.parts] == []


def test_files_stay_readable():
    long = {name_of(file): len(file.read_text().splitlines()) for file in python_files()}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def length(node):
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_stay_readable():
    long = []
    for file in python_files():
        limit = 30 if "views" in file.parts or file.name == "views.py" else 40
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef) and length(node) > limit:
                long.append(f"{name_of(file)}:{node.name} {length(node)}")
    assert long == []


def test_templates_stay_readable():
    assert {name_of(t): n for t in templates() if (n := len(t.read_text().splitlines())) > 120} == {}


@pytest.mark.parametrize("template", templates(), ids=name_of)
def test_nothing_inline(template):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", template.read_text(), flags=re.S)
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*\ssrc=)|javascript:", text)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)
    assert "|safe" not in text
    assert "{% autoescape off" not in text


@pytest.mark.parametrize("template", templates(), ids=name_of)
def test_includes_say_what_they_take(template):
    assert [tag for tag in re.findall(r"{% include [^%]*%}", template.read_text()) if " only %}" not in tag] == []


def test_titles_name_nobody():
    for template in templates():
        for title in re.findall(r"{% block title %}(.*?){% endblock", template.read_text(), flags=re.S):
            assert not re.search(r"name|query|\bq\b|text", " ".join(re.findall(r"{{.*?}}", title))), name_of(template)


def test_every_module_says_what_it_is():
    silent = [
        name_of(file)
        for file in python_files()
        if file.name not in ("__init__.py", "apps.py") and ast.get_docstring(tree(file)) is None
    ]
    assert silent == []
