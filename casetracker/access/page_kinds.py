"""Which kinds of pages a person gets by their grants and office: for the admins, who see that and nothing of what
stands on them, no count either.
"""

from dataclasses import dataclass

from casetracker.access.act import ROLES, Doing, Running, may_run
from casetracker.access.models import User
from casetracker.access.see import holdings


@dataclass(frozen=True)
class PageKind:
    """One kind of pages, and whether the person gets it."""

    name: str
    open: bool


# What opens a kind of pages: a right inside a dialogue, one of an office, or (None) any grant in force.
KINDS: tuple[tuple[str, Doing | Running | None], ...] = (
    ("Cases: read", None),
    ("Cases: log and edit", Doing.EDIT_CASE),
    ("Cases: import", Doing.IMPORT_CASES),
    ("Cases: export", Doing.EXPORT_CASES),
    ("Sealed sources", Doing.UNSEAL_SOURCE),
    ("Rounds, lists, responses: read", None),
    ("Rounds: edit", Doing.EDIT_ROUND),
    ("Lists: prepare", Doing.PREPARE_LIST),
    ("Lists: approve", Doing.APPROVE_LIST),
    ("Handovers: record", Doing.HAND_OVER),
    ("Responses: record", Doing.RECORD_RESPONSE),
    ("Responses: code", Doing.CODE_ANSWER),
    ("Responses: assess", Doing.ASSESS_ANSWER),
    ("Grants: approve and reconfirm", Doing.APPROVE_GRANT),
    ("Grants: request", Running.REQUEST_GRANT),
    ("People", Running.MANAGE_USERS),
    ("Dialogues", Running.MANAGE_DIALOGUES),
    ("Trail", Running.READ_TRAIL),
)


def pages_of(person: User) -> list[PageKind]:
    """Every kind of pages, and whether `person` gets it now. One query."""
    roles = {holding.role for holding in holdings(person)}
    found = [PageKind("Desk, own account", person.is_active)]
    for name, right in KINDS:
        if isinstance(right, Running):
            found.append(PageKind(name, may_run(person, right)))
        else:
            found.append(PageKind(name, bool(roles if right is None else roles & ROLES[right])))
    return found
