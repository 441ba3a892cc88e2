"""Moving what stands on one case to another: parts, files, connections, raisings, answers, commitments, open lists.

Inside a merge only (rounds/actions/merge.py), which holds the locks and has opened the net. Every row gets a next
version, so its history tells from which case it came. A row of which the other case has its own already (a theme, a
group, an assessment of the same use) stays where it is, to be read there.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import F, Q, UniqueConstraint

from cases.actions.attachment import place_of
from cases.actions.consent import derive_consent
from cases.actions.derive import derive, rebuild_keys
from cases.codes import ClaimField
from cases.models import Attachment, AttachmentContent, Case, CaseLink, CaseName, Claim, GroupMember
from cases.models.part import Part
from casetracker.access.errors import WrongState
from casetracker.access.models import User
from casetracker.audit.acting import current_act
from casetracker.audit.records import save_over
from casetracker.sealing import SealBroken, seal, unseal
from rounds.actions.case_list import OPEN
from rounds.models import CaseList, Commitment, ListEntry, Raising, ResponseItem

_BIRTH = (ClaimField.BIRTH, ClaimField.AGE)
BROKEN = "A file on {} does not open: it was altered, or sealed with another key. These two cannot be merged."


def part_models() -> list[Any]:
    """Every kind of part of a case there is, also those of later chapters."""
    found = [model for model in apps.get_models() if issubclass(model, Part)]
    return sorted(found, key=lambda model: str(model._meta.label))


def counts(case: Case, user: User) -> list[str]:
    """How many things of each kind stand on `case` as `user` sees it: "3 names"."""
    models = [*part_models(), Attachment, GroupMember, Raising, ResponseItem, Commitment]
    found = [(model._meta, model.objects.visible_to(user).filter(case=case).count()) for model in models]
    links = CaseLink.objects.visible_to(user).filter(Q(from_case=case) | Q(to_case=case)).count()
    found.append((CaseLink._meta, links))
    return [f"{number} {_noun(meta, number)}" for meta, number in found if number]


def _noun(meta: Any, number: int) -> str:
    plain = {
        "casename": "name", "caseevent": "event", "casetheme": "theme", "eventsource": "source behind an event",
        "followup": "follow-up", "attachment": "file", "groupmember": "group", "responseitem": "answer",
        "caselink": "link",
    }.get(meta.model_name, str(meta.verbose_name))  # fmt: skip
    return plain if number == 1 else plain.replace("source behind an", "sources behind an") + "s" * (" " not in plain)


def move_everything(case: Case, other: Case) -> dict[str, int]:
    """Moves all of `other` to `case` and derives both anew. Model → how many rows moved. Raises WrongState."""
    moved: dict[str, int] = {}
    for model in part_models():
        _count(moved, model, (_move_part(row, case) for row in model.objects.filter(case=other)))
    _count(moved, Attachment, (_move_file(row, case) for row in Attachment.objects.filter(case=other).order_by("pk")))
    members = GroupMember.objects.filter(case=other).select_related("group").order_by("pk")
    _count(moved, GroupMember, (_move(row, case) for row in members))
    _count(moved, CaseLink, _move_links(case, other))
    for model in (Raising, ResponseItem, Commitment):
        _count(moved, model, (_move(row, case) for row in model.objects.filter(case=other).order_by("pk")))
    _count(moved, ListEntry, _move_entries(case, other))
    for one in (case, other):
        derive(one)
        derive_consent(one)
    return moved


def _count(moved: dict[str, int], model: Any, done: Iterable[bool]) -> None:
    if number := sum(done):
        moved[model._meta.model_name] = number


def _move(row: Any, case: Case, **changes: Any) -> bool:
    """Whether the row moved."""
    if _has_own(row, case):
        return False
    save_over(row, seen=row.version, changes={"case_id": case.pk, **changes})
    row.case = case
    return True


def _has_own(row: Any, case: Case) -> bool:
    """Whether `case` has a row that this one cannot stand beside."""
    for names in _unique_with_case(type(row)):
        same = {name: getattr(row, name) for name in names if name != "case"}
        if type(row).objects.filter(case=case, **same).exists():
            return True
    return False


def _unique_with_case(model: Any) -> list[list[str]]:
    """The sets of fields, the case among them, that occur once. Of claims the accepted one is settled apart."""
    if model is Claim:
        return []
    found = [["case"]] if model._meta.get_field("case").unique else []
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            bare = [one for one in constraint.expressions if isinstance(one, F)]
            names = [*constraint.fields, *(str(vars(one)["name"]) for one in bare)]
            found += [names] if "case" in names else []
    return found


def _move_part(row: Any, case: Case) -> bool:
    if isinstance(row, Claim):
        fields = _BIRTH if row.field in _BIRTH else (row.field,)
        settled = Claim.objects.filter(case=case, field__in=fields, accepted=True).exists()
        return _move(row, case, accepted=row.accepted and not settled)
    if not isinstance(row, CaseName):
        return _move(row, case)
    last = max(CaseName.objects.filter(case=case).values_list("position", flat=True), default=-1)
    moved = _move(row, case, position=last + 1)
    rebuild_keys(row)
    return moved


def _move_file(file: Attachment, case: Case) -> bool:
    """What it holds is bound to the case, so it is sealed anew. Raises WrongState."""
    content = AttachmentContent.objects.get(attachment=file)
    try:
        told = unseal(bytes(content.sealed), place=place_of(file))
    except SealBroken as broken:
        raise WrongState(BROKEN.format(file.case.reference)) from broken
    _move(file, case)
    content.sealed = seal(told, place=place_of(file))
    content.save(update_fields=["sealed"])
    return True


def _move_links(case: Case, other: Case) -> Iterable[bool]:
    """Links of the two to each other, and those that the case has already, stay."""
    for mine, theirs in (("from_case_id", "to_case_id"), ("to_case_id", "from_case_id")):
        for link in CaseLink.objects.filter(**{mine: other.pk}).order_by("pk"):
            far = getattr(link, theirs)
            same = CaseLink.objects.filter(**{mine: case.pk, theirs: far}, kind=link.kind)
            if far == case.pk or same.exists():
                continue
            yield save_over(link, seen=link.version, changes={mine: case.pk})


def _move_entries(case: Case, other: Case) -> Iterable[bool]:
    """Those of lists in work; the list gets its next version, so whoever approves an older one is told."""
    for entry in ListEntry.objects.filter(case=other, case_list__state__in=OPEN).order_by("pk"):
        yield _move(entry, case)
        held = CaseList.objects.get(pk=entry.case_list_id)
        save_over(held, seen=held.version, changes={"changed_at": current_act().at})
