"""Where our own files are."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("casetracker", "cases", "rounds")


def python_files(*packages: str, migrations: bool = False) -> Iterator[Path]:
    """Python files below the packages (default: the product)."""
    for package in packages or PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if migrations or "migrations" not in file.parts:
                yield file


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))
