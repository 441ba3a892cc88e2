"""All addresses, with those of the office's own sign-in."""

from casetracker.access.login_urls import outside_urls
from casetracker.urls import handler400, handler403, handler404, handler500, urlpatterns

urlpatterns = [*urlpatterns, *outside_urls]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
