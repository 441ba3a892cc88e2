"""Probes of the lists: index, building, review. Hidden and missing ids stand in addresses and in what is sent."""

from tests.access.probes import Probe, World, gets

QUERIES = ("", "?state=in_review", "?sort=label", "?sort=state&state=draft", "?round=x&dialogue=x", "?at=end")
WORKED = {
    "rounds:list": ("caselist", "/lists/{}/", ()),
    "rounds:list_edit": ("caselist", "/lists/{}/edit/", ({"note": "Other.", "seen": "1"},)),
    "rounds:list_label": (
        "caselist",
        "/lists/{}/label/",
        ({"label": "1/", "reason": "Why.", "seen": "1"}, {"label": "2/", "reason": "Why.", "seen": "1"}),
    ),
    "rounds:list_include": ("caselist", "/lists/{}/include/", ({"seen": "x"}, {"seen": "1"})),
    "rounds:list_state": (
        "caselist",
        "/lists/{}/state/?to=approved",
        (
            {"to": "in_review", "seen": "1"},
            {"to": "draft", "seen": "1", "reason": "Why."},
            {"to": "approved", "seen": "1", "digest": "0" * 64},
            {"to": "withdrawn", "seen": "1", "reason": "Why."},
        ),
    ),
    "rounds:list_new_version": ("handedlist", "/lists/{}/version/", ({"seen": "1", "reason": "Why."},)),
    "rounds:comment_settle": ("listcomment", "/lists/comments/{}/settle/", ({"settled": "1"}, {"settled": ""})),
    "rounds:entry": (
        "listentry",
        "/lists/entries/{}/",
        ({"ask": "Other.", "why": "New.", "seen": "1", "and-next": "1"},),
    ),
    "rounds:entry_move": ("listentry", "/lists/entries/{}/move/", ({"way": "up"}, {"way": "last"})),
    "rounds:entry_state": (
        "listentry",
        "/lists/entries/{}/state/?to=held_back",
        ({"to": "held_back", "seen": "1", "reason": "Why."}, {"to": "included", "seen": "1"}),
    ),
    "rounds:entry_remove": ("listentry", "/lists/entries/{}/remove/", ({"seen": "1", "reason": "Why."},)),
}  # fmt: skip


def probes(world: World) -> dict[str, list[Probe]]:
    """Everything a list answers to; a name or a reference that is looked up may be that of a hidden case."""
    found = {name: _aimed(world, *how) for name, how in WORKED.items()}
    found["rounds:list"] += gets(*(f"/lists/{pk}/" for pk in world.aims("handedlist")))
    found["rounds:lists"] = gets(
        *(f"/lists/{query}" for query in QUERIES),
        *(f"/lists/?{link}={pk}" for pk in world.aims("caselist") for link in ("after", "before")),
    )
    found["rounds:list_new"] = _new(world)
    found["rounds:list_add"] = _adding(world)
    found["rounds:list_order"] = _ordering(world)
    found["rounds:list_comment"] = _commenting(world)
    return found


def _aimed(world: World, aim: str, path: str, sent: tuple[dict[str, str], ...]) -> list[Probe]:
    urls = [path.format(pk) for pk in world.aims(aim)]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in ({}, *sent))]


def _new(world: World) -> list[Probe]:
    urls = [f"/rounds/{pk}/lists/new/" for pk in world.aims("round")]
    circles = [f"1/{pk}" for pk in world.aims("compartment")]
    sent = [{}, *({"label": label, "note": "x"} for label in ("1/", "2/", "x", *circles))]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _adding(world: World) -> list[Probe]:
    texts = ["", "Tenzin", "Li", *world.aims("case")]
    urls = [f"/lists/{pk}/cases/" for pk in world.aims("caselist")]
    return [*gets(*urls), *(Probe("POST", url, {"q": text}) for url in urls for text in texts)]


def _ordering(world: World) -> list[Probe]:
    urls = [f"/lists/{pk}/order/" for pk in world.aims("caselist")]
    orders = ["", "x", *world.aims("listentry")]
    sent = [{"seen": seen, "order": order, "was": order} for order in orders for seen in ("1", "99")]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _commenting(world: World) -> list[Probe]:
    urls = [f"/lists/{pk}/comments/" for pk in world.aims("caselist")]
    about = [*world.aims("listentry"), "x", ""]
    reads = [f"{url}?entry={pk}" for url in urls for pk in about]
    sent = [{"text": "Is the year right?", "entry": pk} for pk in about]
    return [*gets(*reads), *(Probe("POST", url, data) for url in urls for data in ({}, *sent))]
