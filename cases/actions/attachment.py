"""Putting files on a case, and reading them again. What they hold is encrypted before it is stored."""

from typing import Any

from cases.actions.case import check_label, check_open, hold
from cases.models import Attachment, AttachmentContent, Case
from casetracker.access.act import Doing, check
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import User
from casetracker.access.see import Label, sees
from casetracker.audit.acting import acting, record
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb
from casetracker.sealing import seal, unseal


def add_attachment(
    *, case: Case, by: User, content: bytes, title: str, extension: str, marking: int, note: str = ""
) -> Attachment:
    """Puts `content` on the case, with the case's label or a higher marking. Raises Denied, WrongState."""
    of_case = case.label()
    check(by, Doing.EDIT_CASE, of_case)
    check_open(case)
    label = Label(of_case.dialogue_id, marking, of_case.compartment_id)
    check_label(by, label)
    if not label.dominates(of_case):
        raise Denied("A file on a case is marked at least as high as the case.")
    made = Attachment(case=case, title=title, extension=extension, size=len(content), note=note)
    made.dialogue_id, made.marking, made.compartment_id = label.dialogue_id, label.marking, label.compartment_id
    with acting(Verb.PART_ADDED, by=by, about=made, detail={"part": "attachment", "bytes": len(content)}):
        hold(case, by)
        if not label.dominates(case.label()):
            raise Denied("The case was marked higher meanwhile. Look at it again.")
        save_new(made)
        sealed = seal(content, place=place_of(made))
        AttachmentContent(attachment=made, sealed=sealed).save(force_insert=True)
    return made


def edit_attachment(*, attachment: Attachment, by: User, seen: int, changes: dict[str, Any]) -> None:
    """Changes the words about a file. Raises Denied, WrongState, Conflict."""
    _check(attachment, by)
    with acting(Verb.PART_EDITED, by=by, about=attachment, detail={"part": "attachment"}):
        hold(attachment.case, by)
        save_over(attachment, seen=seen, changes=changes)


def remove_attachment(*, attachment: Attachment, by: User, seen: int, reason: str) -> None:
    """Takes a file off the case, its content for good. Raises Denied, WrongState (no reason), Conflict."""
    _check(attachment, by)
    if not reason.strip():
        raise WrongState("Say why this is removed.")
    with acting(Verb.PART_REMOVED, by=by, about=attachment, reason=reason, detail={"part": "attachment"}):
        hold(attachment.case, by)
        AttachmentContent.objects.visible_to(by).filter(attachment=attachment).delete()
        remove(attachment, seen=seen)


def read_attachment(*, attachment: Attachment, by: User) -> bytes:
    """What the file holds, with an entry in the trail. Raises SealBroken."""
    content = AttachmentContent.objects.visible_to(by).get(attachment=attachment)
    told = unseal(bytes(content.sealed), place=place_of(attachment))
    record(Verb.ATTACHMENT_READ, by=by, about=attachment)
    return told


def place_of(attachment: Attachment) -> str:
    """What the encrypted content is bound to."""
    return f"attachment:{attachment.pk}:{attachment.case_id}"


def _check(attachment: Attachment, by: User) -> None:
    check(by, Doing.EDIT_CASE, attachment.case.label())
    if not sees(by, attachment.label()):
        raise Denied("You do not see this file.")
    check_open(attachment.case)
