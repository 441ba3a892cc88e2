"""Accepting a claim: it becomes what the case says."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cases.actions.part import accept_claim
from cases.claims import accepted_columns
from cases.history import version_of
from cases.models import Case, Claim, EthnicGroup, Place
from cases.views.parts.conflict import who_did
from cases.views.parts.sections import SECTIONS
from cases.views.parts.showing import check_editing, on_case, refused, saved
from casetracker.access.errors import Conflict, WrongState
from casetracker.web import AuthedRequest, get_visible_or_404


@require_POST
@on_case
def accept(request: AuthedRequest, case: Case, pk: UUID) -> HttpResponse:
    """Accepts one claim, in place of what was accepted of its field before."""
    claim = get_visible_or_404(Claim.objects.select_related("case"), request.user, pk=pk, case=case)
    check_editing(request, case)
    seen = request.POST.get("seen", "")
    try:
        columns = accepted_columns(claim, **_terms(request, case))
        accept_claim(claim=claim, by=request.user, seen=int(seen) if seen.isdecimal() else 0, column_value=columns)
    except ValueError as problem:
        raise WrongState(str(problem)) from problem
    except Conflict as found:
        by = who_did(version_of(type(found.current), found.current.pk, found.current.version, request.user))
        return refused(request, case, f"{by} changed this in the meantime. Look at it again, then accept it.")
    told = f"{case.reference}: claim accepted."
    return saved(request, case, SECTIONS["claims"], focus=f"part-{claim.pk}", told=told)


def _terms(request: AuthedRequest, case: Case) -> dict[str, Any]:
    """Names of the terms that a claim may name → their keys."""
    found = {}
    for key, model in (("places", Place), ("ethnic_groups", EthnicGroup)):
        offered: Any = model
        terms = offered.objects.visible_to(request.user).offered_in(case.dialogue)
        found[key] = {term.name.casefold(): term.pk for term in terms}
    return found
