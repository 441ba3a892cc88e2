"""Large copies: which cases, asked for by whom, and whether a second person has allowed it."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from cases.states import ExportState
from casetracker.access.labels import Labelled
from casetracker.access.net import LabelledQuerySet
from casetracker.access.roles import Role
from casetracker.access.see import columns_q
from casetracker.audit.history import History
from casetracker.audit.records import Record

if TYPE_CHECKING:
    from casetracker.access.models import User


class ExportRequestQuerySet(LabelledQuerySet[Any]):
    """Under the net."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """One's own, and for approvers those whose label they dominate: nobody else learns what colleagues take."""
        mine = Q(owner_id=user.pk) & columns_q(user, "")
        scoped = self.filter(mine | columns_q(user, "", Role.APPROVER))
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped


class ExportRequest(Labelled, Record):
    """A copy of many cases, frozen when it was asked for: `keys` of the cases in order, and the digest over them.

    Its label dominates that of every case in it. Once allowed, its owner takes it once, until `open_until`.
    """

    label_paths: ClassVar[tuple[str, ...]] = ("",)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.ASKED)
    form = models.CharField(max_length=4)
    keys = models.JSONField()
    count = models.PositiveIntegerField()
    restricted = models.PositiveIntegerField(help_text="How many of them have a marking above the lowest.")
    digest = models.CharField(max_length=64)
    reason = models.TextField()
    open_until = models.DateTimeField(null=True, blank=True)
    copy_id = models.CharField(max_length=12, blank=True)

    objects = ExportRequestQuerySet.as_manager()
    history = History(excluded_fields=["keys"])

    class Meta(Labelled.Meta):
        abstract = False
        ordering = ["-created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="cases_exportrequest_state_known"),
            models.CheckConstraint(condition=Q(form__in=["csv", "xlsx"]), name="cases_exportrequest_form_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="cases_exportrequest_says_why"),
            models.CheckConstraint(
                condition=Q(state="asked", open_until__isnull=True) | (~Q(state="asked") & Q(open_until__isnull=False)),
                name="cases_exportrequest_allowed_until",
            ),
            models.CheckConstraint(
                condition=Q(state="taken") & ~Q(copy_id="") | ~Q(state="taken") & Q(copy_id=""),
                name="cases_exportrequest_taken_has_copy",
            ),
        ]
