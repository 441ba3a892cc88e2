"""Probes of handovers, of raisings off the list, and of partners."""

from tests.access.probes import Probe, World, gets

HANDED = {"seen": "1", "on": "2029-12-01", "by": "The chair", "to": "The delegation", "note": "x", "confirmed": "on"}
RAISED = {"on": "2029-12-01", "channel": "demarche", "words": "We asked.", "seen": "1"}


def probes(world: World) -> dict[str, list[Probe]]:
    found = {
        "rounds:hand_over": _hand_over(world),
        "rounds:handover_correct": _correct(world),
        "rounds:raising_new": _new(world),
        "rounds:partners": gets("/partners/"),
        "rounds:partner_new": [
            *gets("/partners/new/"),
            *(Probe("POST", "/partners/new/", data) for data in ({}, {"name": "Norway"}, {"name": "switzerland"})),
        ],
        "rounds:partner": [
            *gets(*(f"/partners/{pk}/" for pk in world.aims("partner"))),
            *(Probe("POST", f"/partners/{pk}/", {"name": "Norway", "seen": "1"}) for pk in world.aims("partner")),
        ],
    }
    return found | _raisings(world)


def _hand_over(world: World) -> list[Probe]:
    urls = [f"/lists/{pk}/handover/" for kind in ("caselist", "handedlist") for pk in world.aims(kind)]
    sent = [{}, {**HANDED, "outcome": "accepted"}, {**HANDED, "outcome": "partly"}]
    sent += [{**HANDED, "outcome": "partly", f"accepted-{pk}": "on"} for pk in world.aims("listentry")]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _correct(world: World) -> list[Probe]:
    urls = [f"/handovers/{pk}/correct/" for pk in world.aims("handover")]
    sent = [{}, *({**HANDED, "outcome": one, "reason": "Wrong."} for one in ("accepted", "not_tendered"))]
    sent += [
        {**HANDED, "outcome": "partly", "reason": "Wrong.", f"accepted-{pk}": "on"} for pk in world.aims("handedentry")
    ]
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _new(world: World) -> list[Probe]:
    url = "/raisings/new/"
    cases = [*world.aims("case"), "CN-222222-2", "nonsense"]
    some = gets(
        url,
        *(f"{url}?case={case}" for case in cases),
        *(f"{url}?round={pk}" for pk in (*world.aims("round"), *world.aims("case_pk"))),
        f"{url}?{'&'.join(f'case={case}' for case in world.aims('case'))}",
    )
    some += [Probe("POST", url, data) for data in ({}, {"step": "record", **RAISED})]
    some += [Probe("POST", url, {"step": "look", "q": q}) for q in ("Dolma", "Dolma Hidden", "李明发")]
    some += [Probe("POST", url, {"step": "look", "more": "\n".join(world.aims("case"))})]
    for case in world.aims("case"):
        some += [Probe("POST", url, {"step": "record", "case": case, **RAISED})]
        some += [Probe("POST", url, {"add": case})]
    some += [Probe("POST", url, {"case": f"{pk}:1"}) for pk in world.aims("case_pk")]
    mine = {"step": "record", "case": world.visible["case"], **RAISED}
    for field, kind in (("round", "round"), ("round", "case_pk"), ("theme", "case_pk"), ("partner", "case_pk")):
        some += [Probe("POST", url, {**mine, field: pk}) for pk in world.aims(kind)]
    return some


def _raisings(world: World) -> dict[str, list[Probe]]:
    keys = [pk for kind in ("raising", "offraising") for pk in world.aims(kind)]
    found = {"rounds:raising": gets(*(f"/raisings/{pk}/" for pk in keys))}
    sent = {
        "edit": [{}, RAISED, {**RAISED, "seen": "9"}, *({**RAISED, "round": pk} for pk in world.aims("case_pk"))],
        "void": [{}, {"seen": "9", "reason": "Wrong."}, {"seen": "1", "reason": "Wrong."}],
        "restore": [{}, {"seen": "1"}],
    }
    for doing, data in sent.items():
        urls = [f"/raisings/{pk}/{doing}/" for pk in keys]
        found[f"rounds:raising_{doing}"] = [
            *gets(*urls),
            *(Probe("POST", url, one) for url in urls for one in data),
        ]
    return found
