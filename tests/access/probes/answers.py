"""Probes of the answers: the queues, one answer, its coding, and the claims in it."""

from tests.access.probes import Probe, World, gets

TABS = ("to-code", "to-confirm", "disputed", "to-assess", "claims", "nonsense")


def probes(world: World) -> dict[str, list[Probe]]:
    """Answers matched and not, their claims; fields that name hidden and missing ones."""
    items = [*world.aims("responseitem"), *world.aims("looseitem")]
    claims = world.aims("itemclaim")
    steps = {
        "rounds:answer_code": ("code", _codes(world)),
        "rounds:answer_confirm": ("confirm", [{"seen": "1"}, {"seen": "9"}, {}]),
        "rounds:answer_dispute": ("dispute", [{"seen": "1", "second_note": "It is B2."}, {"seen": "1"}]),
        "rounds:answer_assess": ("assess", [{"seen": "1", "assessment": "new"}, {"assessment": "x"}]),
    }
    found = {
        "rounds:coding": gets(*_queues(world)),
        "rounds:answer": gets(*(f"/answers/{pk}/{query}" for pk in items for query in ("", "?queue=to-confirm"))),
        "rounds:answer_claim": _claiming(items),
        "rounds:item_claim_accept": _deciding(claims, "accept", {"certainty": "alleged", "reason": "Why."}),
        "rounds:item_claim_reject": _deciding(claims, "reject", {"reason": "Why."}),
    }
    for name, (step, sent) in steps.items():
        urls = [f"/answers/{pk}/{step}/" for pk in items]
        queued = [f"{url}?queue=to-code" for url in urls]
        found[name] = [*gets(*urls), *(Probe("POST", url, data) for data in sent for url in (*urls, *queued))]
    return found


def _queues(world: World) -> list[str]:
    paths = [f"/answers/?tab={tab}" for tab in TABS]
    paths += [f"/answers/?tab=to-code&after={pk}" for pk in world.aims("looseitem")]
    paths += [f"/answers/?tab=to-confirm&before={pk}" for pk in world.aims("responseitem")]
    paths += [f"/answers/?dialogue={pk}" for pk in world.aims("dialogue")]
    return [*paths, *(f"/answers/?round={pk}" for pk in world.aims("pastround"))]


def _codes(world: World) -> list[dict[str, str]]:
    sent = [{"seen": "1", "code": "C1"}, {"seen": "1", "typed": "z9"}, {"seen": "9", "code": "B3"}, {}]
    return [*sent, *({"seen": "1", "code": "C8", "repeats": pk} for pk in world.aims("responseitem"))]


def _claiming(items: list[str]) -> list[Probe]:
    urls = [f"/answers/{pk}/claims/new/{query}" for pk in items for query in ("", "?about=identity", "?event=released")]
    sent: tuple[dict[str, str], ...] = ({}, {"event_kind": "released"}, {"field": "occupation", "value": "teacher"})
    return [*gets(*urls), *(Probe("POST", url, data) for url in urls for data in sent)]


def _deciding(claims: list[str], step: str, sent: dict[str, str]) -> list[Probe]:
    urls = [f"/answers/claims/{pk}/{step}/" for pk in claims]
    posts = [Probe("POST", url, data) for url in urls for data in ({}, {"seen": "9", **sent}, {"seen": "1", **sent})]
    return [*gets(*urls), *posts]
