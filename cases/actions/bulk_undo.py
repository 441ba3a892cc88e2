"""Taking back a change to many cases: read off the history rows of its action, never stored apart.

A case gets its former values back only if nobody has saved it since. A case whose label the change raised may by now
hold what was written for the higher label, so it goes back only if nothing at all was added to it since.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.actions.bulk import (
    CHANGED,
    MAY_NOT,
    NOT_SEEN,
    Circles,
    Kind,
    Outcome,
    Planned,
    circles_of,
)
from cases.actions.consent import VALUES, put_back
from cases.actions.part import remove_part
from cases.consent import consent_words
from cases.containers import check_label_change
from cases.models import Attachment, Case, CaseTheme, UseAssessment
from cases.states import CaseState
from casetracker.access.act import ROLES, Doing, may
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import User
from casetracker.access.see import Holding, Label, holdings, sees
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb

UNDO_WITHIN = timedelta(hours=24)
RESTORED = {
    Kind.ASSIGN: ("owner_id",),
    Kind.LABEL: ("marking", "compartment_id"),
    Kind.STATE: ("state", "closed_reason"),
}
OWNER_GONE = "Its former owner could not edit it any more."
TOO_LATE = "This was done more than a day ago. Change the cases again instead."
ADDED_SINCE = "Something was added to it since, under the label it has now."
GONE = "The theme was taken off or changed in the meantime."
NOTHING_LEFT = "None of these cases can be put back. Nothing was done."
REASON = "Takes back a change to many cases."


@dataclass
class UndoPlan:
    """What undoing would do. `former` holds the values a case gets back, `links` the theme it loses."""

    action: UUID
    kind: Kind
    done_at: datetime
    planned: list[Planned] = field(default_factory=list)
    former: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    links: dict[UUID, CaseTheme] = field(default_factory=dict)
    assessments: dict[UUID, UseAssessment] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    @property
    def too_late(self) -> bool:
        """Whether the day is over."""
        return timezone.now() - self.done_at > UNDO_WITHIN


def plan_undo(*, action: UUID, by: User) -> UndoPlan | None:
    """What `by` could take back of what they did; None when they did no such thing (that they can see)."""
    entry = TrailEntry.objects.filter(action_id=action, actor=by, verb=Verb.CASES_CHANGED).first()
    if entry is None:
        return None
    found = UndoPlan(action, Kind(entry.detail["kind"]), entry.at)
    if found.kind == Kind.THEME:
        _plan_themes(found, by)
    elif found.kind == Kind.CONSENT:
        _plan_assessments(found, by)
    else:
        _plan_columns(found, by)
    return found if found.planned else None


def _plan_columns(found: UndoPlan, by: User) -> None:
    history: Any = Case.history
    made = {row.id: row for row in history.visible_to(by).filter(action_id=found.action, history_user=by)}
    columns = RESTORED[found.kind]
    earlier = history.visible_to(by).filter(id__in=list(made), history_date__lte=found.done_at)
    before = {
        row[0]: dict(zip(columns, row[2:], strict=True))
        for row in earlier.values_list("id", "version", *columns)
        if row[1] == made[row[0]].version - 1
    }
    words = _Words(circles_of(by), _people(before, columns))
    written = _written_since(found, by, list(before))
    owners = {owner.pk: holdings(owner) for owner in User.objects.filter(pk__in=words.people)}
    for case in _visible_cases(by, list(before)):
        row, former = made[case.pk], before[case.pk]
        skip = "" if case.version == row.version else CHANGED
        skip = skip or _barred(by, found.kind, case, former) or _owner_gone(owners, case, former)
        if not skip and found.kind == Kind.LABEL and (case.pk in written or case.changed_at != row.history_date):
            skip = ADDED_SINCE
        now = {column: getattr(case, column) for column in columns}
        found.planned.append(Planned(case, words.of(case, now), words.of(case, former), skip))
        found.former[case.pk], found.versions[case.pk] = former, row.version


def _plan_themes(found: UndoPlan, by: User) -> None:
    history: Any = CaseTheme.history
    rows = history.visible_to(by).filter(action_id=found.action, history_user=by, history_type="+")
    made = {row.case_id: row for row in rows}
    links = CaseTheme.objects.visible_to(by).filter(pk__in=[row.id for row in made.values()])
    standing = {link.case_id: link for link in links.select_related("case", "theme")}
    for case in _visible_cases(by, list(made)):
        link = standing.get(case.pk)
        skip = "" if link and link.version == made[case.pk].version else GONE
        skip = skip or _barred(by, found.kind, case, {})
        after = case.themes_text
        if link:
            after = ", ".join(text for text in case.themes_text.split(", ") if text != link.theme.name)
            found.links[case.pk] = link
        found.planned.append(Planned(case, case.themes_text, after or "none", skip))


def _plan_assessments(found: UndoPlan, by: User) -> None:
    history: Any = UseAssessment.history
    made = {row.id: row for row in history.visible_to(by).filter(action_id=found.action, history_user=by)}
    earlier = history.visible_to(by).filter(id__in=list(made), history_date__lte=found.done_at)
    columns = (*sorted(VALUES), "assessed_by_id", "assessed_at")
    before = {
        row.id: {name: getattr(row, name) for name in columns}
        for row in earlier
        if row.version == made[row.id].version - 1
    }
    rows = UseAssessment.objects.visible_to(by).filter(pk__in=list(made)).select_related("case")
    standing = {row.case_id: row for row in rows}
    today = timezone.localdate()
    made_on = {row.case_id: row for row in made.values()}
    for case in _visible_cases(by, list(made_on)):
        row, wrote = standing.get(case.pk), made_on[case.pk]
        former = before.get(wrote.id, {})
        skip = "" if row and row.version == wrote.version else CHANGED
        skip = skip or _barred(by, found.kind, case, {})
        now = consent_words(row.outcome, row.consent_until, today) if row else consent_words("", None, today)
        then = consent_words(former.get("outcome", ""), former.get("consent_until"), today)
        if row:
            row.case = case
            found.assessments[case.pk] = row
        found.former[case.pk] = former
        found.planned.append(Planned(case, now, then, skip))


def _visible_cases(by: User, keys: Sequence[UUID]) -> list[Case]:
    cases = Case.objects.visible_to(by).filter(pk__in=keys)
    return list(cases.select_related("owner", "dialogue", "compartment").order_by("reference"))


def _barred(by: User, kind: Kind, case: Case, former: dict[str, Any]) -> str:
    """Whether `by` still may do what they did; not whether they may do the reverse, which is the point of undoing."""
    if kind != Kind.LABEL:
        return "" if may(by, Doing.EDIT_CASE, case.label()) else MAY_NOT
    old = Label(case.dialogue_id, former["marking"], former["compartment_id"])
    if not sees(by, old):
        return NOT_SEEN
    raised = case.label().dominates(old)
    return "" if may(by, Doing.EDIT_CASE if raised else Doing.LOWER_MARKING, case.label()) else MAY_NOT


def _owner_gone(owners: dict[UUID, tuple[Holding, ...]], case: Case, former: dict[str, Any]) -> str:
    """A case is not given back to somebody who could not edit it any more."""
    holds = owners.get(former.get("owner_id") or case.pk)
    if holds is None or any(one.role in ROLES[Doing.EDIT_CASE] and one.dominates(case.label()) for one in holds):
        return ""
    return OWNER_GONE


def _written_since(found: UndoPlan, by: User, keys: Sequence[UUID]) -> set[UUID]:
    """Cases that got an attachment since. One that `by` does not see has a label of its own that keeps it closed."""
    if found.kind != Kind.LABEL:
        return set()
    since = Attachment.objects.visible_to(by).filter(case_id__in=keys, changed_at__gt=found.done_at)
    return set(since.values_list("case_id", flat=True))


def _people(before: dict[UUID, dict[str, Any]], columns: Sequence[str]) -> dict[UUID, str]:
    if "owner_id" not in columns:
        return {}
    keys = {values["owner_id"] for values in before.values() if values["owner_id"]}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))


@dataclass(frozen=True)
class _Words:
    """Columns as people read them."""

    circles: Circles
    people: dict[UUID, str]

    def of(self, case: Case, values: dict[str, Any]) -> str:
        if "state" in values:
            return str(CaseState(values["state"]).label)
        if "marking" in values:
            return self.circles.words(Label(case.dialogue_id, values["marking"], values["compartment_id"]))
        owner = values["owner_id"]
        if owner is None:
            return "nobody"
        return case.owner.name if case.owner and case.owner_id == owner else self.people.get(owner, "somebody")


def undo(*, action: UUID, by: User) -> Outcome:
    """Puts back every case of `action` that is still as it left it; the others are in `.skipped`.

    Raises WrongState (not theirs, too late, nothing left to put back).
    """
    found = plan_undo(action=action, by=by)
    if found is None:
        raise WrongState(NOTHING_LEFT)
    if found.too_late:
        raise WrongState(TOO_LATE)
    with acting(Verb.CASES_UNDONE, by=by, reason=REASON) as act:
        outcome = Outcome(act.id, skipped=[one for one in found.planned if one.skip])
        for one in sorted((one for one in found.planned if not one.skip), key=lambda one: one.case.pk):
            try:
                _put_back(found, one.case, by)
                outcome.done.append(one.case)
            except Conflict:
                outcome.skipped.append(Planned(one.case, one.before, one.after, CHANGED))
            except (Denied, WrongState) as error:
                outcome.skipped.append(Planned(one.case, one.before, one.after, error.reason))
        if not outcome.done:
            raise WrongState(NOTHING_LEFT)
        act.detail = {"action": str(action), "kind": found.kind.value, "count": len(outcome.done)}
    return outcome


def _put_back(found: UndoPlan, case: Case, by: User) -> None:
    if link := found.links.get(case.pk):
        remove_part(part=link, by=by, seen=link.version, reason=REASON)
        return
    if row := found.assessments.get(case.pk):
        put_back(assessment=row, by=by, seen=row.version, former=found.former[case.pk], reason=REASON)
        return
    with acting(Verb.CASES_UNDONE, by=by, about=case, reason=REASON):
        if found.kind == Kind.LABEL:
            _check_papers(case, found.former[case.pk], by)
        save_over(case, seen=found.versions[case.pk], changes=found.former[case.pk])


def _check_papers(case: Case, former: dict[str, Any], by: User) -> None:
    """While its label was lower the case may have come onto a paper that its former one outgrows. Raises WrongState."""
    now = Case.objects.unscoped("takes the lock of the case whose label goes back").select_for_update().get(pk=case.pk)
    check_label_change(now, Label(case.dialogue_id, former["marking"], former["compartment_id"]), by)
