"""What a person may do to what they see. The table is the rule; docs/access.md is drawn from it.

Seeing is settled before (see.py): who does not see a thing never gets here. *When* something may be done is settled
by the states (`states.py` of each app).
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from casetracker.access.errors import Denied
from casetracker.access.roles import Office, Role
from casetracker.access.see import Label, emergencies, holdings

if TYPE_CHECKING:
    from casetracker.access.models import BreakGlass, Grant, User


class Doing(StrEnum):
    """Acts inside a dialogue; the value finishes the sentence "you may not …"."""

    LOG_CASE = "log cases"
    EDIT_CASE = "edit cases"
    ASK_LOWER = "ask to lower a marking"
    LOWER_MARKING = "lower a marking"
    APPROVE_MERGE = "decide on merging cases"
    UNSEAL_SOURCE = "read a sealed source"
    APPROVE_UNSEALING = "decide on reading a sealed source"
    IMPORT_CASES = "import cases"
    EXPORT_CASES = "export cases"
    APPROVE_EXPORT = "decide on large exports"
    EDIT_ROUND = "edit rounds"
    PREPARE_LIST = "prepare lists"
    COMMENT_LIST = "comment on lists"
    APPROVE_LIST = "approve or return lists"
    HAND_OVER = "record handovers"
    RECORD_RAISING = "record raisings"
    RECORD_RESPONSE = "record responses"
    CODE_ANSWER = "code answers"
    CONFIRM_ANSWER = "confirm or dispute the coding of answers"
    ASSESS_ANSWER = "assess answers"
    DISPOSE_ENTRY = "decide what becomes of entries after a round"
    TRACK_COMMITMENT = "track commitments"
    EXTEND_VOCABULARY = "add to the vocabulary"
    APPROVE_GRANT = "approve grants"
    REVIEW_EMERGENCY = "review emergency openings"


class Running(StrEnum):
    """Acts of an office, outside all dialogues."""

    MANAGE_USERS = "manage users"
    MANAGE_DIALOGUES = "manage dialogues"
    REQUEST_GRANT = "request grants"
    READ_TRAIL = "read the trail"


_ALL = frozenset(Role)
ROLES: dict[Doing, frozenset[Role]] = {
    Doing.LOG_CASE: frozenset({Role.OFFICIAL}),
    Doing.EDIT_CASE: frozenset({Role.OFFICIAL}),
    Doing.ASK_LOWER: frozenset({Role.OFFICIAL, Role.APPROVER}),
    Doing.LOWER_MARKING: frozenset({Role.APPROVER}),
    Doing.APPROVE_MERGE: frozenset({Role.APPROVER}),
    Doing.UNSEAL_SOURCE: frozenset({Role.OFFICIAL, Role.APPROVER}),
    Doing.APPROVE_UNSEALING: frozenset({Role.APPROVER}),
    Doing.IMPORT_CASES: frozenset({Role.OFFICIAL}),
    Doing.EXPORT_CASES: _ALL,
    Doing.APPROVE_EXPORT: frozenset({Role.APPROVER}),
    Doing.EDIT_ROUND: frozenset({Role.OFFICIAL}),
    Doing.PREPARE_LIST: frozenset({Role.OFFICIAL}),
    Doing.COMMENT_LIST: _ALL,
    Doing.APPROVE_LIST: frozenset({Role.APPROVER}),
    Doing.HAND_OVER: frozenset({Role.OFFICIAL}),
    Doing.RECORD_RAISING: frozenset({Role.OFFICIAL}),
    Doing.RECORD_RESPONSE: frozenset({Role.OFFICIAL}),
    Doing.CODE_ANSWER: frozenset({Role.OFFICIAL, Role.REVIEWER}),
    # approvers, too: the smallest office has one official and one approver, and a coding needs a second person
    Doing.CONFIRM_ANSWER: _ALL,
    Doing.ASSESS_ANSWER: frozenset({Role.OFFICIAL, Role.REVIEWER}),
    Doing.DISPOSE_ENTRY: frozenset({Role.OFFICIAL}),
    Doing.TRACK_COMMITMENT: frozenset({Role.OFFICIAL}),
    Doing.EXTEND_VOCABULARY: frozenset({Role.OFFICIAL}),
    Doing.APPROVE_GRANT: frozenset({Role.APPROVER}),
    Doing.REVIEW_EMERGENCY: frozenset({Role.APPROVER}),
}
OFFICES: dict[Running, frozenset[Office]] = {
    Running.MANAGE_USERS: frozenset({Office.ADMIN}),
    Running.MANAGE_DIALOGUES: frozenset({Office.ADMIN}),
    Running.REQUEST_GRANT: frozenset({Office.ADMIN}),
    Running.READ_TRAIL: frozenset({Office.AUDITOR}),
}


def may(user: "User | AnonymousUser", doing: Doing, label: Label | None = None) -> bool:
    """Whether some grant of `user` both dominates `label` and has a role that does this.

    Without a label: whether the user may do this anywhere at all (for showing a button, a menu entry).
    """
    if doing == Doing.EXPORT_CASES and emergencies(user):
        return False  # an emergency opening is for reading: while it lasts nothing leaves
    return any(
        holding.role in ROLES[doing] and (label is None or holding.dominates(label)) for holding in holdings(user)
    )


def check(user: "User | AnonymousUser", doing: Doing, label: Label | None = None) -> None:
    """Raises Denied unless `may`."""
    if not may(user, doing, label):
        raise Denied(f"Your grants do not let you {doing.value} here.")


def may_run(user: "User | AnonymousUser", running: Running) -> bool:
    """Whether the office of `user` does this."""
    return bool(user.is_authenticated and user.is_active and user.office in OFFICES[running])


def check_run(user: "User | AnonymousUser", running: Running) -> None:
    """Raises Denied unless `may_run`."""
    if not may_run(user, running):
        raise Denied(f"Only some offices may {running.value}.")


def check_approve_grant(user: "User", grant: "Grant") -> None:
    """An approver of that dialogue, who is neither the holder nor the requester. Raises Denied."""
    check(user, Doing.APPROVE_GRANT, grant.label())
    if user.pk in (grant.user_id, grant.requested_by_id):
        raise Denied("A grant is approved by somebody who neither holds nor requested it.")


def check_review_emergency(user: "User", opening: "BreakGlass") -> None:
    """An approver of that dialogue (in the compartment, where one was opened) who did not open it. Raises Denied."""
    check(user, Doing.REVIEW_EMERGENCY, opening.label())
    if user.pk == opening.user_id:
        raise Denied("An emergency opening is reviewed by somebody else.")


def may_review_emergency(user: "User", opening: "BreakGlass") -> bool:
    """Whether `check_review_emergency` passes: for showing the form."""
    return user.pk != opening.user_id and may(user, Doing.REVIEW_EMERGENCY, opening.label())
