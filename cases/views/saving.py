"""Saving what a form holds: done, the form again with what is wrong, or two versions side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.forms.record_form import RecordForm
from casetracker.access.errors import Conflict, WrongState
from casetracker.templatetags.ui import moment
from casetracker.web import AuthedRequest


@dataclass(frozen=True)
class Outcome:
    """What came of it: `status` of the page to show, what was saved, and what the conflict page needs."""

    saved: bool
    status: int = 200
    made: Any = None
    conflict: dict[str, Any] | None = None


def attempt(request: AuthedRequest, form: RecordForm, save: Callable[[], Any], *, back: str) -> Outcome:
    """Saves a posted form if it is right. `back` is where giving up leads. Raises Denied."""
    if request.method != "POST":
        return Outcome(False)
    if not form.is_valid():
        return Outcome(False, 422)
    try:
        made = save()
    except Conflict as conflict:
        return _changed_since(request, form, conflict.current, back)
    except WrongState as wrong:
        form.add_error(None, wrong.reason)
        return Outcome(False, 409)
    return Outcome(True, 303, made)


def _changed_since(request: AuthedRequest, form: RecordForm, current: Any, back: str) -> Outcome:
    if form.column_fields():
        return Outcome(False, 409, conflict=_side_by_side(request, form, current, back))
    # Nothing to choose between: what was asked for is asked again, over the row as it is now.
    typed: Any = form.data
    form.data = typed = typed.copy()
    typed["seen"] = str(current.version)
    form.add_error(
        None, "Somebody changed this since you opened it. Look at it as it is now; send again if it still holds."
    )
    return Outcome(False, 409)


def _side_by_side(request: AuthedRequest, form: RecordForm, current: Any, back: str) -> dict[str, Any]:
    history: Any = type(current).history
    last = history.visible_to(request.user).filter(id=current.pk).select_related("history_user").first()
    return {
        "rows": form.versus(current),
        "hidden": form.carried(current),
        "who": str(last.history_user or last.process) if last else "Somebody",
        "when": moment(last.history_date) if last else "a moment ago",
        "action": request.path,
        "cancel": back,
    }
