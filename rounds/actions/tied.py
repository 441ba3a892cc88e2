"""What is tied to a raising keeps its day: no answer came before what it answers."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import sees
from rounds.days import day_in_words
from rounds.models import ResponseItem

WHY = "no raising moves to a day after its answer, whoever sees that answer"
UNSEEN = "Something that builds on this raising does not allow this day; ask an approver."


def check_before_answers(raisings: Iterable[UUID], on: date, by: User) -> None:
    """Whether these raisings (keys) may move to the day `on`: no answer tied to one that stands lies before that.

    Inside an action that holds their cases, only. Raises WrongState: it names what `by` sees and speaks of the rest
    only in general.
    """
    rows = ResponseItem.objects.unscoped(WHY).filter(raising__in=list(raisings), raising__on__lt=on)
    later = ResponseItem.objects.unscoped(WHY).filter(supersedes=OuterRef("pk"))
    rows = rows.filter(~Exists(later), response__on__lt=on).select_related("response", "case")
    items = list(rows.order_by("response__on", "pk"))
    for item in items:
        if sees(by, item.label()) and item.case is not None:
            raise WrongState(
                f"An answer about {item.case.reference} came on {day_in_words(item.response.on)}, before this day, and "
                "is tied to what was raised. First correct the day of that reply, or tie the answer to another raising."
            )
    if items:
        raise WrongState(UNSEEN)
