"""Probes of the case page, of everything edited on it, and of groups."""

from typing import Any

from tests.access.probes import Probe, World, gets

# section → model name of its rows
ROWS = {
    "timeline": "caseevent",
    "names": "casename",
    "claims": "claim",
    "sources": "source",
    "follow-ups": "followup",
    "attachments": "attachment",
    "groups": "groupmember",
    "links": "caselink",
}
NEW: dict[str, dict[str, Any]] = {
    "timeline": {"kind": "detained", "when": "2014", "certainty": "likely"},
    "names": {"text": "Alias Invented", "system": "latin", "kind": "alias", "position": "4"},
    "claims": {"field": "religion", "value": "none", "certainty": "likely"},
    "sources": {"title": "A letter", "kind": "family", "connection": "close", "reliability": "B"},
    "follow-ups": {"what": "Ask again", "due": "2030-02-01"},
    "groups": {"title": "Of one trial", "kind": "trial", "marking": "1"},
    "links": {"kind": "family"},
}


def probes(world: World) -> dict[str, list[Probe]]:
    found: dict[str, list[Probe]] = {
        "desk:case": gets(*(f"/cases/{case}/" for case in world.aims("case"))),
        "desk:case_history": gets(
            *(f"/cases/{case}/history/" for case in world.aims("case")),
            f"/cases/{world.visible['case']}/history/?part=link",
        ),
    }
    for area in (_sections(world), _rows(world), _whole(world), _single(world), _groups(world)):
        for name, some in area.items():
            found.setdefault(name, []).extend(some)
    return found


def pairs(world: World, kind: str) -> list[tuple[str, str]]:
    """(case, row): each row on the visible case, and the hidden and the missing row on their own."""
    mine = [(world.visible["case"], pk) for pk in world.aims(kind)]
    return mine + [(ids["case"], ids[kind]) for ids in (world.hidden, world.missing) if kind in ids]


def _sections(world: World) -> dict[str, list[Probe]]:
    adds, shown = [], []
    for case in world.aims("case"):
        shown += [*gets(f"/cases/{case}/names/"), Probe("GET", f"/cases/{case}/links/")]
        adds += [*gets(f"/cases/{case}/names/add/"), Probe("POST", f"/cases/{case}/names/add/", NEW["names"])]
    mine = f"/cases/{world.visible['case']}"
    shown += [Probe("GET", f"{mine}/{section}/") for section in ("person", "nonsense")]
    adds += [Probe("GET", f"{mine}/{section}/add/") for section in [*ROWS, "themes", "nonsense"]]
    adds += [Probe("POST", f"{mine}/{section}/add/", data) for section, data in NEW.items()]
    adds += [Probe("POST", f"{mine}/{section}/add/", {}) for section in NEW]
    adds += [Probe("POST", f"{mine}/names/add/", {**NEW["names"], "source": aim}) for aim in world.aims("source")]
    adds += [Probe("POST", f"{mine}/timeline/add/", {**NEW["timeline"], "sources": [a]}) for a in world.aims("source")]
    adds += [Probe("POST", f"{mine}/groups/add/", {"group": aim}) for aim in world.aims("casegroup")]
    adds += [Probe("POST", f"{mine}/follow-ups/add/", {**NEW["follow-ups"], "owner": a}) for a in world.aims("user")]
    for reference in [*world.aims("case"), world.visible["other_case"], "CN-7K3QF2-3", "x"]:
        adds.append(Probe("POST", f"{mine}/links/add/", {"kind": "family", "reference": reference}))
    return {"cases:section": shown, "cases:part_add": adds}


def _rows(world: World) -> dict[str, list[Probe]]:
    edits, removals = [], []
    for section, kind in ROWS.items():
        for case, pk in pairs(world, kind):
            path = f"/cases/{case}/{section}/{pk}/"
            edits += [Probe("GET", path), Probe("POST", path, {**NEW.get(section, {"title": "x"}), "seen": "1"})]
            removals += [Probe("GET", f"{path}remove/"), Probe("POST", f"{path}remove/", {"seen": "1", "reason": "x"})]
    for case, pk in pairs(world, "casename"):
        edits += [*gets(f"/cases/{case}/names/{pk}/"), Probe("POST", f"/cases/{case}/names/{pk}/", {"seen": "0"})]
        removals += gets(f"/cases/{case}/names/{pk}/remove/")
    return {"cases:part_edit": edits, "cases:part_remove": removals}


def _whole(world: World) -> dict[str, list[Probe]]:
    moves, labels, owners, own = [], [], [], []
    for case in world.aims("case"):
        path = f"/cases/{case}"
        moves += [*gets(f"{path}/state/"), Probe("POST", f"{path}/state/", {"seen": "1", "to": "monitoring"})]
        moves.append(Probe("POST", f"{path}/state/", {"seen": "1", "to": "merged"}))
        labels += gets(f"{path}/label/")
        for circle in ["", *world.aims("compartment")]:
            data = {"seen": "1", "marking": "1", "compartment": circle, "reason": "x"}
            labels.append(Probe("POST", f"{path}/label/", data))
        owners += gets(f"{path}/assign/")
        owners += [Probe("POST", f"{path}/assign/", {"seen": "1", "owner": pk}) for pk in world.aims("user")]
        for section in ("person", "texts", "nonsense"):
            own += gets(f"{path}/edit/{section}/")
            own.append(Probe("POST", f"{path}/edit/{section}/", {"seen": "1", "summary": "x", "birth": "1981"}))
    return {"cases:case_move": moves, "cases:case_label": labels, "cases:case_assign": owners, "cases:case_edit": own}


def _single(world: World) -> dict[str, list[Probe]]:
    accepts, done, unseals, files = [], [], [], []
    for case, pk in pairs(world, "claim"):
        path = f"/cases/{case}/claims/{pk}/accept/"
        accepts += [*gets(path), Probe("POST", path, {"seen": "1"}), Probe("POST", path, {"seen": "x"})]
    for case, pk in pairs(world, "followup"):
        path = f"/cases/{case}/follow-ups/{pk}/done/"
        done += [*gets(path), Probe("POST", path, {"seen": "1", "outcome": ""})]
        done.append(Probe("POST", path, {"seen": "1", "outcome": "She was seen."}))
    for case, pk in pairs(world, "source"):
        path = f"/cases/{case}/sources/{pk}/unseal/"
        unseals += [*gets(path), Probe("POST", path, {"reason": "To ask again."})]
    for case, pk in pairs(world, "attachment") or pairs(world, "source"):
        files += gets(f"/cases/{case}/attachments/{pk}/file/")
    return {
        "cases:claim_accept": accepts,
        "cases:follow_up_done": done,
        "cases:source_unseal": unseals,
        "cases:attachment": files,
    }


def _groups(world: World) -> dict[str, list[Probe]]:
    shown, edits, adds, removals = [], [], [], []
    for pk in world.aims("casegroup"):
        path = f"/groups/{pk}/"
        shown += gets(path)
        edits += [*gets(f"{path}edit/"), Probe("POST", f"{path}edit/", {"seen": "1", "title": "x", "kind": "trial"})]
        adds += gets(f"{path}members/add/")
        for reference in [*world.aims("case"), world.visible["other_case"], "CN-7K3QF2-3", ""]:
            adds.append(Probe("POST", f"{path}members/add/", {"reference": reference}))
        for member in world.aims("groupmember")[:2]:
            leaving = f"{path}members/{member}/remove/"
            removals += [*gets(leaving), Probe("POST", leaving, {"seen": "1", "reason": "x"})]
    return {
        "cases:group": shown,
        "cases:group_edit": edits,
        "cases:group_add": adds,
        "cases:group_remove": removals,
    }
