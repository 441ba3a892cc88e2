"""Who sees a thing, by what, until when; and why one person does or does not. For approvers who see it themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.sight import opening_grants, why_sees
from casetracker.access.act import Doing, check
from casetracker.access.models import Grant, User
from casetracker.access.see import Label, holdings
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.models import CaseList, Response


@dataclass(frozen=True)
class Target:
    """One kind of thing that has a label of its own."""

    model: Any
    section: str
    words: str
    address: Callable[[Any], str]


TARGETS = {
    "case": Target(Case, "cases", "case", lambda case: reverse("desk:case", args=[case.reference])),
    "list": Target(CaseList, "lists", "list", lambda one: reverse("rounds:list", args=[one.pk])),
    "response": Target(Response, "responses", "response", lambda one: reverse("rounds:response", args=[one.pk])),
}


@require_safe
def sight(request: AuthedRequest, kind: str, pk: UUID) -> HttpResponse:
    """The page of one thing; with `?person=` the answer for one person. Asking is recorded."""
    target = TARGETS.get(kind)
    if target is None:
        raise Http404
    rows = target.model.objects.select_related("compartment")
    found = get_visible_or_404(rows, request.user, pk=pk)
    label: Label = found.label()
    check(request.user, Doing.APPROVE_GRANT, label)
    people = _people(request.user, label)
    person = next((one for one in people if str(one.pk) == request.GET.get("person", "")), None)
    circle = found.compartment.name if found.compartment else ""
    seen, reasons = why_sees(person, label, circle) if person else (False, [])
    record(Verb.SIGHT_ASKED, by=request.user, about=found)
    context = {
        "name": getattr(found, "reference", "") or f"this {target.words}",
        "back": target.address(found),
        "circle": circle,
        "dialogue_id": label.dialogue_id,
        "openers": opening_grants(label),
        "people": people,
        "person": person,
        "sees": seen,
        "reasons": reasons,
    }
    return page(request, "desk/sight.html", context, section=target.section, label=label)


def _people(user: User, label: Label) -> list[User]:
    """Whom one may ask about: colleagues, and whoever had a grant in the dialogue that the asker knows of."""
    if not holdings(user):
        return []
    had = Grant.objects.visible_to(user).filter(dialogue_id=label.dialogue_id).select_related("user")
    found = {one.pk: one for one in User.objects.visible_to(user)} | {one.user.pk: one.user for one in had}
    return sorted(found.values(), key=lambda one: (one.name, one.pk))
