"""The list of responses: filters, order, pages, and what is left to do in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from cases.forms.pickers import RowField
from cases.paging import DEFAULT_SIZE, Cursor, Order, Page, cut
from casetracker.access.models import Dialogue, User
from rounds.codes import Form
from rounds.models import Response, ResponseItem, Round
from rounds.standing import standing
from rounds.states import ItemState

FILTERS = ("dialogue", "round", "form", "left")
ORDERS = {"on": F("on"), "recorded": F("created_at"), "form": F("form")}
FIRST = "-on"
# One about a case that was not raised is tied to that case, and waits for nothing.
UNMATCHED = Q(raising__isnull=True, case__isnull=True)
TO_CODE = Q(state=ItemState.RECORDED)
TO_CONFIRM = Q(state=ItemState.CODED)
DISPUTED = Q(state=ItemState.DISPUTED)
TO_ASSESS = Q(state=ItemState.CONFIRMED)
LEFT = {
    "empty": "no items yet",
    "unmatched": "items to match",
    "code": "items to code",
    "confirm": "items to confirm",
    "disputed": "items disputed",
    "assess": "items to assess",
    "nothing": "nothing left",
}
_WHICH = {
    "unmatched": UNMATCHED,
    "code": TO_CODE,
    "confirm": TO_CONFIRM,
    "disputed": DISPUTED,
    "assess": TO_ASSESS,
    "nothing": UNMATCHED | ~Q(state=ItemState.ASSESSED),
}


class ResponseFilter(forms.Form):
    """Every field may stay empty; an impossible value filters nothing."""

    dialogue = RowField(label="Dialogue", required=False, empty="all")
    round = RowField(label="Received at", required=False, empty="any round")
    form = forms.ChoiceField(label="Form", required=False, choices=[("", "all"), *Form.choices])
    left = forms.ChoiceField(label="Left to do", required=False, choices=[("", "any"), *LEFT.items()])

    def __init__(self, data: Any, *, dialogues: Iterable[Dialogue], rounds: Iterable[Round]) -> None:
        super().__init__(data, auto_id="filter_%s")
        offered = list(dialogues)
        for name, rows in (("dialogue", offered), ("round", list(rounds))):
            field = self.fields[name]
            assert isinstance(field, RowField)
            field.offer(rows)
        if len(offered) < 2:
            del self.fields["dialogue"]
        self.is_valid()

    def value(self, name: str) -> Any:
        """What a filter is set to, or None."""
        return self.cleaned_data.get(name) or None


@dataclass(frozen=True)
class Work:
    """How many items of a response stand, and how many of them wait for what."""

    items: int = 0
    unmatched: int = 0
    code: int = 0
    confirm: int = 0
    disputed: int = 0
    assess: int = 0

    @property
    def tags(self) -> list[dict[str, Any]]:
        """What is left, in words with a tone."""
        counted = (
            (self.unmatched, "to match", "part"),
            (self.code, "to code", "wait"),
            (self.confirm, "to confirm", "wait"),
            (self.disputed, "disputed", "none"),
            (self.assess, "to assess", "wait"),
        )
        return [{"text": f"{count} {words}", "tone": tone} for count, words, tone in counted if count]


class Listing:
    """The responses `user` sees, as the query string asks for them."""

    def __init__(self, params: Any, user: User, dialogues: list[Dialogue], rounds: list[Round]) -> None:
        self.user = user
        self.form = ResponseFilter(params, dialogues=dialogues, rounds=rounds)
        order = params.get("order", FIRST)
        self.order = order if order.removeprefix("-") in ORDERS else FIRST
        self.cursor = Cursor.read(params)

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return any(self.form.value(name) for name in FILTERS)

    def page(self) -> Page:
        """One page; four queries at most, five when a page has to be begun again."""
        seen = Response.objects.visible_to(self.user)
        rows = self._narrowed(seen).select_related("round", "dialogue", "partner", "compartment")
        order = Order(ORDERS[self.order.removeprefix("-")], self.order.startswith("-"))
        rows = rows.defer("verbatim", "translation", "note")
        return cut(rows, seen=seen, order=order, cursor=self.cursor, size=DEFAULT_SIZE)

    def _narrowed(self, rows: Any) -> Any:
        for name in ("dialogue", "round"):
            if key := self.form.value(name):
                rows = rows.filter(**{f"{name}_id": key})
        if form := self.form.value("form"):
            rows = rows.filter(form=form)
        left = self.form.value("left")
        if left is None:
            return rows
        items = standing(self.user).filter(response=OuterRef("pk"))
        if left == "empty":
            return rows.filter(~Exists(items))
        if left == "nothing":
            return rows.filter(Exists(items), ~Exists(items.filter(_WHICH[left])))
        return rows.filter(Exists(items.filter(_WHICH[left])))

    def url(self, **changes: str) -> str:
        """The address of this list with other filters, order or place."""
        kept = {name: str(self.form.value(name) or "") for name in FILTERS} | {
            "order": "" if self.order == FIRST else self.order
        }
        query = urlencode({name: value for name, value in (kept | changes).items() if value})
        return reverse("rounds:responses") + (f"?{query}" if query else "")


def work_in(user: User, responses: Iterable[UUID]) -> dict[UUID, Work]:
    """Response key → what is left in it; one query."""
    rows = standing(user).filter(response_id__in=list(responses)).values("response_id").order_by("response_id")
    counted = rows.annotate(**_COUNTS)
    return {row.pop("response_id"): Work(**row) for row in counted}


def work_in_all(user: User) -> Work:
    """What is left in all responses the user sees; one query."""
    return Work(**standing(user).aggregate(**_COUNTS))


def unmatched_items(user: User) -> Any:
    """The queue: answers that stand and are tied to nothing, the oldest reply first."""
    rows = standing(user).filter(UNMATCHED).select_related("response__round", "response__dialogue", "case")
    return rows.order_by("response__on", "response_id", "position", "pk")


_COUNTS = {
    "items": Count("pk"),
    "unmatched": Count("pk", filter=UNMATCHED),
    "code": Count("pk", filter=TO_CODE),
    "confirm": Count("pk", filter=TO_CONFIRM),
    "disputed": Count("pk", filter=DISPUTED),
    "assess": Count("pk", filter=TO_ASSESS),
}


def items_in_order(user: User, response: Response) -> list[ResponseItem]:
    """All items of a response, what was corrected before its correction; one query. `later` names the correction."""
    rows = ResponseItem.objects.visible_to(user).filter(response=response)
    found = list(
        rows.select_related(
            "case__compartment", "raising__round", "raising__entry__case_list__round", "coded_by", "second_coder"
        ).defer("case__summary", "case__handover_summary", "case__ask", "raising__entry__snapshot")
    )
    later = {item.supersedes_id: item for item in found if item.supersedes_id}
    for item in found:
        item.response = response
        item.later = later.get(item.pk)
    return sorted(found, key=lambda item: (item.position, item.created_at, str(item.pk)))
