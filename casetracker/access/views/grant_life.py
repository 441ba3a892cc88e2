"""What becomes of grants: the queue to reconfirm them, and many ended at once."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from casetracker.access.act import Doing, Running, check, may, may_run
from casetracker.access.actions.grant_life import decidable, end_several, is_standing, keep_grants
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.forms.grants import ROLE_CHOICES, EndingForm, ReviewForm
from casetracker.access.listing import grants_for
from casetracker.access.models import Dialogue, Grant, GrantState, User
from casetracker.access.step_up import step_up_required
from casetracker.access.views.answers import form_methods, posted
from casetracker.web import AuthedRequest, page

CHANGED = "Somebody changed one of these grants meanwhile. Look again."


@form_methods
@step_up_required
def grant_review(request: AuthedRequest) -> HttpResponse:
    """The queue of every quarter: grants nobody has reconfirmed lately, kept or ended several at once."""
    check(request.user, Doing.APPROVE_GRANT)
    rows, ticked = _due(request.user), _ticks(request)
    form, told, status = ReviewForm(posted(request)), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = _review(request.user, _chosen(rows, ticked), ticked, form.cleaned_data)
            except (WrongState, Conflict) as refusal:
                told, status = _words(refusal), 409
            else:
                messages.success(request, done)
                return redirect("access:grant_review")
    context = {"rows": _marked(rows, ticked), "form": form, "told": told}
    return page(request, "access/grant_review.html", context, section="grants", status=status)


@form_methods
@step_up_required
def grants_end(request: AuthedRequest) -> HttpResponse:
    """Ends several grants of one dialogue: choose them, look at them once more, type the number back."""
    if not may_run(request.user, Running.REQUEST_GRANT):
        check(request.user, Doing.APPROVE_GRANT)
    dialogues = [one for one in Dialogue.objects.visible_to(request.user) if _may_end(request.user, one)]
    asked = request.GET.get("dialogue", "")
    dialogue = next((one for one in dialogues if str(one.pk) == asked or len(dialogues) == 1), None)
    if dialogue is None:
        return page(request, "access/grants_end_where.html", {"dialogues": dialogues}, section="grants")
    role = request.GET.get("role", "")
    rows = [row for row in _standing(request.user, dialogue) if role in ("", row.role)]
    if request.method == "POST":
        return _end(request, dialogue, rows)
    return _choose(request, dialogue, rows, role)


def _choose(
    request: AuthedRequest, dialogue: Dialogue, rows: list[Grant], role: str = "", told: str = "", status: int = 200
) -> HttpResponse:
    base = reverse("access:grants_end")
    kinds = [("", "all"), *((key.value, key.label) for key, _ in ROLE_CHOICES)]
    ticked = _ticks(request) if request.method == "POST" else {str(row.pk): row.version for row in rows}
    context = {
        "dialogue": dialogue,
        "rows": _marked(rows, ticked),
        "told": told,
        "tabs": [
            {
                "label": text,
                "url": f"{base}?{urlencode({'dialogue': str(dialogue.pk), 'role': key})}",
                "current": key == role,
            }
            for key, text in kinds
        ],
    }
    return page(request, "access/grants_end.html", context, section="grants", status=status)


def _end(request: AuthedRequest, dialogue: Dialogue, rows: list[Grant]) -> HttpResponse:
    ticked, role = _ticks(request), request.GET.get("role", "")
    chosen = _chosen(rows, ticked)
    if not chosen:
        return _choose(request, dialogue, rows, role, "Tick at least one grant.", 422)
    form = EndingForm(request.POST if request.POST.get("step") == "confirm" else None)
    told, status = "", 422 if form.is_bound else 200
    if form.is_valid():
        data = form.cleaned_data
        try:
            many = end_several(
                grants=chosen,
                dialogue=dialogue,
                by=request.user,
                seen=_seen(chosen, ticked),
                counted=data["counted"],
                reason=data["reason"],
            )
        except (WrongState, Conflict) as refusal:
            told, status = _words(refusal), 409
        else:
            messages.success(request, f"Grants ended: {many}, from the next request on.")
            return redirect("access:grants")
    own = any(row.user_id == request.user.pk for row in chosen)
    context = {"dialogue": dialogue, "rows": _marked(chosen, ticked), "form": form, "told": told, "own": own}
    return page(request, "access/grants_end_confirm.html", context, section="grants", status=status)


def _review(user: User, chosen: list[Grant], ticked: dict[str, int], data: dict[str, Any]) -> str:
    seen = _seen(chosen, ticked)
    if data["decision"] == "keep":
        return f"Grants reconfirmed: {keep_grants(grants=chosen, by=user, seen=seen, reason=data['reason'])}."
    return f"Grants ended: {end_several(grants=chosen, by=user, seen=seen, reason=data['reason'])}."


def _due(user: User) -> list[Grant]:
    """Grants that wait for a word of this approver; those about to lapse, or lapsed, first."""
    rows = grants_for(user).filter(state=GrantState.ACTIVE, user__is_active=True)
    return sorted(decidable(user, (row for row in rows if row.is_due)), key=lambda row: (row.known_good_at, row.pk))


def _standing(user: User, dialogue: Dialogue) -> list[Grant]:
    rows = grants_for(user).filter(dialogue=dialogue).order_by("user__name", "pk")
    return [row for row in rows if is_standing(row)]


def _may_end(user: User, dialogue: Dialogue) -> bool:
    return may_run(user, Running.REQUEST_GRANT) or may(user, Doing.APPROVE_GRANT, dialogue.label())


def _ticks(request: AuthedRequest) -> dict[str, int]:
    """Grant key → version looked at, of what was ticked ("<key>:<version>")."""
    pairs = (one.partition(":") for one in request.POST.getlist("pick"))
    return {key: int(version) for key, _, version in pairs if version.isdecimal() and len(version) < 9}


def _chosen(rows: Iterable[Grant], ticked: dict[str, int]) -> list[Grant]:
    return [row for row in rows if str(row.pk) in ticked]


def _seen(chosen: Iterable[Grant], ticked: dict[str, int]) -> dict[Any, int]:
    return {row.pk: ticked[str(row.pk)] for row in chosen}


def _marked(rows: Iterable[Grant], ticked: dict[str, int]) -> list[dict[str, Any]]:
    return [{"grant": row, "ticked": str(row.pk) in ticked} for row in rows]


def _words(refusal: WrongState | Conflict) -> str:
    return refusal.reason if isinstance(refusal, WrongState) else CHANGED
