"""Two records of the exact versions, and they agree."""

import re
import tomllib

from tests.house.sources import ROOT


def pinned(lines):
    return {
        re.sub(r"[-_.]+", "-", match[1]).lower(): match[2]
        for line in lines
        if (match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", line))
    }


def test_lock_and_constraints_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    constraints = pinned(project["tool"]["uv"]["constraint-dependencies"])
    lock = pinned((ROOT / "requirements.lock").read_text().splitlines())
    assert lock
    assert {name: version for name, version in lock.items() if constraints.get(name) != version} == {}


def test_the_lock_has_hashes():
    text = (ROOT / "requirements.lock").read_text()
    assert text.count("--hash=sha256:") >= text.count("==")


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    constraints = pinned(project["tool"]["uv"]["constraint-dependencies"])
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", name)[0]).lower() for name in wanted}
    assert names - set(constraints) == set()
