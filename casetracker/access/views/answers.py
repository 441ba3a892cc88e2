"""What the form pages here have in common: what was posted, and which status answers it."""

from django import forms
from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """The form sent, even an empty one; None when the page was only asked for."""
    return request.POST if request.method == "POST" else None


def status_of(form: forms.Form, refused: bool = False) -> int:
    """409 where the state said no, 422 for a form that does not hold, else 200."""
    if refused:
        return 409
    return 422 if form.is_bound and form.errors else 200
