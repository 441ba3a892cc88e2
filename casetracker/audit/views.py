"""The auditors' page."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from casetracker.access.act import Running, check_run
from casetracker.access.forms.chips import chips_of
from casetracker.audit.acting import record
from casetracker.audit.forms import TrailFilter
from casetracker.audit.models import TrailEntry
from casetracker.audit.reading import PAGE, cursor_of, lines, older_than
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page


@require_safe
def trail(request: AuthedRequest) -> HttpResponse:
    """Who did, read or was refused what, newest first. Reading it leaves an entry itself."""
    check_run(request.user, Running.READ_TRAIL)
    form = TrailFilter(request.GET or None, user=request.user)
    found = list(older_than(TrailEntry.objects.filter(form.wanted()), request.GET.get("after", ""))[: PAGE + 1])
    shown, url = found[:PAGE], reverse("audit:trail")
    shown_lines = lines(shown, request.user)
    record(Verb.TRAIL_READ, by=request.user, detail={"count": len(shown), "fields": form.chosen()})
    asked = {name: str(value) for name, value in request.GET.items() if name in form.fields and value}
    more = len(found) > PAGE
    context = {
        "form": form,
        "lines": shown_lines,
        "url": url,
        "chips": chips_of(form, url),
        "pager": {
            "shown": f"{len(shown)} entries",
            "first_url": f"{url}?{urlencode(asked)}" if request.GET.get("after") else "",
            "next_url": f"{url}?{urlencode({**asked, 'after': cursor_of(shown[-1])})}" if more else "",
        },
    }
    return page(request, "audit/trail.html", context, section="trail")
