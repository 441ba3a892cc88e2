"""Grants: requested by admins, decided by approvers, seen by whom they concern."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from casetracker.access.act import ROLES, Doing, Running, check, check_run, may, may_run
from casetracker.access.actions.grant_life import may_revoke, reconfirm_grant, revoke_grant
from casetracker.access.actions.grants import APPROVE, approve_grant, may_decide, refuse_grant, request_grant
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.forms.chips import chips_of
from casetracker.access.forms.grants import DecisionForm, GrantFilter, GrantForm
from casetracker.access.forms.people import ReasonForm
from casetracker.access.listing import GRANT_SORTS, ends_soon, grant_rows, grants_for, heads, renewals_of, to_mind
from casetracker.access.models import Approval, Dialogue, Grant, GrantState
from casetracker.access.roles import Role
from casetracker.access.step_up import step_up_required
from casetracker.access.views.answers import form_methods, posted, status_of
from casetracker.audit.reading import Line, entries_about
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page


@require_safe
def grants(request: AuthedRequest) -> HttpResponse:
    """The grants the viewer knows of: all (office), those of their dialogues (approver), their own (everybody)."""
    form = GrantFilter(request.GET or None, user=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    sort, url = request.GET.get("sort", "person"), reverse("access:grants")
    query = urlencode({name: value for name, value in asked.items() if value})
    rows = grant_rows(request.user, asked, sort)
    minded = to_mind(request.user)
    ending = [row for row in minded if ends_soon(row)]
    following = renewals_of(request.user, ending)
    context = {
        "ending": [{"grant": row, "renewal": following.get(row.pk)} for row in ending],
        "due": sum(row.is_due and row.user_id != request.user.pk for row in minded)
        if may(request.user, Doing.APPROVE_GRANT)
        else 0,
        "can_end": may_run(request.user, Running.REQUEST_GRANT) or may(request.user, Doing.APPROVE_GRANT),
        "form": form,
        "rows": [{"grant": row, "soon": ends_soon(row)} for row in rows],
        "waiting": [row for row in _waiting(request, rows, bool(query)) if may_decide(request.user, row)],
        "heads": heads(url, query, sort, GRANT_SORTS),
        "url": url,
        "chips": chips_of(form, url, {"sort": sort}),
        "keep": [("sort", sort)],
        "asked": bool(query),
        "can_request": may_run(request.user, Running.REQUEST_GRANT),
    }
    return page(request, "access/grants.html", context, section="grants")


@require_safe
def grant(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One grant: what it opens, who decided what, and what may be done now."""
    found = _grant(request, pk)
    return _grant_page(request, found)


@form_methods
@step_up_required
def grant_new(request: AuthedRequest) -> HttpResponse:
    """A request, in a dialogue chosen before (`?dialogue=`)."""
    check_run(request.user, Running.REQUEST_GRANT)
    dialogues = list(Dialogue.objects.visible_to(request.user))
    chosen = request.GET.get("dialogue", "")
    dialogue = next((one for one in dialogues if str(one.pk) == chosen or len(dialogues) == 1), None)
    person = request.GET.get("user", "")
    if dialogue is None:
        context: dict[str, Any] = {"dialogues": dialogues, "person": person}
        return page(request, "access/grant_where.html", context, section="grants")
    renews = _renewed(request, dialogue)
    first = {} if renews else {"user": person}
    form = GrantForm(posted(request), user=request.user, dialogue=dialogue, renews=renews, initial=first)
    refused = False
    if request.method == "POST" and form.is_valid():
        try:
            made = request_grant(by=request.user, dialogue=dialogue, renews=renews, **form.values())
        except WrongState as refusal:
            form.add_error(None, refusal.reason)
            refused = True
        else:
            messages.success(request, "The grant is requested. An approver of the dialogue decides.")
            return redirect("access:grant", pk=made.pk)
    context = {"form": form, "dialogue": dialogue, "several": len(dialogues) > 1, "renews": renews}
    return page(request, "access/grant_new.html", context, section="grants", status=status_of(form, refused))


@form_methods
@step_up_required
def grant_decide(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Approve or refuse a request."""
    found = _grant(request, pk)
    check(request.user, Doing.APPROVE_GRANT, found.label())
    form = DecisionForm(posted(request), initial={"seen": found.version})
    if request.method != "POST":
        return redirect("access:grant", pk=pk)
    if form.is_valid():
        data = form.cleaned_data
        decide = approve_grant if data["decision"] == "approve" else refuse_grant
        told = "The grant is in force." if data["decision"] == "approve" else "The request is refused."
        return _done(request, found, form, decide, told)
    return _grant_page(request, found, decision=form, status=422)


@form_methods
def grant_revoke(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """End a grant, or take a request back."""
    found = _grant(request, pk)
    if not may_run(request.user, Running.REQUEST_GRANT):
        check(request.user, Doing.APPROVE_GRANT, found.label())
    form = ReasonForm(posted(request), initial={"seen": found.version})
    if request.method == "POST" and form.is_valid():
        return _done(request, found, form, revoke_grant, "The grant is revoked, from the next request on.")
    context = {"grant": found, "form": form, "own": found.user_id == request.user.pk}
    return page(request, "access/grant_revoke.html", context, section="grants", status=status_of(form))


@form_methods
@step_up_required
def grant_reconfirm(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Put a suspended grant in force again."""
    found = _grant(request, pk)
    check(request.user, Doing.APPROVE_GRANT, found.label())
    if request.method != "POST":
        return redirect("access:grant", pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        return _done(request, found, form, reconfirm_grant, "The grant is in force again.")
    return _grant_page(request, found, confirmation=form, status=422)


def _renewed(request: AuthedRequest, dialogue: Dialogue) -> Grant | None:
    """The grant that the new one follows (`?renews=`). Raises Http404."""
    try:
        pk = UUID(request.GET.get("renews", ""))
    except ValueError:
        return None
    found = _grant(request, pk)
    if found.dialogue_id != dialogue.pk:
        raise Http404
    return found


def _grant(request: AuthedRequest, pk: UUID) -> Grant:
    row = grants_for(request.user).filter(pk=pk).first()
    if row is None:
        get_visible_or_404(Grant.objects, request.user, pk=pk)
    assert row is not None
    return row


def _done(request: AuthedRequest, found: Grant, form: forms.Form, act: Any, told: str) -> HttpResponse:
    """Does it and goes back to the grant; or shows the grant again with why not (409)."""
    data = form.cleaned_data
    try:
        act(grant=found, by=request.user, seen=data["seen"], reason=data["reason"])
    except WrongState as refusal:
        return _grant_page(request, _grant(request, found.pk), told=refusal.reason, status=409)
    except Conflict:
        again = _grant(request, found.pk)
        return _grant_page(request, again, told="Somebody changed this grant meanwhile. Look again.", status=409)
    messages.success(request, told)
    return redirect("access:grant", pk=found.pk)


def _grant_page(
    request: AuthedRequest,
    found: Grant,
    *,
    decision: forms.Form | None = None,
    confirmation: forms.Form | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    decides = may_decide(request.user, found)
    asked = Approval.objects.visible_to(request.user).filter(kind=APPROVE, object_id=found.pk, state="waiting").first()
    expired = asked is not None and asked.is_expired
    requested, due = found.state == GrantState.REQUESTED, found.state == GrantState.SUSPENDED or found.is_due
    first = {"seen": found.version}
    context = {
        **_facts(request, found),
        "told": told,
        "decision": (decision or DecisionForm(initial=first)) if decides and requested and not expired else None,
        "confirmation": (confirmation or ReasonForm(initial=first)) if decides and due else None,
        "waits": (requested or due) and not decides and not expired,
        "asked": asked,
        "expired": expired,
    }
    return page(request, "access/grant.html", context, section="grants", label=found.label(), status=status)


def _facts(request: AuthedRequest, found: Grant) -> dict[str, Any]:
    """What the page says of the grant, and what else may be done with it."""
    user, lines = request.user, entries_about(found, request.user)
    return {
        "grant": found,
        "opens": [str(doing) for doing in Doing if Role(found.role) in ROLES[doing]],
        "soon": ends_soon(found),
        "renewal": renewals_of(user, [found]).get(found.pk),
        "renewed": Grant.objects.visible_to(user).filter(pk=found.renews_id).first() if found.renews_id else None,
        "can_renew": found.state == GrantState.ACTIVE and may_run(user, Running.REQUEST_GRANT),
        "can_revoke": may_revoke(user, found),
        "may_know": may(user, Doing.APPROVE_GRANT, found.label()) or may_run(user, Running.MANAGE_DIALOGUES),
        "suspended": _why_suspended(found, lines),
        "lines": lines,
    }


def _why_suspended(found: Grant, lines: list[Line]) -> str:
    """The reason of its last suspension."""
    reasons = (line.reason for line in lines if line.said == Verb.GRANT_SUSPENDED.label)
    return next(reasons, "") if found.state == GrantState.SUSPENDED else ""


def _waiting(request: AuthedRequest, rows: list[Grant], filtered: bool) -> list[Grant]:
    every = list(grants_for(request.user)) if filtered else rows
    return [row for row in every if row.state in (GrantState.REQUESTED, GrantState.SUSPENDED)]
