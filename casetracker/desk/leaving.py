"""Handing on what a colleague looked after: what there is of it, for whom the viewer sees it, and to whom it may go."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from cases.actions.case import assign_case
from cases.actions.follow_up import reassign_follow_ups
from cases.models import Case, FollowUp
from cases.sight import who_edits
from cases.states import CaseState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb

OPEN = (CaseState.DRAFT, CaseState.ACTIVE, CaseState.MONITORING)
SHOWN = 500


def cases_of(person_id: UUID, viewer: User) -> list[Case]:
    """Open cases with this owner that `viewer` sees."""
    rows = Case.objects.visible_to(viewer).filter(owner_id=person_id, state__in=OPEN)
    return list(rows.select_related("dialogue").order_by("dialogue__name", "reference")[:SHOWN])


def follow_ups_of(person_id: UUID, viewer: User) -> list[FollowUp]:
    """Open follow-ups of this owner that `viewer` sees, the earliest first."""
    rows = FollowUp.objects.visible_to(viewer).filter(owner_id=person_id, done_at=None)
    return list(rows.select_related("case__dialogue").order_by("due", "pk")[:SHOWN])


def successors(labels: set[Label], leaver_id: UUID | None = None) -> list[User]:
    """Whoever may edit at least one thing with these labels, by name; without the one who leaves."""
    able = {person.pk: person for label in labels for person in who_edits(label) if person.pk != leaver_id}
    return sorted(able.values(), key=lambda person: (person.name, str(person.pk)))


class HandOnForm(forms.Form):
    """To whom, and why."""

    owner = forms.TypedChoiceField(label="New owner")
    reason = forms.CharField(max_length=1000, label="Reason", widget=forms.TextInput)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(person.pk): person for person in people}
        owner: Any = self.fields["owner"]
        owner.coerce = known.get
        owner.choices = [("", "choose a colleague"), *((key, person.name) for key, person in known.items())]


def hand_on(
    *, person: User, owner: User, by: User, cases: Sequence[Case], follow_ups: Sequence[FollowUp],
    seen: dict[str, int], reason: str,
) -> int:  # fmt: skip
    """Gives all of these to `owner`, all or nothing. `seen`: key of each → the version that was looked at.

    Returns how many. Raises Denied, WrongState (the new owner could not edit one of them), Conflict.
    """
    count = len(cases) + len(follow_ups)
    with acting(Verb.CASE_ASSIGNED, by=by, about=person, reason=reason, detail={"count": count}):
        for case in cases:
            assign_case(case=case, by=by, seen=seen[str(case.pk)], owner=owner, reason=reason)
        if follow_ups:
            reassign_follow_ups(follow_ups=follow_ups, by=by, owner=owner, seen=seen, reason=reason)
    return count
