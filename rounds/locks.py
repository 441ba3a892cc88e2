"""The locks of cases, taken in one order. In which order locks of different kinds are taken: rounds/actions."""

from collections.abc import Iterable
from uuid import UUID

from cases.models import Case


def lock_cases(keys: Iterable[UUID], why: str) -> dict[UUID, Case]:
    """Takes the locks of these cases and gives the rows as they stand by their keys, whoever sees them.

    Inside an action only.
    """
    rows = Case.objects.unscoped(why).filter(pk__in=sorted(set(keys))).select_for_update().order_by("pk")
    return {row.pk: row for row in rows}
