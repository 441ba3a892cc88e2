"""Groups: who is taken together, as far as the viewer sees both the group and the case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.connection import edit_group, join_group, leave_group
from cases.forms.case import ReasonForm
from cases.forms.groups import GroupForm, MemberForm
from cases.models import CaseGroup, GroupMember
from cases.paging import digest
from cases.views.parts.showing import METHODS
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page

_GROUPS = ("dialogue", "compartment")


def _group(request: AuthedRequest, pk: UUID) -> CaseGroup:
    found: CaseGroup = get_visible_or_404(CaseGroup.objects.select_related(*_GROUPS), request.user, pk=pk)
    return found


def _members(request: AuthedRequest, group: CaseGroup) -> list[GroupMember]:
    rows = GroupMember.objects.visible_to(request.user).filter(group=group).select_related("group", "case__owner")
    return sorted(rows, key=lambda member: (member.case.sort_key, member.case.reference))


def _show(
    request: AuthedRequest, group: CaseGroup, form: Any, *, heading: str, status: int = 0, **more: Any
) -> HttpResponse:
    context = {
        "group": group,
        "form": form,
        "heading": heading,
        "submit": "Save",
        "note": "",
        "danger": False,
        "back": reverse("cases:group", args=[group.pk]),
        **more,
    }
    status = status or (422 if form.errors else 200)
    return page(request, "cases/case/group_form.html", context, section="cases", label=group.label(), status=status)


@require_safe
def group(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The group and its members."""
    found = _group(request, pk)
    members = _members(request, found)
    keys = [member.case_id for member in members]
    record(Verb.CASES_LISTED, by=request.user, about=found, detail={"count": len(keys), "digest": digest(keys)})
    context = {
        "group": found,
        "members": members,
        "marking": Marking(found.marking).on_paper,
        "may_edit": may(request.user, Doing.EDIT_CASE, found.label()),
    }
    return page(request, "cases/case/group.html", context, section="cases", label=found.label())


@require_http_methods(METHODS)
def edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Changes title, kind and note."""
    found = _group(request, pk)
    check(request.user, Doing.EDIT_CASE, found.label())
    form = GroupForm(request.POST if request.method == "POST" else None, group=found)
    note, status = "", 0
    if form.is_valid():
        try:
            edit_group(group=found, by=request.user, seen=form.cleaned_data["seen"], changes=form.wanted())
            messages.success(request, "The group is saved.")
            return redirect("cases:group", pk=pk)
        except Conflict as problem:
            theirs: Any = problem.current
            note = f"A colleague saved it first: “{theirs.title}”, {theirs.get_kind_display()}. {theirs.note}"
            note += " What you typed is below; save it to put it in place of theirs."
            form.initial, form.is_bound = {**form.wanted(), "seen": theirs.version}, False
            status = 409
    return _show(request, found, form, heading="Edit the group", note=note, status=status)


@require_http_methods(METHODS)
def add_member(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Puts one more case into the group, by its reference."""
    found = _group(request, pk)
    check(request.user, Doing.EDIT_CASE, found.label())
    members = {member.case_id for member in _members(request, found)}
    form = MemberForm(request.POST if request.method == "POST" else None, user=request.user, members=members)
    if form.is_valid():
        case = form.cleaned_data["reference"]
        try:
            join_group(group=found, case=case, by=request.user)
            messages.success(request, f"{case.reference} is in the group now.")
            return redirect("cases:group", pk=pk)
        except WrongState as problem:
            form.add_error("reference", problem.reason)
    return _show(request, found, form, heading="Add a case to the group", submit="Add")


@require_http_methods(METHODS)
def remove_member(request: AuthedRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Takes a case out of the group; asks why."""
    found = _group(request, pk)
    rows = GroupMember.objects.select_related("group", "case")
    row = get_visible_or_404(rows, request.user, pk=member, group=found)
    check(request.user, Doing.EDIT_CASE, found.label())
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"seen": row.version})
    if form.is_valid():
        data = form.cleaned_data
        try:
            leave_group(member=row, by=request.user, seen=data["seen"], reason=data["reason"])
            messages.success(request, f"{row.case.reference} is no longer in the group.")
            return redirect("cases:group", pk=pk)
        except (WrongState, Conflict):
            form.add_error("reason", "Reload the page, look again, and say why.")
    heading = f"Take {row.case.reference} out of the group"
    return _show(request, found, form, heading=heading, submit="Take out", danger=True)
