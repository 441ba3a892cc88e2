"""Recusals: recorded at once by the person or an approver, ended only by an approver who is somebody else.

Why somebody keeps out may tell of a case, so the reason stands on the recusal and not in the trail.
"""

from django.db.models import Q

from casetracker.access.act import Doing, check
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Compartment, Dialogue, Grant, Recusal, User
from casetracker.access.see import active_now, forget_holdings, sees
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb


def record_recusal(
    *, by: User, user: User, dialogue: Dialogue, compartment: Compartment | None = None, reason: str
) -> Recusal:
    """Keeps `user` out of a dialogue or of one compartment of it, from the next query on. Raises Denied, WrongState."""
    if compartment is not None and compartment.dialogue_id != dialogue.pk:
        raise WrongState("A compartment belongs to its dialogue.")
    recusal = Recusal(user=user, dialogue=dialogue, compartment=compartment, reason=reason.strip(), recorded_by=by)
    if user.pk == by.pk:
        if not sees(by, recusal.label()):
            raise Denied("You can keep out only of what your grants open.")
    else:
        check(by, Doing.APPROVE_GRANT, recusal.label())
        if not _is_within(recusal, by):
            raise WrongState(f"{user.name} holds no grant in force there.")
    if not recusal.reason:
        raise WrongState("Say why.")
    with acting(Verb.RECUSAL_RECORDED, by=by, about=recusal) as act:
        User.objects.get_queryset().select_for_update().get(pk=user.pk)
        if _is_recused(recusal):
            raise WrongState("This recusal stands already.")
        recusal.begins_at = act.at
        save_new(recusal)
    forget_holdings()
    return recusal


def end_recusal(*, recusal: Recusal, by: User, seen: int, reason: str) -> None:
    """Lets the grants of the person count again. Raises Denied (one's own, no approver there), WrongState, Conflict."""
    if recusal.user_id == by.pk:
        raise Denied("A recusal is ended by an approver who is not the person it keeps out.")
    check(by, Doing.APPROVE_GRANT, recusal.label())
    if not recusal.is_open:
        raise WrongState("This recusal has ended already.")
    if not reason.strip():
        raise WrongState("Say why it ends.")
    with acting(Verb.RECUSAL_ENDED, by=by, about=recusal) as act:
        save_over(recusal, seen=seen, changes={"ended_at": act.at, "ended_by_id": by.pk, "end_reason": reason.strip()})
    forget_holdings()


def _is_within(recusal: Recusal, by: User) -> bool:
    """Whether the approver knows of a grant that the recusal would take something from."""
    grants = Grant.objects.visible_to(by).filter(active_now(), user=recusal.user, dialogue=recusal.dialogue_id)
    if recusal.compartment_id is not None:
        grants = grants.filter(in_compartments__compartment_id=recusal.compartment_id)
    return bool(grants.exists())


def _is_recused(recusal: Recusal) -> bool:
    scope = Q(dialogue=recusal.dialogue_id, compartment=recusal.compartment_id)
    if recusal.compartment_id is None:
        scope = Q(dialogue=recusal.dialogue_id, compartment__isnull=True)
    open_ones = Recusal.objects.unscoped("a recusal stands once").filter(scope, ended_at__isnull=True)
    return bool(open_ones.filter(user=recusal.user_id).exists())
