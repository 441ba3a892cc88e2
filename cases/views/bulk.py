"""One change to many cases: choose it, look at every case before and after, confirm with a reason, take it back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.actions.bulk import MOST, Change, Kind, Outcome, change_many, plan
from cases.actions.bulk_undo import plan_undo
from cases.actions.bulk_undo import undo as take_back
from cases.actions.consent import VALUES
from cases.forms.table import KEEP, AssignForm, ConsentForm, LabelForm, ReasonForm, Selection, StateForm, ThemeForm
from cases.listing import Listing, list_url
from cases.models import Case, Theme
from cases.paging import as_key
from cases.views.table import UNDO_KEY
from casetracker.access.act import ROLES, Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import Compartment, User
from casetracker.access.see import active_now, holdings
from casetracker.web import AuthedRequest, page

TITLES = {
    Kind.ASSIGN: "Assign cases", Kind.LABEL: "Label cases", Kind.THEME: "Add a theme", Kind.STATE: "Change the state",
    Kind.CONSENT: "Assess consent and harm",
}  # fmt: skip
DONE = {
    Kind.ASSIGN: "assigned", Kind.LABEL: "labelled", Kind.THEME: "given the theme", Kind.STATE: "moved",
    Kind.CONSENT: "assessed",
}  # fmt: skip
NAMED = 5


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: AuthedRequest) -> HttpResponse:
    """The steps of one change; each is a POST from the page before it."""
    if request.method != "POST" or request.POST.get("doing") not in set(Kind):
        return redirect(list_url(request))
    kind = Kind(request.POST["doing"])
    check(request.user, Doing.EDIT_CASE)
    chosen = Selection.read(request.POST)
    cases = _cases(request, chosen)
    if not cases:
        messages.warning(request, "No case was ticked. Tick the cases first.")
        return redirect(list_url(request))
    step = request.POST.get("step", "")
    form = _form(kind, request.user, request.POST if step else None)
    if step and form.is_valid() and len(cases) <= MOST:
        change = _change(kind, form.cleaned_data, request.user)
        return _planned(request, kind, form, change, cases, chosen, confirming=step == "confirm")
    status = 422 if step or len(cases) > MOST else 200
    return _page(request, kind, form, cases, chosen, status=status)


def _planned(
    request: AuthedRequest,
    kind: Kind,
    form: Any,
    change: Change,
    cases: list[Case],
    chosen: Selection,
    *,
    confirming: bool,
) -> HttpResponse:
    """Before and after; or, with a reason, the deed."""
    why = ReasonForm(request.POST if confirming else None)
    told, status = "", 200
    if confirming and not why.is_valid():
        status = 422
    elif confirming:
        reason = why.cleaned_data["reason"]
        try:
            outcome = change_many(cases=cases, by=request.user, change=change, seen=chosen.seen, reason=reason)
        except WrongState as error:
            told, status = error.reason, 409
        else:
            request.session[UNDO_KEY] = str(outcome.action)
            _tell(request, outcome, DONE[kind])
            return redirect(list_url(request))
    planned = plan(cases=cases, by=request.user, change=change, seen=chosen.seen)
    extra = {"planned": planned, "why": why, "told": told, "values": _values(form)}
    return _page(request, kind, form, cases, chosen, status=status, **extra)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: AuthedRequest, action: UUID) -> HttpResponse:
    """What taking back a change would do; by POST does it."""
    found = plan_undo(action=action, by=request.user)
    if found is None:
        raise Http404
    told = ""
    if request.method == "POST":
        try:
            outcome = take_back(action=action, by=request.user)
        except WrongState as error:
            told = error.reason
        else:
            _tell(request, outcome, "put back")
            return redirect(list_url(request))
    able = [one for one in found.planned if not one.skip]
    context = {
        "found": found,
        "able": [] if found.too_late else able,
        "skipped": [one for one in found.planned if one.skip],
        "told": told,
        "back": list_url(request),
    }
    return page(request, "cases/bulk_undo.html", context, section="cases", status=409 if told else 200)


def _page(
    request: AuthedRequest, kind: Kind, form: Any, cases: list[Case], chosen: Selection, *, status: int, **extra: Any
) -> HttpResponse:
    """`planned` in `extra` makes it the page that asks for confirmation."""
    planned = extra.get("planned", [])
    context = {
        "kind": kind.value,
        "title": TITLES[kind],
        "form": form,
        "cases": cases[:MOST],
        "too_many": len(cases) > MOST,
        "most": MOST,
        "able": [one for one in planned if not one.skip],
        "skipped": [one for one in planned if one.skip],
        "fields": [(case.pk, chosen.seen.get(case.pk, case.version)) for case in cases[:MOST]],
        "query": chosen.query,
        "back": list_url(request),
        **extra,
    }
    return page(request, "cases/bulk.html", context, section="cases", status=status)


def _cases(request: AuthedRequest, chosen: Selection) -> list[Case]:
    """The cases meant, whole and in the order of the table: at most one more than may be changed."""
    whole = Case.objects.visible_to(request.user).select_related("owner", "dialogue", "compartment")
    if not chosen.whole:
        return list(whole.filter(pk__in=chosen.keys[: MOST + 1]).order_by("reference"))
    keys = list(Listing(QueryDict(chosen.query), request.user).cases().values_list("pk", flat=True)[: MOST + 1])
    found = whole.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _form(kind: Kind, user: User, data: Any) -> Any:
    if kind == Kind.ASSIGN:
        return AssignForm(data, people=_editors(user))
    if kind == Kind.LABEL:
        circles = list(Compartment.objects.visible_to(user).select_related("dialogue"))
        return LabelForm(data, reach=max(holding.marking for holding in holdings(user)), circles=circles)
    if kind == Kind.THEME:
        return ThemeForm(data, themes=_themes(user))
    return ConsentForm(data) if kind == Kind.CONSENT else StateForm(data)


def _editors(user: User) -> list[User]:
    """Colleagues who edit cases in a dialogue of the viewer."""
    dialogues = {holding.dialogue_id for holding in holdings(user)}
    editing = active_now("grants__") & Q(grants__dialogue_id__in=dialogues, grants__role__in=ROLES[Doing.EDIT_CASE])
    return list(User.objects.visible_to(user).filter(editing, is_active=True).distinct())


def _themes(user: User) -> list[Theme]:
    themes: Any = Theme.objects.visible_to(user)
    return list(themes.filter(retired=False))


def _change(kind: Kind, values: Mapping[str, Any], user: User) -> Change:
    """The change the form asks for. What it names was offered, so it is there."""
    if kind == Kind.ASSIGN:
        return Change(kind, owner=User.objects.visible_to(user).filter(pk=values["owner"]).first())
    if kind == Kind.THEME:
        return Change(kind, theme=next(one for one in _themes(user) if one.pk == values["theme"]))
    if kind == Kind.STATE:
        return Change(kind, to=values["to"])
    if kind == Kind.CONSENT:
        return Change(kind, use=values["use"], assessed={name: values[name] for name in VALUES})
    circle = Compartment.objects.visible_to(user).filter(pk=as_key(values["compartment"])).first()
    marking = None if values["marking"] == KEEP else int(values["marking"])
    kept = values["compartment"] == KEEP
    return Change(kind, marking=marking, compartment=circle, keep_compartment=kept)


def _values(form: Any) -> list[tuple[str, str]]:
    """What was chosen, to be carried to the next step."""
    return [(name, form.data.get(name, "")) for name in form.fields]


def _tell(request: AuthedRequest, outcome: Outcome, done: str) -> None:
    """By references, never by names."""
    count = len(outcome.done)
    text = f"{count:,} case{'' if count == 1 else 's'} {done}."
    if outcome.skipped:
        named = [one.case.reference for one in outcome.skipped[:NAMED]]
        more = len(outcome.skipped) - len(named)
        text += f" Left as they are: {', '.join(named)}" + (f" and {more:,} more." if more else ".")
    messages.success(request, text)
