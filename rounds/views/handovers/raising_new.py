"""Raising cases off the list: several at once, named by reference, by look-up, or ticked in the table."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import Case
from cases.paging import as_key, digest
from cases.search.lookup import Found, find
from cases.views.saving import Outcome, attempt
from casetracker.access.act import Doing, check, may
from casetracker.access.models import Dialogue, User
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.actions.raising import record_raisings
from rounds.consent import unconsented
from rounds.days_told import raised_elsewhen
from rounds.forms_handovers import RaisingForm
from rounds.models import Raising, Round
from rounds.naming import cases_named, split
from rounds.views.handovers.offering import offered_in
from rounds.views.index import dialogues_of

NOT_YOURS = "Your grants do not let you record raisings of this case."
LONGEST = 200
SHOWN = 12


@dataclass(frozen=True)
class Chosen:
    """The cases so far, what was typed that leads nowhere, and what a look-up found."""

    cases: list[Case]
    missing: list[tuple[str, str]]
    q: str = ""
    found: Found | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest) -> HttpResponse:
    """Each step is a POST of the whole page: adding cases, looking one up, recording."""
    user = request.user
    check(user, Doing.RECORD_RAISING)
    chosen = _chosen(request)
    dialogue = _dialogue(request, chosen.cases)
    own = [case.reference for case in chosen.cases] if len(chosen.cases) > 1 else []
    offered = offered_in(dialogue, user)
    if not _recording(request):
        form = RaisingForm(initial=_typed(request), offered=offered, own_words=own)
        return _page(request, form, Outcome(False), chosen, dialogue)
    form = RaisingForm(request.POST, offered=offered, own_words=own)
    if chosen.missing:
        form.add_error(None, "Some of these are not among the cases you see; they stand below.")
    outcome = attempt(request, form, lambda: _record(user, form, chosen.cases), back="")
    if not outcome.saved:
        return _page(request, form, outcome, chosen, dialogue)
    return _recorded(request, outcome.made)


def _record(user: User, form: RaisingForm, cases: list[Case]) -> list[Raising]:
    words = {case.pk: form.words_of(case.reference) for case in cases}
    return record_raisings(by=user, cases=cases, values=form.columns(), words=words)


def _recorded(request: AuthedRequest, made: list[Raising]) -> HttpResponse:
    cases = ", ".join(raising.case.reference for raising in made[:8]) + (" …" if len(made) > 8 else "")
    messages.success(request, f"Recorded as raised: {cases}. What is wrong can be edited or voided below.")
    first = made[0]
    rounds = Round.objects.visible_to(request.user)
    round = rounds.filter(pk=first.round_id).first() if first.round_id else None
    if told := raised_elsewhen(first.on, round):
        messages.warning(request, told)
    if told := unconsented(made, request.user):
        messages.warning(request, told)
    return redirect("rounds:raising", first.pk)


def _recording(request: AuthedRequest) -> bool:
    """Whether the page is sent to record; a reference or name still waiting to be looked up comes first."""
    sent = request.POST
    new_name = sent.get("q", "").strip() != sent.get("looked", "").strip()
    waiting = new_name or any(sent.get(name, "").strip() for name in ("more", "add"))
    return request.method == "POST" and sent.get("step") == "record" and not waiting


def _chosen(request: AuthedRequest) -> Chosen:
    sent = request.POST if request.method == "POST" else request.GET
    typed = [*sent.getlist("case"), *split(request.POST.get("more", "")[:20_000]), request.POST.get("add", "")]
    named = cases_named(request.user, [text.strip()[:LONGEST] for text in typed if text.strip()])
    mine = [case for case in named.cases if may(request.user, Doing.RECORD_RAISING, case.label())]
    others = [(case.reference, NOT_YOURS) for case in named.cases if case not in mine]
    q = " ".join(request.POST.get("q", "")[:LONGEST].split())
    found = find(request.user, q, limit=SHOWN) if q else None
    if found is not None and not found.problem:
        record(Verb.CASES_SEARCHED, by=request.user, detail={**found.detail, "suggested": False})
    return Chosen(mine, [*named.missing, *others], q, found)


def _dialogue(request: AuthedRequest, cases: list[Case]) -> Dialogue | None:
    """That of the cases; before any is named that of the round asked for, or the only one of the viewer."""
    if cases:
        return cases[0].dialogue
    asked = as_key((request.POST or request.GET).get("round"))
    rounds = Round.objects.visible_to(request.user).select_related("dialogue")
    if asked and (round := rounds.filter(pk=asked).first()):
        found: Dialogue = round.dialogue
        return found
    mine = dialogues_of(request.user, Doing.RECORD_RAISING)
    return mine[0] if len(mine) == 1 else None


def _typed(request: AuthedRequest) -> dict[str, Any]:
    """What stands in the form so far, unchecked."""
    if request.method == "POST":
        return {name: value for name, value in request.POST.items() if name not in {"case", "more", "q", "add"}}
    return {"round": str(as_key(request.GET.get("round")) or "")}


def _page(
    request: AuthedRequest, form: RaisingForm, outcome: Outcome, chosen: Chosen, dialogue: Dialogue | None
) -> HttpResponse:
    if chosen.cases:
        keys: list[UUID] = [case.pk for case in chosen.cases]
        record(Verb.CASES_LISTED, by=request.user, detail={"count": len(keys), "digest": digest(keys)})
    own = len(chosen.cases) > 1
    chosen_keys = {case.pk for case in chosen.cases}
    context = {
        "form": form,
        "lines": [(case, form.words_field(case.reference) if own else None) for case in chosen.cases],
        "missing": chosen.missing,
        "q": chosen.q,
        "found": chosen.found,
        "hits": [hit for hit in chosen.found.hits if hit.case.pk not in chosen_keys] if chosen.found else [],
        "dialogue": dialogue,
        "back": reverse("rounds:index"),
    }
    template = "rounds/handover/raising_new.html"
    return page(request, template, context, section="rounds", status=outcome.status)
