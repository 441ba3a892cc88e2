"""What docs/asvs.toml claims has a test; what it does not claim has a reason."""

import ast
import re
import tomllib

import pytest

from tests.house.sources import ROOT

TABLE = tomllib.loads((ROOT / "docs" / "asvs.toml").read_text())
# The levels of all requirements of ASVS 5.0.0: by chapter, a group of digits for each section, a digit for each one.
LEVELS = {
    1: "22 1111122223 112222222223 222 123",
    2: "122 112 12223 23",
    3: "3 113 12223 11222233 11122333 3 22333",
    4: "12233 23333 22 1222",
    5: "2 112333 113 222",
    6: "122 111111112222 11223333 112233 22222333 2223 33 2222",
    7: "222 1111 22 11222 223 22",
    8: "1233 1123 133 23",
    9: "111 1222",
    10: "22 223 22223 1111122222233333 22222 22 222",
    11: "2233 22233 11233 1222 23 23 33",
    12: "12233 11 22223",
    13: "2333 222223 2233 1222233",
    14: "22 12223333 122",
    15: "12233 12233 1222222 3333",
    16: "2 22222 2222 222 2223",
    17: "23 22223333 22",
}
EVERY = {
    f"{chapter}.{section}.{number}": int(level)
    for chapter, sections in LEVELS.items()
    for section, levels in enumerate(sections.split(), 1)
    for number, level in enumerate(levels, 1)
}
# Level 3 where it fits: what the specification of discretion asks for.
WANTED = {"2.3.5", "6.3.3", "8.3.2", "16.3.2", "14.2.5", "14.2.6"}


def exists(node: str) -> bool:
    """Whether the file of a test has a function of that name."""
    file, _, name = node.partition("::")
    if not (ROOT / file).is_file():
        return False
    tree = ast.parse((ROOT / file).read_text())
    return name.startswith("test_") and name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def is_said(place: str) -> bool:
    """Whether that document has that heading, or a paragraph that begins with it in bold."""
    file, _, heading = place.partition("#")
    text = (ROOT / file).read_text() if (ROOT / file).is_file() else ""
    return any(re.fullmatch(rf"#+ {re.escape(heading)}", line) for line in text.splitlines())


@pytest.mark.parametrize("number", TABLE)
def test_a_claim_has_its_test(number):
    row = TABLE[number]
    assert row["level"] == EVERY[number]
    allowed = {
        "claimed": {"test", "also", "open_at_3"},
        "documented": {"where"},
        "not applicable": {"why"},
        "open": {"why"},
    }
    assert set(row) - {"level", "status"} <= allowed[row["status"]]
    if row["status"] == "claimed":
        tests = row["test"] if isinstance(row["test"], list) else [row["test"]]
        assert [test for test in tests if not exists(test)] == []
        assert tests
    elif row["status"] == "documented":
        assert is_said(row["where"]), row["where"]
    else:
        assert len(row["why"]) > 5


def test_every_requirement_of_two_levels_has_a_row():
    assert len(EVERY) == 345
    assert sorted({number for number, level in EVERY.items() if level < 3} - set(TABLE)) == []


def test_a_claim_without_a_test_would_be_noticed():
    assert not exists("tests/house/test_asvs.py::test_that_nobody_wrote")
    assert not exists("tests/house/test_nothing.py::test_a_claim_has_its_test")
    assert not exists("tests/house/test_asvs.py::exists")
    assert not is_said("docs/security.md#What nobody wrote")
    assert not is_said("docs/nothing.md#Making it hard")


def test_what_was_asked_for_is_claimed():
    claimed = {number for number, row in TABLE.items() if row["status"] == "claimed"}
    assert claimed >= WANTED
    assert TABLE["16.3.2"]["also"] == 3
