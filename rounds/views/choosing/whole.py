"""What the pages around one list share: its name and label in words, and who works on it."""

from typing import Any

from casetracker.access.act import Doing, may
from casetracker.access.models import User
from casetracker.access.roles import Marking
from rounds.actions.case_list import OPEN
from rounds.models import CaseList


def works_on(case_list: CaseList, user: User) -> bool:
    """Whether `user` may change the list, and it is not frozen."""
    return case_list.state in OPEN and may(user, Doing.PREPARE_LIST, case_list.label())


def head(case_list: CaseList) -> dict[str, Any]:
    """For the head of a page."""
    return {
        "case_list": case_list,
        "name": str(case_list),
        "marking": Marking(case_list.marking).on_paper,
        "compartment": case_list.compartment.name if case_list.compartment else "",
    }
