"""What waits for a second person, as a list. Rows are fetched whole; queries grow with the kinds, not with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from casetracker.access.act import may
from casetracker.access.errors import Denied, WrongState
from casetracker.access.kinds import Kind, kind_of, kinds
from casetracker.access.models import Approval, ApprovalState, User

PAGE = 50
TABS = {"for-you": "For you", "asked": "You asked", "decided": "Decided"}
SORTS = {"asked": "requested_at", "kind": "kind", "by": "requested_by__name", "decided": "decided_at"}


@dataclass(frozen=True)
class Row:
    """One approval with what the list says of it: what is to be done, to what (a name and the page of it)."""

    approval: Approval
    words: str
    name: str
    url: str
    could_decide: bool


@dataclass(frozen=True)
class Part:
    """Rows of one page, and the key behind which the next one begins ("" where there is none)."""

    rows: list[Row]
    after: str = ""


def for_you(user: User, kind: str = "", without: Iterable[str] = ()) -> list[Row]:
    """What waits that `user` could decide on, oldest first. No query where their roles decide on nothing."""
    theirs = {one.code for one in kinds() if one.decides is None or may(user, one.decides)} - set(without)
    codes = theirs & {kind} if kind else theirs
    if not codes:
        return []
    found = Approval.objects.visible_to(user).in_time().exclude(requested_by=user).filter(kind__in=sorted(codes))
    return [row for row in rows_of(list(_whole(found).order_by("requested_at", "pk")), user) if row.could_decide]


def part(user: User, tab: str, kind: str, sort: str, after: UUID | None) -> Part:
    """What `user` asked for, or what was decided on, as far as they may know of it."""
    seen = Approval.objects.visible_to(user)
    found = seen.filter(requested_by=user) if tab == "asked" else seen.exclude(state=ApprovalState.WAITING)
    if kind:
        found = found.filter(kind=kind)
    sign, column = ("-", sort[1:]) if sort.startswith("-") else ("", sort)
    column = SORTS[column]
    if after is not None:
        found = found.filter(_behind(seen, column, sign, after))
    page = list(_whole(found).order_by(f"{sign}{column}", f"{sign}pk")[: PAGE + 1])
    return Part(rows_of(page[:PAGE], user), str(page[PAGE - 1].pk) if len(page) > PAGE else "")


def rows_of(approvals: list[Approval], user: User) -> list[Row]:
    """These as rows; one whose target is gone meanwhile is left out."""
    targets: dict[UUID, Any] = {}
    deciding: set[UUID] = set()
    for code in sorted({one.kind for one in approvals}):
        kind, mine = kind_of(code), [one for one in approvals if one.kind == code]
        found = {target.pk: target for target in kind.targets(user).filter(pk__in={one.object_id for one in mine})}
        for one in mine:
            if one.object_id in found:
                targets[one.pk] = found[one.object_id]
        open_now = [one for one in mine if one.is_waiting and one.requested_by_id != user.pk and one.pk in targets]
        deciding |= _could_decide(kind, open_now, targets, user)
    return [_row(one, targets[one.pk], one.pk in deciding) for one in approvals if one.pk in targets]


def default_sort(tab: str) -> str:
    """Newest first: by when it was asked for, or decided on."""
    return "-decided" if tab == "decided" else "-asked"


def _could_decide(kind: Kind, open_now: list[Approval], targets: dict[UUID, Any], user: User) -> set[UUID]:
    if kind.choose is not None:
        chosen = kind.choose(user, [targets[one.pk] for one in open_now])
        return {one.pk for one in open_now if one.object_id in chosen}
    return {one.pk for one in open_now if _passes(kind, one, targets[one.pk], user)}


def _passes(kind: Kind, one: Approval, target: Any, user: User) -> bool:
    try:
        kind.check_decide(user, target, one.parameters)
    except (Denied, WrongState):
        return False
    return True


def _row(one: Approval, target: Any, could: bool) -> Row:
    kind = kind_of(one)
    return Row(one, kind.words, kind.name(target), kind.address(target), could)


def _whole(rows: Any) -> Any:
    return rows.select_related("requested_by", "decided_by")


def _behind(seen: Any, column: str, sign: str, after: UUID) -> Q:
    """Rows behind the one with this key; all of them when the viewer does not see it."""
    value = seen.filter(pk=after).order_by().values_list(column, flat=True).first()
    if value is None:
        return Q()
    way = "lt" if sign else "gt"
    return Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": after})
