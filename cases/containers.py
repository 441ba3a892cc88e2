"""Papers that contain a case must go on dominating its label: asked before a label changes.

What those papers are is not known down here: whoever keeps some registers a check when the application starts
(docs/decisions/0006-labels-and-what-contains-them.md).
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from cases.models import Case
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import Label

# New label of each case by key, and who wants it → for each case that cannot take it, a sentence why. The queries of a
# check do not grow with the cases.
type Check = Callable[[Mapping[UUID, Label], User], Mapping[UUID, str]]

_checks: list[Check] = []


def register(check: Check) -> None:
    """Has `check` asked from now on. Registering it twice counts once."""
    if check not in _checks:
        _checks.append(check)


def outgrown(changes: Mapping[UUID, tuple[Label, Label]], by: User) -> dict[UUID, str]:
    """Cases whose label (old, new, by key) would outgrow a paper they are on, each with a sentence for `by`.

    A label that only gets lower outgrows nothing, so it is not asked about.
    """
    rising = {key: new for key, (old, new) in changes.items() if not old.dominates(new)}
    found: dict[UUID, str] = {}
    for check in _checks if rising else ():
        for key, sentence in check(rising, by).items():
            found.setdefault(key, sentence)
    return found


def check_label_change(case: Case, new: Label, by: User) -> None:
    """Raises WrongState when a paper that `case` is on could not be seen only by those who would see the case.

    Inside an action, under the lock of the case: whoever puts a case on a paper takes that lock, too.
    """
    for sentence in outgrown({case.pk: (case.label(), new)}, by).values():
        raise WrongState(sentence)
