"""When somebody saved first: both versions side by side; the user chooses field by field and saves over the new one."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.utils import timezone

from casetracker.audit.models import TrailEntry
from casetracker.templatetags.ui import moment
from casetracker.web import AuthedRequest, page


def settled(data: QueryDict, current: Any) -> QueryDict:
    """What was posted, with the fields for which "theirs" was chosen filled from the row as it is now."""
    chosen = data.copy()
    for key, choice in data.items():
        name = key.removeprefix("keep-")
        if name != key and choice == "theirs" and hasattr(current, name):
            chosen[name] = _text(getattr(current, name))
    return chosen


def conflict_page(
    request: AuthedRequest, form: forms.Form, current: Any, *, title: str, cancel: str, section: str
) -> HttpResponse:
    """Both versions of every field that differs (409). `current` is the row as it stands."""
    rows = []
    for bound in form.visible_fields():
        theirs, yours = _text(getattr(current, bound.name)), str(bound.data or "")
        if theirs != yours:
            choices = dict(getattr(bound.field, "choices", ()))
            shown = {"theirs": str(choices.get(theirs, theirs)), "yours": str(choices.get(yours, yours))}
            rows.append({"name": bound.name, "label": bound.label, **shown})
    last = TrailEntry.objects.filter(object_id=current.pk).select_related("actor").order_by("-at").first()
    context = {
        "title": title,
        "rows": rows,
        "who": last.actor.name if last and last.actor else "Somebody else",
        "when": moment(timezone.localtime(current.changed_at)),
        "action": request.path,
        "cancel": cancel,
        "hidden": [
            *((bound.name, str(bound.data or "")) for bound in form.visible_fields()),
            ("seen", current.version),
        ],
    }
    return page(request, "access/conflict.html", context, section=section, status=409)


def _text(value: Any) -> str:
    """A value as its form field would send it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
