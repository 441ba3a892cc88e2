"""Probes of consent: assessing on the case and on a list, asking for a case to stand without."""

from tests.access.probes import Probe, World, gets

SAID = {"outcome": "allowed", "consent_by": "family", "consent_until": "2031-01-01", "risk": "None known."}


def probes(world: World) -> dict[str, list[Probe]]:
    """Keys of hidden and missing cases stand in what is sent, too."""
    adds, edits, removals, assessed, asked = [], [], [], [], []
    for case in world.aims("case"):
        path = f"/cases/{case}/consent/"
        adds += [*gets(f"{path}add/"), Probe("POST", f"{path}add/", {**SAID, "uses": ["private", "public"]})]
        for pk in world.aims("useassessment"):
            edits += [*gets(f"{path}{pk}/"), Probe("POST", f"{path}{pk}/", {**SAID, "seen": "1"})]
            removals += [
                *gets(f"{path}{pk}/remove/"),
                Probe("POST", f"{path}{pk}/remove/", {"seen": "1", "reason": "x"}),
            ]
    for pk in world.aims("caselist"):
        path = f"/lists/{pk}/consent/"
        assessed += [*gets(path), Probe("POST", path, {})]
        for case in world.aims("case_pk"):
            assessed.append(Probe("POST", path, {**SAID, "cases": [case], "reason": "Asked.", "seen": "1"}))
    for pk in world.aims("listentry"):
        path = f"/lists/entries/{pk}/override/"
        asked += [*gets(path), Probe("POST", path, {}), Probe("POST", path, {"reason": "Why.", "seen": "1"})]
    bulk = [
        Probe("POST", "/cases/bulk/", {**SAID, "doing": "consent", "use": "written", "step": "preview", "case": case})
        for case in world.aims("case_pk")
    ]
    table = [
        Probe("GET", f"/cases/?consent={code}&column=consent&sort=-consent") for code in ("none", "no", "holds", "x")
    ]
    return {
        "cases:part_add": adds,
        "cases:part_edit": edits,
        "cases:part_remove": removals,
        "cases:bulk": bulk,
        "cases:table": table,
        "rounds:list_consent": assessed,
        "rounds:entry_override": asked,
    }
