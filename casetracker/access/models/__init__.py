"""People, dialogues, compartments and grants: the ground everything stands on."""

from casetracker.access.models.approval import Approval, ApprovalState
from casetracker.access.models.break_glass import BreakGlass, Verdict
from casetracker.access.models.dialogue import Compartment, Dialogue
from casetracker.access.models.grant import Grant, GrantCompartment, GrantState
from casetracker.access.models.key_mark import KeyMark
from casetracker.access.models.outside import OutsideIdentity
from casetracker.access.models.recusal import Recusal
from casetracker.access.models.user import Invitation, User, UserManager, UserQuerySet

__all__ = [
    "Approval",
    "ApprovalState",
    "BreakGlass",
    "Compartment",
    "Dialogue",
    "Grant",
    "GrantCompartment",
    "GrantState",
    "Invitation",
    "KeyMark",
    "OutsideIdentity",
    "Recusal",
    "User",
    "UserManager",
    "UserQuerySet",
    "Verdict",
]
