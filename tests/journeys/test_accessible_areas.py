"""axe and the ruler on every page there is, area by area: light and dark, wide and narrow."""

import pytest

from tests.access.probes import World
from tests.journeys.looking import AREAS, faults_of
from tests.journeys.world import everything


def further(world: World) -> dict[str, dict[str, str]]:
    """Pages that no probe aims at: area → address → who looks."""
    seen, draft = world.visible, world.hidden["caselist"]
    return {
        "approvals": {
            f"/approvals/{seen['listapproval']}/": "anna",
            "/approvals/?tab=decided": "anna",
        },
        "cases": {f"/cases/{seen['lowered']}/": "anna"},
        "answers": {
            **{f"/answers/?tab={tab}": "olga" for tab in ("disputed", "to-assess", "claims")},
            f"/answers/{seen['looseitem']}/?queue=to-code": "olga",
        },
        "closing": {f"/rounds/{seen['closed']}/close/": "olga", f"/lists/{seen['closedlist']}/answers/": "olga"},
        "lists": {f"/lists/{seen['closedlist']}/": "rita"},
        "review": {f"/lists/{seen['caselist']}/state/?to=draft": "anna", f"/lists/{draft}/state/?to=withdrawn": "olga"},
    }


@pytest.mark.parametrize("area", AREAS)
def test_every_page_of_this_area(cast, open_as, area):
    world = everything(cast)
    assert faults_of(open_as, cast, world, area, further(world).get(area)) == []
