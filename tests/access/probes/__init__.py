"""Probes of the twin-world test: for every URL name, what an observer may send to it.

Each module here has `probes(world) -> dict[url_name, list[Probe]]`; url_name is "namespace:name" as in `reverse`.
A URL name without a probe fails the test.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Probe(NamedTuple):
    """One request. `data` is the form sent by a POST."""

    method: str
    path: str
    data: dict[str, Any] | None = None


@dataclass
class World:
    """Where to aim. `visible` things exist in both worlds, for those with the plain grant in `cn`; `hidden` ones
    exist in one world only (restricted, or in the circle); `missing` ones in none.

    Keys of the three dicts are model names in lower case ("case", "casename", "caseevent", "claim", "source",
    "followup", "attachment", "casegroup", "caselink", "importbatch", "importrow", "round", "roundevent", "suspension",
    "agendaitem", "caselist" (in review), "listentry", "listcomment", "handedlist", "handedentry", "handover",
    "raising" (on the list), "offraising", "response", "responseitem" (matched, coded), "looseitem" (matched to
    nothing), "itemclaim", "responsefile", "commitment", "partner", "pastround" (held), "user", "grant", "dialogue",
    "compartment", "savedfilter", "theme", "place" …). Values are what
    stands in a URL: the reference for a case, the uuid as text for everything else.
    """

    visible: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def aims(self, kind: str) -> list[str]:
        """The visible, the hidden and the missing one of a kind, as far as there are such."""
        return [ids[kind] for ids in (self.visible, self.hidden, self.missing) if kind in ids]


def gets(*paths: str) -> list[Probe]:
    """GET, HEAD and OPTIONS of each path."""
    return [Probe(method, path) for path in paths for method in ("GET", "HEAD", "OPTIONS")]
