"""The pages that say no: 400, 403, 404, 413, 500.

Each is the same bytes for everybody, but for the reason in a 403 and the number in a 500.
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from casetracker.access.errors import Denied
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.logs import request_number


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 when the request was larger than settings allow."""
    if isinstance(exception, RequestDataTooBig):
        return too_large()
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason where one of our rules gave it; such a refusal is in the trail."""
    reason = exception.reason if isinstance(exception, Denied) else ""
    if reason and request.user.is_authenticated and request.resolver_match:
        record(Verb.REFUSED, by=request.user, detail={"route": request.resolver_match.view_name})
    return HttpResponse(render_to_string("403.html", {"reason": reason}), status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: a page left open too long, an upload beyond the limit, or an attack."""
    if request.META.get("casetracker.too_large"):
        return too_large()
    told = "The form was open for too long, or cookies are blocked. Go back, reload the page and send it again."
    return HttpResponse(render_to_string("403.html", {"reason": told}), status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, for hidden and missing alike."""
    return HttpResponse(render_to_string("404.html"), status=404)


def too_large() -> HttpResponse:
    """413."""
    return HttpResponse(render_to_string("413.html"), status=413)


def broken(request: HttpRequest, *args: Any) -> HttpResponse:
    """500, with the number of the request: it stands in the log beside where it broke, and says nothing else."""
    number = request_number(request)
    answer = HttpResponse(render_to_string("500.html", {"number": number}), status=500)
    answer.headers["X-Request-ID"] = number
    return answer
