"""The table of cases and what is done with many of them."""

from itertools import product

from tests.access.probes import Probe, World, gets

TABLE, EXPORT, BULK, FILTERS = "/cases/", "/cases/export/", "/cases/bulk/", "/cases/filters/"
WHY = {"reason": "For the file."}


def probes(world: World) -> dict[str, list[Probe]]:
    """Every filter, order and page boundary aimed at what is there, hidden and missing; then every deed."""
    return {
        "cases:table": _table(world),
        "cases:export": _export(world),
        "cases:bulk": _bulk(world),
        "cases:bulk_undo": _undo(world),
        "cases:saved_filters": [
            *gets(FILTERS, *_filtered(world, FILTERS)),
            Probe("POST", FILTERS, {"name": "Kept", "query": "state=active"}),
            Probe("POST", FILTERS, {"name": "", "query": "state=active"}),
            *(Probe("POST", FILTERS, {"name": "Kept", "query": url.partition("?")[2]}) for url in _filtered(world, "")),
        ],
        "cases:saved_filter": [
            Probe(method, f"{FILTERS}{pk}/", data)
            for pk in world.aims("savedfilter")
            for method, data in (("GET", None), ("POST", {f"{pk}-name": "Renamed"}), ("POST", {}))
        ],
        "cases:saved_filter_delete": [
            Probe(method, f"{FILTERS}{pk}/delete/") for pk in world.aims("savedfilter") for method in ("GET", "POST")
        ],
    }


def _filtered(world: World, path: str) -> list[str]:
    kinds = {
        "group": "casegroup", "theme": "theme", "place": "place", "compartment": "compartment", "batch": "importbatch",
        "owner": "user", "dialogue": "dialogue",
    }  # fmt: skip
    return [f"{path}?{name}={key}" for name, kind in kinds.items() for key in world.aims(kind)]


def _table(world: World) -> list[Probe]:
    sorts = ("reference", "name", "-status", "place", "-detained", "themes", "-owner", "next", "label", "changed")
    places = [f"{TABLE}?sort=name&{way}={pk}" for way, pk in product(("after", "before"), world.aims("case_pk"))]
    codes = ("status=held", "state=active&state=draft", "due=overdue", "marking=1", "marking=2", "source=ngo")
    return [
        *gets(TABLE, *(f"{TABLE}?sort={sort}" for sort in sorts), *places, f"{TABLE}?at=end"),
        *gets(*_filtered(world, TABLE), *(f"{TABLE}?{code}" for code in codes)),
        Probe("GET", f"{TABLE}?detained_from=2010&detained_to=2020&sort=nonsense&size=7"),
        Probe("POST", TABLE, {}),
    ]


def _export(world: World) -> list[Probe]:
    send = {"step": "send", "form": "csv", **WHY}
    aims = world.aims("case_pk")
    return [
        *gets(EXPORT, f"{EXPORT}?status=held", *_filtered(world, EXPORT)),
        Probe("POST", EXPORT, {"case": aims}),
        Probe("POST", EXPORT, {"case": aims, **send}),
        *(Probe("POST", EXPORT, {"case": pk, **send}) for pk in aims),
        Probe("POST", EXPORT, {"whole": "1", "query": "sort=name", **send}),
        Probe("POST", EXPORT, {"whole": "1", **send, "form": "xlsx"}),
        Probe("POST", EXPORT, {"whole": "1", **send, "reason": ""}),
    ]


def _bulk(world: World) -> list[Probe]:
    aims = world.aims("case_pk")
    ticked = [f"{pk}:1" for pk in aims]
    people = [{"owner": pk} for pk in ("", *world.aims("user"))]
    labels = [{"marking": "2", "compartment": pk} for pk in ("keep", "", *world.aims("compartment"))]
    asked = {
        "assign": people,
        "label": [*labels, {"marking": "1", "compartment": ""}, {"marking": "keep", "compartment": "keep"}],
        "theme": [{"theme": pk} for pk in ("", *world.aims("theme"))],
        "state": [{"to": "monitoring"}, {"to": "merged"}],
    }
    sent = [Probe("POST", BULK, {"doing": "assign", **extra}) for extra in ({}, {"case": "x"}, {"whole": "1"})]
    for doing, values in asked.items():
        sent += [Probe("POST", BULK, {"doing": doing, "case": one}) for one in (*ticked, ticked)]
        for value, step in product(values, ("preview", "confirm")):
            sent.append(Probe("POST", BULK, {"doing": doing, "case": aims, "step": step, **value, **WHY}))
    return [*gets(BULK), *sent]


def _undo(world: World) -> list[Probe]:
    paths = [f"{BULK}{pk}/undo/" for pk in world.aims("case_pk")]
    return [*gets(*paths), *(Probe("POST", path, {}) for path in paths)]
