"""Grants of the invented desk: requested, approved and renewed every half year, one waiting, one about to end."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from casetracker.access.models import Compartment, Dialogue, Grant, GrantCompartment, GrantState
from casetracker.access.roles import Marking, Role
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.staff import Staff

TERM = timedelta(days=180)
YEARS_KEPT = 6
ENDS_NEXT_WEEK = 6
# Whose grant began a little more than a quarter ago and waits to be reconfirmed.
WAITS = "colleague"
AHEAD = {"seconded": ENDS_NEXT_WEEK, WAITS: 82}


@dataclass(frozen=True)
class Permit:
    """What a member's grants are for."""

    dialogue: str
    role: Role
    marking: Marking = Marking.NORMAL
    in_circle: bool = False


_OFFICIAL, _REVIEWER, _APPROVER, _DEEP = Role.OFFICIAL, Role.REVIEWER, Role.APPROVER, Marking.RESTRICTED
_EARLIER = (Permit("CN", _OFFICIAL, _DEEP),)
PERMITS: dict[str, tuple[Permit, ...]] = {
    "official": (Permit("CN", _OFFICIAL),),
    "senior": (Permit("CN", _OFFICIAL, _DEEP, True),),
    "colleague": (Permit("CN", _OFFICIAL, _DEEP),),
    "reviewer": (Permit("CN", _REVIEWER), Permit("NV", _REVIEWER)),
    "approver": (Permit("CN", _APPROVER, _DEEP, True),),
    "approver2": (Permit("CN", _APPROVER, _DEEP), Permit("NV", _APPROVER, _DEEP)),
    "norvania": (Permit("NV", _OFFICIAL, _DEEP),),
    "seconded": (Permit("CN", _OFFICIAL),),
    "miguel": (Permit("NV", _OFFICIAL, _DEEP),),
    "anneke": (Permit("NV", _OFFICIAL, _DEEP),),
    "admin": (),
    "auditor": (),
    "newcomer": (),
}
_REASONS = {
    _OFFICIAL: "Works on the cases of this dialogue.",
    _REVIEWER: "Writes the yearly report.",
    _APPROVER: "Head of section.",
}


def write_grants(book: Book, staff: Staff, dialogues: dict[str, Dialogue], circle: Compartment, rng: Random) -> None:
    """The grants of everybody, and the one that waits for an approver."""
    for key, (since, until) in staff.terms().items():
        for permit in PERMITS.get(key, _EARLIER):
            ahead = AHEAD[key] if key in AHEAD else rng.randrange(70, 150)
            end = until or staff.today + timedelta(days=ahead)
            for begins, ends in _half_years(max(since, staff.today - timedelta(days=YEARS_KEPT * 365)), end):
                grant = _grant(staff, key, permit, dialogues[permit.dialogue], begins, ends)
                _decide(book, staff, key, grant)
                if permit.in_circle:
                    book.keep(GrantCompartment(grant=grant, compartment=circle))
    _waiting(book, staff, dialogues["CN"])


def _half_years(since: date, end: date) -> list[tuple[date, date]]:
    """Spans of TERM that end with `end` and reach back to `since`, oldest first."""
    found = []
    while end > since:
        found.append((max(end - TERM, since), end))
        end -= TERM
    return found[::-1]


def _grant(staff: Staff, key: str, permit: Permit, dialogue: Dialogue, begins: date, ends: date) -> Grant:
    return Grant(
        user=staff[key],
        dialogue=dialogue,
        role=permit.role,
        marking=permit.marking,
        valid_from=datetime.combine(begins, time(0), staff.zone),
        valid_to=datetime.combine(ends, time(0), staff.zone),
        reason=_REASONS[permit.role],
    )


def _decide(book: Book, staff: Staff, key: str, grant: Grant) -> None:
    """Requested by the admin, approved by somebody else; a sole approver is named by a server command."""
    day = min(grant.valid_from.date(), staff.today) - timedelta(days=4)
    asked = staff.at(day)
    if key == "approver2" and grant.dialogue.prefix == "NV":
        grant.state, grant.by_server_command = GrantState.ACTIVE, True
        book.add(grant, book.act(Verb.GRANT_APPROVED, None, asked, about=grant, reason=grant.reason))
        return
    grant.requested_by = staff["admin"]
    book.add(grant, book.act(Verb.GRANT_REQUESTED, staff["admin"], asked, about=grant, reason=grant.reason))
    second = grant.dialogue.prefix == "NV" or key == "approver"
    by = staff["approver2" if second else "approver"]
    act = book.act(Verb.GRANT_APPROVED, by, max(staff.at(asked.date() + timedelta(days=1)), asked), about=grant)
    book.change(grant, act, state=GrantState.ACTIVE, approved_by=by)


def _waiting(book: Book, staff: Staff, dialogue: Dialogue) -> None:
    """The newcomer's grant is requested and not approved yet."""
    grant = _grant(staff, "newcomer", _EARLIER[0], dialogue, staff.today, staff.today + TERM - timedelta(days=10))
    grant.marking = Marking.NORMAL
    grant.reason = "Joins the desk; takes over the cases of the colleague who left."
    grant.requested_by = staff["admin"]
    asked = staff.at(staff.today - timedelta(days=1))
    book.add(grant, book.act(Verb.GRANT_REQUESTED, staff["admin"], asked, about=grant, reason=grant.reason))
