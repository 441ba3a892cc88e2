"""What came back: responses, their items, the claims made in them, and the papers themselves."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.codes import ClaimField, EventKind, TermKind
from cases.fields import PartialDateField
from cases.models import Case, CaseEvent, Claim, Place
from casetracker.access.labels import Labelled
from casetracker.access.see import Label
from casetracker.audit.history import History
from casetracker.audit.records import Record
from rounds.codes import Assessment, Form, Grade, ItemClaimKind, ItemClaimState, ResponseCode
from rounds.models.case_list import CycleQuerySet
from rounds.models.raising import Partner, Raising
from rounds.models.round import Round
from rounds.states import ItemState


class Response(Labelled, Record):
    """What came back, once. Its label dominates that of every case it speaks of."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    same_label: ClassVar[tuple[str, ...]] = ("round",)

    on = models.DateField()
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, blank=True, related_name="responses")
    form = models.CharField(max_length=16, choices=Form.choices)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    speaker = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=40, blank=True)
    verbatim = models.TextField(blank=True)
    translation = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["-on", "id"]
        base_manager_name = "objects"
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=Q(form__in=Form.values), name="rounds_response_form_known"),
        ]


class ResponseItem(Record):
    """One answer in a response, tied to one raising, or to none until matched. A claim, never a fact."""

    label_paths: ClassVar[tuple[str, ...]] = ("response",)
    same_label: ClassVar[tuple[str, ...]] = ("raising", "case", "repeats", "supersedes")

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="items")
    raising = models.ForeignKey(Raising, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="response_items")
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.RECORDED)
    code = models.CharField(max_length=2, choices=ResponseCode.choices, blank=True)
    grade = models.CharField(max_length=12, choices=Grade.choices, blank=True)
    verbatim = models.TextField(blank=True)
    translation = models.TextField(blank=True)
    note = models.TextField(blank=True, help_text="Of whoever coded it: why this code.")
    second_note = models.TextField(blank=True, help_text="Of the second coder: why disputed.")
    written_as = models.CharField(max_length=200, blank=True, help_text="The name as the counterpart writes it.")
    coded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assessment = models.CharField(max_length=16, choices=Assessment.choices, blank=True)
    assessment_note = models.TextField(blank=True)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reason = models.TextField(blank=True, help_text="Why it supersedes an earlier item.")

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["position", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="rounds_responseitem_state_known"),
            models.CheckConstraint(
                condition=Q(state="recorded") | (~Q(code="") & ~Q(grade="") & Q(coded_by__isnull=False)),
                name="rounds_responseitem_coded_has_code",
            ),
            models.CheckConstraint(
                condition=Q(second_coder__isnull=True) | ~Q(second_coder=F("coded_by")),
                name="rounds_responseitem_two_coders",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "disputed"]) | Q(second_coder__isnull=False),
                name="rounds_responseitem_confirmed_by_second",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | ~Q(second_note=""), name="rounds_responseitem_disputed_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="assessed") | ~Q(assessment=""), name="rounds_responseitem_assessed_as_something"
            ),
            models.CheckConstraint(
                condition=Q(raising__isnull=True) | Q(case__isnull=False), name="rounds_responseitem_matched_has_case"
            ),
            models.CheckConstraint(
                condition=Q(code__in=["", *ResponseCode.values]) & Q(grade__in=["", *Grade.values]),
                name="rounds_responseitem_code_known",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(correction_reason=""),
                name="rounds_responseitem_corrected_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")), name="rounds_responseitem_not_itself"
            ),
            models.UniqueConstraint(fields=["supersedes"], name="rounds_responseitem_corrected_once"),
        ]

    def label(self) -> Label:
        """The response's label."""
        return self.response.label()


class ItemClaim(Record):
    """One thing an answer says about the case: an event, or a value of an identity field. Proposed until an official
    accepts it onto the case (as the counterpart's claim) or rejects it.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("item__response",)
    same_label: ClassVar[tuple[str, ...]] = ("item", "event", "claim", "place")

    item = models.ForeignKey(ResponseItem, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=8, choices=ItemClaimKind.choices)
    event_kind = models.CharField(max_length=28, choices=EventKind.choices, blank=True)
    when = PartialDateField(null=True, blank=True)
    when_text = models.CharField(max_length=60, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place_text = models.CharField(max_length=200, blank=True)
    facility_text = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=200, blank=True)
    statute_text = models.CharField(max_length=200, blank=True)
    term_kind = models.CharField(max_length=16, choices=TermKind.choices, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    field = models.CharField(max_length=16, choices=ClaimField.choices, blank=True)
    value = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=ItemClaimState.choices, default=ItemClaimState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_reason = models.TextField(blank=True)
    event = models.ForeignKey(CaseEvent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="event") & ~Q(event_kind="")) | (Q(kind="identity") & ~Q(field="") & ~Q(value="")),
                name="rounds_itemclaim_says_what",
            ),
            models.CheckConstraint(condition=Q(state__in=ItemClaimState.values), name="rounds_itemclaim_state_known"),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_by__isnull=False), name="rounds_itemclaim_decided_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(decision_reason=""), name="rounds_itemclaim_rejected_with_reason"
            ),
        ]

    def label(self) -> Label:
        """The response's label."""
        return self.item.response.label()


class ResponseFile(Record):
    """A paper that came as the reply, or with it. It leaves only under a random name."""

    label_paths: ClassVar[tuple[str, ...]] = ("response",)

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="files")
    title = models.CharField(max_length=200)
    extension = models.CharField(max_length=12, blank=True)
    size = models.PositiveIntegerField(help_text="Bytes.")

    objects = CycleQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="rounds_responsefile_has_title")]

    def label(self) -> Label:
        """The response's label."""
        return self.response.label()


class ResponseFileContent(models.Model):
    """The encrypted bytes (casetracker/sealing.py): bound to this file and response, so a swap does not open."""

    label_paths: ClassVar[tuple[str, ...]] = ("file__response",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.OneToOneField(ResponseFile, on_delete=models.PROTECT, related_name="content")
    sealed = models.BinaryField()

    objects = CycleQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
