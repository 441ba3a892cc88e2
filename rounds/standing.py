"""Answers that stand: the items that no correction has superseded."""

from typing import Any

from django.db.models import Exists, OuterRef

from casetracker.access.models import User
from rounds.models import ResponseItem


def standing(user: User) -> Any:
    """The items that `user` sees and that stand. A correction belongs to the same response, so who sees the one sees
    the other.
    """
    # A subquery: the reverse key would be a join, which the net refuses.
    later = ResponseItem.objects.visible_to(user).filter(supersedes=OuterRef("pk"))
    return ResponseItem.objects.visible_to(user).filter(~Exists(later))
