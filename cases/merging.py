"""Two people edited the same version: what merges by itself, and what somebody must choose. Pure.

The base is the version both began with. A field that only one of them changed takes that change; a field that both
changed alike is settled; for the rest somebody chooses, and the other text stays in the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Fields = Mapping[str, Mapping[str, Any]]


@dataclass
class Merged:
    """Columns to write over the newest version, fields still to choose, and fields where theirs stands."""

    changes: dict[str, Any] = field(default_factory=dict)
    collisions: list[str] = field(default_factory=list)
    theirs_kept: list[str] = field(default_factory=list)


def merge(*, mine: Fields, theirs: Fields, base: Fields | None, keep: Mapping[str, str]) -> Merged:
    """Merges field by field. `keep` holds "theirs" or "yours" for fields already chosen.

    Without a base (it may not be read any more) every field that differs is somebody's to choose.
    """
    merged = Merged()
    for name, columns in mine.items():
        if columns == theirs[name]:
            continue
        only_theirs = base is not None and columns == base[name]
        only_mine = base is not None and theirs[name] == base[name]
        if only_mine or (not only_theirs and keep.get(name) == "yours"):
            merged.changes |= columns
        elif only_theirs or keep.get(name) == "theirs":
            merged.theirs_kept.append(name)
        else:
            merged.collisions.append(name)
    return merged
