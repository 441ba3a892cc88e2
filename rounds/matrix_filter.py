"""Which cases and rounds the matrix shows, as one query string of one viewer asks for them."""

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, IntegerField, OuterRef, Q, UUIDField, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from cases.ledger_figures import ever_raised, waiting
from cases.models import Case, CaseTheme, LedgerDay, LedgerDayKind, Theme
from cases.paging import DEFAULT_SIZE, Cursor, Order, Page, as_key, cut
from casetracker.access.models import Dialogue, User
from rounds.codes import Grade
from rounds.forms_closing import MatrixFilter
from rounds.matrix import Timeline
from rounds.models import CaseList, ListEntry, Raising, Round
from rounds.states import ListState

NAMES = ("dialogue", "from", "to", "list", "theme", "grade", "waiting")
SHOWN = ("reference", "dialogue_id", "marking", "compartment_id", "latin_name", "original_name", "original_lang")
SORTS = ("name", "-name")


class Choice:
    """Something a picker offers: its key and its words."""

    def __init__(self, pk: UUID, words: str) -> None:
        self.pk, self.words = pk, words

    def __str__(self) -> str:
        return self.words


class Asked:
    """One query string, read. Two queries for what is offered; none of it is hidden from the viewer."""

    def __init__(self, params: QueryDict, user: User) -> None:
        self.user, self.params = user, params
        rounds = list(Round.objects.visible_to(user).select_related("dialogue"))
        dialogues = {round.dialogue_id: round.dialogue for round in rounds}
        chosen = as_key(params.get("dialogue"))
        self.dialogue: Dialogue | None = dialogues.get(chosen) if chosen else next(iter(dialogues.values()), None)
        own = [round for round in rounds if self.dialogue and round.dialogue_id == self.dialogue.pk]
        offered = {"dialogue": dialogues.values(), "from": own, "to": own, **self._offered(own)}
        self.form = MatrixFilter(self._data(), offered=offered)
        self.valid = self.form.is_valid() and self.dialogue is not None
        values = self.form.cleaned_data if self.valid else {}
        self.values: dict[str, Any] = {name: values[name] for name in NAMES if values.get(name)}
        self.timeline = Timeline(own, first=self.values.get("from"), last=self.values.get("to"))
        self.sort = params.get("sort", "") if params.get("sort", "") in SORTS else SORTS[0]

    def _data(self) -> QueryDict:
        """What was sent; the dialogue shown stands in its field."""
        data = self.params.copy()
        if self.dialogue is not None and not data.get("dialogue"):
            data["dialogue"] = str(self.dialogue.pk)
        return data

    def _offered(self, rounds: list[Round]) -> dict[str, list[Choice]]:
        """Lists handed over in the dialogue, and themes: one query."""
        if self.dialogue is None:
            return {"list": [], "theme": []}
        by_key = {round.pk: round for round in rounds}
        given = (ListState.HANDED_OVER, ListState.CLOSED)
        lists = CaseList.objects.visible_to(self.user).filter(dialogue=self.dialogue, state__in=given)
        offered: Any = Theme.objects.visible_to(self.user).offered_in(self.dialogue)
        nothing = Value(0, IntegerField()), Value(False, BooleanField()), Value(None, UUIDField())
        rows = lists.order_by().values_list("pk", Value(""), "number", "supplementary", "round_id")
        rows = rows.union(offered.order_by().values_list("pk", "name", *nothing), all=True).order_by()
        found: dict[str, list[tuple[Any, Choice]]] = {"list": [], "theme": []}
        for pk, name, number, supplementary, round_id in rows:
            if round_id is None:
                found["theme"].append((name.casefold(), Choice(pk, name)))
            elif round_id in by_key:
                round = by_key[round_id]
                words = str(CaseList(round=round, number=number, supplementary=supplementary))
                found["list"].append((-(round.starts.toordinal() if round.starts else 0), Choice(pk, words)))
        return {kind: [choice for _, choice in sorted(some, key=lambda one: one[0])] for kind, some in found.items()}

    def cases(self) -> Any:
        """Cases that were ever raised (in the rounds shown, where only some are) and fit."""
        if not self.valid:
            return Case.objects.visible_to(self.user).none()
        cases = self._raised(Case.objects.visible_to(self.user).filter(dialogue=self.dialogue))
        if key := self.values.get("list"):
            entries = ListEntry.objects.visible_to(self.user).filter(case_list_id=key).order_by()
            cases = cases.filter(pk__in=entries.values("case_id"))
        if key := self.values.get("theme"):
            themes = CaseTheme.objects.visible_to(self.user).filter(theme_id=key).order_by()
            cases = cases.filter(pk__in=themes.values("case_id"))
        if grade := self.values.get("grade"):
            cases = cases.filter(self._answered(grade))
        if self.values.get("waiting"):
            cases = waiting(cases, self.user, "any", timezone.localdate())
        return cases.only(*SHOWN)

    def _answered(self, grade: str) -> Q:
        """With an answer of this grade, whatever came after it. Looked up once and not for each case: without
        statistics SQLite would look through all answers of the dialogue for each.
        """
        kind = LedgerDayKind.REFUSED if grade == Grade.REFUSED else LedgerDayKind.ANSWERED
        days = LedgerDay.objects.beside_visible_cases(self.user).filter(kind=kind, grade=grade)
        return Q(pk__in=days.order_by().values("case_id"))

    def _raised(self, cases: Any) -> Any:
        if not self.timeline.is_narrowed:
            return ever_raised(cases, self.user, "ever")
        since, before = self.timeline.span
        raised = Raising.objects.visible_to(self.user).filter(voided=False).order_by()
        at_rounds = Q(round_id__in=self.timeline.shown_rounds)
        if since >= before:
            # One round holds few of all cases: they are looked up rather than every case asked.
            return cases.filter(pk__in=raised.filter(at_rounds).values("case_id"))
        between = Q(round__isnull=True, on__gte=since, on__lt=before)
        return cases.filter(Exists(raised.filter(at_rounds | between, case=OuterRef("pk"))))

    @property
    def order(self) -> Order:
        """By name."""
        return Order(F("sort_key"), self.sort.startswith("-"))

    def page(self) -> Page:
        """The page asked for."""
        if not self.valid:
            return Page()
        seen = Case.objects.visible_to(self.user).filter(dialogue=self.dialogue)
        return cut(self.cases(), seen=seen, order=self.order, cursor=Cursor.read(self.params), size=DEFAULT_SIZE)

    def query(self, **changes: str) -> str:
        """The query string with some parameters changed; "" drops one."""
        found = {name: "1" if value is True else str(value) for name, value in self.values.items()}
        if self.sort != SORTS[0]:
            found["sort"] = self.sort
        made = QueryDict(mutable=True)
        for name, value in (found | changes).items():
            if value:
                made[name] = value
        return made.urlencode()

    def url(self, **changes: str) -> str:
        """The address of the matrix with some parameters changed."""
        query = self.query(**changes)
        return reverse("rounds:matrix") + (f"?{query}" if query else "")

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows it; the dialogue alone does not."""
        return bool(set(self.values) - {"dialogue"})

    def chips(self) -> list[dict[str, str]]:
        """Every value that narrows the matrix, in words, with the address without it."""
        found = []
        for name, value in self.values.items():
            if name != "dialogue":
                field = self.form.fields[name]
                words = dict(getattr(field, "choices", ())).get(str(value), "yes")
                found.append({"label": str(field.label), "value": str(words), "remove_url": self.url(**{name: ""})})
        return found
