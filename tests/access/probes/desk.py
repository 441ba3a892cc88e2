"""Probes of the desk, of look-up and of the new case."""

from tests.access.probes import Probe, World, gets

# Names that the worlds' cases have: one in both worlds, one in one world only, one in none.
NAMES = ("Dolma Invented", "Dolma Hidden", "Dolma", "李明发", "Nobody Whosoever")


def probes(world: World) -> dict[str, list[Probe]]:
    """The desk shows what is due and recent; look-up and the warning of a namesake take names."""
    terms = [*NAMES, *world.aims("case"), *(reference[:6] for reference in world.aims("case")), "CN-222222-2", ""]
    label = f"{world.visible['dialogue']}/1/"
    return {
        "desk:home": gets("/"),
        "desk:find": [
            *gets("/find/"),
            *(Probe("POST", "/find/", {"q": term}) for term in terms),
        ],
        "desk:work": _work(world),
        "cases:new": [
            *gets("/cases/new/"),
            *(Probe("POST", "/cases/new/", {"carry": name}) for name in NAMES),
            *(Probe("POST", "/cases/new/", {"label": label, "name": name, "sex": "m", "look": "1"}) for name in NAMES),
            *(Probe("POST", "/cases/new/", {"label": label, "name": name, "key": "x"}) for name in NAMES),
            Probe("POST", "/cases/new/", {"label": f"{world.visible['dialogue']}/2/", "name": "Dolma Hidden"}),
            *(
                Probe("POST", "/cases/new/", {"label": f"{dialogue}/1/", "name": "", "birth": "sixty"})
                for dialogue in world.aims("dialogue")
            ),
        ],
    }


def _work(world: World) -> list[Probe]:
    """Follow-ups and commitments, filtered, and given to somebody else; keys that are hidden or of another kind."""
    queries = ("", "?kind=commitment&owner=all", "?owner=all&state=all&sort=-owner", "?due=overdue&owner=all")
    found = gets(*(f"/work/{query}" for query in queries), *(f"/work/?owner={pk}" for pk in world.aims("user")))
    found += gets(*(f"/work/?owner=all&after={pk}" for pk in world.aims("followup")))
    for kind in ("followup", "commitment"):
        url = "/work/?owner=all&state=all" + ("&kind=commitment" if kind == "commitment" else "")
        for pk in world.aims(kind):
            sent = {"pick": f"{pk}:1", "owner": world.visible["user"], "reason": "Takes over."}
            found += [Probe("POST", url, sent), Probe("POST", url, {**sent, "reason": ""})]
    return found
