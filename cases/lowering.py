"""What lowering a label would do, in words: for cases, lists and responses alike."""

from typing import Any
from uuid import UUID

from cases.sight import who_sees
from casetracker.access.errors import WrongState
from casetracker.access.models import Compartment, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label, sees

NEEDS_TWO = "Lowering a label needs a second person: ask for it on the page of the thing itself."


def parameters_of(label: Label) -> dict[str, Any]:
    """A label as an approval keeps it: codes and keys only."""
    return {"marking": label.marking, "compartment": str(label.compartment_id) if label.compartment_id else None}


def label_in(dialogue_id: UUID, parameters: dict[str, Any]) -> Label:
    """The label that was asked for, of a thing in this dialogue."""
    circle = parameters["compartment"]
    return Label(dialogue_id, parameters["marking"], UUID(circle) if circle else None)


def check_lower(old: Label, new: Label) -> None:
    """Raises WrongState where a label only rises: that is one person's act."""
    if new.dominates(old):
        raise WrongState("This label is not lower than the one it has. It needs no second person.")


def consequences(what: str, old: Label, new: Label, user: User) -> list[str]:
    """What happens to `what` (a reference, "this list"), as far as `user` may know of both labels."""
    if not (sees(user, old) and sees(user, new)):
        return [f"The label of {what} changes."]
    before, after = ({one.pk: one.name for one in who_sees(label)} for label in (old, new))
    gains = sorted(name for pk, name in after.items() if pk not in before)
    loses = sorted(name for pk, name in before.items() if pk not in after)
    circles = {one.pk: one.name for one in Compartment.objects.visible_to(user)}
    told = [
        f"The label of {what} changes from {label_words(old, circles)} to {label_words(new, circles)}.",
        f"Now also seen by: {', '.join(gains) or 'nobody'}.",
    ]
    if loses:
        told.append(f"No longer seen by: {', '.join(loses)}.")
    return [*told, "Versions of the history keep the label they had."]


def label_words(label: Label, circles: dict[UUID, str]) -> str:
    """Such as "LIMITE, North circle"."""
    circle = circles.get(label.compartment_id, "") if label.compartment_id else ""
    return ", ".join(part for part in (Marking(label.marking).on_paper, circle) if part)
