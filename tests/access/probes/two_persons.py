"""Probes of merging and of large copies: what needs two persons and has pages of its own."""

from tests.access.probes import Probe, World, gets


def probes(world: World) -> dict[str, list[Probe]]:
    return {"rounds:merge": _merges(world), "cases:export_request": _copies(world)}


def _merges(world: World) -> list[Probe]:
    found: list[Probe] = []
    for case in world.aims("case"):
        path = f"/merge/{case}/"
        found += gets(path)
        for other in [*world.aims("case"), world.visible["other_case"], "CN-7K3QF2-3", ""]:
            there = f"{path}?other={other}"
            found.append(Probe("GET", there))
            found.append(Probe("POST", there, {"seen": "1", "seen_other": "1", "reason": "One person."}))
            found.append(Probe("POST", there, {"seen": "x", "reason": ""}))
    return found


def _copies(world: World) -> list[Probe]:
    """A case's key is never one of a copy; where a world has copies, they are aimed at, too."""
    found: list[Probe] = []
    for pk in [*world.aims("exportrequest"), *world.aims("attachment"), world.missing["source"]]:
        path = f"/cases/exports/{pk}/"
        found += [*gets(path), Probe("POST", path, {})]
    return found
