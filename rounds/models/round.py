"""Rounds of a dialogue, their side events, and the times when there were none."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from cases.fields import PartialDateField
from cases.models import Theme
from casetracker.access.models import Dialogue
from casetracker.access.net import LabelledQuerySet
from casetracker.access.roles import Marking
from casetracker.access.see import Label, inside_q
from casetracker.audit.history import History
from casetracker.audit.records import Record
from rounds.codes import HostSide, RoundEventKind, SuspendedBy
from rounds.days import round_in_words, span_in_words
from rounds.states import RoundState

if TYPE_CHECKING:
    from casetracker.access.models import User


class CalendarQuerySet(LabelledQuerySet[Any]):
    """The calendar of a dialogue is known to everybody in the dialogue: it names nobody."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Rows of the dialogues `user` is in."""
        path = "dialogue_id" if self.model in (Round, Suspension) else "round__dialogue_id"
        scoped = self.filter(inside_q(user, path))
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped


class Suspension(Record):
    """A time when the dialogue was suspended."""

    label_paths: ClassVar[tuple[str, ...]] = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="suspensions")
    since = PartialDateField()
    since_text = models.CharField(max_length=60, blank=True)
    until = PartialDateField(null=True, blank=True)
    until_text = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=12, choices=SuspendedBy.choices, default=SuspendedBy.UNKNOWN)
    reason = models.TextField(blank=True)

    objects = CalendarQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-since", "id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"suspended from {self.from_words} to {self.to_words}"

    @property
    def from_words(self) -> str:
        """When it began, as typed."""
        return self.since_text or str(self.since)

    @property
    def to_words(self) -> str:
        """When it ended, as typed; it may not have."""
        return self.until_text or str(self.until or "now")

    def covers(self, day: date) -> bool:
        """Whether `day` lies inside for certain: where the ends are known to a year only, that year is left out."""
        begun = self.since is not None and self.since.latest < day
        return begun and (self.until is None or day < self.until.earliest)

    def label(self) -> Label:
        """The widest label of the dialogue."""
        return Label(self.dialogue_id, Marking.NORMAL)


class Round(Record):
    """One meeting. The ordinal may be unknown; dates may be a range; presidency matters only until 2010."""

    label_paths: ClassVar[tuple[str, ...]] = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="rounds")
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=RoundState.choices, default=RoundState.PLANNED)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    venue = models.CharField(max_length=120, blank=True)
    host_side = models.CharField(max_length=12, choices=HostSide.choices, blank=True)
    chair = models.CharField(max_length=200, blank=True)
    presidency = models.CharField(max_length=80, blank=True)
    cancelled_by = models.CharField(max_length=12, choices=SuspendedBy.choices, blank=True)
    state_reason = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = CalendarQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = [F("starts").desc(nulls_first=True), "-ordinal", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                "dialogue", "ordinal", condition=Q(ordinal__isnull=False), name="rounds_round_ordinal_once"
            ),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="rounds_round_state_known"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                name="rounds_round_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "closed"]) | Q(starts__isnull=False), name="rounds_round_held_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_by=""), name="rounds_round_cancelled_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return round_in_words(self.ordinal, self.starts, self.ends)

    @property
    def dates(self) -> str:
        """Its days in words, "" when unknown."""
        return span_in_words(self.starts, self.ends)

    def label(self) -> Label:
        """The widest label of the dialogue."""
        return Label(self.dialogue_id, Marking.NORMAL)


class RoundEvent(Record):
    """Side event of a round; may be cancelled, with a reason."""

    label_paths: ClassVar[tuple[str, ...]] = ("round__dialogue",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=RoundEventKind.choices)
    title = models.CharField(max_length=200, blank=True)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    venue = models.CharField(max_length=120, blank=True)
    cancelled = models.BooleanField(default=False)
    cancelled_reason = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = CalendarQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["starts", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled=False) | ~Q(cancelled_reason=""), name="rounds_roundevent_cancelled_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                name="rounds_roundevent_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(RoundEventKind(self.kind).label)

    @property
    def key(self) -> str:
        """Its key as text, for anchors."""
        return str(self.pk)

    @property
    def dates(self) -> str:
        """Its days in words, "" when unknown."""
        return span_in_words(self.starts, self.ends)

    def label(self) -> Label:
        """The label of its round."""
        return self.round.label()


class AgendaItem(Record):
    """One theme on the agenda of a round, in order."""

    label_paths: ClassVar[tuple[str, ...]] = ("round__dialogue",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="agenda")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CalendarQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["position", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(theme__isnull=False) | ~Q(title=""), name="rounds_agendaitem_says_what")
        ]

    @property
    def key(self) -> str:
        """Its key as text, for anchors."""
        return str(self.pk)

    def label(self) -> Label:
        """The label of its round."""
        return self.round.label()
