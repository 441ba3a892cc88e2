"""What connects cases: groups of persons taken together, and links between two."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.codes import GroupKind, LinkKind
from cases.models.case import Case
from cases.models.part import InsideQuerySet
from casetracker.access.labels import Labelled
from casetracker.access.net import LabelledQuerySet
from casetracker.access.see import Label
from casetracker.audit.history import History
from casetracker.audit.records import Record


class CaseGroupQuerySet(LabelledQuerySet["CaseGroup"]):
    """Under the net."""


class CaseGroup(Labelled, Record):
    """Persons taken together. Its title may reveal, so it has a label of its own."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=GroupKind.choices, default=GroupKind.INCIDENT)
    note = models.TextField(blank=True)

    objects = CaseGroupQuerySet.as_manager()
    history = History()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["title", "id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.title


class ConnectionQuerySet(InsideQuerySet["GroupMember"]):
    """Under the net."""


class GroupMember(Record):
    """One case in one group: visible to those who see both."""

    label_paths: ClassVar[tuple[str, ...]] = ("group", "case")

    group = models.ForeignKey(CaseGroup, on_delete=models.PROTECT, related_name="members")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="group_members")

    objects = ConnectionQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint("group", "case", name="cases_groupmember_once")]

    def label(self) -> Label:
        """The group's label where it covers the case's, else the case's; both are asked for when it is read."""
        of_group, of_case = self.group.label(), self.case.label()
        return of_group if of_group.dominates(of_case) else of_case


class LinkQuerySet(LabelledQuerySet["CaseLink"]):
    """Under the net."""


class CaseLink(Record):
    """Ties two cases: visible to those who see both."""

    label_paths: ClassVar[tuple[str, ...]] = ("from_case", "to_case")

    from_case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_from")
    to_case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_to")
    kind = models.CharField(max_length=12, choices=LinkKind.choices)
    note = models.CharField(max_length=300, blank=True)

    objects = LinkQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=~Q(from_case=F("to_case")), name="cases_caselink_two_cases"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="cases_caselink_kind_known"),
            models.UniqueConstraint("from_case", "to_case", "kind", name="cases_caselink_once"),
        ]

    def label(self) -> Label:
        """The higher of the two cases' labels."""
        return max((self.from_case.label(), self.to_case.label()), key=lambda one: one.marking)
