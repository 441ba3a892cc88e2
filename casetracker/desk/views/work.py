"""Follow-ups and commitments of all cases: who owes what until when, and giving many of them to somebody else."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.follow_up import reassign_follow_ups
from cases.paging import as_key, capped_text, digest
from casetracker.access.act import Doing, may
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.desk.leaving import HandOnForm, successors
from casetracker.desk.owed import KINDS, Work, lines, rows_of
from casetracker.web import AuthedRequest, page
from rounds.actions.commitment import covering, reassign_commitments
from rounds.models import Commitment

MOST = 500


@require_http_methods(["GET", "HEAD", "POST"])
def work(request: AuthedRequest) -> HttpResponse:
    """One page of one kind. A POST gives the ticked ones to somebody else and comes back to the same list."""
    asked = Work(request.GET, request.user)
    shown = asked.page()
    ticked = _ticked(request)
    picked = _picked(request.user, str(asked.kind), ticked)
    able = _able([*shown.rows, *picked], request.user)
    people = successors({_label(row) for row in [*shown.rows, *picked] if row.pk in able}) if able else []
    form = HandOnForm(request.POST if request.method == "POST" else None, people=people)
    status = 200 if asked.is_valid else 422
    if request.method == "POST":
        status = _reassigned(request, str(asked.kind), form, picked, ticked) if people else _refused()
        if status == 302:
            return redirect(request.get_full_path())
    keys = [row.pk for row in shown.rows]
    record(Verb.WORK_LISTED, by=request.user, detail={"count": len(keys), "digest": digest(keys)})
    context = {
        "work": asked,
        "tabs": asked.tabs(),
        "kind": KINDS[str(asked.kind)],
        "rows": lines(shown.rows, able),
        "count": capped_text(shown.total),
        "pager": _pager(asked, shown),
        "keep": [(name, value) for name, value in (("kind", asked.kind), ("sort", asked.sort)) if value],
        "clear_url": asked.url(**dict.fromkeys(asked.changed, "")) if asked.changed else "",
        "form": form,
        "people": people,
        "ticked": set(ticked),
    }
    return page(request, "desk/work.html", context, section="work", status=status)


def _refused() -> int:
    raise Denied("Only those who work on these may give them to somebody else.")


def _reassign(kind: str, rows: list[Any], ticked: dict[str, str], **told: Any) -> int:
    """Raises Denied, WrongState, Conflict."""
    seen = {key: int(version) if version.isdecimal() else 0 for key, version in ticked.items()}
    if kind == "follow-up":
        return reassign_follow_ups(follow_ups=rows, seen=seen, **told)
    changed = next((row for row in rows if seen[str(row.pk)] != row.version), None)
    if changed is not None:
        raise Conflict(changed)
    return reassign_commitments(commitments=rows, **told)


def _pager(asked: Work, shown: Any) -> dict[str, str]:
    links = {f"{name}_url": asked.url(**place) for name, place in shown.links().items()}
    return {"shown": shown.shown(), **links}


def _able(rows: list[Any], user: User) -> set[Any]:
    """Keys of the rows the viewer may finish, settle and give away."""
    return {row.pk for row in rows if may(user, _doing(row), _label(row))}


def _label(row: Any) -> Label:
    """What covers a line: for a commitment its own label and that of its case."""
    return covering(row) if isinstance(row, Commitment) else row.label()


def _doing(row: Any) -> Doing:
    return Doing.TRACK_COMMITMENT if isinstance(row, Commitment) else Doing.EDIT_CASE


def _ticked(request: AuthedRequest) -> dict[str, str]:
    """Key → the version that was looked at."""
    picks = [pick.partition(":") for pick in request.POST.getlist("pick")[:MOST]]
    return {str(key): version for text, _, version in picks if (key := as_key(text))}


def _picked(user: User, kind: str, ticked: dict[str, str]) -> list[Any]:
    return list(rows_of(kind, user).filter(pk__in=list(ticked))) if ticked else []


def _reassigned(request: AuthedRequest, kind: str, form: HandOnForm, rows: list[Any], ticked: dict[str, str]) -> int:
    """Does it: 302; or leaves in the form why not: 409, 422. Raises Denied."""
    if not form.is_valid():
        return 422
    if not rows:
        form.add_error(None, "Tick at least one line.")
        return 422
    try:
        count = _reassign(kind, rows, ticked, by=request.user, **form.cleaned_data)
    except WrongState as refusal:
        form.add_error(None, refusal.reason)
        return 409
    except Conflict:
        form.add_error(None, "Somebody changed one of these meanwhile; nothing changed hands. Look again, then repeat.")
        return 409
    messages.success(request, f"Given to {form.cleaned_data['owner'].name}: {count}.")
    return 302
