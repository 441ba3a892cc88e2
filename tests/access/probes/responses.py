"""Probes of responses, their papers, and the answers in them."""

from tests.access.probes import Probe, World, gets

FACTS = {"on": "2029-11-20", "form": "written", "verbatim": "他身体健康。", "seen": "1"}
WORDS = {"verbatim": "他身体健康。", "seen": "1"}
QUERIES = ("", "?left=unmatched", "?left=empty&order=-recorded", "?form=embassy", "?at=end", "?round=x&dialogue=x")


def probes(world: World) -> dict[str, list[Probe]]:
    """What is aimed at is a response, its paper or its item; what is sent names raisings, cases, rounds and lists."""
    places = [*QUERIES, *(f"?{name}={pk}" for pk in world.aims("response") for name in ("after", "before"))]
    found = {
        "rounds:responses": gets(*(f"/responses/{query}" for query in places)),
        "rounds:unmatched": gets("/responses/unmatched/", "/responses/unmatched/?from=1"),
        "rounds:response_new": _new(world),
        "rounds:item_add": _add(world),
        "rounds:item_match": _match(world),
        "rounds:item_correct": _correct(world),
        "rounds:response": gets(*(f"/responses/{pk}/" for pk in world.aims("response"))),
        "rounds:response_file": gets(*(f"/responses/papers/{pk}/" for pk in world.aims("responsefile"))),
    }
    for name, (kinds, path, sent) in _EDITS.items():
        urls = [path.format(pk) for kind in kinds for pk in world.aims(kind)]
        found[name] = [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in ({}, sent))]
    return found


_ITEMS = ("responseitem", "looseitem")
_EDITS: dict[str, tuple[tuple[str, ...], str, dict[str, str]]] = {
    "rounds:response_edit": (("response",), "/responses/{}/edit/", {**FACTS, "form": "embassy", "why": "Why."}),
    "rounds:response_label": (
        ("response",),
        "/responses/{}/label/",
        {"seen": "1", "marking": "2", "reason": "Why.", "confirmed": "1"},
    ),
    "rounds:response_file_add": (("response",), "/responses/{}/papers/new/", {"title": "Second page"}),
    "rounds:response_file_remove": (
        ("responsefile",),
        "/responses/papers/{}/remove/",
        {"seen": "1", "reason": "Why."},
    ),
    "rounds:item_edit": (_ITEMS, "/responses/items/{}/", {**WORDS, "written_as": "李明发"}),
    "rounds:item_unmatch": (_ITEMS, "/responses/items/{}/unmatch/", {"seen": "1"}),
    "rounds:item_remove": (_ITEMS, "/responses/items/{}/remove/", {"seen": "1", "reason": "Why."}),
    "rounds:item_name": (_ITEMS, "/responses/items/{}/name/", {"sure": "1"}),
}


def _raisings(world: World) -> list[str]:
    return [*world.aims("raising"), *world.aims("offraising")]


def _new(world: World) -> list[Probe]:
    url = "/responses/new/"
    lists = [*world.aims("handedlist"), *world.aims("caselist")]
    labels = [f"{pk}/{marking}/" for pk in world.aims("dialogue") for marking in (1, 2)]
    labels += [f"{pk}/1/{circle}" for pk in world.aims("dialogue") for circle in world.aims("compartment")]
    sent = [{**FACTS, "label": label, "round": pk} for label in labels for pk in world.aims("pastround")]
    sent += [{"label": label, "look": "1"} for label in labels]
    return [*gets(url, *(f"{url}?list={pk}" for pk in lists)), *(Probe("POST", url, data) for data in ({}, *sent))]


def _add(world: World) -> list[Probe]:
    urls = [f"/responses/{pk}/items/new/" for pk in world.aims("response")]
    sent: list[dict[str, str]] = [{}, {**WORDS, "unmatched": "1"}]
    sent += [{**WORDS, "raising": pk} for pk in _raisings(world)]
    sent += [{**WORDS, "about": pk} for pk in world.aims("case_pk")]
    sent += [{"look": "1", "q": text} for text in (*world.aims("case"), "李明发")]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _match(world: World) -> list[Probe]:
    urls = [f"/responses/items/{pk}/match/" for kind in _ITEMS for pk in world.aims(kind)]
    sent: list[dict[str, str]] = [{}, *({"seen": "1", "raising": pk} for pk in _raisings(world))]
    sent += [{"look": "1", "q": text} for text in world.aims("case")]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _correct(world: World) -> list[Probe]:
    urls = [f"/responses/items/{pk}/correct/" for pk in world.aims("responseitem")]
    sent: list[dict[str, str]] = [{}, {**WORDS, "reason": "Why."}]
    sent += [{**WORDS, "reason": "Why.", "raising": pk} for pk in _raisings(world)]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]
