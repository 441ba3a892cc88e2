"""Dialogues and their compartments: the outer circles of need-to-know."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from casetracker.access.net import LabelledQuerySet
from casetracker.access.roles import Marking
from casetracker.access.see import Label, compartment_q, dialogue_q
from casetracker.audit.history import History
from casetracker.audit.records import Record

if TYPE_CHECKING:
    from casetracker.access.models.user import User


class GroundQuerySet(LabelledQuerySet[Any]):
    """Rows of the ground, under the net, each with the part of the rule that fits it (`ground_q` of its model)."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those `user` may know of."""
        scoped = self.filter(self.model.ground_q(user))
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped


class Dialogue(Record):
    """A standing bilateral dialogue. The outermost circle of need-to-know."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    ground_q = staticmethod(dialogue_q)

    name = models.CharField(max_length=120)
    own_side = models.CharField(max_length=120)
    counterpart = models.CharField(max_length=120)
    prefix = models.CharField(max_length=4, help_text="Two to four capital letters; every reference begins with it.")
    pack = models.CharField(max_length=20, blank=True, help_text="Vocabulary pack offered in it.")
    since = models.CharField(max_length=40, blank=True)
    grants_until = models.DateField(
        null=True, blank=True, help_text="Default end of new grants, for example the end of a presidency."
    )
    note = models.TextField(blank=True)

    objects = GroundQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["name", "id"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint("prefix", name="access_dialogue_prefix_once"),
            models.CheckConstraint(condition=Q(prefix__regex=r"^[A-Z]{2,4}$"), name="access_dialogue_prefix_form"),
        ]

    def __str__(self) -> str:
        return self.name

    def label(self) -> Label:
        """The widest label inside this dialogue."""
        return Label(self.pk, Marking.NORMAL)


class Compartment(Record):
    """A named circle of need-to-know inside a dialogue."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)
    ground_q = staticmethod(compartment_q)
    same_label: ClassVar[tuple[str, ...]] = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="compartments")
    name = models.CharField(max_length=80)
    purpose = models.TextField(blank=True)

    objects = GroundQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["name", "id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint("dialogue", "name", name="access_compartment_name_once")]

    def __str__(self) -> str:
        return self.name

    def label(self) -> Label:
        """The label of things in this circle, at its lowest."""
        return Label(self.dialogue_id, Marking.NORMAL, self.pk)
