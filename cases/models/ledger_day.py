"""The days that the figures of the ledger are made of: a narrow copy of raisings and answers, for tables of cases."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from casetracker.access.labels import Labelled
from casetracker.access.models import Compartment, Dialogue
from casetracker.access.net import LabelledQuerySet
from casetracker.access.see import columns_q

if TYPE_CHECKING:
    from casetracker.access.models import User


class LedgerDayKind(models.TextChoices):
    """What happened on the day, as far as figures need it."""

    RAISED = "raised", "raised"
    ANSWERED = "answered", "answered"
    REFUSED = "refused", "refused"


class LedgerDayQuerySet(LabelledQuerySet[Any]):
    """Under the net."""

    def beside_visible_cases(self, user: "User | AnonymousUser") -> Self:
        """Days by their own label alone: only inside a query over cases that are themselves `.visible_to(user)`, whose
        label is asked there. It spares a second look at the case for every day of a hundred thousand cases.
        """
        scoped = self.filter(columns_q(user, ""))
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped


class LedgerDay(Labelled):
    """One raising of a case, or one answer to it, without words. Derived (rounds/figures.py); no history of its own.

    Figures are per viewer, so nothing is summed here: each row carries the label of the list or response it comes
    from (the widest of the dialogue for a raising off the list) and is counted for those who see that and the case.
    `grade` and `code` are of an answer ("" while not coded), `channel` of a raising. `answers_to` is the day of the
    raising that an answer is matched to (empty: to none, then it speaks to all that was asked before it): a reply to
    an older list often comes after a newer one was handed over, which it does not answer.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("", "case")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The indexes below begin with the case; one of the label alone SQLite would take for short.
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ledger_days", db_index=False)
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="+", db_index=False)
    compartment = models.ForeignKey(
        Compartment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8, choices=LedgerDayKind.choices)
    on = models.DateField()
    channel = models.CharField(max_length=16, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=2, blank=True)
    answers_to = models.DateField(null=True, blank=True)

    objects = LedgerDayQuerySet.as_manager()

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["on", "id"]
        base_manager_name = "objects"
        indexes = [
            # holds all that figures are sorted and filtered by, so that the row itself need not be looked up
            models.Index(
                fields=["case", "kind", "on", "answers_to", "marking", "compartment", "dialogue", "code"],
                name="cases_ledgerday_figures",
            ),
            # cases by what was answered, for suggestions
            models.Index(
                fields=["code", "kind", "on", "case", "marking", "compartment", "dialogue"],
                name="cases_ledgerday_codes",
            ),
        ]
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=LedgerDayKind.values), name="cases_ledgerday_kind_known"),
        ]
