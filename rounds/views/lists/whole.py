"""The page of a list, whole. Every part is edited in its place: the page comes back with the form standing there."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases.forms.record_form import RecordForm
from cases.views.saving import Outcome
from cases.waiting import waiting_to_fall
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import WrongState
from casetracker.access.models import Approval, User
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.case_list import OPEN
from rounds.actions.consent import CODE
from rounds.actions.review import has_edited, missing
from rounds.consent import assessable, needed_on, stopped
from rounds.difference import compare
from rounds.entry_lines import lines_of
from rounds.forms_lists import CommentForm
from rounds.handovers import handovers_of
from rounds.looking_back import look_back
from rounds.models import CaseList, ListComment, ListEntry
from rounds.on_list import Row, balance, rows_of, versions_of
from rounds.snapshot import digest, heading, moved_since, occasion, pairs
from rounds.states import EntryState, ListState


@dataclass
class Place:
    """What stands where on the page: the part being worked on ("edit", "label", "state", "version", "consent", "entry",
    "hold", "override", "remove", "comment", "add", "order"), the entry it stands at (key as text),
    its form, what came of sending it, the element that gets the focus, and what else that part shows.
    """

    part: str = ""
    key: str = ""
    form: RecordForm | None = None
    outcome: Outcome | None = None
    focus: str = ""
    more: dict[str, Any] = field(default_factory=dict)


def url_of(case_list: CaseList, part: str = "") -> str:
    """Where a list is shown, at one of its parts."""
    return reverse("rounds:list", args=[case_list.pk]) + (f"#{part}" if part else "")


def list_or_404(request: AuthedRequest, pk: Any) -> CaseList:
    """The list, or Http404 for hidden and missing alike."""
    rows = CaseList.objects.select_related("round__dialogue", "compartment", "prepared_by", "approved_by")
    return get_visible_or_404(rows, request.user, pk=pk)  # type: ignore[no-any-return]


def editable_or_404(request: AuthedRequest, pk: Any) -> CaseList:
    """The same, for those who prepare lists. Raises Denied."""
    case_list = list_or_404(request, pk)
    check(request.user, Doing.PREPARE_LIST, case_list.label())
    return case_list


def entry_or_404(request: AuthedRequest, pk: Any) -> ListEntry:
    """An entry with its case and list, for those who prepare lists; Http404 for hidden and missing alike."""
    entry: ListEntry = get_visible_or_404(ListEntry.objects.select_related("case"), request.user, pk=pk)
    entry.case_list = editable_or_404(request, entry.case_list_id)
    return entry


def again(request: AuthedRequest, case_list: CaseList, *, part: str = "", focus: str = "") -> HttpResponse:
    """The page after something was done: by htmx at once, with the focus on `focus`; else at `part` of its address."""
    if request.htmx:
        return whole(request, case_list, Place(focus=focus))
    return redirect(url_of(case_list, part))


def refused(request: AuthedRequest, case_list: CaseList, wrong: WrongState) -> HttpResponse:
    """The page as it is now, with why the button that was pressed does nothing."""
    messages.error(request, wrong.reason)
    return whole(request, case_list, Place(outcome=Outcome(False, 409)))


def whole(request: AuthedRequest, case_list: CaseList, place: Place | None = None) -> HttpResponse:
    """The page of `case_list` with `place` as it is: read, and recorded as such, whatever was sent before it came.
    Twelve queries at most, however long the list; one more where consent stops it.
    """
    place, user = place or Place(), request.user
    case_list = list_or_404(request, case_list.pk) if request.method == "POST" else case_list
    record(Verb.LIST_READ, by=user, about=case_list)
    back = look_back(case_list, user)
    comments = list(ListComment.objects.visible_to(user).filter(case_list=case_list).select_related("by"))
    siblings = list(CaseList.objects.visible_to(user).filter(round=case_list.round_id))
    rows = rows_of(back.here, comments, user)
    between = compare(case_list, back)
    is_open, on = case_list.state in OPEN, needed_on(case_list.round)
    lacking = stopped(back.here, on) if is_open or case_list.state == ListState.APPROVED else []
    context = {
        "case_list": case_list,
        "label_words": Marking(case_list.marking).on_paper,
        "lines": lines_of(rows, case_list, place.focus, on=on, waits=_waiting(lacking, user) if is_open else ()),
        **_of_rows(rows),
        **_said(comments),
        "difference": between,
        "missing": missing(back.here, [one.entry for one in between.missing], on) if is_open else [],
        **_lacking(lacking, on),
        "moved": moved_since(case_list),
        **_beside(case_list, siblings, user),
        **_acts(case_list, user, siblings),
        **_standing(case_list, place, user),
    }
    status = place.outcome.status if place.outcome else 200
    return page(request, "rounds/list/list.html", context, section="lists", label=case_list.label(), status=status)


def _said(comments: list[ListComment]) -> dict[str, Any]:
    """Remarks on the whole list, and how many comments are not settled."""
    remarks = [one for one in comments if one.entry_id is None]
    return {"remarks": remarks, "unsettled": sum(not one.settled for one in comments)}


def _lacking(lacking: list[ListEntry], on: date) -> dict[str, Any]:
    """What is said of entries without consent on that day."""
    return {"unconsented": lacking, "assessable": len(assessable(lacking)), "consent_on": on}


def _waiting(lacking: list[ListEntry], user: User) -> set[UUID]:
    """Keys of the entries for which a second person was asked. A query only where there can be one."""
    if not lacking:
        return set()
    rows = Approval.objects.visible_to(user).in_time().filter(kind=CODE, object_id__in=[one.pk for one in lacking])
    return set(rows.order_by().values_list("object_id", flat=True))


def _beside(case_list: CaseList, siblings: list[CaseList], user: User) -> dict[str, Any]:
    """The versions of the list, the other lists of its round, its handovers, and what waits for a second person."""
    versions = versions_of(case_list, siblings)
    keys = {one.pk for one in versions}
    return {
        "versions": versions,
        "others": [one for one in siblings if one.pk not in keys],
        "handovers": handovers_of(case_list, user),
        "waiting": waiting_to_fall(case_list, user),
    }


def _of_rows(rows: list[Row]) -> dict[str, Any]:
    """The entries, and what is said of all of them."""
    proposed = any(row.entry.state == EntryState.PROPOSED for row in rows)
    return {"rows": rows, "proposed": proposed, "shown": _shown(rows), "balance": balance(rows)}


def _shown(rows: list[Row]) -> str:
    on_sheet = sum(not row.back for row in rows)
    back = len(rows) - on_sheet
    return f"{on_sheet} on the sheet" + (f", {back} held back" if back else "")


def _acts(case_list: CaseList, user: User, siblings: list[CaseList]) -> dict[str, Any]:
    """What the viewer may do with the list as it stands."""
    label, state = case_list.label(), case_list.state
    prepares, is_open = may(user, Doing.PREPARE_LIST, label), state in OPEN
    approves = state == ListState.IN_REVIEW and may(user, Doing.APPROVE_LIST, label)
    edited = approves and has_edited(case_list, user, siblings)
    return {
        "may_edit": prepares and is_open,
        "may_comment": is_open and may(user, Doing.COMMENT_LIST, label),
        "may_ask_who": may(user, Doing.APPROVE_GRANT, label),
        "may_label": prepares or (is_open and may(user, Doing.ASK_LOWER, label)),
        "may_submit": prepares and state == ListState.DRAFT,
        "may_return": approves,
        "may_approve": approves and not edited,
        "has_edited": edited,
        "may_withdraw": prepares and state in (*OPEN, ListState.APPROVED),
        "may_renew": prepares and state == ListState.APPROVED,
        "may_hand_over": may(user, Doing.HAND_OVER, label),
    }


def _standing(case_list: CaseList, place: Place, user: User) -> dict[str, Any]:
    """What stands open on the page."""
    found: dict[str, Any] = {
        "part": place.part,
        "at": place.key,
        "form": place.form,
        "conflict": place.outcome.conflict if place.outcome else None,
        "focus": place.focus,
        "remark_form": place.form if place.part == "comment" and not place.key else CommentForm(),
        "more": place.more,
    }
    if place.part == "state" and place.more.get("to") == ListState.APPROVED:
        sheet, top = pairs(case_list, user), heading(case_list)
        found |= {"sheet": sheet, "digest": digest(top, [said for _, said in sheet])}
        found |= {"top": top, "occasion": occasion(top)}
    return found
