"""What waits for a second person on a page whose things are in hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from casetracker.access.kinds import kind_of
from casetracker.access.models import Approval, User
from casetracker.access.roles import Marking
from casetracker.access.see import columns_q

WHY = "of things that are in hand: whoever sees them sees what waits there under a label they dominate"


@dataclass(frozen=True)
class Waiting:
    """One request that waits: its key, the code of its kind, and what it is about."""

    pk: UUID
    kind: str
    object_id: UUID

    @property
    def words(self) -> str:
        """What was asked for, such as "merge two cases"."""
        return kind_of(self.kind).words


def waiting_to_fall(thing: Any, user: User) -> list[Waiting]:
    """What waits on a list or a response: that its label is lowered. No query where the label is the lowest."""
    label = thing.label()
    lowest = label.marking == Marking.NORMAL and label.compartment_id is None
    return [] if lowest else [one for one in waiting_on([thing.pk], user) if one.kind.endswith(".lower")]


def waiting_on(things: Iterable[UUID], user: User) -> list[Waiting]:
    """Requests that wait on `things` (keys of rows that `user` sees and holds in hand), oldest first. One query."""
    rows: Any = Approval.objects.unscoped(WHY).in_time()
    rows = rows.filter(Q(dialogue__isnull=True) | columns_q(user, ""), object_id__in=list(things))
    return [Waiting(*row) for row in rows.order_by("requested_at", "pk").values_list("pk", "kind", "object_id")]
