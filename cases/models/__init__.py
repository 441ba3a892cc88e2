"""The models of this app, one file per concept."""

from cases.models.attachment import Attachment, AttachmentContent
from cases.models.case import Case
from cases.models.connection import CaseGroup, CaseLink, GroupMember
from cases.models.consent import UseAssessment
from cases.models.event import CaseEvent, EventSource
from cases.models.export import ExportRequest
from cases.models.follow_up import FollowUp
from cases.models.identity import CaseName, CaseTheme, Claim, NameKey
from cases.models.importing import ColumnMapping, ImportBatch, ImportFile, ImportRow
from cases.models.ledger_day import LedgerDay, LedgerDayKind
from cases.models.saved_filter import SavedFilter
from cases.models.source import Source, SourceIdentity
from cases.models.vocabulary import EthnicGroup, Facility, Place, Statute, Theme

__all__ = [
    "Attachment",
    "AttachmentContent",
    "Case",
    "CaseEvent",
    "CaseGroup",
    "CaseLink",
    "CaseName",
    "CaseTheme",
    "Claim",
    "ColumnMapping",
    "EthnicGroup",
    "EventSource",
    "ExportRequest",
    "Facility",
    "FollowUp",
    "GroupMember",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "LedgerDay",
    "LedgerDayKind",
    "NameKey",
    "Place",
    "SavedFilter",
    "Source",
    "SourceIdentity",
    "Statute",
    "Theme",
    "UseAssessment",
]
