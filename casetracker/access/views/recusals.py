"""Recusals: who keeps out of what, seen by whom they concern."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from casetracker.access.act import Doing, check, may
from casetracker.access.actions.recusals import end_recusal, record_recusal
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.forms.people import ReasonForm
from casetracker.access.forms.recusals import RecusalForm
from casetracker.access.models import Recusal
from casetracker.access.see import holdings
from casetracker.access.step_up import step_up_required
from casetracker.access.views.answers import form_methods, posted, status_of
from casetracker.web import AuthedRequest, get_visible_or_404, page

ROWS = ("user", "dialogue", "recorded_by", "ended_by")


@require_safe
def recusals(request: AuthedRequest) -> HttpResponse:
    """One's own, and for approvers those of their dialogues; open ones first."""
    rows = list(Recusal.objects.visible_to(request.user).select_related(*ROWS, "compartment"))
    context = {
        "rows": [
            {
                "recusal": row,
                "may_end": row.is_open
                and row.user_id != request.user.pk
                and may(request.user, Doing.APPROVE_GRANT, row.label()),
            }
            for row in sorted(rows, key=lambda row: not row.is_open)
        ],
        "can_record": bool(holdings(request.user)),
    }
    return page(request, "access/recusals.html", context, section="grants")


@form_methods
def recusal_new(request: AuthedRequest) -> HttpResponse:
    """Keep out of a dialogue or compartment, at once; an approver can record it for a colleague."""
    if not holdings(request.user):
        raise Denied("Whoever has no grant in force has nothing to keep out of.")
    form = RecusalForm(posted(request), user=request.user, initial={"user": str(request.user.pk)})
    refused = False
    if request.method == "POST" and form.is_valid():
        try:
            record_recusal(by=request.user, **form.values())
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        else:
            messages.success(request, "The recusal is recorded and counts at once.")
            return redirect("access:recusals")
    return page(request, "access/recusal_new.html", {"form": form}, section="grants", status=status_of(form, refused))


@form_methods
@step_up_required
def recusal_end(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Let the grants of the person count again."""
    rows = Recusal.objects.select_related(*ROWS, "compartment")
    found: Recusal = get_visible_or_404(rows, request.user, pk=pk)
    if found.user_id == request.user.pk:
        raise Denied("A recusal is ended by an approver who is not the person it keeps out.")
    check(request.user, Doing.APPROVE_GRANT, found.label())
    form, refused = ReasonForm(posted(request), initial={"seen": found.version}), False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            end_recusal(recusal=found, by=request.user, seen=data["seen"], reason=data["reason"])
        except (WrongState, Conflict) as refusal:
            told = refusal.reason if isinstance(refusal, WrongState) else "Somebody changed this meanwhile. Look again."
            form.add_error(None, told)
            refused = True
        else:
            messages.success(request, "The recusal has ended.")
            return redirect("access:recusals")
    context = {"form": form, "recusal": found}
    return page(
        request,
        "access/recusal_end.html",
        context,
        section="grants",
        label=found.label(),
        status=status_of(form, refused),
    )
