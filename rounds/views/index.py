"""The list of rounds: by dialogue, newest first, with the times when there were none."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casetracker.access.act import Doing, may
from casetracker.access.models import Dialogue, User
from casetracker.access.see import holdings
from casetracker.web import AuthedRequest, page
from rounds.filters import RoundFilter
from rounds.models import Round, RoundEvent, Suspension
from rounds.overview import ORDERS, lines, next_round, steps

COLUMNS = (("ordinal", "No."), ("starts", "Dates"), ("venue", "Venue"), ("state", "State"))
FILTERS = ("dialogue", "state", "since", "until")


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """Everything is in memory: a dialogue has some dozens of rounds in a working life."""
    user = request.user
    dialogues = dialogues_of(user)
    form = RoundFilter(request.GET, dialogues=dialogues)
    order = request.GET.get("order", "-starts")
    if order.removeprefix("-") not in ORDERS:
        order = "-starts"
    context = {
        "parts": [_part(part, form, order) for part in _fetched(user, dialogues) if form.passes_dialogue(part[0])],
        "form": form,
        "filtered": any(form.value(name) for name in FILTERS),
        "chips": _chips(request, form),
        "keep": [("order", order)] if order != "-starts" else [],
        "columns": _columns(request, order),
        "may_edit": may(user, Doing.EDIT_ROUND),
    }
    return page(request, "rounds/index.html", context, section="rounds")


def dialogues_of(user: User, doing: Doing | None = None) -> list[Dialogue]:
    """The dialogues `user` holds a grant in, or those in which they may do something."""
    inside = {holding.dialogue_id for holding in holdings(user)}
    found = Dialogue.objects.visible_to(user).filter(pk__in=sorted(inside))
    return [one for one in found if doing is None or may(user, doing, one.label())]


def _fetched(user: User, dialogues: list[Dialogue]) -> list[tuple[Dialogue, list[Round], list[Suspension]]]:
    events = Prefetch("events", RoundEvent.objects.visible_to(user))
    rounds = list(Round.objects.visible_to(user).prefetch_related(events))
    suspensions = list(Suspension.objects.visible_to(user))
    return [
        (
            dialogue,
            [round for round in rounds if round.dialogue_id == dialogue.pk],
            [one for one in suspensions if one.dialogue_id == dialogue.pk],
        )
        for dialogue in dialogues
    ]


def _part(part: tuple[Dialogue, list[Round], list[Suspension]], form: RoundFilter, order: str) -> dict[str, Any]:
    dialogue, rounds, suspensions = part
    today = timezone.localdate()
    upcoming = next_round(rounds, today)
    shown = [round for round in rounds if form.passes_round(round)]
    bands = [one for one in suspensions if form.passes_suspension(one)]
    return {
        "dialogue": dialogue,
        "next": upcoming,
        "steps": steps(upcoming.starts, today) if upcoming and upcoming.starts else [],
        "lines": lines(shown, bands, order=order, today=today),
        "total": len(rounds),
    }


def _columns(request: AuthedRequest, order: str) -> list[dict[str, str]]:
    found = []
    for name, label in COLUMNS:
        current = order.removeprefix("-") == name
        going = ("desc" if order.startswith("-") else "asc") if current else "none"
        following = f"-{name}" if going == "asc" or (not current and name in ("ordinal", "starts")) else name
        found.append({"label": label, "url": _url(request, order=following), "direction": going})
    return found


def _chips(request: AuthedRequest, form: RoundFilter) -> list[dict[str, str]]:
    found = []
    for name in FILTERS:
        if form.value(name) is None:
            continue
        field = form.fields[name]
        value = dict(getattr(field, "choices", ())).get(str(form.value(name)), form.value(name))
        found.append({"label": f"{field.label}:", "value": str(value), "remove_url": _url(request, **{name: ""})})
    return found


def _url(request: AuthedRequest, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in (*FILTERS, "order")} | changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return reverse("rounds:index") + (f"?{query}" if query else "")
