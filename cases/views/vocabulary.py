"""Browsing the vocabulary, and extending that of one's own dialogue. How often a term is used is never told."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.vocabulary import KINDS, add_term, check_own, edit_term
from cases.forms.vocabulary import FORMS, TermForm
from cases.models import Place
from cases.views.saving import attempt
from casetracker.access.act import Doing, check, may
from casetracker.access.models import Dialogue, User
from casetracker.access.see import holdings
from casetracker.web import AuthedRequest, get_visible_or_404, page

NAMES = {
    "theme": ("Themes", "theme"),
    "place": ("Places", "place"),
    "ethnicgroup": ("Ethnic groups", "ethnic group"),
    "statute": ("Statutes", "statute"),
    "facility": ("Facilities", "facility"),
}

# What a term of that kind lies in; the rest has nothing of the sort.
_POINTER = {"place": "region", "facility": "place"}


@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """The terms of one kind that are offered in one dialogue."""
    user = request.user
    dialogues = _dialogues(user)
    kind = request.GET.get("kind", "theme")
    if kind not in KINDS:
        kind = "theme"
    asked = request.GET.get("dialogue", "")
    dialogue = next((one for one in dialogues if str(one.pk) == asked), dialogues[0] if dialogues else None)
    context = {
        "tabs": [_tab(key, words[0], kind, dialogue) for key, words in NAMES.items()],
        "choices": [_tab(kind, one.name, kind if one == dialogue else "", one) for one in dialogues],
        "kind": kind,
        "words": NAMES[kind],
        "dialogue": dialogue,
        "rows": [_row(term, user) for term in _terms(kind, user, dialogue)],
        "may_extend": dialogue is not None and may(user, Doing.EXTEND_VOCABULARY, dialogue.label()),
    }
    return page(request, "cases/vocabulary.html", context, section="rounds")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthedRequest, kind: str) -> HttpResponse:
    """One more term, known in one dialogue."""
    form_class = _form_class(kind)
    check(request.user, Doing.EXTEND_VOCABULARY)
    dialogues = [one for one in _dialogues(request.user) if may(request.user, Doing.EXTEND_VOCABULARY, one.label())]
    form = form_class(request.POST or None, dialogues=dialogues, **_standing(kind, request.user, dialogues))
    asked = request.GET.get("dialogue", "")
    if asked in {str(one.pk) for one in dialogues}:
        form.initial["dialogue"] = asked
    outcome = attempt(
        request,
        form,
        lambda: add_term(kind=kind, dialogue=form.chosen, by=request.user, values=form.columns()),
        back=reverse("cases:vocabulary"),
    )
    if outcome.saved:
        messages.success(request, "Added. It is offered in this dialogue from now on.")
        return redirect(_url(kind, form.chosen))
    return _form_page(request, kind, form, outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, kind: str, pk: UUID) -> HttpResponse:
    """A term of one's own dialogue. Raises Denied for shared ones."""
    form_class = _form_class(kind)
    term = get_visible_or_404(KINDS[kind].objects.select_related("dialogue"), request.user, pk=pk)
    check_own(term, request.user)
    form = form_class(request.POST or None, row=term, **_standing(kind, request.user, [term.dialogue]))
    outcome = attempt(
        request,
        form,
        lambda: edit_term(
            term=term,
            by=request.user,
            seen=form.version_seen,
            changes=form.columns(),
            reason=form.reason_given,
        ),
        back=_url(kind, term.dialogue),
    )
    if outcome.saved:
        messages.success(request, "Saved." if outcome.made else "Nothing was changed.")
        return redirect(_url(kind, term.dialogue))
    return _form_page(request, kind, form, outcome.status, term=term, conflict=outcome.conflict)


def _form_class(kind: str) -> type[TermForm]:
    if kind not in FORMS:
        raise Http404
    return FORMS[kind]


def _form_page(request: AuthedRequest, kind: str, form: TermForm, status: int, **more: Any) -> HttpResponse:
    term = more.get("term")
    back = _url(kind, term.dialogue if term else None)
    context = {"form": form, "word": NAMES[kind][1], "back": back, "term": None, "conflict": None, **more}
    return page(request, "cases/vocabulary_form.html", context, section="rounds", status=status)


def _dialogues(user: User) -> list[Dialogue]:
    inside = {holding.dialogue_id for holding in holdings(user)}
    return list(Dialogue.objects.visible_to(user).filter(pk__in=sorted(inside)))


def _terms(kind: str, user: User, dialogue: Dialogue | None) -> list[Any]:
    """Everything offered in `dialogue`, its own retired terms too; without a dialogue all that is shared."""
    terms = KINDS[kind].objects.visible_to(user).select_related(_POINTER.get(kind, "dialogue"))
    if dialogue is None:
        return list(terms.filter(dialogue__isnull=True))
    shared = Q(dialogue__isnull=True, pack__in=["", dialogue.pack], retired=False)
    return list(terms.filter(shared | Q(dialogue=dialogue)))


def _standing(kind: str, user: User, dialogues: list[Dialogue]) -> dict[str, Any]:
    """What forms compare with and offer: terms of this kind, and places."""
    terms = list(KINDS[kind].objects.visible_to(user))
    if kind not in ("place", "facility"):
        return {"terms": terms}
    packs = {"", *(dialogue.pack for dialogue in dialogues)}
    offered = Q(dialogue__isnull=True, pack__in=sorted(packs)) | Q(dialogue__in=[one.pk for one in dialogues])
    return {"terms": terms, "places": list(Place.objects.visible_to(user).filter(offered, retired=False))}


def _row(term: Any, user: User) -> dict[str, Any]:
    lies_in = getattr(term, "region", None) or getattr(term, "place", None)
    own = term.dialogue_id is not None
    return {
        "term": term,
        "lies_in": str(lies_in) if lies_in else "",
        "own": own,
        "may_edit": own and may(user, Doing.EXTEND_VOCABULARY, term.label()),
    }


def _url(kind: str, dialogue: Dialogue | None) -> str:
    query = {"kind": kind} | ({"dialogue": str(dialogue.pk)} if dialogue else {})
    return f"{reverse('cases:vocabulary')}?{urlencode(query)}"


def _tab(kind: str, words: str, current: str, dialogue: Dialogue | None) -> dict[str, Any]:
    return {"label": words, "url": _url(kind, dialogue), "current": kind == current}
