"""The timeline: dated things that happened, and what stands behind each."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.codes import Certainty, ClaimedBy, EventKind, TermKind
from cases.fields import PartialDateField, earliest_of, latest_of
from cases.models.part import Part
from cases.models.source import Source
from cases.models.vocabulary import Facility, Place, Statute
from casetracker.audit.history import History


class CaseEvent(Part):
    """One thing that happened, on a partial date. A date that contradicts another warns; it is never refused.

    `term_months` counts months of a fixed term (or of a reduction, for kind "reduced").
    """

    kind = models.CharField(max_length=28, choices=EventKind.choices)
    when = PartialDateField(null=True, blank=True)
    when_text = models.CharField(max_length=60, blank=True)
    earliest = earliest_of("when")
    latest = latest_of("when")
    until = PartialDateField(null=True, blank=True)
    until_text = models.CharField(max_length=60, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place_text = models.CharField(max_length=200, blank=True)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    facility_text = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=200, blank=True)
    statute = models.ForeignKey(Statute, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    statute_text = models.CharField(max_length=200, blank=True)
    term_kind = models.CharField(max_length=16, choices=TermKind.choices, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty.choices, default=Certainty.LIKELY)
    claimed_by = models.CharField(max_length=12, choices=ClaimedBy.choices, blank=True)
    note = models.TextField(blank=True)
    history = History()

    class Meta(Part.Meta):
        ordering = ["when", "created_at", "id"]
        indexes = [models.Index(fields=["case", "when"]), models.Index(fields=["kind", "latest"])]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="cases_caseevent_kind_known"),
            models.CheckConstraint(condition=Q(certainty__in=Certainty.values), name="cases_caseevent_certainty_known"),
            models.CheckConstraint(
                condition=Q(term_months__isnull=True) | Q(term_kind="fixed") | Q(kind="reduced"),
                name="cases_caseevent_months_of_a_fixed_term",
            ),
        ]


class EventSource(Part):
    """One source behind one event of the same case."""

    event = models.ForeignKey(CaseEvent, on_delete=models.CASCADE, related_name="event_sources")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="event_sources")
    history = History()

    same_label: ClassVar[tuple[str, ...]] = ("event", "source")

    class Meta(Part.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint("event", "source", name="cases_eventsource_once")]
