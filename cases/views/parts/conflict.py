"""Somebody saved first, or removed what was being edited: nothing that was typed is lost."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse

from cases.forms.part_form import PartForm
from cases.history import removal_of, sources_then, version_of
from cases.merging import Merged, merge
from cases.models import Case, CaseEvent, CaseName
from cases.names.scripts import bcp47, script_of
from cases.views.parts.sections import Section
from cases.views.parts.showing import case_url, in_case, show_form
from casetracker.access.models import User
from casetracker.templatetags.ui import moment
from casetracker.web import AuthedRequest


def merged(section: Section, row: Any, form: PartForm, data: QueryDict, user: User) -> Merged:
    """What is to be written over `row` as it is now; collisions where somebody has to choose first.

    The form says which version was seen (`seen`) and, on the conflict page, which version both began with (`base`).
    """
    mine, theirs = form.wanted(), form.standing(row)
    seen = form.cleaned_data["seen"]
    base_version = _number(data.get("base")) or seen
    if base_version == row.version:
        return merge(mine=mine, theirs=theirs, base=theirs, keep={})
    base_row = version_of(section.model, row.pk, base_version, user)
    if base_row is not None and section.model is CaseEvent:
        base_row.sources = sources_then(row.pk, base_row.history_date, user)
    base = form.standing(base_row) if base_row is not None else None
    keep = _chosen(data, form) if seen == row.version else {}
    return merge(mine=mine, theirs=theirs, base=base, keep=keep)


def conflict(
    request: AuthedRequest, case: Case, section: Section, row: Any, form: PartForm, found: Merged
) -> HttpResponse:
    """Both versions side by side (409): per field theirs or yours."""
    mine, theirs = form.wanted(), form.standing(row)
    rows = [
        {
            "name": name,
            "label": form.fields[name].label,
            "theirs": form.words(name, theirs[name]),
            "yours": form.words(name, mine[name]),
            "lang": _lang(section, name, mine[name]),
            "error": "",
        }
        for name in found.collisions
    ]
    theirs_row = version_of(section.model, row.pk, row.version, request.user)
    base = request.POST.get("base") or form.cleaned_data["seen"]
    context = {
        "heading": f"Two versions of the {section.noun}",
        "rows": rows,
        "who": who_did(theirs_row),
        "when": moment(row.changed_at),
        "action": request.path,
        "cancel": case_url(case, section.key),
        "hidden": [*_typed(request.POST), ("seen", row.version), ("base", base)],
    }
    return in_case(request, case, "cases/case/conflict.html", context, status=409)


def gone(request: AuthedRequest, case: Case, section: Section, pk: UUID) -> HttpResponse:
    """The part was removed meanwhile: says by whom and why, offers to add it again. Raises Http404 if it never was."""
    removal = removal_of(section.model, pk, case, request.user)
    if removal is None or section.add is None:
        raise Http404
    reason = f" “{removal.history_change_reason}”" if removal.history_change_reason else ""
    note = f"{who_did(removal)} removed this {section.noun} on {moment(removal.history_date)}.{reason}"
    typed = request.method == "POST"
    form = section.form(request.POST if typed else None, case=case, user=request.user)
    again = "What you typed is still here: save it to add it again." if typed else "You can add it again."
    return show_form(
        request,
        case,
        form,
        heading=f"This {section.noun} was removed",
        note=f"{note} {again}",
        submit="Add it again",
        action=reverse("cases:part_add", args=[case.reference, section.key]),
        back=section.key,
        wide=section.wide,
        status=409,
    )


def who_did(row: Any) -> str:
    """Who wrote a row of history."""
    if row is None:
        return "Somebody"
    return str(row.history_user.name if row.history_user else row.process)


def _chosen(data: QueryDict, form: PartForm) -> Mapping[str, str]:
    return {name: data.get(f"keep-{name}", "") for name in form.shown()}


def _typed(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed, as it came, to be sent again."""
    ours = {"csrfmiddlewaretoken", "seen", "base"}
    kept = [name for name in data if name not in ours and not name.startswith("keep-")]
    return [(name, str(value)) for name in kept for value in data.getlist(name)]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _lang(section: Section, name: str, columns: Mapping[str, Any]) -> str:
    if section.model is CaseName and name == "text":
        return bcp47(script_of(columns["text"]), "")[0]
    return ""
