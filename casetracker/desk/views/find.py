"""Look-up from anywhere: by reference, or by name in any script. What was looked up never stands in an address."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.search.lookup import find as look_up
from casetracker.access.act import Doing, may
from casetracker.access.errors import Denied
from casetracker.access.see import holdings
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page

LONGEST = 200
SUGGESTED = 8


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: AuthedRequest) -> HttpResponse:
    """GET: the empty page. POST `q`: the one case, or what was found; by htmx a few suggestions. Recorded, unnamed."""
    if not holdings(request.user):
        raise Denied("Cases are found by those who hold a grant.")
    text = " ".join(request.POST.get("q", "")[:LONGEST].split())
    suggesting = bool(request.htmx)
    found = look_up(request.user, text, limit=SUGGESTED) if suggesting else look_up(request.user, text)
    if text and not found.problem:
        record(Verb.CASES_SEARCHED, by=request.user, detail={**found.detail, "suggested": suggesting})
    context = {"q": text, "found": found, "may_log": may(request.user, Doing.LOG_CASE)}
    if suggesting:
        return page(request, "desk/find.html#suggestions", context)
    if found.only:
        return HttpResponseRedirect(reverse("desk:case", args=[found.only.reference]))
    return page(request, "desk/find.html", context, section="cases")
