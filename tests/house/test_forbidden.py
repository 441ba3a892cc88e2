"""What our own code never does, and what no address answers to."""

import ast
import logging
import re

import pytest
from django.conf import settings as now
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from casetracker.access.actions.invitations import make_invitation
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from tests import make
from tests.access.conftest import stage  # noqa: F401
from tests.access.twin import all_probes
from tests.house.production import production_settings
from tests.house.sources import ROOT, name_of, python_files, tree

# Statements of our own: identifiers are quoted from models, values are bound.
RAW_SQL = {
    "casetracker/audit/bulk.py": "many rows at once",
    "casetracker/access/net.py": "refuses raw queries while serving",
    "casetracker/access/triggers.py": "the rules of the database",
    "casetracker/checks.py": "reads settings of the database back",
    "cases/paging.py": "counts",
    "cases/search/ranks.py": "ranks of the search",
}
PROCESSES = {"cases/importing/quarantine.py", "casetracker/desk/demo/server.py"}
RUNNING = {"eval", "exec", "compile", "__import__"}
UNSAFE = {"pickle", "marshal", "shelve", "jinja2", "yaml", "telnetlib"}
WEAK = {"md5", "sha1", "new", "DES", "TripleDES", "ARC4", "ECB", "CBC"}


def calls():
    for file in python_files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call):
                yield name_of(file), node


def imports():
    for file in python_files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ImportFrom):
                yield name_of(file), node.module or ""
            elif isinstance(node, ast.Import):
                yield from ((name_of(file), alias.name) for alias in node.names)


def test_nothing_runs_what_was_typed():
    """No code, template or object is made from a text; no shell; other processes only where a list says so."""
    wrong = []
    for file, call in calls():
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        free = isinstance(call.func, ast.Name)
        if (free and name in {*RUNNING, "Template"}) or name in {"from_string", "system", "popen"}:
            wrong.append(f"{file}:{call.lineno} {name}")
        wrong += [f"{file}:{call.lineno} shell" for key in call.keywords if key.arg == "shell"]
    wrong += [f"{file} imports {module}" for file, module in imports() if module.split(".")[0] in UNSAFE]
    assert wrong == []
    assert {file for file, module in imports() if module == "subprocess"} == PROCESSES


def test_statements_stand_in_few_places():
    found = set()
    for file, call in calls():
        name, owner = getattr(call.func, "attr", ""), getattr(getattr(call.func, "value", None), "id", "")
        if (
            name in {"raw", "extra"}
            or "RawSQL" in (name, getattr(call.func, "id", ""))
            or (owner == "cursor" and name.startswith("execute"))
        ):
            found.add(file)
    assert found == set(RAW_SQL)


def test_only_sound_hashes_ciphers_and_chance():
    """SHA-256 and AES-GCM; `random` only invents the demonstration."""
    wrong = []
    for file in python_files():
        for node in ast.walk(tree(file)):
            name = getattr(node, "attr", "")
            owner = getattr(getattr(node, "value", None), "id", "")
            if (owner == "hashlib" and name != "sha256") or (name in WEAK and owner in {"modes", "algorithms"}):
                wrong.append(f"{name_of(file)}: {owner}.{name}")
    allowed = {"hashlib": "sha256"}
    for file in python_files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ImportFrom) and node.module in allowed:
                wrong += [f"{name_of(file)}: {one.name}" for one in node.names if one.name != allowed[node.module]]
    chance = {file for file, module in imports() if module.split(".")[0] == "random"}
    assert wrong == []
    assert {file for file in chance if not file.startswith("casetracker/desk/demo/")} == set()


def test_scripts_make_no_html_of_texts():
    scripts = sorted((ROOT / "casetracker" / "static" / "casetracker").glob("*.js"))
    assert len(scripts) >= 2
    wrong = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|set(?:Timeout|Interval)\([\"'`]"
    )
    assert [file.name for file in scripts if re.search(wrong, file.read_text())] == []


def test_forms_name_their_fields():
    """No form takes its fields from a model, and no row is filled from all that was sent."""
    assert [file for file, _ in imports() if "ModelForm" in (ROOT / file).read_text()] == []
    wrong = [
        f"{file}:{call.lineno}"
        for file, call in calls()
        for key in call.keywords
        if key.arg is None and re.search(r"\b(POST|GET)\b", ast.unparse(key.value))
    ]
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["' OR '1'='1", "x'); DROP TABLE cases_casename; --", '"; SELECT 1', "100%_\\' --"])
def test_a_search_for_sql_finds_nothing_and_breaks_nothing(cast, as_, typed):
    make.case(cast.olga, cast.cn, "Dolma Invented")
    client = as_(cast.olga)
    assert "CN-" not in client.post("/find/", {"q": typed}).text.split("<main")[1]
    assert client.get("/cases/", {"state": typed, "sort": typed, "after": typed, "place": typed}).status_code == 422
    assert client.post("/find/", {"q": "Dolma Invented"}).status_code == 302


@pytest.mark.django_db
def test_what_opens_something_is_drawn_long_enough(cast):
    """128 bits at least: keys of sessions, one-time links, what is sent along to a provider of sign-in."""
    with acting(Verb.USER_RESET, process="tests"):
        tokens = {make_invitation(user=cast.olga) for _ in range(5)}
    keys = {SessionStore()._get_new_session_key() for _ in range(5)}
    for drawn, letters in ((tokens, r"[\w-]{43}"), (keys, "[a-z0-9]{32}")):
        assert len(drawn) == 5
        assert all(re.fullmatch(letters, one) for one in drawn)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_no_other_method_is_answered(stage, as_, method):  # noqa: F811
    """Class views of libraries would delete and change by them, past step-up; TRACE would send back the cookie."""
    client = as_(stage.cast.hugo)
    for name, probes in all_probes(stage.aims["linked"]).items():
        answer = client.generic(method, probes[0].path.partition("?")[0], headers={"x-echo": "Echo"})
        assert (answer.status_code, answer.content) == (405, b""), name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/.git/config", "/.git/HEAD", "/.env", "/manage.py", "/static/", "/static/casetracker/", "/static/.git/config",
        "/static/../manage.py", "/static/%2e%2e/manage.py", "/var/", "/docs/", "/api/", "/admin/",
        "/metrics", "/debug/",
    ],
)  # fmt: skip
def test_nothing_lies_about(cast, as_, path):
    """Neither the source nor its history, no list of files, no page for machines."""
    assert {client.get(path).status_code for client in (Client(), as_(cast.hugo))} == {404}


def test_a_line_of_the_log_has_its_moment_in_utc():
    for logging_of in (now.LOGGING, production_settings()["LOGGING"]):
        said = logging_of["formatters"]["line"]
        record = logging.LogRecord("a", logging.ERROR, "", 0, "Broken", (), None)
        record.created, record.number = 86_400.0, "-"
        module, _, name = said["class"].rpartition(".")
        formatter = getattr(__import__(module, fromlist=[name]), name)(said["format"])
        assert formatter.format(record) == "1970-01-02T00:00:00Z ERROR a - Broken"
