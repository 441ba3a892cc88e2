"""Filters of the table of cases. Everything offered is scoped; a choice that is hidden fails like one that is missing.

The query string holds codes, keys and dates; text is looked up elsewhere, by POST.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import django_filters as df
from django import forms
from django.db.models import F, Q, UUIDField, Value
from django.http import QueryDict
from django.utils import timezone

from cases import ledger_figures as ledger
from cases.codes import Sex, SourceKind, Status
from cases.consent import NOT_TO_BE_USED
from cases.dates import PartialDate
from cases.fields import PartialDateFormField
from cases.models import Case, CaseGroup, CaseTheme, GroupMember, ImportBatch, ImportRow, Place, Source, Theme
from cases.paging import as_key
from cases.states import CaseState, ImportState
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking
from casetracker.access.see import holdings
from casetracker.widgets import Picker

GROUPS_OFFERED = 200
DUE = [
    ("overdue", "follow-up overdue"),
    ("week", "follow-up due within a week"),
    ("none", "no follow-up open"),
    ("term_over", "term over, no release known"),
]
CONSENT = [
    ("none", "not assessed, ended or refused"),
    ("new", "not assessed"),
    ("ended", "ended"),
    ("month", "ends within 30 days"),
    ("no", "not to be used"),
    ("holds", "may be handed over"),
]
OWNERS = [("me", "me"), ("nobody", "nobody"), ("left", "somebody who has left")]
NOT_OFFERED = "This choice is not available (any more). Choose another, or leave it open."
Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Offered:
    """What the viewer may choose from, by kind of thing: (key, name, key of what it lies in)."""

    by_kind: dict[str, list[tuple[UUID, str, UUID | None]]] = field(default_factory=dict)

    def choices(self, kind: str) -> Choices:
        """For a plain picker."""
        return [(str(key), name) for key, name, _ in self.by_kind.get(kind, [])]

    def places(self) -> Choices:
        """Regions, each followed by the places in it."""
        inside: dict[UUID | None, Choices] = defaultdict(list)
        for key, name, region in self.by_kind.get("place", []):
            inside[region].append((str(key), name))
        found: Choices = []
        for top, name in inside[None]:
            found += [(top, name), *((one, f"\u2003{label}") for one, label in inside[UUID(top)])]
        return found


def offered_to(user: User) -> Offered:
    """Everything to choose from but groups, in one query."""
    if not holdings(user):
        return Offered()
    packs = Dialogue.objects.visible_to(user).order_by().values("pack")
    # visible terms are general ones and those of one's own dialogues
    shared = Q(dialogue__isnull=False) | Q(pack="") | Q(pack__in=packs)
    rows = _part("theme", Theme.objects.visible_to(user).filter(shared)).union(
        _part("place", Place.objects.visible_to(user).filter(shared), "region_id"),
        _part("dialogue", Dialogue.objects.visible_to(user)),
        _part("compartment", Compartment.objects.visible_to(user), "dialogue_id"),
        _part("batch", ImportBatch.objects.visible_to(user).filter(state=ImportState.DONE), name="title"),
        _part("owner", User.objects.visible_to(user)),
        all=True,
    )
    found: dict[str, list[tuple[UUID, str, UUID | None]]] = defaultdict(list)
    by_name = sorted(rows.order_by("pk"), key=lambda row: (row[0], row[2].casefold(), str(row[1])))
    for kind, key, name, within in by_name:
        found[kind].append((key, name, within))
    return Offered(found)


def _part(kind: str, rows: Any, within: str = "", name: str = "name") -> Any:
    inside = F(within) if within else Value(None, output_field=UUIDField())
    return rows.order_by().values_list(Value(kind), "pk", name, inside)


class PartialDateFilter(df.Filter):
    """A date as exactly as it is known."""

    field_class = PartialDateFormField


def _day(label: str, method: str) -> df.DateFilter:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return df.DateFilter(label=label, method=method, widget=widget)


def _one(label: str, method: str | None = None, column: str = "", choices: Choices | None = None) -> df.ChoiceFilter:
    return df.ChoiceFilter(
        label=label, method=method, field_name=column or None, choices=choices or [], empty_label="any", widget=Picker
    )


def _several(label: str, column: str, choices: Choices) -> df.MultipleChoiceFilter:
    ticks = forms.CheckboxSelectMultiple
    return df.MultipleChoiceFilter(label=label, method="any_of", field_name=column, choices=choices, widget=ticks)


class CaseFilters(df.FilterSet):
    """One instance for one query string of one viewer; `qs` holds nothing at all when a filter is not valid."""

    status = _several("Status", "status", Status.choices)
    state = _several("State", "state", CaseState.choices)
    theme = _one("Theme", "with_theme")
    place = _one("Place", "at_place")
    detained_from = PartialDateFilter(label="Detained from", method="detained_since")
    detained_to = PartialDateFilter(label="Detained until", method="detained_before")
    owner = _one("Owner", "owned_by")
    due = _one("Needs attention", "due_now", choices=DUE)
    consent = _one("Consent for written handover", "with_consent", choices=CONSENT)
    term_before = _day("Term ends before", "term_ends")
    changed_since = _day("Changed since", "changed")
    asked = _one("Raised", "ever_raised", choices=ledger.RAISED)
    raised_since = _day("Raised since", "raised_from")
    not_raised_since = _day("Not raised since", "not_raised_from")
    waiting = _one("Waiting for an answer", "is_waiting", choices=ledger.WAITING)
    answer = df.MultipleChoiceFilter(
        label="Last answer", method="last_told", choices=ledger.LAST_ANSWER, widget=forms.CheckboxSelectMultiple
    )
    sex = _one("Sex", column="sex", choices=Sex.choices)
    source = _one("Source", "with_source", choices=SourceKind.choices)
    group = _one("Group", "in_group")
    dialogue = _one("Dialogue", column="dialogue_id")
    marking = _one("Marking", column="marking")
    compartment = _one("Compartment", column="compartment_id")
    batch = _one("Import", "of_batch")

    def __init__(self, params: QueryDict, user: User) -> None:
        super().__init__(params, queryset=Case.objects.visible_to(user))
        self.user = user
        self.offered = offered_to(user)
        people = [one for one in self.offered.choices("owner") if one[0] != str(user.pk)]
        reach = max((holding.marking for holding in holdings(user)), default=Marking.NORMAL)
        mine = {
            "theme": self.offered.choices("theme"),
            "place": self.offered.places(),
            "owner": [*OWNERS, *people, *self._left(people, as_key(params.get("owner")))],
            "group": self._groups(as_key(params.get("group"))),
            "dialogue": self.offered.choices("dialogue"),
            "marking": [(str(one.value), one.on_paper) for one in Marking if one <= reach],
            "compartment": self.offered.choices("compartment"),
            "batch": self.offered.choices("batch"),
        }
        for name, choices in mine.items():
            self.filters[name].extra["choices"] = choices
        for name, fewest in (("dialogue", 2), ("marking", 2), ("compartment", 1), ("batch", 1), ("group", 1)):
            if len(mine[name]) < fewest:
                self.filters[name].extra["widget"] = forms.HiddenInput
        for one in self.form.fields.values():
            one.error_messages["invalid_choice"] = NOT_OFFERED

    @property
    def qs(self) -> Any:
        """The cases that fit; none when something asked for is not valid, rather than all."""
        return super().qs if self.is_valid() else self.queryset.none()

    def _groups(self, chosen: UUID | None) -> Choices:
        """The first groups by title, and in any case the chosen one."""
        if not self.offered.by_kind:
            return []
        groups = CaseGroup.objects.visible_to(self.user).order_by("title", "pk").values_list("pk", "title")
        found = [(str(key), title) for key, title in groups[:GROUPS_OFFERED]]
        if chosen and len(found) == GROUPS_OFFERED and str(chosen) not in dict(found):
            found += [(str(key), title) for key, title in groups.filter(pk=chosen)]
        return found

    def _left(self, people: Choices, chosen: UUID | None) -> Choices:
        """The chosen owner, when they are no colleague any more but own a case that the viewer sees."""
        if not chosen or chosen == self.user.pk or str(chosen) in dict(people):
            return []
        owner = self.queryset.filter(owner_id=chosen).values_list("owner_id", "owner__name").first()
        return [(str(owner[0]), owner[1])] if owner else []

    def any_of(self, rows: Any, column: str, values: list[str]) -> Any:
        """Any of several codes."""
        return rows.filter(**{f"{column}__in": values})

    def with_theme(self, rows: Any, _: str, key: str) -> Any:
        """With this theme."""
        return rows.filter(pk__in=self._cases_of(CaseTheme).filter(theme_id=key).values("case_id"))

    def at_place(self, rows: Any, _: str, key: str) -> Any:
        """Last known there, or at a place in that region."""
        places = Place.objects.visible_to(self.user).filter(Q(pk=key) | Q(region_id=key))
        return rows.filter(place_id__in=places.order_by().values("pk"))

    def detained_since(self, rows: Any, _: str, day: PartialDate) -> Any:
        """Held without a break since that day or later."""
        return rows.filter(detained_since__gte=day.earliest.isoformat())

    def detained_before(self, rows: Any, _: str, day: PartialDate) -> Any:
        """Held without a break since that day or earlier."""
        return rows.filter(detained_since__lte=day.latest.isoformat()).exclude(detained_since="")

    def owned_by(self, rows: Any, _: str, who: str) -> Any:
        """Owned by the viewer, by nobody, by somebody who is no colleague any more, by one person."""
        if who == "nobody":
            return rows.filter(owner__isnull=True)
        if who == "left":
            here = User.objects.visible_to(self.user).filter(is_active=True).order_by().values("pk")
            return rows.filter(owner__isnull=False).exclude(owner_id__in=here)
        return rows.filter(owner_id=self.user.pk if who == "me" else who)

    def due_now(self, rows: Any, _: str, code: str) -> Any:
        """What wants doing, by the first open follow-up and the end of the term."""
        today = timezone.localdate()
        in_a_week = (today + timedelta(days=7)).isoformat()
        conditions = {
            "overdue": Q(next_due__lt=today.isoformat()) & ~Q(next_due=""),
            "week": Q(next_due__gte=today.isoformat(), next_due__lt=in_a_week),
            "none": Q(next_due=""),
            "term_over": Q(term_ends__lt=today.isoformat(), status=Status.SERVING) & ~Q(term_ends=""),
        }
        return rows.filter(conditions[code])

    def with_consent(self, rows: Any, _: str, code: str) -> Any:
        """How handing over in writing stands today."""
        day, month = timezone.localdate(), timezone.localdate() + timedelta(days=30)
        known, today = ~Q(handover_consent__in=["", NOT_TO_BE_USED]), day.isoformat()
        conditions = {
            "none": ~known | Q(handover_consent__lt=today),
            "new": Q(handover_consent=""),
            "ended": known & Q(handover_consent__lt=today),
            "month": known & Q(handover_consent__gte=today, handover_consent__lte=month.isoformat()),
            "no": Q(handover_consent=NOT_TO_BE_USED),
            "holds": known & Q(handover_consent__gte=today),
        }
        return rows.filter(conditions[code])

    def term_ends(self, rows: Any, _: str, day: date) -> Any:
        """The sentence ends before that day."""
        return rows.filter(term_ends__lt=day.isoformat()).exclude(term_ends="")

    def changed(self, rows: Any, _: str, day: date) -> Any:
        """Changed on that day or later."""
        return rows.filter(changed_at__gte=timezone.make_aware(datetime.combine(day, time.min)))

    def ever_raised(self, rows: Any, _: str, code: str) -> Any:
        """Ever raised, or never."""
        return ledger.ever_raised(rows, self.user, code)

    def raised_from(self, rows: Any, _: str, day: date) -> Any:
        """Raised on that day or later."""
        return ledger.raised_since(rows, self.user, day)

    def not_raised_from(self, rows: Any, _: str, day: date) -> Any:
        """Not raised on that day or later."""
        return ledger.not_raised_since(rows, self.user, day)

    def is_waiting(self, rows: Any, _: str, code: str) -> Any:
        """An answer is waited for, for so long."""
        return ledger.waiting(rows, self.user, code, timezone.localdate())

    def last_told(self, rows: Any, _: str, codes: list[str]) -> Any:
        """The last answer is worth one of these."""
        return ledger.last_answer(rows, self.user, codes)

    def with_source(self, rows: Any, _: str, kind: str) -> Any:
        """With a source of this kind."""
        return rows.filter(pk__in=self._cases_of(Source).filter(kind=kind).values("case_id"))

    def in_group(self, rows: Any, _: str, key: str) -> Any:
        """In this group."""
        return rows.filter(pk__in=self._cases_of(GroupMember).filter(group_id=key).values("case_id"))

    def of_batch(self, rows: Any, _: str, key: str) -> Any:
        """Made by this import."""
        made = self._cases_of(ImportRow).filter(batch_id=key, case__isnull=False)
        return rows.filter(pk__in=made.values("case_id"))

    def _cases_of(self, model: Any) -> Any:
        return model.objects.visible_to(self.user).order_by()
