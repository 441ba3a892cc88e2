"""Raisings that wait for an answer, and those an answer may be matched to: never more than the reply's label covers."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from cases.search.lookup import Found, find
from casetracker.access.models import User
from casetracker.access.see import Label, dominated_q
from rounds.codes import Grade
from rounds.models import Raising
from rounds.standing import standing

LIMIT = 200


def raisings_under(user: User, label: Label | None, *, dialogue: UUID, until: date | None = None) -> Any:
    """Raisings of a dialogue that `user` sees, not voided, made on or before `until`; with a label only those an item
    of a response with that label may be matched to. Each says whether it is `answered`. Newest list first.
    """
    rows = Raising.objects.visible_to(user).filter(voided=False, case__dialogue_id=dialogue)
    if label is not None:
        of_list = Q(entry__isnull=True) | dominated_q(label, "entry__case_list")
        rows = rows.filter(dominated_q(label, "case"), of_list)
    if until is not None:
        rows = rows.filter(on__lte=until)
    # As in all figures (rounds/figures.py): an answer speaks to what was asked up to the raising it is matched to.
    answers = standing(user).exclude(grade=Grade.REFUSED).filter(case=OuterRef("case"))
    answers = answers.annotate(reach=Coalesce("raising__on", "response__on")).filter(reach__gte=OuterRef("on"))
    return (
        rows.annotate(answered=Exists(answers))
        .select_related("case", "round", "partner", "entry__case_list__round")
        .defer("case__summary", "case__handover_summary", "case__ask", "entry__snapshot")
        .order_by("-on", "entry__case_list_id", "entry__position", "case__reference", "pk")
    )


def open_raisings(
    user: User,
    label: Label | None,
    *,
    dialogue: UUID,
    text: str = "",
    until: date | None = None,
    limit: int = LIMIT,
) -> list[Raising]:
    """Raisings without an answer on or after their day, newest list first, at most `limit`; one query.

    With `text` (a reference or a name) those of the cases found, answered ones too: an answer may come twice.
    """
    rows = raisings_under(user, label, dialogue=dialogue, until=until)
    if text.strip():
        return raisings_found(user, rows, text, limit=limit)[0]
    return list(rows.filter(answered=False)[:limit])


def raisings_found(user: User, rows: Any, text: str, *, limit: int = LIMIT) -> tuple[list[Raising], Found]:
    """Those among `rows` whose case `text` finds, and what the look-up says (a problem, more); six queries at most."""
    found = find(user, text)
    keys = [hit.case.pk for hit in found.hits]
    return (list(rows.filter(case_id__in=keys)[:limit]) if keys else []), found
