"""A list begun from a form, once however often the form is sent."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError

from casetracker.access.models import User
from casetracker.access.see import Label
from rounds.actions.case_list import create_list
from rounds.models import CaseList, Round


def begin_list_once(*, by: User, round: Round, label: Label, key: UUID | None, **facts: Any) -> CaseList:
    """A new list under the key of the form; the one that was begun with it before, where it was sent twice. `facts` as
    `create_list` takes them. Raises Denied, WrongState.
    """
    if standing := _begun(by, key):
        return standing
    try:
        return create_list(by=by, round=round, label=label, key=key, **facts)
    except IntegrityError:
        # Both were sent at the same moment, and the other was first.
        if standing := _begun(by, key):
            return standing
        raise


def _begun(by: User, key: UUID | None) -> CaseList | None:
    return CaseList.objects.visible_to(by).filter(pk=key).first() if key else None
