"""State machines of this app, as data. docs/states.md is drawn from them."""

from django.db import models


class RoundState(models.TextChoices):
    """Where a round stands."""

    PLANNED = "planned", "planned"
    POSTPONED = "postponed", "postponed"
    HELD = "held", "held"
    CANCELLED = "cancelled", "cancelled"
    CLOSED = "closed", "closed"


class ListState(models.TextChoices):
    """Where a list stands. *Partly answered* and *answered* are derived."""

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    APPROVED = "approved", "approved"
    HANDED_OVER = "handed_over", "handed over"
    CLOSED = "closed", "closed"
    SUPERSEDED = "superseded", "superseded"
    WITHDRAWN = "withdrawn", "withdrawn"


class EntryState(models.TextChoices):
    """Where an entry of a list stands."""

    PROPOSED = "proposed", "proposed"
    INCLUDED = "included", "included"
    HELD_BACK = "held_back", "held back"
    RAISED = "raised", "raised"
    NOT_RAISED = "not_raised", "not raised"


class Disposition(models.TextChoices):
    """What is decided about an entry after the round. A round closes when every entry has one."""

    NONE = "", "not decided"
    SATISFIED = "satisfied", "satisfied"
    FOLLOW_UP = "follow_up", "follow up"
    CARRY_FORWARD = "carry_forward", "carry forward"
    DROP = "drop", "drop"


class ItemState(models.TextChoices):
    """Where one answer stands. Corrections supersede; nothing is overwritten."""

    RECORDED = "recorded", "recorded"
    CODED = "coded", "coded"
    CONFIRMED = "confirmed", "confirmed"
    DISPUTED = "disputed", "disputed"
    ASSESSED = "assessed", "assessed"


_R, _L, _E, _I = RoundState, ListState, EntryState, ItemState

ROUND: dict[str, frozenset[str]] = {
    _R.PLANNED: frozenset({_R.HELD, _R.POSTPONED, _R.CANCELLED}),
    _R.POSTPONED: frozenset({_R.PLANNED, _R.CANCELLED}),
    _R.HELD: frozenset({_R.CLOSED}),
    _R.CANCELLED: frozenset(),
    _R.CLOSED: frozenset(),
}
CASE_LIST: dict[str, frozenset[str]] = {
    _L.DRAFT: frozenset({_L.IN_REVIEW, _L.WITHDRAWN}),
    _L.IN_REVIEW: frozenset({_L.DRAFT, _L.APPROVED, _L.WITHDRAWN}),
    _L.APPROVED: frozenset({_L.HANDED_OVER, _L.SUPERSEDED, _L.WITHDRAWN}),
    # back to approved: a handover recorded by mistake, superseded by "not tendered"
    _L.HANDED_OVER: frozenset({_L.CLOSED, _L.APPROVED}),
    _L.CLOSED: frozenset(),
    _L.SUPERSEDED: frozenset(),
    _L.WITHDRAWN: frozenset(),
}
LIST_ENTRY: dict[str, frozenset[str]] = {
    _E.PROPOSED: frozenset({_E.INCLUDED, _E.HELD_BACK}),
    _E.INCLUDED: frozenset({_E.HELD_BACK, _E.RAISED, _E.NOT_RAISED}),
    _E.HELD_BACK: frozenset({_E.INCLUDED}),
    # back to included: the handover was recorded by mistake
    _E.RAISED: frozenset({_E.INCLUDED}),
    _E.NOT_RAISED: frozenset(),
}
RESPONSE_ITEM: dict[str, frozenset[str]] = {
    _I.RECORDED: frozenset({_I.CODED}),
    _I.CODED: frozenset({_I.CONFIRMED, _I.DISPUTED}),
    _I.DISPUTED: frozenset({_I.ASSESSED, _I.CODED}),
    _I.CONFIRMED: frozenset({_I.ASSESSED}),
    _I.ASSESSED: frozenset(),
}

MACHINES = {
    "Round": (RoundState, ROUND),
    "CaseList": (ListState, CASE_LIST),
    "ListEntry": (EntryState, LIST_ENTRY),
    "ResponseItem": (ItemState, RESPONSE_ITEM),
}
