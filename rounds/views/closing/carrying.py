"""Carrying forward: what was decided to be raised again goes on a list of a later round, or begins one."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check, may
from casetracker.access.models import Compartment, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, sees
from casetracker.templatetags.ui import plural_count
from casetracker.web import AuthedRequest, page
from rounds.actions.carrying import (
    Carrying,
    begin_list,
    carried_of,
    carry_forward,
    is_later,
    labels_for,
    sorted_out,
)
from rounds.actions.case_list import OPEN
from rounds.forms_closing import CarryForm
from rounds.models import CaseList, ListEntry, Round
from rounds.views.whole import round_or_404, url_of


@dataclass(frozen=True)
class Target:
    """A list that can take entries: one that is worked on, or (`case_list` None) a new one of a later round."""

    value: str
    name: str
    round: Round
    label: Label
    case_list: CaseList | None
    what: Carrying

    @property
    def words(self) -> str:
        """Such as "list for round 41, LIMITE: 4 cases; 1 is on it already"."""
        parts = [plural_count(len(self.what.new), "case")]
        if there := len(self.what.there):
            parts.append(f"{there} on it already")
        if above := len(self.what.above):
            parts.append(f"{above} with a higher label left out")
        return f"{self.name}: {', '.join(parts)}"


@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Chooses the list and fills it. Doing it again adds nothing."""
    round = round_or_404(request, pk)
    check(request.user, Doing.PREPARE_LIST, round.label())
    entries = carried_of(round, request.user)
    targets = _targets(round, entries, request.user)
    form = CarryForm(request.POST or None, user=request.user, targets=[(one.value, one.words) for one in targets])
    outcome = attempt(request, form, lambda: _carry(round, form, targets, request.user), back=url_of(round))
    if outcome.saved:
        case_list, count = outcome.made
        told = f"{plural_count(count, 'case')} carried forward from {round}." if count else "All of them were on it."
        messages.success(request, told)
        return redirect("rounds:list", pk=case_list.pk)
    return _show(request, round, entries, targets, form, outcome)


def _show(
    request: AuthedRequest,
    round: Round,
    entries: list[ListEntry],
    targets: list[Target],
    form: CarryForm,
    outcome: Outcome,
) -> HttpResponse:
    rounds = Round.objects.visible_to(request.user).filter(dialogue=round.dialogue_id)
    context = {
        "round": round,
        "dialogue": round.dialogue,
        "entries": entries,
        "form": form if targets else None,
        "none_ahead": not any(is_later(one, round) for one in rounds),
    }
    return page(request, "rounds/closing/carry.html", context, section="rounds", status=outcome.status)


def _carry(round: Round, form: CarryForm, targets: list[Target], by: User) -> tuple[CaseList, int]:
    target = next(one for one in targets if one.value == form.cleaned_data["target"])
    if target.case_list is None:
        key = form.cleaned_data["key"]
        return begin_list(round=round, later=target.round, label=target.label, by=by, key=key)
    return target.case_list, carry_forward(round=round, case_list=target.case_list, by=by)


def _targets(round: Round, entries: list[ListEntry], user: User) -> list[Target]:
    """Lists that are worked on first; new ones only under labels the viewer may prepare lists with."""
    if not entries:
        return []
    circles = dict(Compartment.objects.visible_to(user).values_list("pk", "name"))
    return [*_standing(round, entries, user, circles), *_new(round, entries, user, circles)]


def _standing(round: Round, entries: list[ListEntry], user: User, circles: dict[UUID, str]) -> list[Target]:
    rows = CaseList.objects.visible_to(user).filter(dialogue=round.dialogue_id, state__in=OPEN).select_related("round")
    lists = [one for one in rows if is_later(one.round, round) and may(user, Doing.PREPARE_LIST, one.label())]
    on_them = ListEntry.objects.visible_to(user).filter(case_list_id__in=[one.pk for one in lists]).order_by()
    there: dict[UUID, set[UUID]] = {one.pk: set() for one in lists}
    for key, case_id in on_them.values_list("case_list_id", "case_id"):
        there[key].add(case_id)
    found = []
    for one in lists:
        what = sorted_out(entries, one.label(), frozenset(there[one.pk]))
        name = f"{one}, {one.get_state_display()}, {_label_words(one.label(), circles)}"
        found.append(Target(str(one.pk), name, one.round, one.label(), one, what))
    return found


def _new(round: Round, entries: list[ListEntry], user: User, circles: dict[UUID, str]) -> list[Target]:
    rounds = Round.objects.visible_to(user).filter(dialogue=round.dialogue_id).order_by("starts", "id")
    labels = [
        label
        for label in labels_for(entries, round.dialogue_id)
        if sees(user, label) and may(user, Doing.PREPARE_LIST, label)
    ]
    found = []
    for later in rounds:
        for label in labels if is_later(later, round) else ():
            what = sorted_out(entries, label)
            if what.new:
                value = f"new/{later.pk}/{label.marking}/{label.compartment_id or ''}"
                name = f"a new list for {later}, {_label_words(label, circles)}"
                found.append(Target(value, name, later, label, None, what))
    return found


def _label_words(label: Label, circles: dict[UUID, str]) -> str:
    circle = circles.get(label.compartment_id, "") if label.compartment_id else ""
    return ", ".join(part for part in (Marking(label.marking).on_paper, circle) if part)
