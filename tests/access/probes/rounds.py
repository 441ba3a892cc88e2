"""Probes of the rounds and of the vocabulary."""

from tests.access.probes import Probe, World, gets

FACTS = {"ordinal": "41", "starts": "2030-02-01", "venue": "Beijing", "seen": "1"}
QUERIES = ("", "?state=planned", "?order=venue&since=2000", "?dialogue=x")
KINDS = ("theme", "place", "ethnicgroup", "statute", "facility", "nonsense")


def probes(world: World) -> dict[str, list[Probe]]:
    """Rounds have no marking, so nothing of theirs is hidden inside a dialogue; what hangs on cases must not show."""
    found = {
        "rounds:index": gets(*(f"/rounds/{query}" for query in QUERIES)),
        "rounds:new": [*gets("/rounds/new/"), *_posts("/rounds/new/", world, {"ordinal": "90"})],
        "rounds:suspension_new": [
            *gets("/rounds/suspensions/new/"),
            *_posts("/rounds/suspensions/new/", world, {"since": "2020", "by": "own"}),
        ],
        "cases:vocabulary": gets("/vocabulary/", *(f"/vocabulary/?kind={kind}" for kind in KINDS)),
        "cases:vocabulary_new": _vocabulary_new(world),
        "cases:vocabulary_term": [
            *gets(*(f"/vocabulary/theme/{pk}/" for pk in (*world.aims("theme"), *world.aims("case_pk")))),
            *(Probe("POST", f"/vocabulary/theme/{pk}/", {"name": "X", "seen": "1"}) for pk in world.aims("case_pk")),
        ],
    }
    for name, (aim, path, sent) in _PARTS.items():
        urls = [path.format(pk) for pk in world.aims(aim)]
        found[name] = [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in ({}, sent))]
    return found


_PARTS = {
    "rounds:round": ("round", "/rounds/{}/", {}),
    "rounds:edit": ("round", "/rounds/{}/edit/", {**FACTS, "note": "Changed."}),
    "rounds:move": (
        "round",
        "/rounds/{}/state/?to=postponed",
        {"to": "postponed", "seen": "1", "state_reason": "Why."},
    ),
    "rounds:agenda_add": ("round", "/rounds/{}/agenda/", {"title": "One more"}),
    "rounds:agenda_move": ("agendaitem", "/rounds/agenda/{}/move/", {"way": "up"}),
    "rounds:agenda_remove": ("agendaitem", "/rounds/agenda/{}/remove/", {"sure": "1"}),
    "rounds:event_new": ("round", "/rounds/{}/events/new/", {"kind": "seminar"}),
    "rounds:event": ("roundevent", "/rounds/events/{}/", {"kind": "visit", "seen": "1"}),
    "rounds:event_cancel": ("roundevent", "/rounds/events/{}/cancel/", {"seen": "1", "cancelled_reason": "Why."}),
    "rounds:suspension": ("suspension", "/rounds/suspensions/{}/", {"since": "2018", "by": "own", "seen": "1"}),
}


def _posts(url: str, world: World, sent: dict[str, str]) -> list[Probe]:
    dialogues = [*world.aims("dialogue"), *world.aims("case_pk")]
    return [Probe("POST", url, {}), *(Probe("POST", url, {**sent, "dialogue": pk}) for pk in dialogues)]


def _vocabulary_new(world: World) -> list[Probe]:
    some = gets(*(f"/vocabulary/{kind}/new/" for kind in KINDS))
    for kind in KINDS:
        some += _posts(f"/vocabulary/{kind}/new/", world, {"name": "Northern district", "law": "Code"})
    return some
