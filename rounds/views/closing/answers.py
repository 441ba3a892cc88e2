"""One list's answers, read in sequence: what was asked, what came back; for the screen and for paper."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.paging import digest
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.models import CaseList
from rounds.reading import read_entries
from rounds.states import EntryState


@require_safe
def list_answers(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Entry by entry, in the order of the list. Answers in responses that the viewer does not see are not there."""
    lists = CaseList.objects.select_related("round__dialogue", "compartment")
    case_list: CaseList = get_visible_or_404(lists, request.user, pk=pk)
    entries = read_entries([case_list], request.user, timezone.localdate())[case_list.pk]
    shown = [asked for asked in entries if asked.entry.state != EntryState.HELD_BACK]
    detail = {"count": len(shown), "digest": digest(asked.case.pk for asked in shown), "answers": True}
    record(Verb.LIST_READ, by=request.user, about=case_list, detail=detail)
    raised = [asked for asked in shown if asked.raising]
    context = {
        "case_list": case_list,
        "round": case_list.round,
        "mark": Marking(case_list.marking).on_paper,
        "entries": shown,
        "raised": len(raised),
        "answered": sum(asked.answered for asked in raised),
    }
    # Answers may be marked higher than the list: the page carries the highest the viewer reads.
    return page(request, "rounds/closing/answers.html", context, section="lists")
