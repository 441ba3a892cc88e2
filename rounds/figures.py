"""Keeps the days that figures are made of (cases.LedgerDay) in step with raisings and answers.

A raising on a list counts for those who see the list, one off the list for those who see the case, an answer for those
who see its response. Voided raisings and superseded answers count for nobody.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef

from cases.actions.derive import derive_raised
from cases.models import LedgerDay, LedgerDayKind
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.codes import Grade
from rounds.locks import lock_cases
from rounds.models import Raising, ResponseItem

WHY = "makes the days of figures anew from what was just written"


def refresh_days(cases: Iterable[UUID]) -> None:
    """Makes the days of these cases anew. Inside the action that wrote a raising or an answer of theirs."""
    keys = sorted(set(cases))
    if not keys:
        return
    # Two who write to one case at once wait for each other, or one's day would be missing.
    lock_cases(keys, WHY)
    LedgerDay.objects.unscoped(WHY).filter(case_id__in=keys).delete()
    LedgerDay.objects.bulk_create([*raised_days(keys), *answered_days(keys)], batch_size=500)
    derive_raised(keys)


def raised_days(cases: list[UUID]) -> list[LedgerDay]:
    """Unsaved days of the raisings of these cases."""
    rows = Raising.objects.unscoped(WHY).filter(case_id__in=cases, voided=False)
    return [day_of_raising(row) for row in rows.select_related("case", "entry__case_list")]


def day_of_raising(row: Raising) -> LedgerDay:
    """The unsaved day of a raising; its case, entry and list are in hand."""
    label = row.label() if row.entry else Label(row.case.dialogue_id, Marking.NORMAL)
    return LedgerDay(case_id=row.case_id, kind=LedgerDayKind.RAISED, on=row.on, channel=row.channel, **_columns(label))


def answered_days(cases: list[UUID]) -> list[LedgerDay]:
    """Unsaved days of the answers about these cases."""
    # The reverse key would be a join past the label; a subquery asks the same.
    later = ResponseItem.objects.unscoped(WHY).filter(supersedes=OuterRef("pk"))
    rows = ResponseItem.objects.unscoped(WHY).filter(~Exists(later), case_id__in=cases)
    return [day_of_answer(row) for row in rows.select_related("response", "raising")]


def day_of_answer(row: ResponseItem) -> LedgerDay:
    """The unsaved day of an answer about a case; its response and raising are in hand."""
    assert row.case_id is not None
    return LedgerDay(
        case_id=row.case_id,
        kind=LedgerDayKind.REFUSED if row.grade == Grade.REFUSED else LedgerDayKind.ANSWERED,
        on=row.response.on,
        grade=row.grade,
        code=row.code,
        answers_to=row.raising.on if row.raising else None,
        **_columns(row.response.label()),
    )


def _columns(label: Label) -> dict[str, object]:
    return {"dialogue_id": label.dialogue_id, "marking": label.marking, "compartment_id": label.compartment_id}
