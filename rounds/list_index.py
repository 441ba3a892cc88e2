"""All lists that a viewer sees, as one query string asks for them: filters, order, page, and figures of each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Case as FirstOf
from django.db.models import CharField, Count, F, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict
from django.urls import reverse

from cases.forms.pickers import RowField
from cases.paging import Cursor, Order, Page, cut
from casetracker.access.act import Doing, may
from casetracker.access.models import Dialogue, User
from casetracker.access.roles import Marking
from rounds.codes import Grade
from rounds.models import CaseList, ListEntry, Round
from rounds.overview import next_round
from rounds.standing import standing
from rounds.states import EntryState, ListState

SIZE = 50
DEFAULT_SORT = "-round"
FILTERS = ("dialogue", "round", "state")
# code, heading, direction of the first click
COLUMNS = (("round", "List for", "-"), ("state", "State", ""), ("label", "Label", "-"), ("changed", "Changed", "-"))
# A round without a day is still to come.
AHEAD = "9999-12-31"


class ListFilter(forms.Form):
    """Dialogue, round and state; every field may stay empty. An impossible value filters nothing."""

    dialogue = RowField(label="Dialogue", required=False, empty="all")
    round = RowField(label="Round", required=False, empty="all")
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *ListState.choices])

    def __init__(self, data: Any, *, dialogues: Iterable[Dialogue], rounds: Iterable[Round]) -> None:
        super().__init__(data, auto_id="filter_%s")
        offered: dict[str, list[Any]] = {"dialogue": list(dialogues), "round": list(rounds)}
        for name, rows in offered.items():
            picker = self.fields[name]
            assert isinstance(picker, RowField)
            picker.offer(rows)
        many = len(offered["dialogue"]) > 1
        if many:
            self._tell_dialogues(offered["round"], offered["dialogue"])
        else:
            del self.fields["dialogue"]
        self.is_valid()

    def _tell_dialogues(self, rounds: list[Round], dialogues: list[Dialogue]) -> None:
        prefixes = {one.pk: one.prefix for one in dialogues}
        picker: Any = self.fields["round"]
        words = [(str(one.pk), f"{prefixes.get(one.dialogue_id, '')} {one}") for one in rounds]
        picker.choices = [("", "all"), *words]

    def value(self, name: str) -> Any:
        """What a filter is set to, or None."""
        return self.cleaned_data.get(name) or None


@dataclass
class Line:
    """One list of the table: entries by state, and how many of those raised were answered."""

    case_list: CaseList
    label: str
    by_state: dict[str, int] = field(default_factory=dict)
    answered: int = 0

    @property
    def on_sheet(self) -> int:
        """Entries that go, or went, on the sheet."""
        return sum(number for state, number in self.by_state.items() if state != EntryState.HELD_BACK)

    @property
    def held_back(self) -> int:
        """Entries held back."""
        return self.by_state.get(EntryState.HELD_BACK, 0)

    @property
    def raised(self) -> int:
        """Entries raised."""
        return self.by_state.get(EntryState.RAISED, 0)


class ListIndex:
    """The lists one viewer sees, for one query string. Unknown parameters are passed over."""

    def __init__(self, params: QueryDict, user: User, dialogues: list[Dialogue]) -> None:
        self.params, self.user = params, user
        self.dialogues = dialogues
        self.rounds = list(Round.objects.visible_to(user).filter(dialogue__in=dialogues))
        self.form = ListFilter(params, dialogues=dialogues, rounds=self.rounds)
        asked = params.get("sort", "")
        self.sort = asked if asked.removeprefix("-") in {code for code, _, _ in COLUMNS} else DEFAULT_SORT

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the lists."""
        return any(self.form.value(name) for name in FILTERS)

    def openings(self, today: date) -> list[tuple[str, Round]]:
        """The next round of each dialogue in which the viewer prepares lists, behind the prefix of the dialogue."""
        found = []
        for dialogue in self.dialogues:
            upcoming = next_round([one for one in self.rounds if one.dialogue_id == dialogue.pk], today)
            if upcoming is not None and may(self.user, Doing.PREPARE_LIST, dialogue.label()):
                found.append((dialogue.prefix, upcoming))
        return found

    def page(self) -> Page:
        """The page asked for. At most five queries."""
        everything = CaseList.objects.visible_to(self.user)
        rows = everything.select_related("round__dialogue", "compartment", "prepared_by", "approved_by")
        for name in FILTERS:
            if (value := self.form.value(name)) is not None:
                rows = rows.filter(**{name: value})
        return cut(rows, seen=everything, order=_order(self.sort), cursor=Cursor.read(self.params), size=SIZE)

    def lines(self, lists: list[CaseList]) -> list[Line]:
        """The rows of a page with their figures. Two queries."""
        keys = [one.pk for one in lists]
        entries = ListEntry.objects.visible_to(self.user).filter(case_list_id__in=keys).order_by()
        counted: dict[UUID, dict[str, int]] = defaultdict(dict)
        for key, state, number in entries.values_list("case_list_id", "state").annotate(number=Count("pk")):
            counted[key][state] = number
        answered = self._answered(keys)
        return [Line(one, Marking(one.marking).on_paper, counted[one.pk], len(answered[one.pk])) for one in lists]

    def _answered(self, keys: list[UUID]) -> dict[UUID, set[UUID]]:
        """Per list the raisings with an answer that stands and is no refusal, of what the viewer sees. One query."""
        items = standing(self.user).filter(raising__entry__case_list_id__in=keys, raising__voided=False)
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for grade, raising, case_list in items.order_by().values_list(
            "grade", "raising_id", "raising__entry__case_list_id"
        ):
            if grade != Grade.REFUSED:
                found[case_list].add(raising)
        return found

    def url(self, **changes: str) -> str:
        """The address of the index with some parameters changed."""
        kept = {name: str(self.form.value(name) or "") for name in FILTERS}
        kept["sort"] = self.sort if self.sort != DEFAULT_SORT else ""
        query = urlencode({name: value for name, value in (kept | changes).items() if value})
        return reverse("rounds:lists") + (f"?{query}" if query else "")

    def headings(self) -> list[dict[str, str]]:
        """For `_ui/sort_th.html`: a first click sorts, a second one turns round."""
        found = []
        for code, label, first in COLUMNS:
            current = self.sort.removeprefix("-") == code
            down = self.sort.startswith("-")
            following = f"{'' if down else '-'}{code}" if current else first + code
            direction = ("desc" if down else "asc") if current else "none"
            url = self.url(sort="" if following == DEFAULT_SORT else following)
            found.append({"label": label, "url": url, "direction": direction})
        return found

    def chips(self) -> list[dict[str, str]]:
        """The filters that are set, each with the address without it."""
        found = []
        for name in FILTERS:
            if (value := self.form.value(name)) is not None:
                choices: Any = self.form.fields[name]
                words = dict(choices.choices).get(str(value), "")
                label = f"{choices.label}:"
                found.append({"label": label, "value": str(words), "remove_url": self.url(**{name: ""})})
        return found

    def pager(self, page: Page) -> dict[str, str]:
        """For `_ui/pager.html`."""
        links = page.links()
        urls = {f"{name}_url": self.url(**links[name]) if name in links else "" for name in _PAGES}
        return {"shown": page.shown(), **urls}


_PAGES = ("first", "previous", "next", "last")


# Of lists for the same round, those still worked on come first where the newest round does.
_WEIGHT = {"in_review": "9", "draft": "8", "approved": "7", "handed_over": "6", "closed": "5", "superseded": "2"}


def _order(sort: str) -> Order:
    ranks = [When(state=code, then=Value(rank)) for rank, code in enumerate(ListState.values)]
    weights = [When(state=code, then=Value(weight)) for code, weight in _WEIGHT.items()]
    starts = Coalesce(Cast(F("round__starts"), CharField(max_length=10)), Value(AHEAD))
    by: dict[str, Combinable] = {
        "round": Concat(starts, FirstOf(*weights, default=Value("1"), output_field=CharField())),
        "state": FirstOf(*ranks, default=Value(len(ranks)), output_field=IntegerField()),
        "label": F("marking"),
        "changed": F("changed_at"),
    }
    return Order(by[sort.removeprefix("-")], sort.startswith("-"))
