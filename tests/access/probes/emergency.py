"""Probes of emergency openings."""

from tests.access.probes import Probe, World, gets

REASON = "The embassy visits tonight."


def probes(world: World) -> dict[str, list[Probe]]:
    path = "/emergency/open/"
    opening = [*gets(path), Probe("POST", path, {}), Probe("POST", path, {"dialogue": "x", "reason": REASON})]
    for dialogue in world.aims("dialogue"):
        for circle in ("", "North circle", "No such circle"):
            opening.append(Probe("POST", path, {"dialogue": dialogue, "circle": circle, "reason": REASON}))
    keys = [*world.aims("breakglass"), *world.aims("grant")]
    review = {"verdict": "justified", "words": "It was.", "seen": "1"}
    return {
        "access:emergencies": gets("/emergency/"),
        "access:emergency_open": opening,
        "access:emergency": gets(*(f"/emergency/{key}/" for key in keys)),
        "access:emergency_end": [
            probe
            for key in keys
            for probe in [*gets(f"/emergency/{key}/end/"), Probe("POST", f"/emergency/{key}/end/", {})]
        ],
        "access:emergency_review": [
            probe
            for key in keys
            for at in [f"/emergency/{key}/review/"]
            for probe in [*gets(at), Probe("POST", at, {}), Probe("POST", at, review)]
        ],
    }
