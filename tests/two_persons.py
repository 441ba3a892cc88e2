"""What takes two persons, done by two of the cast."""

from cases.actions.lowering import ask_lower
from cases.models import Case
from casetracker.access.approvals import decide
from casetracker.access.models import Approval, Compartment, User
from casetracker.access.see import Label
from rounds.actions.lowering import ask_lower_list
from rounds.models import CaseList


def allow(by: User, kind: str) -> None:
    """Decides on the one thing of this kind that waits."""
    asked = Approval.objects.unscoped("tests").get(kind=kind, state="waiting")
    decide(approval=asked, by=by, seen=asked.version, yes=True)


def lower(
    case: Case,
    asker: User,
    decider: User,
    *,
    marking: int = 1,
    compartment: Compartment | None = None,
    reason: str = "x",
) -> None:
    """Lowers the label of a case; `case` is then as it stands."""
    label = Label(case.dialogue_id, marking, compartment.pk if compartment else None)
    now = Case.objects.unscoped("tests").get(pk=case.pk)
    asked = ask_lower(case=now, by=asker, seen=now.version, label=label, reason=reason)
    decide(approval=asked, by=decider, seen=asked.version, yes=True)


def lower_list(case_list: CaseList, asker: User, decider: User, marking: int = 1) -> None:
    """Lowers the label of a list, out of every circle."""
    label = Label(case_list.dialogue_id, marking)
    asked = ask_lower_list(case_list=case_list, by=asker, seen=case_list.version, label=label, reason="Not needed.")
    decide(approval=asked, by=decider, seen=asked.version, yes=True)
