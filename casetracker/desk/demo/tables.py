"""Tables and chance: what stands in fixtures/demo/*.toml, read once, and the one source of randomness."""

import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

SEED = 20260


@cache
def table(name: str) -> dict[str, Any]:
    """The content of fixtures/demo/<name>.toml."""
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def chance(*what: object) -> Random:
    """A source of random numbers of its own for each `what`: the same in every run, whatever is drawn elsewhere."""
    return Random(" ".join(map(str, (SEED, *what))))  # noqa: S311  (invented data, nothing secret)


def weighted(rng: Random, choices: dict[str, float]) -> str:
    """One key, as likely as its weight."""
    return rng.choices(list(choices), weights=list(choices.values()))[0]
