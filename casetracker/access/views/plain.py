"""What our versions of allauth's views have in common."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse


class Plain:
    """For allauth's views: the banner of the demonstration, and 422 for a form that does not hold."""

    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = settings.SECOND_FACTOR == "off"
        banner = "Demonstration: the second factor is switched off." if demo else ""
        return {**super().get_context_data(**kwargs), "banner": banner}  # type: ignore[misc]

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        answer.status_code = 422
        return answer
