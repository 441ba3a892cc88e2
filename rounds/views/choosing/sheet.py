"""The sheet of a list, to print: what is handed over, and nothing else."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from casetracker.access.act import Doing, check
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.actions.case_list import entries_of
from rounds.consent import needed_on, stopped
from rounds.models import CaseList, ListEntry
from rounds.snapshot import content, digest, frozen, heading, moved_since, occasion
from rounds.states import ListState
from rounds.views.choosing.whole import head
from rounds.views.lists.whole import list_or_404

# What is printed across a sheet that must not be handed over.
WATERMARKS = {
    ListState.DRAFT: "Draft, not approved",
    ListState.IN_REVIEW: "Draft, not approved",
    ListState.SUPERSEDED: "Superseded, not for use",
    ListState.WITHDRAWN: "Withdrawn, not for use",
}

# Approved, but consent of a case was withdrawn, or has ended, since.
NO_CONSENT = "Consent is missing, not for use"


@require_safe
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """From the approval on exactly what was frozen; before, what would be said now, marked as a draft."""
    case_list = list_or_404(request, pk)
    check(request.user, Doing.EXPORT_CASES, case_list.label())
    is_frozen = bool(case_list.sha256)
    said = frozen(case_list, request.user) if is_frozen else content(case_list, request.user)
    top = (case_list.heading or {}) if is_frozen else heading(case_list)
    sha256 = digest(top, said)
    record(Verb.LIST_PRINTED, by=request.user, about=case_list, detail={"count": len(said), "sha256": sha256})
    lacking = _lacking(case_list, request)
    watermark = NO_CONSENT if lacking else WATERMARKS.get(ListState(case_list.state), "")
    context: dict[str, Any] = {
        **head(case_list),
        "lines": said,
        "is_frozen": is_frozen,
        "sha256": sha256,
        "differs": is_frozen and sha256 != case_list.sha256,
        "watermark": watermark,
        "mark": watermark.partition(",")[0],
        "top": top,
        "occasion": occasion(top),
        "moved": moved_since(case_list),
        "lacking": [entry.case.reference for entry in lacking],
    }
    return page(request, "rounds/choosing/sheet.html", context, label=case_list.label())


def _lacking(case_list: CaseList, request: AuthedRequest) -> list[ListEntry]:
    """Of an approved list: entries whose consent was withdrawn, or has ended, since."""
    if case_list.state != ListState.APPROVED:
        return []
    return stopped(entries_of(case_list, request.user), needed_on(case_list.round))
