"""Probes of the import pages."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.probes import Probe, World, gets

TABLE = b"Name,Sex\nDolma Hidden,f\nDolma Invented,f\n"
PAGES = {
    "cases:import": "",
    "cases:import_columns": "columns/",
    "cases:import_values": "values/",
    "cases:import_preview": "preview/",
    "cases:import_skip": "skip/",
    "cases:import_confirm": "confirm/",
    "cases:import_discard": "discard/",
    "cases:import_rows": "rows/",
    "cases:import_undo": "undo/",
}
FORMS: dict[str, list[dict[str, str]]] = {
    "columns/": [{}, {"seen": "1", "c0": "name", "missing": "NA", "kind": "detained", "order": "given"}],
    "values/": [{}, {"seen": "1"}],
    "skip/": [{}, {"errors": "1"}],
    "confirm/": [{}, {"seen": "1", "state": "draft", "owner": "nobody", "count": "1"}],
    "discard/": [{}, {"seen": "1", "reason": "Sent twice."}],
    "undo/": [{}, {"seen": "1", "reason": "The wrong list."}],
}
FOR_ALL_ROWS = {
    "name_system": "latin", "certainty": "likely", "claimed_by": "", "source_kind": "ngo", "source_date": "",
    "group_kind": "incident",
}  # fmt: skip


def uploads(world: World) -> list[Probe]:
    """Uploads into a dialogue and a compartment one sees, one does not see, and one that is not there."""
    some = [Probe("POST", "/imports/new/", {})]
    for dialogue in world.aims("dialogue"):
        for compartment in ["", *world.aims("compartment")]:
            form = {"provider": "Watch Group", "title": "List", "marking": "1"}
            file = SimpleUploadedFile("list.csv", TABLE)
            some.append(
                Probe("POST", "/imports/new/", {**form, "file": file, "dialogue": dialogue, "compartment": compartment})
            )
    return some


def probes(world: World) -> dict[str, list[Probe]]:
    found = {"cases:imports": gets("/imports/"), "cases:import_new": [*gets("/imports/new/"), *uploads(world)]}
    batches, rows = world.aims("importbatch"), world.aims("importrow")
    for name, end in PAGES.items():
        found[name] = gets(*(f"/imports/{pk}/{end}" for pk in batches))
        for pk in batches:
            for form in FORMS.get(end, []):
                found[name].append(Probe("POST", f"/imports/{pk}/{end}", {**FOR_ALL_ROWS, **form} if form else {}))
            if end == "skip/":
                found[name] += [Probe("POST", f"/imports/{pk}/{end}", {"shown": rows, "skip": rows})]
            if end == "preview/":
                # Mapped and checked anew, so that what it shows was looked for in this world.
                mapped = {**FOR_ALL_ROWS, **FORMS["columns/"][1]}
                found[name] += [Probe("POST", f"/imports/{pk}/columns/", mapped)]
                views = ("errors", "warnings", "matches", "skipped", "all&after=1", "nothing&after=x")
                found[name] += gets(*(f"/imports/{pk}/{end}?show={view}" for view in views))
    return found
