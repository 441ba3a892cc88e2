"""The desk: what is due, recent and mine. Each role has its own; who holds several sees them together."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case
from casetracker.access.act import Doing, Running, may, may_run
from casetracker.access.emergencies import waiting_for
from casetracker.access.first_run import first_run_steps
from casetracker.access.inbox import for_you
from casetracker.access.listing import ends_soon, renewals_of, to_mind
from casetracker.access.models import User
from casetracker.access.see import holdings
from casetracker.desk.changes import begun_at, changes_since
from casetracker.desk.consents import consents_due
from casetracker.desk.custody import grants_waiting, orphans
from casetracker.desk.cycle import answers_waiting, lists_in_progress, promises_due, proposals
from casetracker.desk.offices import admin_desk, invited_by, own_grants, trail_figures
from casetracker.desk.rounds_ahead import rounds_ahead
from casetracker.desk.work import due_list, imports_waiting, my_cases
from casetracker.web import AuthedRequest, page

SHOWN_BESIDE = ("grant.approve", "list.approve")  # panels of their own, which say more


@require_safe
def home(request: AuthedRequest) -> HttpResponse:
    """The first page after signing in."""
    user = request.user
    today = timezone.localdate()
    if may_run(user, Running.MANAGE_USERS):
        steps = first_run_steps(user)
        begun = any(not step.done for step in steps)
        context: dict[str, Any] = {"today": today, "steps": steps if begun else [], "desk": admin_desk(user)}
        context["emergencies"] = waiting_for(user)
        return page(request, "desk/home_admin.html", context, section="desk")
    if may_run(user, Running.READ_TRAIL):
        context = {"today": today, "trail": trail_figures(), "emergencies": waiting_for(user)}
        return page(request, "desk/home_auditor.html", context, section="desk")
    if not holdings(user):
        context = {"grants": own_grants(user), "invited_by": invited_by(user)}
        return page(request, "desk/home_nobody.html", context, section="desk")
    return page(request, "desk/home.html", {"today": today, **_content(request)}, section="desk")


def _content(request: AuthedRequest) -> dict[str, Any]:
    """The panels of those who hold grants; None for a panel that is not theirs."""
    user = request.user
    logs, imports, approves = (may(user, doing) for doing in (Doing.LOG_CASE, Doing.IMPORT_CASES, Doing.APPROVE_GRANT))
    mine = my_cases(user) if logs else None
    return {
        "may_log": logs,
        "may_import": imports,
        "may_plan": may(user, Doing.EDIT_ROUND),
        "any_case": bool(mine and (mine.total or mine.draft_total)) or Case.objects.visible_to(user).exists(),
        "rounds": rounds_ahead(user),
        "changes": changes_since(user, begun_at(request.session.get("begun", 0))),
        "due": due_list(user) if logs else None,
        "mine": mine,
        "consents": consents_due(user) if logs else None,
        "imports": imports_waiting(user) if imports else [],
        "lists": lists_in_progress(user),
        "proposed": proposals(user) if logs else None,
        "answers": answers_waiting(user),
        "promises": promises_due(user),
        "waiting": for_you(user, without=SHOWN_BESIDE),
        "approves": approves,
        **_minded(user, approves),
        "grants": grants_waiting(user) if approves else [],
        "emergencies": waiting_for(user) if approves else [],
        "orphans": orphans(user) if approves else [],
    }


def _minded(user: User, approves: bool) -> dict[str, Any]:
    """Grants about to end, one's own first of all, and those that an approver has to reconfirm. Two queries."""
    minded = to_mind(user)
    ending = [grant for grant in minded if ends_soon(grant)]
    following = renewals_of(user, ending) if ending else {}
    return {
        "my_end": [(grant, following.get(grant.pk)) for grant in ending if grant.user_id == user.pk],
        "my_due": [grant for grant in minded if grant.is_due and grant.user_id == user.pk],
        "ending": [{"grant": one, "renewal": following.get(one.pk)} for one in ending if one.user_id != user.pk]
        if approves
        else [],
        "to_reconfirm": sum(grant.is_due and grant.user_id != user.pk for grant in minded) if approves else 0,
    }
