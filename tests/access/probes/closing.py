"""Probes of the end of a round, of the matrix and of commitments."""

from tests.access.probes import Probe, World, gets

DISPOSING = {"seen": "2", "disposition": "carry_forward", "disposition_reason": "Why."}


def probes(world: World) -> dict[str, list[Probe]]:
    """Rounds are known to everybody in the dialogue; lists, entries and promises hang on cases."""
    entries = [*world.aims("handedentry"), *world.aims("listentry")]
    rounds = [*world.aims("pastround"), *world.aims("round")]
    commitments = world.aims("commitment")
    return {
        "rounds:matrix": _matrix("/matrix/", world),
        "rounds:matrix_export": [
            *_matrix("/matrix/export/", world),
            Probe("POST", "/matrix/export/", {"form": "csv"}),
            *(Probe("POST", f"/matrix/export/?list={pk}", {"form": "x"}) for pk in world.aims("handedlist")),
        ],
        "rounds:list_answers": gets(
            *(f"/lists/{pk}/answers/" for pk in (*world.aims("handedlist"), *world.aims("caselist")))
        ),
        "rounds:close": [
            *gets(*(f"/rounds/{pk}/close/" for pk in rounds)),
            *(Probe("POST", f"/rounds/{pk}/close/", {"seen": "77"}) for pk in rounds),
        ],
        "rounds:dispositions": [
            Probe("POST", f"/rounds/{pk}/dispositions/", {"entry": f"{entry}:77", "decision": decision, "why_all": "x"})
            for pk in rounds
            for entry in entries
            for decision in ("satisfied", "not_raised", "")
        ],
        "rounds:disposition": [
            Probe("POST", f"/entries/{pk}/disposition/", sent) for pk in entries for sent in ({}, DISPOSING)
        ],
        "rounds:carry_forward": [
            *gets(*(f"/rounds/{pk}/carry-forward/" for pk in rounds)),
            *(
                Probe("POST", f"/rounds/{pk}/carry-forward/", {"target": target})
                for pk in rounds
                for target in world.aims("caselist")
            ),
        ],
        "rounds:commitment_new": _new(world),
        "rounds:commitment": gets(*(f"/commitments/{pk}/" for pk in commitments)),
        "rounds:commitment_edit": [
            *gets(*(f"/commitments/{pk}/edit/" for pk in commitments)),
            *(Probe("POST", f"/commitments/{pk}/edit/", {"what": "Other.", "seen": "77"}) for pk in commitments),
        ],
        "rounds:commitment_label": [
            *gets(*(f"/commitments/{pk}/label/" for pk in commitments)),
            *(
                Probe("POST", f"/commitments/{pk}/label/", {"label": label, "reason": "x", "seen": "77"})
                for pk in commitments
                for label in ("2/", "1/", "x")
            ),
        ],
        "rounds:commitment_settle": [
            *gets(*(f"/commitments/{pk}/settle/{query}" for pk in commitments for query in ("", "?again=1"))),
            *(
                Probe("POST", f"/commitments/{pk}/settle/", {"state": "kept", "outcome": "x", "seen": "77"})
                for pk in commitments
            ),
        ],
    }


def _matrix(path: str, world: World) -> list[Probe]:
    queries = ["", "?waiting=on", "?grade=partial", "?sort=-name", "?dialogue=x"]
    queries += [f"?list={pk}" for pk in (*world.aims("handedlist"), *world.aims("caselist"))]
    queries += [f"?from={pk}&to={pk}" for pk in world.aims("pastround")]
    queries += [f"?dialogue={pk}" for pk in world.aims("dialogue")]
    queries += [f"?after={pk}" for pk in world.aims("case_pk")]
    return gets(*(f"{path}{query}" for query in queries))


def _new(world: World) -> list[Probe]:
    paths = [f"/commitments/new/?case={reference}" for reference in world.aims("case")]
    paths += [f"/commitments/new/?item={pk}" for pk in world.aims("responseitem")]
    paths += [f"/commitments/new/?round={pk}" for pk in world.aims("pastround")]
    sent = {"what": "", "owner": next(iter(world.aims("user")), "")}
    return [*gets("/commitments/new/", *paths), *(Probe("POST", path, sent) for path in paths)]
