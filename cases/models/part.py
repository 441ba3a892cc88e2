"""What every part of a case shares: it is covered by the label of the case and by nothing else."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from cases.models.case import Case
from casetracker.access.net import LabelledQuerySet, M
from casetracker.access.see import Label, rule, sees
from casetracker.audit.records import Record

if TYPE_CHECKING:
    from casetracker.access.models import User


class InsideQuerySet(LabelledQuerySet[M]):
    """Rows that point at their case, under the net."""

    def inside(self, case: Case, user: "User | AnonymousUser") -> Self:
        """Those of a case in hand, by its label in hand: the rows of `.visible_to(user)` with that case, without
        joining the case again for each kind of row. Other labels of the row are asked for as ever.
        """
        paths = self.model.label_paths  # type: ignore[attr-defined]
        others = tuple(path for path in paths if path not in ("case", "case?"))
        if len(others) == len(paths):
            raise TypeError(f"The label of {self.model.__name__} is not that of a case.")
        rows = self.filter(case_id=case.pk) if sees(user, case.label()) else self.none()
        rows = rows.filter(rule(user, others)) if others else rows
        rows.query.scoped = True  # type: ignore[attr-defined]
        return rows


class PartQuerySet(InsideQuerySet[Any]):
    """Parts of cases, under the net."""

    def of(self, case: Case) -> "PartQuerySet":
        """Those of one case."""
        return self.filter(case=case)


class Part(Record):
    """A row that belongs to exactly one case."""

    label_paths: ClassVar[tuple[str, ...]] = ("case",)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="%(class)ss")

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def label(self) -> Label:
        """The label of the case."""
        return self.case.label()
