"""Groups of persons taken together, and links between two cases."""

from typing import Any

from cases.actions.case import check_label, check_open, hold
from cases.models import Case, CaseGroup, CaseLink, GroupMember
from casetracker.access.act import Doing, check, may
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb


def create_group(*, by: User, label: Label, values: dict[str, Any], case: Case | None = None) -> CaseGroup:
    """A new group, with its first member where one is given. Raises Denied, WrongState."""
    check(by, Doing.EDIT_CASE, label)
    check_label(by, label)
    group = CaseGroup(
        dialogue_id=label.dialogue_id, marking=label.marking, compartment_id=label.compartment_id, **values
    )
    with acting(Verb.GROUP_CREATED, by=by, about=group):
        save_new(group)
        if case is not None:
            join_group(group=group, case=case, by=by)
    return group


def edit_group(*, group: CaseGroup, by: User, seen: int, changes: dict[str, Any]) -> None:
    """Changes what a group is. Raises Denied, Conflict."""
    check(by, Doing.EDIT_CASE, group.label())
    with acting(Verb.GROUP_EDITED, by=by, about=group):
        save_over(group, seen=seen, changes=changes)


def join_group(*, group: CaseGroup, case: Case, by: User) -> GroupMember:
    """Puts a case into a group. Raises Denied, WrongState (in it already, merged)."""
    check(by, Doing.EDIT_CASE, group.label())
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    if GroupMember.objects.visible_to(by).filter(group=group, case=case).exists():
        raise WrongState("This case is in the group already.")
    member = GroupMember(group=group, case=case)
    with acting(Verb.PART_ADDED, by=by, about=member, detail={"part": "group"}):
        hold(case, by)
        save_new(member)
    return member


def leave_group(*, member: GroupMember, by: User, seen: int, reason: str) -> None:
    """Takes a case out of a group. Raises Denied, WrongState (no reason), Conflict."""
    check(by, Doing.EDIT_CASE, member.group.label())
    check(by, Doing.EDIT_CASE, member.case.label())
    _say_why(reason)
    with acting(Verb.PART_REMOVED, by=by, about=member, reason=reason, detail={"part": "group"}):
        hold(member.case, by)
        remove(member, seen=seen)


def link_cases(*, case: Case, other: Case, by: User, kind: str, note: str = "") -> CaseLink:
    """Ties `case`, which `by` edits, to `other`, which `by` sees. Raises Denied, WrongState (tied so already)."""
    check(by, Doing.EDIT_CASE, case.label())
    check_open(case)
    one_way = CaseLink.objects.visible_to(by).filter(kind=kind)
    if one_way.filter(from_case=case, to_case=other).exists():
        raise WrongState("These two cases are linked so already.")
    link = CaseLink(from_case=case, to_case=other, kind=kind, note=note)
    with acting(Verb.PART_ADDED, by=by, about=link, detail={"part": "link"}) as act:
        hold(case, by)
        save_new(link)
        act.about = case
    return link


def edit_link(*, link: CaseLink, by: User, seen: int, changes: dict[str, Any]) -> None:
    """Changes how two cases are tied. Raises Denied, WrongState, Conflict."""
    mine = _editable_end(link, by)
    with acting(Verb.PART_EDITED, by=by, about=link.from_case, detail={"part": "link"}):
        hold(mine, by)
        save_over(link, seen=seen, changes=changes)


def unlink_cases(*, link: CaseLink, by: User, seen: int, reason: str) -> None:
    """Unties two cases. Raises Denied, WrongState (no reason), Conflict."""
    mine = _editable_end(link, by)
    _say_why(reason)
    with acting(Verb.PART_REMOVED, by=by, about=link.from_case, reason=reason, detail={"part": "link"}):
        hold(mine, by)
        remove(link, seen=seen)


def _editable_end(link: CaseLink, by: User) -> Case:
    """A link may be changed from either end: the one that `by` edits. Raises Denied, WrongState."""
    ends = (link.from_case, link.to_case)
    mine = next((end for end in ends if may(by, Doing.EDIT_CASE, end.label())), link.from_case)
    check(by, Doing.EDIT_CASE, mine.label())
    check_open(mine)
    return mine


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise WrongState("Say why this is removed.")
