"""All lists: those of the next round first."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.paging import digest
from casetracker.access.act import Doing, may
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.list_index import DEFAULT_SORT, ListIndex
from rounds.views.index import dialogues_of


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """Filtered, sorted, paged. Reading it is recorded."""
    user = request.user
    dialogues = dialogues_of(user)
    lists = ListIndex(request.GET, user, dialogues)
    found = lists.page()
    detail = {"count": len(found.rows), "digest": digest(one.pk for one in found.rows)}
    record(Verb.LIST_READ, by=user, detail=detail)
    context = {
        "lines": lists.lines(found.rows),
        "form": lists.form,
        "filtered": lists.is_filtered,
        "chips": lists.chips(),
        "keep": [("sort", lists.sort)] if lists.sort != DEFAULT_SORT else [],
        "columns": lists.headings(),
        "pager": lists.pager(found),
        "several": len(dialogues) > 1,
        "openings": lists.openings(timezone.localdate()),
        "may_prepare": may(user, Doing.PREPARE_LIST),
        "may_read": bool(dialogues),
    }
    return page(request, "rounds/list/index.html", context, section="lists")
