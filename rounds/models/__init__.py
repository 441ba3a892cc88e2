"""The models of this app, one file per concept."""

from rounds.models.case_list import CaseList, Handover, ListComment, ListEntry
from rounds.models.commitment import Commitment
from rounds.models.raising import Partner, Raising
from rounds.models.response import ItemClaim, Response, ResponseFile, ResponseFileContent, ResponseItem
from rounds.models.round import AgendaItem, Round, RoundEvent, Suspension

__all__ = [
    "AgendaItem",
    "CaseList",
    "Commitment",
    "Handover",
    "ItemClaim",
    "ListComment",
    "ListEntry",
    "Partner",
    "Raising",
    "Response",
    "ResponseFile",
    "ResponseFileContent",
    "ResponseItem",
    "Round",
    "RoundEvent",
    "Suspension",
]
