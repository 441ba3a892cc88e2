"""The admins' pages about dialogues and compartments."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from casetracker.access.act import Running, check_run
from casetracker.access.actions.dialogues import (
    EDITABLE,
    create_compartment,
    create_dialogue,
    edit_compartment,
    edit_dialogue,
)
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.forms.dialogues import CompartmentForm, DialogueForm
from casetracker.access.listing import grants_for
from casetracker.access.models import Compartment, Dialogue, Grant
from casetracker.access.roles import Role
from casetracker.access.see import active_now
from casetracker.access.views.answers import form_methods, posted, status_of
from casetracker.access.views.conflict import conflict_page, settled
from casetracker.audit.reading import entries_about
from casetracker.web import AuthedRequest, get_visible_or_404, page


def _dialogue(request: AuthedRequest, pk: UUID) -> Dialogue:
    check_run(request.user, Running.MANAGE_DIALOGUES)
    found: Dialogue = get_visible_or_404(Dialogue.objects, request.user, pk=pk)
    return found


def _active(request: AuthedRequest) -> list[Grant]:
    return list(grants_for(request.user).filter(active_now(), user__is_active=True).order_by("user__name", "pk"))


@require_safe
def dialogues(request: AuthedRequest) -> HttpResponse:
    """All dialogues, with who stands behind each."""
    check_run(request.user, Running.MANAGE_DIALOGUES)
    active = _active(request)
    circles = list(Compartment.objects.visible_to(request.user))
    rows = []
    for one in Dialogue.objects.visible_to(request.user):
        inside = [grant for grant in active if grant.dialogue_id == one.pk]
        rows.append(
            {
                "dialogue": one,
                "people": len({grant.user_id for grant in inside}),
                "approvers": sorted({grant.user.name for grant in inside if grant.role == Role.APPROVER}),
                "circles": sum(circle.dialogue_id == one.pk for circle in circles),
            }
        )
    return page(request, "access/dialogues.html", {"rows": rows}, section="dialogues")


@form_methods
def dialogue_new(request: AuthedRequest) -> HttpResponse:
    """A new dialogue."""
    check_run(request.user, Running.MANAGE_DIALOGUES)
    form = DialogueForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = create_dialogue(by=request.user, prefix=data["prefix"], values=data)
        except WrongState as refusal:
            form.add_error("prefix", refusal.reason)
        else:
            messages.success(request, f"Dialogue {made.prefix} is created. Next: its first approver.")
            return redirect("access:dialogue", pk=made.pk)
    context = {"form": form, "title": "New dialogue", "back": reverse("access:dialogues"), "submit": "Create"}
    return page(request, "access/dialogue_form.html", context, section="dialogues", status=status_of(form))


@require_safe
def dialogue(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """One dialogue: facts, compartments and who is in them, who approves."""
    found = _dialogue(request, pk)
    inside = [grant for grant in _active(request) if grant.dialogue_id == found.pk]
    circles = []
    for circle in Compartment.objects.visible_to(request.user).filter(dialogue=found):
        within = [g for g in inside if circle.pk in {link.compartment_id for link in g.in_compartments.all()}]
        approves = any(grant.role == Role.APPROVER for grant in within)
        circles.append({"compartment": circle, "grants": within, "approves": approves})
    context = {
        "dialogue": found,
        "circles": circles,
        "grants": inside,
        "approvers": [grant for grant in inside if grant.role == Role.APPROVER],
        "lines": entries_about(found, request.user),
    }
    return page(request, "access/dialogue.html", context, section="dialogues")


@form_methods
def dialogue_edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Facts of a dialogue; the prefix stays."""
    found = _dialogue(request, pk)
    first = {**{name: getattr(found, name) for name in EDITABLE}, "seen": found.version}
    data = settled(request.POST, found) if request.method == "POST" else None
    form, back = DialogueForm(data, initial=first, editing=True), reverse("access:dialogue", args=[pk])
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in EDITABLE}
        try:
            edit_dialogue(dialogue=found, by=request.user, seen=form.cleaned_data["seen"] or 0, changes=changes)
        except Conflict as conflict:
            title = "Two versions of a dialogue"
            return conflict_page(request, form, conflict.current, title=title, cancel=back, section="dialogues")
        messages.success(request, f"Dialogue {found.prefix} is saved.")
        return redirect(back)
    context = {"form": form, "title": f"Edit dialogue {found.prefix}", "back": back, "submit": "Save"}
    return page(request, "access/dialogue_form.html", context, section="dialogues", status=status_of(form))


@form_methods
def compartment_new(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A new circle in a dialogue."""
    found, back = _dialogue(request, pk), reverse("access:dialogue", args=[pk])
    form = CompartmentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            create_compartment(by=request.user, dialogue=found, name=data["name"], purpose=data["purpose"])
        except WrongState as refusal:
            form.add_error("name", refusal.reason)
        else:
            messages.success(request, "The compartment is created. Nobody is in it until a grant says so.")
            return redirect(back)
    return _compartment_page(request, form, f"New compartment in {found.prefix}", back)


@form_methods
def compartment_edit(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Name and purpose of a circle."""
    check_run(request.user, Running.MANAGE_DIALOGUES)
    rows = Compartment.objects.select_related("dialogue")
    found: Compartment = get_visible_or_404(rows, request.user, pk=pk)
    back = reverse("access:dialogue", args=[found.dialogue_id])
    first = {"name": found.name, "purpose": found.purpose, "seen": found.version}
    form = CompartmentForm(settled(request.POST, found) if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        seen = data["seen"] or 0
        try:
            edit_compartment(compartment=found, by=request.user, seen=seen, name=data["name"], purpose=data["purpose"])
        except WrongState as refusal:
            form.add_error("name", refusal.reason)
        except Conflict as conflict:
            title = "Two versions of a compartment"
            return conflict_page(request, form, conflict.current, title=title, cancel=back, section="dialogues")
        else:
            messages.success(request, "The compartment is saved.")
            return redirect(back)
    return _compartment_page(request, form, f"Edit compartment of {found.dialogue.prefix}", back)


def _compartment_page(request: AuthedRequest, form: forms.Form, title: str, back: str) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "title": title, "back": back, "submit": "Save"}
    return page(request, "access/dialogue_form.html", context, section="dialogues", status=status_of(form))
