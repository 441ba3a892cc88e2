"""What needs two persons: the inbox, one request, and deciding on it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from casetracker.access import approvals as two
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.forms.approvals import ApprovalFilter, TakingBackForm, VerdictForm
from casetracker.access.forms.chips import chips_of
from casetracker.access.inbox import SORTS, TABS, Part, default_sort, for_you, part
from casetracker.access.kinds import kind_of
from casetracker.access.listing import heads
from casetracker.access.models import Approval, ApprovalState
from casetracker.access.step_up import step_up_required
from casetracker.access.views.answers import form_methods, posted, status_of
from casetracker.web import AuthedRequest, get_visible_or_404, page

CHANGED = "This was decided or changed meanwhile. Look at it as it is now."


@require_safe
def approvals(request: AuthedRequest) -> HttpResponse:
    """What waits for the viewer, what they asked for, what was decided."""
    url, tab = reverse("access:approvals"), request.GET.get("tab", "")
    tab = tab if tab in TABS else "for-you"
    form = ApprovalFilter(request.GET or None)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS else default_sort(tab)
    waiting = for_you(request.user, kind)
    shown = Part(waiting) if tab == "for-you" else part(request.user, tab, kind, sort, _key(request.GET.get("after")))
    query = {"tab": tab, **({"kind": kind} if kind else {})}
    context = {
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"{url}?tab={key}", "current": key == tab, "count": _count(key, waiting)}
            for key, label in TABS.items()
        ],
        "rows": shown.rows,
        "older": f"{url}?{urlencode({**query, 'sort': sort, 'after': shown.after})}" if shown.after else "",
        "heads": heads(url, urlencode(query), sort, SORTS),
        "form": form,
        "chips": chips_of(form, url, {"tab": tab}),
        "url": url,
        "plain": f"{url}?tab={tab}",
        "keep": [("tab", tab)],
    }
    return page(request, "access/approvals.html", context, section="approvals")


@require_safe
def approval(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One request: what exactly will happen, who asked and why, until when, and what the viewer may do now."""
    found, target = _found(request, pk)
    return _approval_page(request, found, target)


@form_methods
@step_up_required
def approval_decide(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Approve or refuse."""
    found, target = _found(request, pk)
    kind = kind_of(found)
    if kind.there or (request.method != "POST" and two.may_decide(found, target, request.user)):
        return redirect("access:approval", pk=pk)
    form = VerdictForm(posted(request), initial={"seen": found.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        yes = data["decision"] == "approve"
        try:
            two.decide(approval=found, by=request.user, seen=data["seen"], yes=yes, reason=data["reason"])
        except WrongState as wrong:
            return _again(request, pk, wrong.reason)
        except Conflict:
            return _again(request, pk, CHANGED)
        messages.success(request, f"Approved and done: {kind.words}." if yes else f"Refused: {kind.words}.")
        return redirect(kind.address(target) if yes else reverse("access:approval", args=[pk]))
    context = {**_facts(request, found, target), "form": form}
    return page(
        request,
        "access/approval_decide.html",
        context,
        section="approvals",
        label=found.label(),
        status=status_of(form),
    )


@form_methods
def approval_withdraw(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Take back what one asked for."""
    found, target = _found(request, pk)
    if request.method != "POST" or kind_of(found).there:
        return redirect("access:approval", pk=pk)
    form = TakingBackForm(request.POST)
    if not form.is_valid():
        return _approval_page(request, found, target, taking_back=form, status=422)
    try:
        data = form.cleaned_data
        two.withdraw(approval=found, by=request.user, seen=data["seen"], reason=data["reason"])
    except WrongState as wrong:
        return _again(request, pk, wrong.reason)
    except Conflict:
        return _again(request, pk, CHANGED)
    messages.success(request, f"Taken back: {kind_of(found).words}.")
    return redirect("access:approval", pk=pk)


@require_POST
def approval_again(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Ask once more for what expired."""
    found, _ = _found(request, pk)
    try:
        made = two.again(approval=found, by=request.user)
    except WrongState as wrong:
        return _again(request, pk, wrong.reason)
    messages.success(request, f"Asked again: {kind_of(made).words}.")
    return redirect("access:approval", pk=made.pk)


def _found(request: AuthedRequest, pk: UUID) -> tuple[Approval, Any]:
    """The approval and what it is about, or 404."""
    rows = Approval.objects.select_related("requested_by", "decided_by")
    found: Approval = get_visible_or_404(rows, request.user, pk=pk)
    return found, kind_of(found).targets(request.user).get(pk=found.object_id)


def _again(request: AuthedRequest, pk: UUID, told: str) -> HttpResponse:
    """The page as things are now, with why nothing was done (409)."""
    return _approval_page(request, *_found(request, pk), told=told, status=409)


def _approval_page(
    request: AuthedRequest,
    found: Approval,
    target: Any,
    *,
    taking_back: forms.Form | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    own = found.requested_by_id == request.user.pk and found.state == ApprovalState.WAITING
    there = kind_of(found).there
    context = {
        **_facts(request, found, target),
        "refused_why": two.may_decide(found, target, request.user) if found.is_waiting else "",
        "taking_back": (taking_back or TakingBackForm(initial={"seen": found.version})) if own and not there else None,
        "may_ask_again": found.is_expired and _may_ask(request, found, target),
        "told": told,
    }
    return page(request, "access/approval.html", context, section="approvals", label=found.label(), status=status)


def _facts(request: AuthedRequest, found: Approval, target: Any) -> dict[str, Any]:
    kind = kind_of(found)
    waits = found.state == ApprovalState.WAITING
    return {
        "approval": found,
        "words": kind.words,
        "name": kind.name(target),
        "url": kind.address(target),
        "there": kind.there,
        "will": kind.tell(target, found.parameters, request.user) if waits else [],
        "changed": waits and two.changed_since(found, target),
    }


def _may_ask(request: AuthedRequest, found: Approval, target: Any) -> bool:
    try:
        kind_of(found).check_ask(request.user, target, found.parameters)
    except (Denied, WrongState):
        return False
    return True


def _count(tab: str, waiting: list[Any]) -> int:
    return len(waiting) if tab == "for-you" else 0


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
