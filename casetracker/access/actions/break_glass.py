"""Opening a dialogue in an emergency, ending that, and the review afterwards (docs/decisions/0011-break-glass.md)."""

from functools import partial

from django.db import transaction

from casetracker.access.act import Doing, check, check_review_emergency, may
from casetracker.access.emergencies import may_open, reviewers_of
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import BreakGlass, Compartment, Dialogue, User, Verdict
from casetracker.access.models.break_glass import LASTS
from casetracker.access.notices import tell_later
from casetracker.access.roles import Marking
from casetracker.access.see import forget_holdings
from casetracker.audit.acting import Act, acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

WAITING_MOST = 2


def open_emergency(*, by: User, dialogue: Dialogue, circle: str, reason: str) -> BreakGlass:
    """Opens `dialogue` to `by` for an hour, for reading; and the compartment called exactly `circle`, if there is one.

    Whether there is one changes nothing in what comes back. Raises Denied (no grant there, an office), WrongState.
    """
    if not may_open(by, dialogue.pk):
        raise Denied("An emergency opening needs an active grant in that dialogue.")
    if not reason.strip():
        raise WrongState("Say what the emergency is.")
    circle = circle.strip()
    opening = BreakGlass(user=by, dialogue=dialogue, marking=max(Marking), named=bool(circle), reason=reason.strip())
    with acting(Verb.EMERGENCY_OPENED, by=by, about=opening, reason=reason) as act:
        _check_holder(by)
        _check_waiting(by, dialogue)
        _save(opening, act)
        # Asked for in any case, and in the same way: nothing here tells whether a compartment was named rightly.
        named = Compartment.objects.unscoped("an emergency opens the compartment that is named")
        found = named.filter(dialogue=dialogue, name=circle).first()
        if found is not None:
            inner = BreakGlass(
                user=by, dialogue=dialogue, compartment=found, marking=max(Marking), named=True, opened_with=opening
            )
            inner.reason = opening.reason
            _save(inner, act)
        transaction.on_commit(partial(tell_later, reviewers_of(opening)))
    forget_holdings()
    return opening


def end_emergency(*, opening: BreakGlass, by: User, seen: int) -> None:
    """Ends it before its time, with what was opened with it: its person, or an approver of the dialogue.

    Raises Denied, WrongState (over already), Conflict.
    """
    if by.pk != opening.user_id:
        check(by, Doing.REVIEW_EMERGENCY, opening.label())
    if not opening.is_open:
        raise WrongState("This emergency opening is over already.")
    with acting(Verb.EMERGENCY_ENDED, by=by, about=opening) as act:
        changes = {"ended_at": act.at, "ended_by_id": by.pk}
        save_over(opening, seen=seen, changes=changes)
        inner = BreakGlass.objects.unscoped("what was opened with it ends with it").filter(opened_with=opening)
        for row in inner.order_by("pk"):
            save_over(row, seen=row.version, changes=changes)
    forget_holdings()


def review_emergency(*, opening: BreakGlass, by: User, seen: int, verdict: str, words: str) -> None:
    """Says whether it was justified: an approver of the dialogue (in the compartment, where one was opened).

    Raises Denied (not one's own), WrongState (still open, reviewed already, no words), Conflict.
    """
    check_review_emergency(by, opening)
    if opening.is_open:
        raise WrongState("It is still open. End it first, or wait until it is over.")
    if opening.verdict:
        raise WrongState("This emergency opening is reviewed already.")
    if not words.strip():
        raise WrongState("Say what you found.")
    with acting(Verb.EMERGENCY_REVIEWED, by=by, about=opening, detail={"verdict": verdict}) as act:
        changes = {
            "verdict": Verdict(verdict), "words": words.strip(), "reviewed_by_id": by.pk, "reviewed_at": act.at
        }  # fmt: skip
        save_over(opening, seen=seen, changes=changes)


def may_end(user: User, opening: BreakGlass) -> bool:
    """Whether `user` may end it now: for showing the button."""
    return opening.is_open and (
        user.pk == opening.user_id or may(user, Doing.REVIEW_EMERGENCY, opening.label())
    )  # fmt: skip


def _save(opening: BreakGlass, act: Act) -> None:
    opening.opened_at, opening.ends_at = act.at, act.at + LASTS
    save_new(opening)


def _check_holder(by: User) -> None:
    """Locks the account: of two openings at once, and of an opening and an office, the second waits for the first."""
    now = User.objects.get_queryset().select_for_update().get(pk=by.pk)
    if not now.is_active or now.office:
        raise Denied("Whoever holds an office reads no cases, in an emergency neither.")


def _check_waiting(by: User, dialogue: Dialogue) -> None:
    rows = BreakGlass.objects.unscoped("how many openings of one's own wait for a review")
    waiting = list(rows.filter(user=by, compartment__isnull=True, verdict=Verdict.OPEN).order_by())
    if any(row.is_open and row.dialogue_id == dialogue.pk for row in waiting):
        raise WrongState("This dialogue is open to you already. End that first.")
    if len(waiting) >= WAITING_MOST:
        raise WrongState("Two emergency openings of yours wait for a review. Ask an approver to review one first.")
