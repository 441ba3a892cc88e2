"""What a claim in an answer says, what it would put on the case, and what then changes. Pure: no queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.blocks import date_words
from cases.codes import Certainty, ClaimedBy, ClaimField, EventKind, Status
from cases.dates import PartialDate
from cases.models import CaseEvent, Claim
from cases.sentences import sentence_words
from cases.status import standing
from rounds.codes import ItemClaimKind, ResponseCode
from rounds.models import ItemClaim

_C, _K = ResponseCode, EventKind
# What an answer with this code usually says happened; offered first, never concluded.
USUALLY: dict[str, tuple[EventKind, ...]] = {
    _C.A1: (_K.SENTENCED, _K.TRANSFERRED),
    _C.A2: (_K.REDUCED,),
    _C.A3: (_K.RELEASED,),
    _C.A4: (_K.PAROLED, _K.RELEASED),
    _C.A5: (_K.MEDICAL_PAROLE,),
    _C.A6: (_K.BAIL, _K.RESIDENTIAL_SURVEILLANCE, _K.COMMUNITY_CORRECTION),
    _C.A7: (_K.NOT_PROSECUTED,),
    _C.A8: (_K.DIED, _K.DIED_IN_CUSTODY, _K.EXECUTED),
    _C.A9: (_K.LEFT_COUNTRY,),
    _C.B1: (_K.DETAINED, _K.ARRESTED, _K.INDICTED, _K.APPEAL_LODGED),
    _C.B2: (_K.SENTENCED,),
    _C.B3: (_K.HEALTH,),
    _C.B4: (_K.RELEASED,),
}


@dataclass(frozen=True)
class Effect:
    """What accepting an event with one certainty does to the detention status."""

    certainty: Certainty
    before: Status
    after: Status

    @property
    def words(self) -> str:
        """ "likely: the status becomes “released”"."""
        if self.before == self.after:
            return f"{self.certainty.label}: the detention status stays “{self.after.label}”"
        return f"{self.certainty.label}: the detention status becomes “{self.after.label}”"


def event_of(claim: ItemClaim, certainty: str) -> CaseEvent:
    """The event a claim would add, unsaved and without case. The counterpart says so, whoever accepts it."""
    return CaseEvent(
        kind=claim.event_kind,
        when=claim.when,
        when_text=claim.when_text,
        place_id=claim.place_id,
        place_text=claim.place_text,
        facility_text=claim.facility_text,
        authority=claim.authority,
        statute_text=claim.statute_text,
        term_kind=claim.term_kind,
        term_months=claim.term_months,
        certainty=certainty,
        claimed_by=ClaimedBy.COUNTERPART,
        note=claim.note,
    )


def identity_of(claim: ItemClaim, certainty: str) -> Claim:
    """The claim about identity it would add, unsaved and without case; stated on the day of the answer."""
    stated = PartialDate.from_day(claim.item.response.on)
    return Claim(
        field=claim.field,
        value=claim.value,
        stated=stated,
        stated_text=str(stated),
        claimed_by=ClaimedBy.COUNTERPART,
        certainty=certainty,
    )


def effects(claim: ItemClaim, events: Sequence[CaseEvent]) -> list[Effect]:
    """For each certainty, most careful first, what accepting an event does to the detention status."""
    before = standing(events).status
    careful = (Certainty.ALLEGED, Certainty.LIKELY, Certainty.CONFIRMED)
    return [Effect(one, before, standing([*events, event_of(claim, one)]).status) for one in careful]


def claim_words(claim: ItemClaim) -> str:
    """ "Sentenced, 9 years, 14 May 2014, Prison No. 2": a claim in one line (with its place loaded)."""
    if claim.kind == ItemClaimKind.IDENTITY:
        return f"{_capital(ClaimField(claim.field).label)}: {claim.value}"
    where = ", ".join(part for part in (claim.place_text, str(claim.place or "")) if part)
    parts = [
        EventKind(claim.event_kind).label,
        sentence_words(claim.term_kind, claim.term_months),
        claim.statute_text,
        date_words(claim.when, claim.when_text),
        claim.facility_text,
        where,
        claim.authority,
    ]
    return _capital(", ".join(part for part in parts if part))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
