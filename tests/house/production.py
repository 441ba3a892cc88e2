"""The settings of production, loaded apart from those the suite runs with."""

import os
import runpy
import subprocess
import sys
from typing import Any
from unittest.mock import patch

from tests.house.sources import ROOT

WHOLE = {
    "CASETRACKER_ENV": "production",
    "CASETRACKER_SECRET_KEY": "signs sessions in the suite, 50 characters and more: x",
    "CASETRACKER_SEALING_KEY": "seals sources in the suite, 50 characters and more: y",
    "CASETRACKER_HOSTS": "casetracker.example",
    "CASETRACKER_DATABASE_URL": "sqlite://:memory:",
}


def _others() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("CASETRACKER", "DJANGO"))}


def production_settings(**environment: str) -> dict[str, Any]:
    """Every setting by name, as production would have it."""
    with patch.dict(os.environ, _others() | WHOLE | environment, clear=True):
        return runpy.run_path(str(ROOT / "casetracker" / "settings.py"))


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own with exactly this environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=_others() | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
