"""Follow-ups (what we owe or chase) and commitments (what the counterpart promised) of all cases one sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from cases.forms.pickers import RowField
from cases.models import FollowUp
from cases.paging import CAP, Cursor, Order, Page, as_key, capped_count, capped_text, cut
from cases.states import CaseState
from casetracker.access.act import ROLES, Doing
from casetracker.access.models import Dialogue, User
from casetracker.access.see import holdings
from rounds.codes import CommitmentState
from rounds.models import Commitment

KINDS = {"follow-up": "Follow-ups", "commitment": "Commitments"}
SORTS = {"due": "Due", "what": "What", "case": "Case", "owner": "Owner"}
FILTERS = ("owner", "due", "dialogue", "state")
SIZE = 50
MINE = [("me", "me"), ("all", "anybody"), ("nobody", "nobody"), ("left", "somebody who has left")]
DUE = [("", "any day"), ("overdue", "overdue"), ("week", "within a week"), ("month", "within 30 days")]
STATES = [("open", "open"), ("done", "done or settled"), ("all", "all")]


class WorkFilter(forms.Form):
    """Whose, due when, of which dialogue, open or done. Every field may stay empty."""

    owner = forms.ChoiceField(label="Owner", required=False)
    due = forms.ChoiceField(label="Due", required=False, choices=DUE)
    dialogue = RowField(label="Dialogue", required=False, empty="all")
    state = forms.ChoiceField(label="State", required=False, choices=STATES)

    def __init__(self, data: Any, *, people: Iterable[User], dialogues: Iterable[Dialogue]) -> None:
        super().__init__(data, auto_id="filter_%s")
        owner: Any = self.fields["owner"]
        owner.choices = [*MINE, *((str(one.pk), one.name) for one in people)]
        offered = list(dialogues)
        field = self.fields["dialogue"]
        assert isinstance(field, RowField)
        field.offer(offered)
        if len(offered) < 2:
            del self.fields["dialogue"]


@dataclass(frozen=True)
class Owed:
    """One line: a follow-up or a commitment. `case` may be None for a commitment; `settle_url` is for who may."""

    row: Any
    due: date | None
    done: str
    case: Any
    round: Any
    owner: str
    owner_left: bool
    url: str
    settle_url: str


class Work:
    """What one viewer sees of one kind, for one query string. Unknown parameters are passed over."""

    def __init__(self, params: QueryDict, user: User) -> None:
        self.user, self.params = user, params
        self.kind = params.get("kind") if params.get("kind") in KINDS else "follow-up"
        self.sort = params.get("sort", "") if params.get("sort", "").removeprefix("-") in SORTS else "due"
        edits = any(one.role in ROLES[Doing.EDIT_CASE] for one in holdings(user))
        self.defaults = {"owner": "me" if edits else "all", "due": "", "dialogue": "", "state": "open"}
        asked = {name: params.get(name) or self.defaults[name] for name in FILTERS}
        colleagues = [one for one in User.objects.visible_to(user) if one.pk != user.pk]
        inside = {one.dialogue_id for one in holdings(user)}
        dialogues = Dialogue.objects.visible_to(user).filter(pk__in=sorted(inside))
        self.filter = WorkFilter(asked, people=colleagues, dialogues=dialogues)
        self.is_valid = self.filter.is_valid()

    @property
    def changed(self) -> dict[str, str]:
        """The filters that are set otherwise than by default."""
        asked = {name: self.params.get(name, "") for name in FILTERS}
        return {name: value for name, value in asked.items() if value and value != self.defaults[name]}

    def page(self) -> Page:
        """The page asked for; nothing when a filter cannot be applied."""
        seen = rows_of(str(self.kind), self.user)
        rows = self._filtered(seen) if self.is_valid else seen.none()
        return cut(rows, seen=seen, order=self._order(), cursor=Cursor.read(self.params), size=SIZE)

    def url(self, **changes: str) -> str:
        """The address of the page with some parameters changed ("" drops one); never the place in the list."""
        found = {"kind": self.kind, "sort": self.sort, **self.changed, **changes}
        defaults = {"kind": "follow-up", "sort": "due"}
        kept = {name: value for name, value in found.items() if value and value != defaults.get(name)}
        return reverse("desk:work") + (f"?{urlencode(kept)}" if kept else "")

    def tabs(self) -> list[dict[str, Any]]:
        """The two kinds, with how many are one's own (or of anybody) and overdue."""
        return [
            {"label": label, "url": self.url(kind=kind, sort=""), "current": kind == self.kind, "count": count}
            for kind, label in KINDS.items()
            for count in [_overdue(kind, self.user, self.defaults["owner"])]
        ]

    def headings(self) -> list[dict[str, str]]:
        """For `_ui/sort_th.html`."""
        made = []
        for code, label in SORTS.items():
            way = {code: "asc", f"-{code}": "desc"}.get(self.sort, "none")
            made.append({"label": label, "direction": way, "url": self.url(sort=f"-{code}" if way == "asc" else code)})
        return made

    def chips(self) -> list[dict[str, str]]:
        """Filters set otherwise than by default, in words."""
        found = []
        for name, value in self.changed.items():
            if (field := self.filter.fields.get(name)) is not None:
                words = dict(getattr(field, "choices", ())).get(value, "not available")
                found.append({"label": str(field.label), "value": str(words), "remove_url": self.url(**{name: ""})})
        return found

    def _order(self) -> Order:
        code, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        by: dict[str, Any] = {
            "due": Coalesce(F("due"), Value(date.max)),
            "what": F("what"),
            "case": Coalesce(F("case__reference"), Value("")),
            "owner": Coalesce(F("owner__name"), Value("")),
        }
        return Order(by[code], descending)

    def _filtered(self, rows: Any) -> Any:
        asked = self.filter.cleaned_data
        rows = rows.filter(_owned(asked["owner"], self.user))
        if key := asked.get("dialogue"):
            path = "case__dialogue" if self.kind == "follow-up" else "dialogue"
            rows = rows.filter(**{path: key})
        if asked["state"] != "all":
            still = open_q(str(self.kind))
            rows = rows.filter(still if asked["state"] == "open" else ~still)
        today = timezone.localdate()
        until = {"overdue": -1, "week": 7, "month": 30}.get(asked["due"])
        return rows if until is None else rows.filter(due__lte=today + timedelta(days=until))


def rows_of(kind: str, user: User) -> Any:
    """All rows of one kind that `user` sees, with what a line shows."""
    if kind == "commitment":
        return Commitment.objects.visible_to(user).select_related("case", "round", "owner")
    rows = FollowUp.objects.visible_to(user).exclude(case__state=CaseState.MERGED)
    return rows.select_related("case", "owner")


def open_q(kind: str) -> Q:
    """Rows that are still to be done, or to be kept."""
    return Q(state=CommitmentState.OPEN) if kind == "commitment" else Q(done_at__isnull=True)


def lines(rows: Iterable[Any], able: set[Any]) -> list[Owed]:
    """Rows as the table shows them; `able`: keys of those the viewer may finish or settle."""
    return [_line(row, row.pk in able) for row in rows]


def _line(row: Any, may_settle: bool) -> Owed:
    owner, left = (row.owner.name, not row.owner.is_active) if row.owner else ("", False)
    if isinstance(row, FollowUp):
        done = "done" if row.done_at else ""
        url = f"{reverse('desk:case', args=[row.case.reference])}#follow-ups"
        settle = reverse("cases:follow_up_done", args=[row.case.reference, row.pk])
        return Owed(row, row.due, done, row.case, None, owner, left, url, "" if done or not may_settle else settle)
    done = "" if row.state == CommitmentState.OPEN else str(row.get_state_display())
    settle = reverse("rounds:commitment_settle", args=[row.pk])
    url = reverse("rounds:commitment", args=[row.pk])
    return Owed(row, row.due, done, row.case, row.round, owner, left, url, "" if done or not may_settle else settle)


def _owned(owner: str, user: User) -> Q:
    if owner in ("", "all"):
        return Q()
    if owner == "me":
        return Q(owner=user.pk)
    if owner == "nobody":
        return Q(owner__isnull=True)
    if owner == "left":
        here = User.objects.visible_to(user).filter(is_active=True).order_by().values("pk")
        return Q(owner__isnull=False) & ~Q(owner_id__in=here)
    return Q(owner=as_key(owner))


def _overdue(kind: str, user: User, owner: str) -> str:
    late = rows_of(kind, user).filter(open_q(kind), _owned(owner, user), due__lt=timezone.localdate())
    count = capped_count(late)
    return f"{capped_text(min(count, CAP + 1))} overdue" if count else ""
