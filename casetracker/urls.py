"""All URLs. No name, no search term ever stands in one."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For the load balancer: the process answers. Says nothing about data."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("casetracker.desk.urls")),
    path("", include("cases.urls")),
    path("", include("rounds.urls")),
    path("", include("casetracker.access.login_urls")),
    path("", include("casetracker.access.urls")),
    path("", include("casetracker.audit.urls")),
]

handler400 = "casetracker.refusals.bad_request"
handler403 = "casetracker.refusals.forbidden"
handler404 = "casetracker.refusals.not_found"
handler500 = "casetracker.refusals.broken"
