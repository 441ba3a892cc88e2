"""What a claim in an answer cannot be squared with: firm events, what the case holds, earlier answers. Pure.

Warnings, never conclusions: the claim can be accepted all the same, and then stands beside what it contradicts.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from cases.blocks import date_words
from cases.claims import birth_claimed, contradict
from cases.codes import IMPLIES, Certainty, ClaimField, EventKind, Status
from cases.contradictions import contradictions
from cases.models import Case, CaseEvent, Claim
from cases.sentences import sentence_words
from rounds.claimed import event_of, identity_of
from rounds.codes import ItemClaimKind, ItemClaimState
from rounds.days import day_in_words
from rounds.models import ItemClaim


def against(
    claim: ItemClaim,
    *,
    case: Case,
    events: Sequence[CaseEvent],
    held: Sequence[Claim],
    earlier: Iterable[ItemClaim],
    today: date,
) -> list[str]:
    """Sentences about what `claim` contradicts. `events` and `held` (claims) are those of the case, `earlier` the
    claims of earlier answers, latest first, each with its response loaded. Alleged ones of the case are left out.
    """
    said = [one for one in earlier if one.kind == claim.kind and one.state != ItemClaimState.REJECTED]
    if claim.kind == ItemClaimKind.IDENTITY:
        return [*_identity(claim, case, held), *_identity_before(claim, said)]
    firm = [event for event in events if event.certainty != Certainty.ALLEGED and event.pk != claim.event_id]
    return [*_dates(claim, firm, case, today), *_same_thing(claim, firm), *_said_before(claim, said)]


def _dates(claim: ItemClaim, firm: Sequence[CaseEvent], case: Case, today: date) -> list[str]:
    new = event_of(claim, Certainty.ALLEGED)
    return [text for text, about in contradictions([*firm, new], case.birth, today) if any(e is new for e in about)]


def _same_thing(claim: ItemClaim, firm: Sequence[CaseEvent]) -> list[str]:
    """A firm event of the same kind that says something else."""
    new = event_of(claim, Certainty.ALLEGED)
    found = [event for event in firm if _is_one_thing(event.kind, new.kind) and _differ(event, new)]
    return [f"Known ({event.get_certainty_display()}): {_told(event)}." for event in found[-1:]]


def _said_before(claim: ItemClaim, said: Iterable[ItemClaim]) -> list[str]:
    new = event_of(claim, Certainty.ALLEGED)
    for one in said:
        old = event_of(one, Certainty.ALLEGED)
        if _is_one_thing(old.kind, new.kind) and _differ(old, new):
            return [f"The answer of {day_in_words(one.item.response.on)} said: {_told(old)}."]
    return []


def _is_one_thing(one: str, other: str) -> bool:
    """Whether two kinds tell of something that happens once: a death in whatever words, one sentence."""
    dead = IMPLIES.get(one) == IMPLIES.get(other) == Status.DEAD
    return dead or one == other == EventKind.SENTENCED


def _differ(one: CaseEvent, other: CaseEvent) -> bool:
    if one.when and other.when and (one.when.certainly_before(other.when) or other.when.certainly_before(one.when)):
        return True
    terms = [(event.term_kind, event.term_months) for event in (one, other)]
    return all(any(term) for term in terms) and terms[0] != terms[1]


def _told(event: CaseEvent) -> str:
    when = date_words(event.when, event.when_text)
    parts = [EventKind(event.kind).label, sentence_words(event.term_kind, event.term_months), when]
    return ", ".join(part for part in parts if part)


def _identity(claim: ItemClaim, case: Case, held: Sequence[Claim]) -> list[str]:
    new = identity_of(claim, Certainty.ALLEGED)
    if claim.field in (ClaimField.BIRTH, ClaimField.AGE):
        born = birth_claimed(new)
        if born and case.birth and (born.certainly_before(case.birth) or case.birth.certainly_before(born)):
            return [f"The case says born {case.birth_text or case.birth}."]
        return []
    firm = [one for one in held if one.field == claim.field and one.pk != claim.claim_id]
    firm = [one for one in firm if one.accepted or one.certainty != Certainty.ALLEGED]
    return [f"The case holds: {one.value}." for one in firm if contradict([one, new])][:1]


def _identity_before(claim: ItemClaim, said: Iterable[ItemClaim]) -> list[str]:
    new = identity_of(claim, Certainty.ALLEGED)
    for one in said:
        if one.field == claim.field and contradict([identity_of(one, Certainty.ALLEGED), new]):
            return [f"The answer of {day_in_words(one.item.response.on)} said: {one.value}."]
    return []
