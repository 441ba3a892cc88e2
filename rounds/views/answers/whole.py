"""The page of one answer, whole: what was said beside what was asked and what is known, and what is next to be done."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases.blocks import date_words
from cases.forms.record_form import RecordForm
from cases.models import Case, CaseEvent, Claim
from cases.names.scripts import bcp47, script_of
from cases.sentences import sentence_words
from cases.status import in_order
from cases.views.saving import Outcome
from casetracker.access.act import Doing, may
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, get_visible_or_404, page
from rounds.actions.coding import is_earlier
from rounds.answer_past import past_of_item
from rounds.answer_queue import Queue, in_turn, next_in
from rounds.claim_contradictions import against
from rounds.claimed import USUALLY, claim_words
from rounds.codes import Assessment, ItemClaimState, ResponseCode
from rounds.contradicting import contradictions_of
from rounds.days import day_in_words
from rounds.forms_answers import AssessForm, CodeForm, SecondForm
from rounds.models import ItemClaim, ResponseItem
from rounds.states import ItemState
from rounds.told import Answer
from rounds.told import in_turn as by_day

RELATED = (
    "response__round",
    "response__partner",
    "response__dialogue",
    "response__compartment",
    "raising__round",
    "raising__partner",
    "raising__entry__case_list",
    "case__dialogue",
    "coded_by",
    "second_coder",
)
# What is no longer the form of this state is shown as words, so that nothing typed is lost.
STATES_OF = {
    "code": (ItemState.RECORDED, ItemState.DISPUTED),
    "second": (ItemState.CODED,),
    "assess": (ItemState.CONFIRMED, ItemState.DISPUTED),
}


@dataclass
class Place:
    """What stands open on the page: a part ("code", "second", "assess", "claim-new", "accept", "reject"), its form,
    what came of sending it, the claim it is about, and `more` for its template."""

    part: str = ""
    form: Any = None
    outcome: Outcome | None = None
    claim: ItemClaim | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Known:
    """What the page needs of the case, fetched once."""

    item: ResponseItem
    user: User
    events: list[CaseEvent] = field(default_factory=list)
    held: list[Claim] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def here(self) -> Answer:
        """This answer among the others."""
        return next(one for one in self.answers if one.item.pk == self.item.pk)

    @property
    def before(self) -> list[Answer]:
        """Earlier answers that stand, oldest first."""
        return [one for one in self.answers if not one.struck_why and is_earlier(one.item, self.item)]

    @property
    def after(self) -> list[Answer]:
        """Later answers that stand."""
        others = [one for one in self.answers if not one.struck_why and one.item.pk != self.item.pk]
        return [one for one in others if not is_earlier(one.item, self.item)]


def item_or_404(request: AuthedRequest, pk: UUID) -> ResponseItem:
    """The answer, with `turn` and (where a correction took its place) `newer`; Http404 for hidden and missing alike."""
    corrections = ResponseItem.objects.visible_to(request.user).filter(supersedes=OuterRef("pk")).order_by()
    rows = ResponseItem.objects.select_related(*RELATED).annotate(turn=in_turn())
    rows = rows.annotate(newer=Subquery(corrections.values("pk")[:1]))
    return get_visible_or_404(rows, request.user, pk=pk)  # type: ignore[no-any-return]


def known_of(item: ResponseItem, user: User) -> Known:
    """Events, claims about identity and answers of the case; only the answer itself while it is matched to none."""
    known = Known(item, user)
    rows = ResponseItem.objects.visible_to(user)
    rows = rows.filter(case=item.case) if item.case else rows.filter(pk=item.pk)
    claims = ItemClaim.objects.visible_to(user).select_related("place", "decided_by")
    corrections = ResponseItem.objects.visible_to(user).filter(supersedes=OuterRef("pk")).order_by()
    rows = rows.select_related("response__round", "raising").prefetch_related(Prefetch("claims", claims))
    rows = rows.annotate(struck_why=Subquery(corrections.values("correction_reason")[:1]))
    found = [Answer(one, struck_why=one.struck_why or "", claims=list(one.claims.all())) for one in rows]
    for answer in found:
        for claim in answer.claims:
            claim.item = answer.item
    known.answers = sorted(found, key=by_day)
    if item.case is not None:
        events = CaseEvent.objects.visible_to(user).of(item.case).select_related("place", "facility")
        known.events = in_order(events)
        known.held = list(Claim.objects.visible_to(user).of(item.case))
    return known


def whole(request: AuthedRequest, item: ResponseItem, place: Place | None = None) -> HttpResponse:
    """The page of `item` with `place` as it is. Reading it is recorded."""
    place, user = place or Place(), request.user
    known = known_of(item, user)
    record(Verb.RESPONSE_READ, by=user, about=item, detail={"item": 1})
    context = {
        "item": item,
        "response": item.response,
        "case": item.case,
        "marking": Marking(item.response.marking).on_paper,
        "said": said(item),
        "asked": _asked(item),
        "standing": _standing(item.case) if item.case else [],
        "events": [_event(event) for event in known.events[-5:][::-1]],
        "more_events": max(len(known.events) - 5, 0),
        "earlier": known.before,
        "later": known.after,
        "contradicts": contradictions_of(known.here, known.before, known.events) if item.code else [],
        "claims": _claims(known),
        "past": past_of_item(item, user),
        "repeated": next((one.item.pk for one in known.answers if one.item.pk == item.repeats_id), None),
        "place": place,
        **_queue(request, item),
        **_acts(item, user, known, place),
    }
    status = place.outcome.status if place.outcome else 200
    return page(
        request, "rounds/answer/answer.html", context, section="responses", label=_highest(item, known), status=status
    )


def _highest(item: ResponseItem, known: Known) -> Label:
    """The label to print on the page: earlier and later answers beside this one may be marked higher."""
    markings = [one.item.response.marking for one in known.answers]
    return Label(item.response.dialogue_id, max([item.response.marking, *markings]))


def _queue(request: AuthedRequest, item: ResponseItem) -> dict[str, Any]:
    """The queue the answer was opened from, if any, and the way on."""
    queue = Queue.read(request.GET, "queue")
    if queue is None:
        return {"queue": None, "queue_url": reverse("rounds:coding"), "keep": "", "next": None}
    return {
        "queue": queue,
        "queue_url": f"{reverse('rounds:coding')}?{urlencode(queue.query())}",
        "keep": f"?{urlencode(queue.query('queue'))}",
        "next": next_in(queue, item, request.user),
    }


def said(item: ResponseItem) -> dict[str, str]:
    """The words, each with its language."""
    response = item.response
    verbatim, name = item.verbatim, item.written_as
    return {
        "verbatim": verbatim,
        "lang": _lang(verbatim),
        "translation": item.translation,
        "name": name,
        "name_lang": _lang(name),
        "speaker": ", ".join(part for part in (response.speaker, str(response.partner or "")) if part),
    }


def _lang(words: str) -> str:
    return bcp47(script_of(words), "")[0] if words else ""


def _asked(item: ResponseItem) -> list[dict[str, Any]]:
    raising = item.raising
    if raising is None:
        return []
    asked = raising.words or (raising.entry.ask if raising.entry else "")
    facts: list[dict[str, Any]] = [
        {"label": "Asked", "value": asked},
        {"label": "On", "value": day_in_words(raising.on), "note": str(raising.round or "")},
        {"label": "How", "value": raising.get_channel_display()},
    ]
    if raising.entry is not None:
        facts[-1]["url"] = reverse("rounds:list", args=[raising.entry.case_list_id])
    if raising.partner is not None:
        facts.append({"label": "By", "value": str(raising.partner)})
    return facts


def _standing(case: Case) -> list[dict[str, Any]]:
    facts = [
        ("Held at", case.place_name),
        ("Detained since", case.detained_text),
        ("Expected release", day_in_words(date.fromisoformat(case.term_ends)) if case.term_ends else ""),
        ("Born", case.birth_text or str(case.birth or "")),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _event(event: CaseEvent) -> dict[str, str]:
    where = str(event.facility or "") or event.facility_text
    spot = ", ".join(part for part in (event.place_text, str(event.place or "")) if part)
    claimed = f"says the {event.get_claimed_by_display()}" if event.claimed_by else ""
    parts = [date_words(event.when, event.when_text) or "undated", where, spot, event.get_certainty_display(), claimed]
    term = sentence_words(event.term_kind, event.term_months)
    what = ", ".join(part for part in (str(event.get_kind_display()), term) if part)
    return {"what": what, "note": " · ".join(part for part in parts if part), "tone": event.certainty}


def _claims(known: Known) -> list[dict[str, Any]]:
    """The claims of this answer, each with what it contradicts while nobody has decided."""
    case, today = known.item.case, timezone.localdate()
    earlier = [claim for answer in reversed(known.before) for claim in answer.claims]
    rows = []
    for claim in known.here.claims:
        open_ = case is not None and claim.state == ItemClaimState.PROPOSED
        found = (
            against(claim, case=case, events=known.events, held=known.held, earlier=earlier, today=today)
            if open_ and case is not None
            else []
        )
        rows.append({"claim": claim, "words": claim_words(claim), "against": found, "open": open_})
    return rows


def _acts(item: ResponseItem, user: User, known: Known, place: Place) -> dict[str, Any]:
    """What the viewer may do now, and the forms for it."""
    label, frozen = item.label(), bool(item.newer)  # type: ignore[attr-defined]
    mine = item.coded_by_id == user.pk
    may_code = not frozen and may(user, Doing.CODE_ANSWER, label)
    may_second = not frozen and not mine and may(user, Doing.CONFIRM_ANSWER, label)
    may_assess = not frozen and may(user, Doing.ASSESS_ANSWER, label)
    case_label = item.case.label() if item.case else None
    forms: dict[str, RecordForm] = {}
    if may_code and item.state in STATES_OF["code"]:
        forms["code"] = CodeForm(row=item, earlier=repeatable(known))
    if may_second and item.state in STATES_OF["second"]:
        forms["second"] = SecondForm(row=item)
    if may_assess and item.state in STATES_OF["assess"]:
        forms["assess"] = AssessForm(row=item)
    if place.part in forms:
        forms[place.part] = place.form
    lost = place.form if place.part in STATES_OF and place.part not in forms else None
    if "second" in forms and isinstance(lost, CodeForm) and lost.picked:
        forms["second"].initial["second_note"] = f"I would code it {lost.picked}. {lost['note'].value() or ''}".strip()
    return {
        "forms": forms,
        "lost": _typed(lost) if lost is not None else [],
        "lost_why": list(lost.non_field_errors()) if lost is not None else [],
        "mine": mine,
        "may_claim": may_code and item.case is not None and item.state != ItemState.RECORDED,
        "may_decide": not frozen and case_label is not None and may(user, Doing.EDIT_CASE, case_label),
        "usually": [{"kind": kind.value, "label": kind.label} for kind in USUALLY.get(item.code, ())],
    }


def repeatable(known: Known) -> list[tuple[UUID, str]]:
    """Earlier answers this one may repeat, latest first: those that all who see this one see, too."""
    label = known.item.label()
    return [
        (one.item.pk, f"{day_in_words(one.on)}: {one.tag}")
        for one in reversed(known.before)
        if label.dominates(one.item.label())
    ]


def _typed(form: RecordForm) -> list[dict[str, str]]:
    """What was typed into a form that no longer fits, in words."""
    if isinstance(form, CodeForm):
        words = ResponseCode(form.picked).label if form.picked in ResponseCode.values else ""
        rows = [("Code", f"{form.picked} {words}".strip()), ("Why this code", form["note"].value())]
    elif isinstance(form, AssessForm):
        chosen = dict(Assessment.choices).get(form["assessment"].value() or "", "")
        rows = [("Assessment", str(chosen)), ("Note", form["note"].value())]
    else:
        rows = [("Why you dispute it", form["second_note"].value())]
    return [{"label": label, "value": value} for label, value in rows if value]


def answer_url(item: ResponseItem, part: str = "", keep: str = "") -> str:
    """Where an answer is shown, at one of its parts, in the queue it was opened from."""
    return reverse("rounds:answer", args=[item.pk]) + keep + (f"#{part}" if part else "")
