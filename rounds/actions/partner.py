"""Partners: other governments with a dialogue of their own. One vocabulary for all dialogues; it names no person."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError

from casetracker.access.act import Doing, check
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.models import Partner

TAKEN = "There is a partner with this name already."


def add_partner(*, by: User, name: str, note: str = "") -> Partner:
    """One more partner, known in all dialogues. Raises Denied, WrongState (name taken)."""
    check(by, Doing.RECORD_RAISING)
    check_name(name)
    made = Partner(name=name.strip(), note=note.strip())
    try:
        with acting(Verb.PARTNER_ADDED, by=by) as act:
            save_new(made)
            act.about = made
    except IntegrityError as error:
        raise WrongState(TAKEN) from error
    return made


def edit_partner(*, partner: Partner, by: User, seen: int, changes: dict[str, Any], reason: str = "") -> bool:
    """Changes name or note. True when something changed. Raises Denied, WrongState, Conflict."""
    check(by, Doing.RECORD_RAISING)
    check_name(changes.get("name", partner.name), besides=partner.pk)
    detail = {"kind": "partner", "fields": sorted(changes)}
    try:
        with acting(Verb.VOCABULARY_EDITED, by=by, about=partner, reason=reason, detail=detail):
            return save_over(partner, seen=seen, changes=changes)
    except IntegrityError as error:
        raise WrongState(TAKEN) from error


def check_name(name: str, *, besides: UUID | None = None) -> None:
    """A partner has one name, and no other has it. Raises WrongState."""
    if not name.strip():
        raise WrongState("Give the name of the partner.")
    wanted = name.strip().casefold()
    if any(one.name.casefold() == wanted and one.pk != besides for one in Partner.objects.all()):
        raise WrongState(TAKEN)
