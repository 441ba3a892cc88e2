"""Suggestions for a list: why each case is worth raising, to tick and put on the list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.filters import offered_to
from cases.paging import CAP, as_key, capped_text, digest
from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.templatetags.ui import plural_count
from casetracker.web import AuthedRequest, page
from rounds.actions.case_list import add_cases
from rounds.forms_choosing import SuggestionFilter
from rounds.models import CaseList
from rounds.reasons import ReasonCode
from rounds.suggestions import Ranking, Suggestions
from rounds.views.choosing.whole import head, works_on
from rounds.views.lists.whole import list_or_404

SIZE = 50
PARAMETERS = ("reason", "theme", "owner", "place")
# At most so many ticked ones are looked at: more than a page holds nobody sends by hand.
MOST_TICKED = 500


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The suggestions; a POST puts the ticked ones (`case`, repeatable) on the list, with their reasons."""
    case_list = list_or_404(request, pk)
    if request.method == "POST":
        check(request.user, Doing.PREPARE_LIST, case_list.label())
        return _add(request, case_list)
    return _page(request, case_list, request.GET)


def _add(request: AuthedRequest, case_list: CaseList) -> HttpResponse:
    asked = QueryDict(request.POST.get("query", "")[:1000])
    ticked = [key for key in map(as_key, request.POST.getlist("case")[:MOST_TICKED]) if key]
    if not ticked:
        return _page(request, case_list, asked, wrong="Tick the cases that go on the list.", status=422)
    found = Suggestions(case_list, request.user, today=timezone.localdate())
    chosen = found.of(ticked)
    try:
        made = add_cases(
            case_list=case_list,
            by=request.user,
            cases=[one.case for one in chosen],
            why={one.case.pk: one.why for one in chosen},
            carried_from={one.case.pk: one.carried_from for one in chosen if one.carried_from},
        )
    except WrongState as wrong:
        return _page(request, case_list, asked, wrong=wrong.reason, status=409)
    messages.success(request, _told(len(made), len(set(ticked))))
    return redirect(_address(case_list, asked))


def _told(made: int, ticked: int) -> str:
    said = f"{plural_count(made, 'case')} {'is' if made == 1 else 'are'} now on the list, as proposed."
    if made < ticked:
        said += f" {ticked - made} could not be put on it, or stood on it already."
    return said


def _page(
    request: AuthedRequest, case_list: CaseList, asked: QueryDict, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    form = SuggestionFilter(asked, offered=offered_to(request.user), user=request.user)
    found = Suggestions(case_list, request.user, today=timezone.localdate())
    ranking = found.ranking(form.narrow(found.candidates()))
    chosen = ranking.only(form.chosen_reason) if form.is_valid() else ranking
    shown = min(len(chosen), CAP)
    number = _number(asked, shown)
    rows = found.told(chosen, start=number * SIZE, size=min(SIZE, shown - number * SIZE))
    keys = [one.case.pk for one in rows]
    record(Verb.CASES_LISTED, by=request.user, about=case_list, detail={"count": len(keys), "digest": digest(keys)})
    context = {
        **head(case_list),
        "form": form,
        "rows": rows,
        "more": len(chosen) > CAP,
        "reasons": _reasons(case_list, asked, ranking, form.data.get("reason", "")),
        "pager": _pager(case_list, asked, number, len(chosen)),
        "is_filtered": any(asked.get(name) for name in PARAMETERS),
        "clear_url": reverse("rounds:suggestions", args=[case_list.pk]),
        "query": _query(asked, page=str(number + 1) if number else ""),
        "works": works_on(case_list, request.user),
        "wrong": wrong,
    }
    if status == 200 and not form.is_valid():
        status = 422
    return page(
        request, "rounds/choosing/suggestions.html", context, section="lists", label=case_list.label(), status=status
    )


def _number(asked: QueryDict, total: int) -> int:
    """The page asked for, counted from 0; the first where there is no such page."""
    text = asked.get("page", "")
    number = int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return number if 0 <= number * SIZE < total else 0


def _query(asked: QueryDict, **changes: str) -> str:
    """The query string with some parameters changed; known parameters only."""
    made = QueryDict(mutable=True)
    for name in (*PARAMETERS, "page"):
        value = changes.get(name, asked.get(name, "") if name in PARAMETERS else "")
        if value:
            made[name] = value
    return made.urlencode()


def _address(case_list: CaseList, asked: QueryDict, **changes: str) -> str:
    query = _query(asked, **changes)
    return reverse("rounds:suggestions", args=[case_list.pk]) + (f"?{query}" if query else "")


def _reasons(case_list: CaseList, asked: QueryDict, ranking: Ranking, current: str) -> list[dict[str, Any]]:
    """A chip for every reason that some case has, with how many."""
    everything = {"label": "all", "count": len(ranking), "words": capped_text(len(ranking))}
    chips: list[dict[str, Any]] = [{**everything, "url": _address(case_list, asked, reason=""), "current": not current}]
    return chips + [
        {
            "label": code.label,
            "count": ranking.by_reason[code],
            "words": capped_text(ranking.by_reason[code]),
            "url": _address(case_list, asked, reason=code.value),
            "current": code == current,
        }
        for code in ReasonCode
        if ranking.by_reason[code] or code == current
    ]


def _pager(case_list: CaseList, asked: QueryDict, number: int, total: int) -> dict[str, str]:
    """Page numbers, unlike `cases.paging`: the order is made of several questions and no key begins a page in it. At
    most a thousand are shown; whoever looks for others chooses a reason or narrows the filter.
    """
    reachable = min(total, CAP)
    last = max(reachable - 1, 0) // SIZE
    places = {"first": 0, "previous": number - 1, "next": number + 1, "last": last}
    leads = {
        name: _address(case_list, asked, page=str(place + 1) if place else "")
        for name, place in places.items()
        if (name in ("first", "previous")) == (place < number) and place != number and 0 <= place <= last
    }
    end = min((number + 1) * SIZE, reachable)
    shown = f"{number * SIZE + 1:,}–{end:,} of {capped_text(total)}" if total else ""
    return {"shown": shown, **{f"{name}_url": url for name, url in leads.items()}}
