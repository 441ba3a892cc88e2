"""Who is in a dialogue or in one of its compartments, and until when: for its approvers and for the admins."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from casetracker.access.act import Doing, Running, check, may_run
from casetracker.access.listing import ends_soon, grants_for
from casetracker.access.models import Compartment, Dialogue, Grant, Recusal
from casetracker.access.see import Label, active_now
from casetracker.web import AuthedRequest, get_visible_or_404, page


@require_safe
def members(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Everybody in a dialogue, and its compartments as far as the viewer knows of them."""
    found: Dialogue = get_visible_or_404(Dialogue.objects, request.user, pk=pk)
    _check(request, found.label())
    circles = list(Compartment.objects.visible_to(request.user).filter(dialogue=found))
    rows = _inside(request, found)
    context = {
        "title": found.name,
        "dialogue": found,
        "rows": [{"grant": row, "soon": ends_soon(row)} for row in rows],
        "circles": [(circle, sum(_is_in(row, circle) for row in rows)) for circle in circles],
        "recusals": _recusals(request, found, None),
        "may_manage": may_run(request.user, Running.MANAGE_DIALOGUES),
    }
    return page(request, "access/members.html", context, section="grants", label=found.label())


@require_safe
def compartment(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Everybody in one compartment: for approvers who are in it, and for the admins."""
    found: Compartment = get_visible_or_404(Compartment.objects.select_related("dialogue"), request.user, pk=pk)
    _check(request, found.label())
    rows = [row for row in _inside(request, found.dialogue) if _is_in(row, found)]
    context = {
        "title": found.name,
        "dialogue": found.dialogue,
        "compartment": found,
        "rows": [{"grant": row, "soon": ends_soon(row)} for row in rows],
        "recusals": _recusals(request, found.dialogue, found),
        "may_manage": may_run(request.user, Running.MANAGE_DIALOGUES),
    }
    return page(request, "access/members.html", context, section="grants", label=found.label())


def _check(request: AuthedRequest, label: Label) -> None:
    if not may_run(request.user, Running.MANAGE_DIALOGUES):
        check(request.user, Doing.APPROVE_GRANT, label)


def _inside(request: AuthedRequest, dialogue: Dialogue) -> list[Grant]:
    rows = grants_for(request.user).filter(active_now(), dialogue=dialogue, user__is_active=True)
    return list(rows.order_by("user__name", "pk"))


def _is_in(grant: Grant, circle: Compartment) -> bool:
    return circle.pk in {link.compartment_id for link in grant.in_compartments.all()}


def _recusals(request: AuthedRequest, dialogue: Dialogue, circle: Compartment | None) -> list[Recusal]:
    """Who of them keeps out, from all of it or from this compartment, as far as the viewer may know."""
    rows = Recusal.objects.visible_to(request.user).filter(dialogue=dialogue, ended_at__isnull=True)
    rows = rows.select_related("user", "compartment").order_by("user__name", "pk")
    return [row for row in rows if row.compartment_id in (None, circle.pk if circle else None)]
