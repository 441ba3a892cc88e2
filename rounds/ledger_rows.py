"""What the ledger of a case is made of: the rows, fetched with only the columns shown, and the words for each."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import DateField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.codes import ClaimField, EventKind
from cases.models import Case
from cases.sentences import sentence_words
from casetracker.access.models import User
from casetracker.access.roles import Marking
from rounds.codes import (
    Acceptance,
    Assessment,
    Channel,
    CommitmentState,
    Form,
    ItemClaimKind,
    ItemClaimState,
    ResponseCode,
)
from rounds.days import day_in_words, list_in_words, round_in_words
from rounds.models import Commitment, ItemClaim, ListEntry, Raising, ResponseItem
from rounds.states import Disposition, EntryState, ItemState, ListState

IN_WORK = (ListState.DRAFT, ListState.IN_REVIEW, ListState.APPROVED)
_LIST = "entry__case_list__"
RAISING = (
    "pk", "on", "channel", "speaker", "words", "voided", "voided_reason", "partner__name", "theme__name",
    "handover__outcome", "round_id", "round__ordinal", "round__starts", "round__ends", "entry_id", "entry__position",
    "entry__ask", "entry__accepted", "entry__disposition", "entry__disposition_reason", "entry__carried",
    "entry__case_list_id", f"{_LIST}marking", f"{_LIST}number", f"{_LIST}supplementary", f"{_LIST}round__ordinal",
    f"{_LIST}round__starts", f"{_LIST}round__ends",
)  # fmt: skip
ANSWER = (
    "pk", "raising_id", "raising__on", "position", "code", "grade", "state", "verbatim", "translation", "written_as",
    "assessment", "assessment_note", "second_note", "repeats_id", "coded_by__name", "second_coder__name",
    "response_id", "response__on", "response__form", "response__language", "response__marking",
    "response__partner__name", "response__round_id", "response__round__ordinal", "response__round__starts",
    "response__round__ends", "struck_why",
)  # fmt: skip
CLAIM = (
    "item_id", "kind", "event_kind", "when", "when_text", "place_text", "facility_text", "term_kind", "term_months",
    "field", "value", "state", "place__name",
)  # fmt: skip

CHANNELS, FORMS, CODES = dict(Channel.choices), dict(Form.choices), dict(ResponseCode.choices)
_ITEM_STATES, _ASSESSMENTS, _DISPOSITIONS = (
    dict(ItemState.choices), dict(Assessment.choices), dict(Disposition.choices),
)  # fmt: skip
_LIST_STATES, _ENTRY_STATES, _PROMISES = (
    dict(ListState.choices), dict(EntryState.choices), dict(CommitmentState.choices),
)  # fmt: skip
_EVENTS, _FIELDS, _NOWHERE = dict(EventKind.choices), dict(ClaimField.choices), UUID(int=0)


class Addresses:
    """Addresses of many things of few kinds: each kind is looked up once."""

    def __init__(self) -> None:
        self._stems: dict[str, str] = {}

    def to(self, name: str, pk: UUID) -> str:
        """The address called `name` of the thing with this key."""
        if name not in self._stems:
            self._stems[name] = reverse(name, args=[_NOWHERE])
        return self._stems[name].replace(str(_NOWHERE), str(pk))


def raising_rows(case: Case, user: User) -> list[Any]:
    """Raisings of `case` with what is shown of each (RAISING) as attributes, newest first."""
    rows = Raising.objects.inside(case, user).order_by().values_list(*RAISING, named=True)
    return sorted(sorted(rows, key=lambda row: row.pk), key=lambda row: row.on, reverse=True)


def answer_rows(case: Case, user: User) -> list[Any]:
    """Answers about `case` with what is shown of each (ANSWER) as attributes. The correction of an answer may have
    moved it to another case: only its reason is told here.
    """
    corrections = ResponseItem.objects.visible_to(user).filter(supersedes=OuterRef("pk")).order_by()
    rows = ResponseItem.objects.visible_to(user).filter(case_id=case.pk).order_by()
    rows = rows.annotate(struck_why=Subquery(corrections.values("correction_reason")[:1]))
    return list(rows.values_list(*ANSWER, named=True))


def claims_in_words(answers: Sequence[UUID], user: User) -> dict[UUID, str]:
    """What each of these answers claims, and whether that was accepted onto the case."""
    if not answers:
        return {}
    rows = ItemClaim.objects.visible_to(user).filter(item_id__in=answers).exclude(state=ItemClaimState.REJECTED)
    found: dict[UUID, list[str]] = {}
    for row in rows.values_list(*CLAIM, named=True):
        accepted = "accepted" if row.state == ItemClaimState.ACCEPTED else "proposed"
        found.setdefault(row.item_id, []).append(f"{_claim_words(row)} ({accepted})")
    return {key: "; ".join(words) for key, words in found.items()}


def _claim_words(claim: Any) -> str:
    if claim.kind == ItemClaimKind.IDENTITY:
        return f"{_FIELDS.get(claim.field, claim.field)}: {claim.value}"
    where = claim.facility_text or claim.place_text or claim.place__name or ""
    when = claim.when_text or str(claim.when or "")
    kind, term = _EVENTS.get(claim.event_kind, claim.event_kind), sentence_words(claim.term_kind, claim.term_months)
    return ", ".join(part for part in (kind, term, when, where) if part)


def beside_rows(case: Case, user: User) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Where the case stands on a list in work, and what was promised about it: in one query, because the page of a
    case has few to give.
    """
    on_lists = ListEntry.objects.visible_to(user).filter(case_id=case.pk, case_list__state__in=IN_WORK)
    on_lists = on_lists.exclude(state=EntryState.NOT_RAISED).order_by()
    promised = Commitment.objects.inside(case, user).order_by()
    nothing, no_day = Value(""), Value(None, output_field=DateField())
    rows = on_lists.values_list(
        Value("list"), "case_list_id", "case_list__marking", "case_list__state", "state", "case_list__number",
        "case_list__supplementary", "case_list__round__ordinal", "case_list__round__starts", "case_list__round__ends",
        nothing, nothing, no_day,
    )  # fmt: skip
    made = promised.values_list(
        Value("promise"), "pk", "marking", "state", nothing, Value(0), Value(False), "round__ordinal",
        "round__starts", "round__ends", "what", Coalesce("owner__name", nothing), "due",
    )  # fmt: skip
    found = sorted(rows.union(made, all=True).order_by(), key=lambda row: (row[-1] or date.max, str(row[1])))
    return (
        [_on_list(*row[1:10]) for row in found if row[0] == "list"],
        [_promise(*row[1:4], *row[7:]) for row in found if row[0] == "promise"],
    )


def _on_list(
    pk: UUID, marking: int, state: str, entry_state: str, number: int, supplementary: bool, *of_round: Any
) -> dict[str, Any]:
    return {
        "pk": pk,
        "marking": marking,
        "state": state,
        "state_words": _LIST_STATES.get(state, state),
        "entry": _ENTRY_STATES.get(entry_state, entry_state),
        "words": list_in_words(round_in_words(*of_round), number, supplementary),
    }


def _promise(
    pk: UUID, marking: int, state: str, ordinal: int | None, starts: Any, ends: Any, what: str, owner: str, due: Any
) -> dict[str, Any]:
    return {
        "pk": pk,
        "marking": marking,
        "state": state,
        "state_words": _PROMISES.get(state, state),
        "round": round_in_words(ordinal, starts, ends) if ordinal or starts else "",
        "what": what,
        "owner": owner,
        "due": due,
    }


def mark_words(marking: int) -> str:
    """A marking in words, "" for what everybody in the dialogue may read."""
    return Marking(marking).on_paper if marking > Marking.NORMAL else ""


def round_of(row: Any) -> str:
    """The round of a raising in words, "" between rounds."""
    return round_in_words(row.round__ordinal, row.round__starts, row.round__ends) if row.round_id else ""


def told(row: Any, marking: int, at: Addresses) -> dict[str, Any]:
    """What the page shows of a raising itself."""
    by = (
        f", by {row.partner__name}" if row.partner__name else "",
        f", {row.speaker}" if row.speaker else "",
        f", under “{row.theme__name}”" if row.theme__name else "",
    )
    channel, disposition = CHANNELS.get(row.channel, row.channel), row.entry__disposition or ""
    outcome, turned_down = _outcome(row)
    return {
        "is_raising": True,
        "pk": row.pk,
        "voided": row.voided,
        "voided_reason": row.voided_reason,
        "iso": row.on.isoformat(),
        "day": day_in_words(row.on),
        "round": round_of(row),
        "round_url": at.to("rounds:round", row.round_id) if row.round_id else "",
        "url": at.to("rounds:raising", row.pk),
        "channel": _capital(channel),
        "by": "".join(by),
        "outcome": outcome,
        "turned_down": turned_down,
        "disposition": _DISPOSITIONS.get(disposition, disposition) if disposition else "",
        "disposition_reason": row.entry__disposition_reason or "",
        "carried": row.entry__carried or 0,
        "mark": mark_words(marking),
        "words": row.words or row.entry__ask or "",
        **(_on_its_list(row, at) if row.entry_id else {"list": ""}),
    }


def _on_its_list(row: Any, at: Addresses) -> dict[str, Any]:
    of_round = (row.entry__case_list__round__ordinal, row.entry__case_list__round__starts,
                row.entry__case_list__round__ends)  # fmt: skip
    number, supplementary = row.entry__case_list__number, row.entry__case_list__supplementary
    return {
        "position": row.entry__position,
        "list": list_in_words(round_in_words(*of_round), number, supplementary),
        "list_url": at.to("rounds:list", row.entry__case_list_id),
    }


def _outcome(row: Any) -> tuple[str, bool]:
    """What became of the list ("accepted", "partly accepted: not this case", "refused" …, "" off the list), and whether
    the counterpart did not take the case.
    """
    outcome = row.handover__outcome
    if outcome is None:
        return "", False
    if outcome == Acceptance.PARTLY and row.entry__accepted is not None:
        words = "with this case" if row.entry__accepted else "not this case"
        return f"partly accepted: {words}", not row.entry__accepted
    return str(Acceptance(outcome).label), outcome == Acceptance.REFUSED


def said(row: Any, days: int | None, at: Addresses) -> dict[str, Any]:
    """What the page shows of an answer itself; `days` lie between the raising and it."""
    of_round = (row.response__round__ordinal, row.response__round__starts, row.response__round__ends)
    assessment = _capital(_ASSESSMENTS.get(row.assessment, row.assessment))
    return {
        "is_raising": False,
        "pk": row.pk,
        "url": at.to("rounds:answer", row.pk),
        "grade": row.grade,
        "code_words": CODES.get(row.code, row.code),
        "struck": bool(row.struck_why),
        "struck_why": row.struck_why or "",
        "mark": mark_words(row.response__marking),
        "response_url": at.to("rounds:response", row.response_id),
        "form": FORMS.get(row.response__form, row.response__form),
        "partner": row.response__partner__name or "",
        "iso": row.response__on.isoformat(),
        "day": day_in_words(row.response__on),
        "round": round_in_words(*of_round) if row.response__round_id else "",
        "round_url": at.to("rounds:round", row.response__round_id) if row.response__round_id else "",
        "later": _later(days),
        "coding": _coding(row),
        "lang": row.response__language,
        "verbatim": row.verbatim,
        "translation": row.translation,
        "written_as": row.written_as,
        "assessment": f"{assessment}: {row.assessment_note}" if assessment and row.assessment_note else assessment,
    }


def _later(days: int | None) -> str:
    if days is None:
        return ""
    if days > 0:
        return f" · {days:,} day{'' if days == 1 else 's'} later"
    return " · dated before the raising" if days < 0 else " · the same day"


def _coding(row: Any) -> str:
    disputed = row.second_note and row.state == ItemState.DISPUTED
    parts = (
        _ITEM_STATES.get(row.state, row.state) if row.state != ItemState.CODED else "",
        f"coded by {row.coded_by__name}" if row.coded_by__name else "",
        f"{'disputed' if disputed else 'second coder'} {row.second_coder__name}" if row.second_coder__name else "",
    )
    return ", ".join(part for part in parts if part)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
