"""The label as columns: what a model with a label of its own has."""

from typing import ClassVar

from django.db import models

from casetracker.access.roles import Marking
from casetracker.access.see import Label


class Labelled(models.Model):
    """A row with its own label. That the compartment is one of the dialogue's is checked where labels are set."""

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    dialogue = models.ForeignKey("access.Dialogue", on_delete=models.PROTECT, related_name="+")
    marking = models.PositiveSmallIntegerField(choices=Marking.choices, default=Marking.NORMAL)
    compartment = models.ForeignKey(
        "access.Compartment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(marking__in=Marking.values), name="%(app_label)s_%(class)s_marking_known"
            )
        ]

    def label(self) -> Label:
        """This row's label."""
        return Label(self.dialogue_id, self.marking, self.compartment_id)
