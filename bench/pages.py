"""What is asked for: every kind of page, with addresses found in the generated data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min
from django.urls import NoReverseMatch, reverse

from cases.listing import COLUMNS
from cases.models import Case, Theme
from casetracker.access.models import User
from rounds.models import CaseList, Raising

WHY = "chooses what is measured"
# How many addresses of each page take turns, so that no single row is warmer than others.
TURNS = 40
# Raisings of the cases whose page is measured: the same few at every size.
LEDGER = range(6, 11)
# Bearers of the names that are looked up: the same few at every size, for more hits are a longer page.
NAMESAKES = range(1, 4)
HTMX = {"HX-Request": "true"}


@dataclass
class Page:
    """One kind of page: its requests (path, form), and what the floor answers in its place ("" for nothing)."""

    name: str
    asks: list[tuple[str, dict[str, str]]]
    floor: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    queries: int = 0
    size: int = 0


def pages(user: User) -> list[Page]:
    """All kinds of pages that exist."""
    seen = Case.objects.visible_to(user)
    references = _cases(seen)
    table, floor = reverse("cases:table"), _get(["/floor/cases/"])
    theme = Theme.objects.filter(dialogue__isnull=True).order_by("code").first()
    filtered = ("status=serving", f"theme={theme.pk}&status=serving", "state=active&detained_from=2015", "owner=me")  # type: ignore[union-attr]
    found = [
        Page("cases, first page", _get([table]), floor),
        Page("cases, deep page", _get(f"{table}?after={pk}" for pk in _depths(seen)), floor),
        Page("cases, filtered", _get(f"{table}?{query}" for query in filtered), floor),
        Page("cases, by name", _get([f"{table}?sort=name", f"{table}?sort=-name"]), floor),
        *_ledger_orders(table, floor),
        Page(
            "case with ledger",
            _get(reverse("desk:case", args=[one]) for one in references),
            _get(f"/floor/cases/{one}/" for one in references),
        ),
        Page(
            "history",
            _get(reverse("desk:case_history", args=[one]) for one in references),
            _get(f"/floor/cases/{one}/history/" for one in references),
        ),
        *_searches(seen),
        *_of_rounds(user),
    ]
    return [*found, *_saves(seen)]


def _get(paths: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    return [(path, {}) for path in paths]


def _cases(seen: Any) -> list[str]:
    often = Raising.objects.unscoped(WHY).values("case_id").annotate(times=Count("pk")).filter(times__in=LEDGER)
    keys = often.order_by("case_id").values_list("case_id", flat=True)[: 3 * TURNS]
    return list(seen.filter(pk__in=list(keys)).order_by("reference").values_list("reference", flat=True)[:TURNS])


def _depths(seen: Any) -> list[Any]:
    """Keys of rows at even distances through the whole list."""
    keys = list(seen.order_by("-changed_at", "-pk").values_list("pk", flat=True))
    return [keys[len(keys) * number // (TURNS + 1)] for number in range(1, TURNS + 1)]


def _ledger_orders(table: str, floor: Any) -> list[Page]:
    codes = [one.code for one in COLUMNS if not one.of]
    return [Page("cases, by ledger", _get(f"{table}?sort={code}" for code in codes), floor)] if codes else []


def _searches(seen: Any) -> list[Page]:
    names, originals = _rare(seen, "latin_name")[:TURNS], _rare(seen, "original_name")[:9]
    find, floor = reverse("desk:find"), _get(["/floor/cases/"])
    return [
        Page("look-up, name", [(find, {"q": name}) for name in [*names, *originals]], floor, "POST"),
        Page("look-up, common word", [(find, {"q": word}) for word in _common(names)], floor, "POST"),
        Page("look-up, typing", [(find, {"q": name[:4]}) for name in names], floor, "POST", HTMX),
    ]


def _rare(seen: Any, column: str) -> list[str]:
    """Names that few cases have, in an order that has nothing to do with how they are written."""
    shared = seen.exclude(**{column: ""}).order_by().values(column).annotate(times=Count("pk"))
    return list(
        shared.filter(times__in=NAMESAKES).annotate(one=Min("reference")).order_by("one").values_list(column, flat=True)
    )


def _common(names: list[str]) -> list[str]:
    """Words that many names have."""
    return [word for word, _ in Counter(word for name in names for word in name.split()).most_common(3)]


def _of_rounds(user: User) -> list[Page]:
    draft = CaseList.objects.visible_to(user).filter(state="draft", marking=1).order_by("pk").first()
    past = CaseList.objects.visible_to(user).filter(state="closed", marking=1).order_by("-created_at").first()
    assert draft
    assert past
    wanted = {
        "round": [("rounds:round", [past.round_id])],
        "round matrix": [("rounds:matrix", [])],
        "list builder": [("rounds:list", [draft.pk])],
        "suggestions": [("rounds:suggestions", [draft.pk])],
    }
    found = []
    for name, addresses in wanted.items():
        try:
            paths = [reverse(view, args=keys) for view, keys in addresses]
        except NoReverseMatch:
            continue
        found.append(Page(name, _get(paths), [("/floor/cases/", {})]))
    return found


def _saves(seen: Any) -> list[Page]:
    """Cases of their own for each client, the product's and the floor's apart; `seen` counts up with each save."""
    rows = list(seen.filter(state="active").order_by("-reference")[: 2 * TURNS])
    asks = [
        (
            reverse("cases:case_edit", args=[row.reference, "texts"]),
            {"seen": str(row.version), "handover_summary": row.handover_summary, "ask": row.ask},
        )
        for row in rows[:TURNS]
    ]
    return [Page("save", asks, [(f"/floor/cases/{row.reference}/save/", {}) for row in rows[TURNS:]], "POST")]
