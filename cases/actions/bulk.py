"""One change to many cases at once: planned case by case, done as one action, undone as one within a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from cases.actions.case import assign_case, hold, label_case, move_case
from cases.actions.consent import assess_uses
from cases.actions.part import add_part
from cases.codes import UseOutcome
from cases.consent import consent_words
from cases.containers import outgrown
from cases.models import Case, CaseTheme, Theme, UseAssessment
from cases.states import CASE, CaseState
from casetracker.access.act import ROLES, Doing, may
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Compartment, User
from casetracker.access.roles import Marking
from casetracker.access.see import Holding, Label, holdings, sees
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb

MOST = 1000

SAME = "It is so already."
MAY_NOT = "Your grants do not let you change it."
CHANGED = "Somebody changed it in the meantime. Look at it again first."
MERGED = "It was merged into another case."
NOT_SEEN = "You could not see it under that label."
NOT_LOWER = "Lowering a marking, or taking a case out of a compartment, needs a second person: ask on the case itself."
NOT_RAISE = "Only an official may raise a marking."
REFUSED = "It was assessed as not to be used. Whoever knows better changes that on the case."
OTHER_DIALOGUE = "It belongs to another dialogue."


class Kind(StrEnum):
    """What can be done to many cases at once."""

    ASSIGN = "assign"
    LABEL = "label"
    THEME = "theme"
    STATE = "state"
    CONSENT = "consent"


@dataclass(frozen=True)
class Change:
    """The change asked for; of the values only those of its kind count.

    `marking` None leaves the marking; `keep_compartment` leaves the compartment.
    """

    kind: Kind
    owner: User | None = None
    marking: int | None = None
    compartment: Compartment | None = None
    keep_compartment: bool = False
    theme: Theme | None = None
    to: str = ""
    use: str = ""
    assessed: Mapping[str, Any] = field(default_factory=dict)

    def label_for(self, case: Case) -> Label:
        """The label `case` would have."""
        circle = self.compartment.pk if self.compartment else None
        kept = case.compartment_id if self.keep_compartment else circle
        return Label(case.dialogue_id, self.marking or case.marking, kept)


@dataclass(frozen=True)
class Planned:
    """What would happen to one case: `skip` says why nothing will."""

    case: Case
    before: str
    after: str
    skip: str = ""


@dataclass
class Outcome:
    """What happened. `skipped` holds those that met somebody else's change, or could not be changed after all."""

    action: UUID
    done: list[Case] = field(default_factory=list)
    skipped: list[Planned] = field(default_factory=list)


@dataclass(frozen=True)
class Circles:
    """Names of the compartments that the viewer is in, to say what a label is."""

    names: Mapping[UUID, str]

    def words(self, label: Label) -> str:
        """Such as "LIMITE, North circle"."""
        circle = self.names.get(label.compartment_id, "") if label.compartment_id else ""
        return ", ".join(part for part in (Marking(label.marking).on_paper, circle) if part)


def circles_of(user: User) -> Circles:
    """Those `user` is in."""
    return Circles(dict(Compartment.objects.visible_to(user).values_list("pk", "name")))


def plan(*, cases: Sequence[Case], by: User, change: Change, seen: Mapping[UUID, int]) -> list[Planned]:
    """What `change` would do to each of `cases` (with owner loaded). `seen` holds the versions the person looked at,
    as far as they are known. Writes nothing; queries do not grow with the cases.
    """
    planner = {
        Kind.ASSIGN: _assigning, Kind.LABEL: _labelling, Kind.THEME: _theming, Kind.STATE: _moving,
        Kind.CONSENT: _assessing,
    }[change.kind](cases, by, change)  # fmt: skip
    planned = []
    for case in cases:
        before, after, skip = planner(case)
        if not skip and seen.get(case.pk, case.version) != case.version:
            skip = CHANGED
        planned.append(Planned(case, before, after, skip))
    return planned


def _assigning(cases: Sequence[Case], by: User, change: Change) -> Any:
    able = holdings(change.owner) if change.owner else ()
    after = change.owner.name if change.owner else "nobody"

    def one(case: Case) -> tuple[str, str, str]:
        before = case.owner.name if case.owner else "nobody"
        skip = _edit_barred(by, case)
        if not skip and case.owner_id == (change.owner.pk if change.owner else None):
            skip = SAME
        if not skip and change.owner and not _may_edit(able, case.label()):
            skip = f"{after} could not edit it."
        return before, after, skip

    return one


def _labelling(cases: Sequence[Case], by: User, change: Change) -> Any:
    circles = circles_of(by)
    too_high = outgrown({case.pk: (case.label(), change.label_for(case)) for case in cases}, by)

    def one(case: Case) -> tuple[str, str, str]:
        old, new = case.label(), change.label_for(case)
        skip = _label_barred(by, change, old, new) or too_high.get(case.pk, "")
        return circles.words(old), circles.words(new), skip

    return one


def _label_barred(by: User, change: Change, old: Label, new: Label) -> str:
    raising = new.dominates(old)
    if change.compartment and change.compartment.dialogue_id != new.dialogue_id:
        return OTHER_DIALOGUE
    if old == new:
        return SAME
    if not sees(by, new):
        return NOT_SEEN
    if not raising:
        return NOT_LOWER
    return "" if may(by, Doing.EDIT_CASE, old) else NOT_RAISE


def _theming(cases: Sequence[Case], by: User, change: Change) -> Any:
    theme = change.theme
    links = CaseTheme.objects.visible_to(by).filter(case_id__in=[case.pk for case in cases], theme=theme)
    having = set(links.values_list("case_id", flat=True))
    packs = {case.dialogue_id: case.dialogue.pack for case in cases}

    def one(case: Case) -> tuple[str, str, str]:
        skip = _edit_barred(by, case)
        if not skip and case.pk in having:
            skip = SAME
        if not skip and theme and not _offered(theme, case.dialogue_id, packs[case.dialogue_id]):
            skip = "This theme is not used in its dialogue."
        before = case.themes_text or "none"
        return before, ", ".join(text for text in (case.themes_text, theme.name if theme else "") if text), skip

    return one


def _offered(theme: Theme, dialogue_id: UUID, pack: str) -> bool:
    own = theme.dialogue_id == dialogue_id
    return not theme.retired and (own or (theme.dialogue_id is None and theme.pack in ("", pack)))


def _moving(cases: Sequence[Case], by: User, change: Change) -> Any:
    after = str(CaseState(change.to).label)

    def one(case: Case) -> tuple[str, str, str]:
        before = str(CaseState(case.state).label)
        skip = _edit_barred(by, case)
        if not skip and case.state == change.to:
            skip = SAME
        if not skip and (change.to not in CASE[case.state] or change.to == CaseState.MERGED):
            skip = f"A case that is {before} cannot become {after}."
        return before, after, skip

    return one


def _assessing(cases: Sequence[Case], by: User, change: Change) -> Any:
    rows = UseAssessment.objects.visible_to(by).filter(case_id__in=[case.pk for case in cases], use=change.use)
    there = {row.case_id: row for row in rows}
    today = timezone.localdate()
    after = consent_words(change.assessed["outcome"], change.assessed["consent_until"], today)

    def one(case: Case) -> tuple[str, str, str]:
        row = there.get(case.pk)
        before = consent_words(row.outcome, row.consent_until, today) if row else consent_words("", None, today)
        skip = _edit_barred(by, case)
        if not skip and row and all(getattr(row, name) == value for name, value in change.assessed.items()):
            skip = SAME
        # A refusal is never overwritten in passing.
        if not skip and row and row.outcome == UseOutcome.NOT and change.assessed["outcome"] != UseOutcome.NOT:
            skip = REFUSED
        return before, after, skip

    return one


def _edit_barred(by: User, case: Case) -> str:
    if not may(by, Doing.EDIT_CASE, case.label()):
        return MAY_NOT
    return MERGED if case.state == CaseState.MERGED else ""


def _may_edit(able: Iterable[Holding], label: Label) -> bool:
    return any(one.role in ROLES[Doing.EDIT_CASE] and one.dominates(label) for one in able)


def change_many(*, cases: Sequence[Case], by: User, change: Change, seen: Mapping[UUID, int], reason: str) -> Outcome:
    """Does `change` to every case that can take it: one action, one history row and trail entry for each case.

    Raises WrongState when there is no reason, when there are too many, and when no case can take it.
    """
    if not reason.strip():
        raise WrongState("Say why these cases change.")
    if len(cases) > MOST:
        raise WrongState(f"At most {MOST:,} cases can be changed at once.")
    planned = plan(cases=cases, by=by, change=change, seen=seen)
    with acting(Verb.CASES_CHANGED, by=by, reason=reason) as act:
        outcome = Outcome(act.id, skipped=[one for one in planned if one.skip])
        # In the order of keys, so that two who do this at once do not wait for each other in a circle.
        for one in sorted((one for one in planned if not one.skip), key=lambda one: one.case.pk):
            try:
                _change_one(one.case, by, change, seen.get(one.case.pk, one.case.version), reason)
                outcome.done.append(one.case)
            except (Conflict, IntegrityError):
                outcome.skipped.append(Planned(one.case, one.before, one.after, CHANGED))
            except (Denied, WrongState) as error:
                outcome.skipped.append(Planned(one.case, one.before, one.after, error.reason))
        if not outcome.done:
            raise WrongState("None of these cases can be changed so. Nothing was done.")
        act.detail = {"kind": change.kind.value, "count": len(outcome.done)}
    return outcome


def _change_one(case: Case, by: User, change: Change, seen: int, reason: str) -> None:
    if change.kind == Kind.ASSIGN:
        assign_case(case=case, by=by, seen=seen, owner=change.owner, reason=reason)
    elif change.kind == Kind.LABEL:
        label = change.label_for(case)
        circle = case.compartment if change.keep_compartment else change.compartment
        label_case(case=case, by=by, seen=seen, marking=label.marking, compartment=circle, reason=reason)
    elif change.kind == Kind.THEME and change.theme:
        add_part(part=CaseTheme(theme=change.theme), case=case, by=by, reason=reason)
    elif change.kind == Kind.CONSENT:
        _assess_one(case, by, change, reason)
    else:
        move_case(case=case, by=by, seen=seen, to=change.to, reason=reason)


def _assess_one(case: Case, by: User, change: Change, reason: str) -> None:
    """Raises WrongState where it was refused since the plan was made."""
    if change.assessed["outcome"] != UseOutcome.NOT:
        hold(case, by)
        rows = UseAssessment.objects.visible_to(by).of(case).filter(use=change.use, outcome=UseOutcome.NOT)
        if rows.exists():
            raise WrongState(REFUSED)
    assess_uses(case=case, by=by, uses=[change.use], values=change.assessed, seen=None, reason=reason)
