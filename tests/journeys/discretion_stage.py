"""What waits for a second person or was decided by one, emergency openings, and people who keep out, in all states.

The first of each kind waits (a copy to be decided on, an opening that is open, a recusal that stands), the second has
waited too long or waits for its review, the third is over.
"""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from cases.actions.exporting import ask_export
from cases.actions.lowering import ask_lower
from cases.models import ExportRequest
from casetracker.access.actions.break_glass import end_emergency, open_emergency, review_emergency
from casetracker.access.actions.recusals import end_recusal, record_recusal
from casetracker.access.approvals import decide, waiting_for
from casetracker.access.models import Approval, BreakGlass, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from tests import make

WHY = "The embassy visits tonight; nobody who knows can be reached."


def set_up(cast: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Ids by model name: the first, the second and the third of each kind; of the first also `lowered`, a case."""
    first, second, third = _copies(cast)
    open_one, waits, over = _openings(cast)
    stands, ended = _recusals(cast)
    return (
        {**first, "breakglass": open_one, "recusal": stands, "lowered": _lowered(cast)},
        {**second, "breakglass": waits, "recusal": ended},
        {**third, "breakglass": over},
    )


def _copies(cast: Any) -> list[dict[str, Any]]:
    """One waits; one was never decided on; one is refused. The copy of the second is another, which may be taken."""
    asked = [_asked(cast) for _ in range(4)]
    approvals = [waiting_for(one, "cases.export") for one in asked]
    past = timezone.now() - timedelta(days=1)
    Approval.objects.unscoped("tests").filter(pk=approvals[1].pk).update(expires_at=past)
    decide(approval=approvals[2], by=cast.anna, seen=1, yes=False, reason="Ask for those of the round only.")
    decide(approval=approvals[3], by=cast.anna, seen=1, yes=True)
    copies = [asked[0], asked[3], asked[2]]
    return [
        {"approval": approval.pk, "exportrequest": copy.pk}
        for approval, copy in zip(approvals[:3], copies, strict=True)
    ]


def _asked(cast: Any) -> ExportRequest:
    cases = [make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Jampa", "Metok")]
    return ask_export(by=cast.olga, cases=cases, form="xlsx", reason="For the mission to Geneva.")


def _lowered(cast: Any) -> str:
    """A restricted case that somebody asks to make normal."""
    case = make.case(cast.hugo, cast.cn, "Deep Invented", marking=Marking.RESTRICTED)
    ask_lower(
        case=case, by=cast.hugo, seen=case.version, label=Label(cast.cn.pk, Marking.NORMAL), reason="Made public."
    )
    return case.reference


def _openings(cast: Any) -> list[Any]:
    """Open; over, with what was read, and not yet reviewed; reviewed."""
    over = _opened(cast, cast.hugo)
    end_emergency(opening=over, by=cast.hugo, seen=over.version)
    over = BreakGlass.objects.unscoped("tests").get(pk=over.pk)
    review_emergency(opening=over, by=cast.anna, seen=over.version, verdict="justified", words="It was.")
    waits = _opened(cast, cast.nils, cast.north.name)
    client = Client()
    client.force_login(cast.nils)
    client.get("/cases/")
    end_emergency(opening=waits, by=cast.nils, seen=waits.version)
    return [_opened(cast, cast.rita).pk, waits.pk, over.pk]


def _opened(cast: Any, by: User, circle: str = "") -> BreakGlass:
    return open_emergency(by=by, dialogue=cast.cn, circle=circle, reason=WHY)


def _recusals(cast: Any) -> list[Any]:
    """One that stands, and one that has ended."""
    reason = "Went to school with a person of this dialogue."
    stands = record_recusal(by=cast.anna, user=cast.nils, dialogue=cast.cn, reason=reason)
    ended = record_recusal(by=cast.anna, user=cast.hugo, dialogue=cast.cn, compartment=cast.north, reason=reason)
    end_recusal(recusal=ended, by=cast.anna, seen=ended.version, reason="The case was closed.")
    return [stands.pk, ended.pk]
