"""Record history on django-simple-history, with the columns of ours that make it evidence.

Each history row has the action it belongs to, the version of the object, the object's label at that time, the user
(protected) or process, and the reason. Rows are ordered by version: times alone do not order them.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from simple_history.models import HistoricalRecords

from casetracker.access.net import LabelledQuerySet
from casetracker.access.see import Label, columns_q
from casetracker.audit.acting import Act, current_act

if TYPE_CHECKING:
    from casetracker.access.models import User


class HistoryQuerySet(LabelledQuerySet[Any]):
    """History has its own label: a row opens to whom its label *at that time* is dominated."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Rows whose label then is dominated now. The caller has fetched the object itself through the rule."""
        scoped = self.filter(columns_q(user, "at_"))
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped


class HistoryRow(models.Model):
    """Base of every history table."""

    label_paths: ClassVar[tuple[str, ...]] = ("at_",)

    action_id = models.UUIDField()
    process = models.CharField(max_length=40, blank=True)
    at_dialogue_id = models.UUIDField(null=True)
    at_marking = models.PositiveSmallIntegerField(null=True)
    at_compartment_id = models.UUIDField(null=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True


records_of: dict[Any, "History"] = {}
_tables: dict[Any, Any] = {}


class History(HistoricalRecords):
    """`history = History()` on a model that has `version` and `label()` (or `label() -> None` where it has none)."""

    def __init__(self, excluded_fields: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(
            bases=(HistoryRow,),
            excluded_fields=list(excluded_fields),
            history_id_field=models.UUIDField(default=uuid.uuid4),
            history_change_reason_field=models.TextField(blank=True, default=""),
            historical_queryset=HistoryQuerySet,
            **kwargs,
        )

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if hasattr(sender, "history") and hasattr(sender._meta, "simple_history_manager_attribute"):
            records_of.setdefault(sender, self)

    def post_save(self, instance: Any, created: bool, using: Any = None, **kwargs: Any) -> None:
        written = kwargs.get("update_fields")
        if not created and written and set(written) <= set(self.excluded_fields):
            return  # nothing that history keeps: the time of the last sign-in, a password hashed anew
        super().post_save(instance, created, using, **kwargs)

    def fields_included(self, model: Any) -> list[Any]:
        return [f for f in super().fields_included(model) if not getattr(f, "generated", False)]

    def _get_history_user_fields(self) -> dict[str, Any]:
        return {
            "history_user": models.ForeignKey(
                settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.PROTECT
            )
        }

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        return {**super().get_meta_options(model), "ordering": ("-version", "-history_date")}

    def create_historical_record(self, instance: Any, history_type: str, using: Any = None) -> None:
        self.row(instance, history_type).save()

    def row(self, instance: Any, history_type: str, act: Act | None = None) -> Any:
        """An unsaved history row of `instance` as it is now, of `act` (default: the action being done).

        Raises NoActor outside an action.
        """
        act = act or current_act()
        label: Label | None = instance.label()
        values = {f.attname: getattr(instance, f.attname) for f in self.fields_included(instance)}
        return self._table_of(instance)(
            history_date=act.at,
            history_type=history_type,
            history_user=act.by,
            history_change_reason=act.reason,
            action_id=act.id,
            process=act.process,
            at_dialogue_id=label.dialogue_id if label else None,
            at_marking=label.marking if label else None,
            at_compartment_id=label.compartment_id if label else None,
            **values,
        )

    def _table_of(self, instance: Any) -> Any:
        """The history model; asked for once, because asking builds a manager."""
        model = type(instance)
        if model not in _tables:
            _tables[model] = getattr(instance, self.manager_name).model
        return _tables[model]


def bulk_create_with_history(instances: list[Any], batch_size: int = 500) -> None:
    """Inserts rows of one model with their first history rows. For imports and generated data.

    Raises NoActor outside an action.
    """
    if not instances:
        return
    model = type(instances[0])
    records = records_of[model]
    model._base_manager.bulk_create(instances, batch_size=batch_size)
    rows = [records.row(instance, "+") for instance in instances]
    model.history.model._base_manager.bulk_create(rows, batch_size=batch_size)
