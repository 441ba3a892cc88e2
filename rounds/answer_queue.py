"""What waits to be done with answers: five queues, oldest first, and the way from one answer to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, LPad

from cases.paging import Order, as_key
from casetracker.access.models import User
from rounds.codes import ItemClaimState
from rounds.models import ItemClaim, ResponseItem
from rounds.standing import standing
from rounds.states import ItemState

TO_CODE, TO_CONFIRM, DISPUTED, TO_ASSESS, CLAIMS = "to-code", "to-confirm", "disputed", "to-assess", "claims"
TABS: dict[str, str] = {
    TO_CODE: "To code",
    TO_CONFIRM: "To confirm",
    DISPUTED: "Disputed",
    TO_ASSESS: "To assess",
    CLAIMS: "Claims to accept",
}


@dataclass(frozen=True)
class Queue:
    """One queue, perhaps only of one dialogue or round."""

    tab: str = TO_CODE
    dialogue: UUID | None = None
    round: UUID | None = None

    @classmethod
    def read(cls, params: Mapping[str, Any], name: str = "tab") -> "Queue | None":
        """From the query string; None where it names no queue."""
        tab = params.get(name, "")
        if tab not in TABS:
            return None
        return cls(tab, as_key(params.get("dialogue")), as_key(params.get("round")))

    def query(self, name: str = "tab") -> dict[str, str]:
        """Itself in a query string."""
        found = {name: self.tab, "dialogue": str(self.dialogue or ""), "round": str(self.round or "")}
        return {key: value for key, value in found.items() if value}

    def rows(self, user: User) -> Any:
        """Answers waiting here that `user` sees."""
        return self.narrowed(standing(user)).filter(waits(self.tab, user))

    def narrowed(self, rows: Any) -> Any:
        """Those of `rows` in the dialogue and round chosen."""
        if self.dialogue:
            rows = rows.filter(response__dialogue_id=self.dialogue)
        if self.round:
            rows = rows.filter(response__round_id=self.round)
        return rows


def waits(tab: str, user: User) -> Q:
    """Which answers wait in a queue for this viewer: nobody confirms their own coding."""
    if tab == TO_CONFIRM:
        return Q(state=ItemState.CODED) & ~Q(coded_by_id=user.pk)
    if tab == CLAIMS:
        proposed = ItemClaim.objects.visible_to(user).filter(state=ItemClaimState.PROPOSED).order_by()
        return Q(pk__in=proposed.values("item_id"))
    return Q(state={TO_CODE: ItemState.RECORDED, DISPUTED: ItemState.DISPUTED, TO_ASSESS: ItemState.CONFIRMED}[tab])


def waiting(user: User, queue: Queue | None = None, **more: Q) -> dict[str, int]:
    """Queue → how many answers wait in it; and how many fit each of `more`, by its name. One query."""
    counts = {tab.replace("-", "_"): Count("pk", filter=waits(tab, user)) for tab in TABS}
    counts |= {name: Count("pk", filter=wanted) for name, wanted in more.items()}
    rows = (queue or Queue()).narrowed(standing(user))
    found = rows.order_by().aggregate(**counts)
    return {tab: found[tab.replace("-", "_")] for tab in (*TABS, *more)}


def order() -> Order:
    """Oldest response first, its items in their order."""
    return Order(in_turn())


def in_turn() -> Combinable:
    """Text that sorts answers by day, response and place in it; the same on both engines."""
    place = LPad(Cast("position", CharField()), 5, Value("0"))
    day, response = Cast("response__on", CharField()), Cast("response_id", CharField())
    return Concat(day, Value(" "), response, Value(" "), place, output_field=CharField())


def next_in(queue: Queue, item: ResponseItem, user: User) -> UUID | None:
    """The answer behind `item` in the queue, whether or not `item` still waits there; from its start at the end.

    `item` carries `turn` (annotated with `in_turn`). One query.
    """
    rows = queue.rows(user).exclude(pk=item.pk).annotate(turn=in_turn())
    turn = item.turn  # type: ignore[attr-defined]
    behind = Q(turn__gt=turn) | Q(turn=turn, pk__gt=item.pk)
    ahead = rows.annotate(wrapped=Case(When(behind, then=Value(0)), default=Value(1)))
    found: UUID | None = ahead.order_by("wrapped", "turn", "pk").values_list("pk", flat=True).first()
    return found
