"""Creating and editing dialogues and their compartments. What stands inside them is none of the admins' business."""

from typing import Any

from casetracker.access.act import Running, check_run
from casetracker.access.errors import WrongState
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb

EDITABLE = frozenset({"name", "own_side", "counterpart", "pack", "since", "grants_until", "note"})


def create_dialogue(*, by: User, prefix: str, values: dict[str, Any]) -> Dialogue:
    """A new dialogue. Its prefix begins every reference and stays for ever. Raises Denied, WrongState (taken)."""
    check_run(by, Running.MANAGE_DIALOGUES)
    if Dialogue.objects.visible_to(by).filter(prefix=prefix).exists():
        raise WrongState(f"The prefix {prefix} belongs to another dialogue.")
    dialogue = Dialogue(prefix=prefix, **{name: values[name] for name in EDITABLE & set(values)})
    with acting(Verb.DIALOGUE_CREATED, by=by, about=dialogue):
        save_new(dialogue)
    return dialogue


def edit_dialogue(*, dialogue: Dialogue, by: User, seen: int, changes: dict[str, Any]) -> bool:
    """Changes a dialogue, but never its prefix. True when something changed. Raises Denied, Conflict."""
    check_run(by, Running.MANAGE_DIALOGUES)
    unknown = set(changes) - EDITABLE
    if unknown:
        raise ValueError(f"Not edited here: {sorted(unknown)}")
    with acting(Verb.DIALOGUE_EDITED, by=by, about=dialogue, detail={"fields": sorted(changes)}):
        return save_over(dialogue, seen=seen, changes=changes)


def create_compartment(*, by: User, dialogue: Dialogue, name: str, purpose: str) -> Compartment:
    """A new circle of need-to-know inside `dialogue`. Raises Denied, WrongState (name taken)."""
    check_run(by, Running.MANAGE_DIALOGUES)
    compartment = Compartment(dialogue=dialogue, name=name.strip(), purpose=purpose.strip())
    _check_name(by, compartment)
    with acting(Verb.COMPARTMENT_CREATED, by=by, about=compartment):
        save_new(compartment)
    return compartment


def edit_compartment(*, compartment: Compartment, by: User, seen: int, name: str, purpose: str) -> bool:
    """Changes name or purpose. True when something changed. Raises Denied, WrongState, Conflict."""
    check_run(by, Running.MANAGE_DIALOGUES)
    changes = {"name": name.strip(), "purpose": purpose.strip()}
    _check_name(by, Compartment(pk=compartment.pk, dialogue_id=compartment.dialogue_id, name=changes["name"]))
    with acting(Verb.COMPARTMENT_EDITED, by=by, about=compartment):
        return save_over(compartment, seen=seen, changes=changes)


def _check_name(by: User, compartment: Compartment) -> None:
    others = Compartment.objects.visible_to(by).filter(dialogue=compartment.dialogue_id, name=compartment.name)
    if others.exclude(pk=compartment.pk).exists():
        raise WrongState("Another compartment of this dialogue has this name.")
