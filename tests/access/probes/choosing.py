"""Probes of choosing: suggestions, the difference to the previous list, the sheet."""

from tests.access.probes import Probe, World, gets

LISTS = ("caselist", "handedlist")
FILTERS = ("", "?reason=never_raised", "?reason=unanswered&owner=me", "?page=2", "?theme=x", "?reason=nonsense")


def probes(world: World) -> dict[str, list[Probe]]:
    """Lists that are visible, hidden and missing; ticks that name cases and entries of all three kinds."""
    lists = [pk for kind in LISTS for pk in world.aims(kind)]
    cases, entries = world.aims("case_pk"), world.aims("handedentry")
    narrowed = [f"?{name}={pk}" for name, kind in (("theme", "theme"), ("place", "place")) for pk in world.aims(kind)]
    narrowed += [f"?owner={pk}" for pk in (*world.aims("user"), *cases)]
    suggestions = [f"/lists/{pk}/suggestions/" for pk in lists]
    differences = [f"/lists/{pk}/difference/" for pk in lists]
    return {
        "rounds:suggestions": [
            *gets(*(f"{url}{query}" for url in suggestions for query in (*FILTERS, *narrowed))),
            *(Probe("POST", url, {}) for url in suggestions),
            *(Probe("POST", url, {"case": pk, "query": "owner=nobody"}) for url in suggestions for pk in cases),
        ],
        "rounds:difference": [
            *gets(*differences),
            *(Probe("POST", url, {}) for url in differences),
            *(
                Probe("POST", url, {"tick": pk, "reason": "Not this time.", "doing": doing})
                for url in differences
                for pk in (*entries, *cases)
                for doing in ("hold", "keep")
            ),
            *(Probe("POST", url, {f"reason-{pk}": "Not now."}) for url in differences for pk in entries),
        ],
        "rounds:sheet": [
            *gets(*(f"/lists/{pk}/sheet/" for pk in lists)),
            *(Probe("POST", f"/lists/{pk}/sheet/", {}) for pk in lists),
        ],
    }
