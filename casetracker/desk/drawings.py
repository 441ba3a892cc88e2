"""Draws docs/access.md and docs/states.md from the code, so that they cannot say anything else than it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from cases import states as case_states
from casetracker.access.act import OFFICES, ROLES
from casetracker.access.roles import Office, Role
from rounds import states as round_states

SOURCES = ("casetracker", "cases", "rounds")


def drawings() -> dict[Path, str]:
    """File → the text it must have."""
    docs = Path(settings.BASE_DIR) / "docs"
    return {docs / "access.md": access_page(), docs / "states.md": states_page()}


def access_page() -> str:
    """The matrix of acts and roles, the acts of offices, and every place that passes the rule by."""
    roles = list(Role)
    lines = [
        "# Who may do what",
        "",
        "Generated from `casetracker/access/act.py` by `manage.py docs`; do not edit.",
        "Seeing comes first (`casetracker/access/see.py`): nobody may do anything to what they do not see.",
        "",
        "| inside a dialogue, by grant | " + " | ".join(role.label for role in roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    for doing, allowed in ROLES.items():
        lines.append(f"| {doing.value} | " + " | ".join("yes" if role in allowed else "" for role in roles) + " |")
    offices = [office for office in Office if office]
    lines += ["", "| by office, outside all dialogues | " + " | ".join(str(o.label) for o in offices) + " |"]
    lines.append("|---|" + "---|" * len(offices))
    for running, holders in OFFICES.items():
        lines.append(f"| {running.value} | " + " | ".join("yes" if o in holders else "" for o in offices) + " |")
    lines += [
        "",
        "## Where the rule is passed by",
        "",
        "Every `.unscoped(…)` and `unguarded(…)`, with its reason.",
        "",
        "| file | reason | times |",
        "|---|---|---|",
    ]
    counted: dict[tuple[str, str], int] = {}
    for place in passings():
        counted[place] = counted.get(place, 0) + 1
    lines += [f"| `{file}` | {why} | {times} |" for (file, why), times in sorted(counted.items())]
    return "\n".join(lines) + "\n"


def passings() -> Iterator[tuple[str, str]]:
    """(file, reason) of every call that lifts the rule."""
    for source in SOURCES:
        for file in sorted((Path(settings.BASE_DIR) / source).rglob("*.py")):
            tree = ast.parse(file.read_text())
            constants = {
                node.targets[0].id: node.value.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and isinstance(node.value, ast.Constant)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _name(node.func) in {"unscoped", "unguarded"}:
                    yield str(file.relative_to(settings.BASE_DIR)), _reason(node, constants)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _reason(call: ast.Call, constants: Mapping[str, object]) -> str:
    argument = call.args[0] if call.args else None
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if isinstance(argument, ast.Name):
        return str(constants.get(argument.id, f"({argument.id})"))
    return "(not said)"


def states_page() -> str:
    """Every state machine as a diagram and a table."""
    lines = [
        "# States",
        "",
        "Generated from `cases/states.py` and `rounds/states.py` by `manage.py docs`; do not edit.",
    ]
    machines: dict[str, tuple[Any, dict[str, frozenset[str]]]] = {**case_states.MACHINES, **round_states.MACHINES}
    for name, (states, moves) in machines.items():
        lines += ["", f"## {name}", "", "```mermaid", "stateDiagram-v2"]
        first = next(iter(states))
        lines.append(f"    [*] --> {first.value}")
        for state, targets in moves.items():
            lines += [f"    {state} --> {target.value}" for target in states if target in targets]
            if not targets:
                lines.append(f"    {state} --> [*]")
        lines.append("```")
    return "\n".join(lines) + "\n"
