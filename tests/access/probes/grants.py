"""Probes of what becomes of grants: the queue, many ended at once, members, recusals, and who sees a thing."""

from tests.access.probes import Probe, World, gets

KINDS = {"case_pk": "case", "caselist": "list", "response": "response"}


def probes(world: World) -> dict[str, list[Probe]]:
    picks = [f"{pk}:1" for pk in world.aims("grant")]
    review = [
        Probe("POST", "/grants/review/", {"pick": pick, "decision": decision, "reason": "Why."})
        for pick in picks
        for decision in ("keep", "end")
    ]
    return {
        "access:grant_review": [*gets("/grants/review/"), Probe("POST", "/grants/review/", {}), *review],
        "access:grants_end": _ending(world, picks),
        "access:members": gets(*(f"/dialogues/{pk}/members/" for pk in world.aims("dialogue"))),
        "access:compartment": gets(*(f"/compartments/{pk}/" for pk in world.aims("compartment"))),
        "access:recusals": gets("/recusals/"),
        "access:recusal_new": _recusing(world),
        "access:recusal_end": _reinstating(world),
        "desk:sight": _sight(world),
    }


def _ending(world: World, picks: list[str]) -> list[Probe]:
    found = gets("/grants/end/")
    for dialogue in world.aims("dialogue"):
        path = f"/grants/end/?dialogue={dialogue}"
        found += [*gets(path, f"{path}&role=official"), Probe("POST", path, {})]
        for pick in picks:
            found += [
                Probe("POST", path, {"pick": pick}),
                Probe("POST", path, {"pick": pick, "step": "confirm", "counted": "1", "reason": "Why."}),
            ]
    return found


def _recusing(world: World) -> list[Probe]:
    found = [*gets("/recusals/new/"), Probe("POST", "/recusals/new/", {})]
    for scope in [*world.aims("dialogue"), *world.aims("compartment")]:
        for person in world.aims("user"):
            found.append(Probe("POST", "/recusals/new/", {"user": person, "scope": scope, "reason": "Why."}))
    return found


def _reinstating(world: World) -> list[Probe]:
    found = []
    for pk in [*world.aims("recusal"), *world.aims("grant")]:
        path = f"/recusals/{pk}/end/"
        found += [*gets(path), Probe("POST", path, {}), Probe("POST", path, {"reason": "Why.", "seen": "1"})]
    return found


def _sight(world: World) -> list[Probe]:
    paths = [f"/sight/{kind}/{pk}/" for aim, kind in KINDS.items() for pk in world.aims(aim)]
    people = [f"{path}?person={person}" for path in paths for person in world.aims("user")]
    return gets(*paths, *people, *(f"/sight/grant/{pk}/" for pk in world.aims("grant")))
