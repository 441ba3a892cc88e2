"""The page of a response, whole: the reply beside the raisings that wait for one, and the answers found in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from cases.forms.record_form import RecordForm
from cases.models import Case, CaseName
from cases.search.lookup import Found
from cases.states import CaseState
from cases.views.saving import Outcome
from cases.waiting import waiting_to_fall
from casetracker.access.act import Doing, check, may
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.forms_responses import AddItemsForm
from rounds.models import Raising, Response, ResponseFile, ResponseItem
from rounds.open_raisings import LIMIT, raisings_found, raisings_under
from rounds.response_listing import items_in_order
from rounds.response_past import past_of_response
from rounds.states import ItemState


def url_of(response: Response, part: str = "") -> str:
    """Where a response is shown, at one of its parts."""
    return reverse("rounds:response", args=[response.pk]) + (f"#{part}" if part else "")


@dataclass
class Place:
    """What stands where on the page: the part being edited ("facts", "add", "edit-<item>", "remove-<item>"), its form
    and what came of sending it; raisings and cases (`about`) ticked, what was looked up, and a `note` on what could
    not be done."""

    part: str = ""
    form: RecordForm | None = None
    outcome: Outcome | None = None
    ticked: frozenset[str] = field(default_factory=frozenset)
    about: frozenset[str] = field(default_factory=frozenset)
    text: str = ""
    note: str = ""

    @property
    def status(self) -> int:
        """Of the answer."""
        if self.note:
            return 409
        return self.outcome.status if self.outcome else 200


def response_or_404(request: AuthedRequest, pk: Any) -> Response:
    """The response, or Http404 for hidden and missing alike."""
    rows = Response.objects.select_related("dialogue", "round", "partner", "compartment")
    return get_visible_or_404(rows, request.user, pk=pk)  # type: ignore[no-any-return]


def recordable_or_404(request: AuthedRequest, pk: Any) -> Response:
    """The same, for those who may record responses. Raises Denied."""
    response = response_or_404(request, pk)
    check(request.user, Doing.RECORD_RESPONSE, response.label())
    return response


def whole(request: AuthedRequest, response: Response, place: Place | None = None) -> HttpResponse:
    """The page of `response` with `place` as it is."""
    place = place or Place()
    user = request.user
    may_record = may(user, Doing.RECORD_RESPONSE, response.label())
    items = items_in_order(user, response)
    references = {item.case_id: item.case.reference for item in items if item.case}
    context = {
        "response": response,
        "dialogue": response.dialogue,
        "mark": Marking(response.marking).on_paper,
        "papers": list(ResponseFile.objects.visible_to(user).filter(response=response)),
        "items": _rows(user, items, may_record),
        # What is being changed leaves the past aside.
        "past": past_of_response(response, user, references) if place.part in ("", "add") else [],
        "part": place.part,
        "form": place.form,
        "conflict": place.outcome.conflict if place.outcome else None,
        "note": place.note,
        "waiting": waiting_to_fall(response, user),
        "may_record": may_record,
        "may_ask_who": may(user, Doing.APPROVE_GRANT, response.label()),
        "may_label": may_record or may(user, Doing.ASK_LOWER, response.label()),
        **(_asking(request, response, place, {item.raising_id for item in items}) if may_record else {}),
    }
    record(Verb.RESPONSE_READ, by=user, about=response)
    template, label = "rounds/response/response.html", response.label()
    return page(request, template, context, section="responses", label=label, status=place.status)


def _asking(request: AuthedRequest, response: Response, place: Place, here: set[Any]) -> dict[str, Any]:
    """The raisings beside the reply and the form that makes items."""
    raisings, found = raisings_for(request, response, place.text)
    return {
        "groups": grouped(raisings, here=here, ticked=place.ticked),
        "cases": [
            {"case": case, "ticked": str(case.pk) in place.about} for case in _not_raised(found, response, raisings)
        ],
        "more": len(raisings) == LIMIT,
        "looked_up": bool(place.text),
        "problem": found.problem if found else "",
        "add_form": place.form if place.part == "add" and place.form else AddItemsForm(user=request.user),
    }


def _not_raised(found: Found | None, response: Response, raisings: Iterable[Raising]) -> list[Case]:
    """Cases found that the reply may speak of, though nobody raised them before it."""
    raised, label = {one.case_id for one in raisings}, response.label()
    cases = [hit.case for hit in found.hits] if found else []
    return [
        one for one in cases if one.pk not in raised and one.state != CaseState.MERGED and label.dominates(one.label())
    ]


def raisings_for(request: AuthedRequest, response: Response, text: str) -> tuple[list[Raising], Found | None]:
    """Open raisings the response may answer, or those of the cases `text` finds; the look-up is recorded, unnamed."""
    rows = raisings_under(request.user, response.label(), dialogue=response.dialogue_id, until=response.on)
    if not text:
        return list(rows.filter(answered=False)[:LIMIT]), None
    raisings, found = raisings_found(request.user, rows, text)
    if not found.problem:
        record(Verb.CASES_SEARCHED, by=request.user, detail=found.detail)
    return raisings, found


def grouped(
    raisings: Iterable[Raising], *, here: Iterable[Any] = (), ticked: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Raisings under the list, or the occasion, they were made by."""
    matched, chosen = set(here), set(ticked)
    groups = []
    for (on, title), rows in groupby(raisings, key=lambda one: (one.on, occasion(one))):
        lines = [{"raising": one, "here": one.pk in matched, "ticked": str(one.pk) in chosen} for one in rows]
        groups.append({"title": title, "on": on, "rows": lines})
    return groups


def occasion(raising: Raising) -> str:
    """The list a raising was made by, or how it was made off the list."""
    if raising.entry is not None:
        return str(raising.entry.case_list)
    how = str(raising.get_channel_display())
    if raising.partner is not None:
        how = f"{how}, by {raising.partner}"
    return f"{how}, {raising.round}" if raising.round else how


def _rows(user: User, items: list[ResponseItem], may_record: bool) -> list[dict[str, Any]]:
    """Items with what may be done to each, and whether the name as written is new to its case."""
    wanted = {item.case_id for item in items if item.written_as and item.case_id}
    names: set[tuple[Any, str]] = set()
    if wanted and may_record:
        names = set(CaseName.objects.visible_to(user).filter(case__in=wanted).values_list("case_id", "text"))
    found = []
    for item in items:
        stands = item.later is None  # type: ignore[attr-defined]
        found.append(
            {
                "item": item,
                "occasion": occasion(item.raising) if item.raising else "",
                "stands": stands,
                "open": may_record and stands and item.state == ItemState.RECORDED,
                "coded": may_record and stands and item.state != ItemState.RECORDED,
                "matchable": may_record and stands and (item.raising_id is None or item.state == ItemState.RECORDED),
                "new_name": bool(
                    stands
                    and item.written_as
                    and item.case
                    and (item.case_id, item.written_as) not in names
                    and may(user, Doing.EDIT_CASE, item.case.label())
                ),
                "wider": bool(item.case and not item.case.label().dominates(item.response.label())),
            }
        )
    return found
