"""Which pages there are, and who may look at them."""

import itertools
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from tests.access.probes import World
from tests.access.twin import all_probes
from tests.journeys.axe import SCRIPT, faults
from tests.signed_in import sign_in

# Whoever comes first in this list and gets the page looks at it; further ones where theirs is another page.
LOOKERS = ["olga", "anna", "adam", "otto", "rita", None]
# Pages that are different for different offices, looked at by each of them.
DIFFERENT = {
    "/": ["olga", "anna", "rita", "adam", "otto", "zoe"],
    "/me/": ["olga", "adam"],
    "/cases/": ["olga", "rita"],
    "/approvals/": ["olga", "anna"],
    "/emergency/": ["olga", "anna", "adam", "rita"],
    "/recusals/": ["olga", "anna"],
}
# The same for every address of a URL name.
DIFFERENT_ALL = {
    "rounds:list": ["olga", "anna"], "rounds:answer": ["olga", "rita"], "access:approval": ["olga", "anna"],
    "access:emergency": ["rita", "anna", "adam"], "cases:export_request": ["olga", "anna"],
}  # fmt: skip
# How many views of one URL name are looked at (3 where nothing else is said): more where each is another form.
MOST = {
    "cases:part_add": 12, "cases:part_edit": 12, "cases:vocabulary_new": 6, "desk:home": 9, "rounds:list": 12,
    "rounds:answer": 12, "rounds:sheet": 6, "rounds:difference": 4, "rounds:raising": 6, "rounds:close": 5,
    "rounds:response_new": 4, "rounds:item_match": 4, "access:approvals": 5, "access:approval": 6,
    "access:emergency": 6, "cases:export_request": 6,
}  # fmt: skip

# Area → how its addresses begin; the first that fits. What fits none belongs to the people.
AREAS = {
    "approvals": r"/approvals/|/cases/exports/|/merge/",
    "emergencies": r"/emergency/|/recusals/|/sight/",
    "parts": r"/cases/[A-Z]{2,4}-[^/]*/.|/groups/",
    "cases": r"/$|/cases/|/find/",
    "handovers": r"/lists/[^/]+/handover/|/handovers/|/raisings/|/partners/",
    "closing": r"/rounds/[^/]+/(close|carry-forward)/|/lists/[^/]+/answers/|/matrix/|/commitments/|/work/",
    "choosing": r"/lists/[^/]+/(suggestions|difference|sheet)/",
    "review": r"/lists/(entries|comments)/|/lists/[^/]+/(state|version|comments)/",
    "lists": r"/lists/|/rounds/[^/]+/lists/",
    "responses": r"/responses/",
    "answers": r"/answers/",
    "rounds": r"/rounds/|/vocabulary/",
    "imports": r"/imports/",
    "people": r"/people/|/me/|/trail/",
    "grants": r"/",
}


@dataclass(frozen=True)
class View:
    """A page and the person (key of the cast) who looks at it."""

    name: str
    path: str
    looker: str | None


def area_of(path: str) -> str:
    """The area an address belongs to (AREAS)."""
    return next(area for area, begins in AREAS.items() if re.match(begins, path.partition("?")[0]))


def views(cast: Any, world: World, *areas: str) -> list[View]:
    """Every page (of these areas, or of all) that answers 200 in HTML to a GET of somebody: one view of each address,
    and at most two for addresses that differ in their query only (one for pages that different people look at)."""
    clients = {key: Client(raise_request_exception=False) for key in [*LOOKERS, "zoe"]}
    for key, client in clients.items():
        if key is not None:
            sign_in(client, cast.people[key])
    found: list[View] = []
    for name, probes in sorted(all_probes(world).items()):
        mine: list[View] = []
        paths = dict.fromkeys(probe.path for probe in probes if probe.method == "GET" and not probe.data)
        seen: dict[str, int] = {}
        for path in paths:
            bare = path.partition("?")[0]
            if areas and area_of(path) not in areas:
                continue
            if seen.get(bare, 0) >= (1 if name in DIFFERENT_ALL else 2) or len(mine) >= MOST.get(name, 3):
                continue
            differ = DIFFERENT.get(path, DIFFERENT_ALL.get(name))
            able = (key for key in differ or LOOKERS if _is_page(clients[key].get(path)))
            lookers = list(able if differ else itertools.islice(able, 1))
            seen[bare] = seen.get(bare, 0) + bool(lookers)
            mine += [View(name, path, key) for key in lookers]
        found += mine
    return found


def _is_page(response: Any) -> bool:
    return response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")


def faults_of(open_as: Any, cast: Any, world: World, area: str, further: dict[str, str] | None = None) -> list[str]:
    """The faults of all pages of an area, each looked at by its person, and of those of `further` (address → person).

    Raises AssertionError where there is none.
    """
    some = views(cast, world, area)
    some += [View(path.split("/")[-2], path, looker) for path, looker in (further or {}).items()]
    assert some, "No page to look at."
    found = []
    windows: dict[str | None, Page] = {}
    colours: set[str] = set()
    for view in some:
        if view.looker not in windows:
            windows[view.looker] = open_as(cast.people[view.looker] if view.looker else None)
            windows[view.looker].context.add_init_script(SCRIPT)
        page = windows[view.looker]
        page.goto(view.path)
        found += faults(page, f"{view.name} ({view.looker})", known=colours)
    return found
