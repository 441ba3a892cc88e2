"""Putting a case on a list: by its reference at once, by a name from what is found. Looked up by POST only."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cases.models import Case
from cases.reference import clean_reference
from cases.search.lookup import Found, Hit
from cases.search.lookup import find as look_up
from cases.states import CaseState
from cases.views.saving import Outcome
from casetracker.access.errors import WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest
from rounds.actions.case_list import add_cases, check_editing, entries_of
from rounds.models import CaseList
from rounds.states import EntryState
from rounds.suggestions import carried_entries
from rounds.views.lists.whole import Place, again, editable_or_404, whole

LONGEST = 200
SHOWN = 10


@dataclass(frozen=True)
class Candidate:
    """A case that was found, and why it cannot be put on the list ("" when it can)."""

    hit: Hit
    obstacle: str


@require_POST
def add(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A whole reference adds its case; anything else, the beginning of one too, shows what is found."""
    case_list = editable_or_404(request, pk)
    text = " ".join(request.POST.get("q", "")[:LONGEST].split())
    try:
        check_editing(case_list, request.user)
        found = look_up(request.user, text, limit=SHOWN)
        if text and not found.problem:
            record(Verb.CASES_SEARCHED, by=request.user, detail=found.detail)
        if found.by_reference and found.only and _is_whole(text, found.only):
            return _put_on(request, case_list, found.only)
    except WrongState as wrong:
        refused = {"q": text, "problem": wrong.reason}
        return whole(request, case_list, Place("add", outcome=Outcome(False, 409), more=refused))
    candidates = _candidates(request, case_list, found)
    more = {"q": text, "found": found, "candidates": candidates, "problem": found.problem}
    return whole(request, case_list, Place("add", more=more, outcome=Outcome(False, 422 if found.problem else 200)))


def _is_whole(text: str, case: Case) -> bool:
    """Whether the reference of `case` was typed to its end."""
    try:
        return clean_reference(text) == case.reference
    except ValueError:
        return False


def _put_on(request: AuthedRequest, case_list: CaseList, case: Case) -> HttpResponse:
    before = carried_entries(case_list, request.user)
    made = add_cases(case_list=case_list, by=request.user, cases=[case], carried_from=before, state=EntryState.INCLUDED)
    if made:
        messages.success(request, f"{case.reference} is on the list, at the end.")
    else:
        messages.info(request, f"{case.reference} is on the list already.")
    return again(request, case_list, part="add", focus="add")


def _candidates(request: AuthedRequest, case_list: CaseList, found: Found) -> list[Candidate]:
    there = {entry.case_id for entry in entries_of(case_list, request.user)}
    return [Candidate(hit, _obstacle(case_list, hit.case, there)) for hit in found.hits]


def _obstacle(case_list: CaseList, case: Case, there: set[UUID]) -> str:
    if case.pk in there:
        return "on the list"
    if case.dialogue_id != case_list.dialogue_id:
        return "of another dialogue"
    if case.state == CaseState.MERGED:
        return "merged into another"
    return "" if case_list.label().dominates(case.label()) else "has a higher label than the list"
