"""Loading vocabulary packs, and extending the vocabulary of one dialogue."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Q

from cases.actions.derive import derive
from cases.models import Case, CaseTheme, EthnicGroup, Facility, Place, Statute, Theme
from cases.models.vocabulary import Term
from cases.names.keys import sort_key
from cases.vocabulary.pack import Entry, Pack, read_pack
from casetracker.access.act import Doing, check
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.history import bulk_create_with_history
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

KINDS: dict[str, type[Any]] = {
    "theme": Theme,
    "place": Place,
    "ethnicgroup": EthnicGroup,
    "statute": Statute,
    "facility": Facility,
}
_POINTER = {Place: "region_id", Facility: "place_id"}


@dataclass
class LoadReport:
    """What loading one pack did, in numbers of terms."""

    pack: str
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        sums = [f"{name} {counter.total()}" for name, counter in vars(self).items() if isinstance(counter, Counter)]
        return f"{self.pack}: {', '.join(sums)}"


def load_pack(path: Path, *, process: str) -> LoadReport:
    """Brings the shared terms up to the pack in the file `path`: adds, changes, never deletes. `process` says who.

    A term is known again by pack, kind and code; loading the same file twice changes nothing.
    Raises BadPack or OSError when the file cannot be read; then nothing is written.
    """
    pack = read_pack(path)
    report = LoadReport(pack.name)
    with acting(Verb.VOCABULARY_LOADED, process=process) as act:
        places: dict[str, Any] = {}
        for kind in KINDS:
            _load_kind(kind, pack, places, report)
        act.detail = {
            "pack": pack.code,
            "added": report.added.total(),
            "changed": report.changed.total(),
            "unchanged": report.unchanged.total(),
        }
    return report


def _load_kind(kind: str, pack: Pack, places: dict[str, Any], report: LoadReport) -> None:
    model = KINDS[kind]
    standing = {term.code: term for term in model.objects.filter(dialogue__isnull=True, pack=pack.code) if term.code}
    new: list[Any] = []
    for entry in (entry for entry in pack.entries if entry.kind == kind):
        term = standing.get(entry.code)
        columns = _columns(model, entry, places)
        if term is None:
            term = model(pack=pack.code, code=entry.code, **columns)
            new.append(term)
            report.added[kind] += 1
        elif _change(term, columns):
            report.changed[kind] += 1
        else:
            report.unchanged[kind] += 1
        if kind == "place":
            places[entry.code] = term.pk
    bulk_create_with_history(new)


def _columns(model: type[Any], entry: Entry, places: dict[str, Any]) -> dict[str, Any]:
    columns = {**entry.values, "sort_key": sort_key_of(model, entry.values)}
    if model in _POINTER:
        columns[_POINTER[model]] = places.get(entry.place_code)
    return columns


def sort_key_of(model: type[Any], values: dict[str, Any]) -> str:
    """The key terms of `model` sort by: statutes by law and number, the rest by name."""
    parts = ("law", "article", "paragraph", "name") if model is Statute else ("name",)
    # A tab sorts before everything a key holds, so article 120 stands before article 120-1.
    return "\t".join(sort_key(values.get(part, "")) for part in parts)[:200]


def _change(term: Any, columns: dict[str, Any]) -> bool:
    renamed = term.name != columns["name"]
    changed = save_over(term, seen=term.version, changes=columns)
    if changed and renamed:
        _derive_what_shows(term)
    return changed


def _derive_what_shows(term: Any) -> None:
    """Cases keep the names of their themes and place in derived columns; a new name reaches them here."""
    cases = Case.objects.unscoped("cases that show the name of a term are derived again when it changes")
    if isinstance(term, Theme):
        links = CaseTheme.objects.unscoped("the same, through the theme").filter(theme=term)
        cases = cases.filter(pk__in=links.values("case_id"))
    elif isinstance(term, Place | Facility):
        cases = cases.filter(Q(place=term) if isinstance(term, Place) else Q(facility=term))
    else:
        return
    for case in cases:
        derive(case)


def add_term(*, kind: str, dialogue: Dialogue, by: User, values: dict[str, Any]) -> Any:
    """A new term of `kind`, known in `dialogue` only. Raises Denied, WrongState (a place of another dialogue)."""
    check(by, Doing.EXTEND_VOCABULARY, Label(dialogue.pk, Marking.NORMAL))
    model = KINDS[kind]
    _check_place(model, dialogue, by, values)
    term = model(dialogue=dialogue, sort_key=sort_key_of(model, values), **values)
    with acting(Verb.VOCABULARY_EDITED, by=by, detail={"kind": kind, "added": True}) as act:
        save_new(term)
        act.about = term
    return term


def _check_place(model: type[Any], dialogue: Dialogue | None, by: User, values: dict[str, Any]) -> None:
    """What everybody in a dialogue sees may point only to what everybody there knows."""
    place = values.get(_POINTER.get(model, ""))
    if place is None or dialogue is None:
        return
    offered: Any = Place.objects.visible_to(by).offered_in(dialogue)
    if not offered.filter(pk=place).exists():
        raise WrongState("That place is not in the vocabulary of this dialogue.")


def check_own(term: Term, by: User) -> None:
    """Whether `by` may change `term`. Raises Denied."""
    if term.dialogue_id is None:
        raise Denied("Terms of a shared pack are changed by loading a new version of the pack.")
    check(by, Doing.EXTEND_VOCABULARY, Label(term.dialogue_id, Marking.NORMAL))


def edit_term(*, term: Term, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes a term of a dialogue (also `retired`). True when something changed.

    Terms of shared packs are changed by loading a new version of the pack only.
    Raises Denied, WrongState (a place of another dialogue), Conflict.
    """
    check_own(term, by)
    model = type(term)
    if changes.get(_POINTER.get(model, "")) != getattr(term, _POINTER.get(model, ""), None):
        _check_place(model, term.dialogue, by, changes)
    renamed = changes.get("name", term.name) != term.name
    key = {"sort_key": sort_key_of(model, {**vars(term), **changes})}
    detail = {"kind": model._meta.model_name, "fields": sorted(changes)}
    with acting(Verb.VOCABULARY_EDITED, by=by, about=term, reason=reason, detail=detail):
        changed = save_over(term, seen=seen, changes={**changes, **key})
        if changed and renamed:
            _derive_what_shows(term)
    return changed
