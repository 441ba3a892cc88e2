"""The net under the rule: while a request is served, a query over labelled rows that nobody scoped raises.

It is a net, not the rule (see.py). Roads that slip past a naive guard and how each is caught here:

- `filter`, `count`, `exists`, `aggregate`, `values`, subqueries: `GuardedQuery.get_compiler`, run for every SELECT;
- related managers (`case.names`) and prefetches: built on the model's default manager, so unscoped until scoped;
- forward keys loaded one by one: `base_manager_name` points here, too;
- `select_related` and joined filters: `_refuse_joins` lets a query join only its container or what the container's
  label covers;
- `|`, `&`, `union` and friends: scoped only if both sides are;
- `update`, `delete`, `raw`: refused unless scoped or opened;
- forms: no model forms over labelled models; choices come scoped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join

from casetracker.access.errors import Unscoped
from casetracker.access.see import rule, serving

if TYPE_CHECKING:
    from casetracker.access.models import User

M = TypeVar("M", bound=models.Model)
_open: ContextVar[str] = ContextVar("net_open", default="")


@contextmanager
def unguarded(why: str) -> Iterator[None]:
    """Lifts the net for a block that must see everything (a write keeping its invariants). Enumerated by a test."""
    token = _open.set(why)
    try:
        yield
    finally:
        _open.reset(token)


def net_is_up() -> bool:
    """Whether a request is being served and nothing has opened the net."""
    return serving.get() is not None and not _open.get()


class GuardedQuery(Query):
    """A query that knows whether the rule was applied to it."""

    model: Any
    scoped = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        if net_is_up():
            if not self.scoped:
                raise Unscoped(f"{self.model.__name__}: query without .visible_to() while serving a request")
            self._refuse_joins()
        return super().get_compiler(*args, **kwargs)

    def _refuse_joins(self) -> None:
        for alias, join in self.alias_map.items():
            if isinstance(join, Join) and self.alias_refcount.get(alias) and not _is_safe(join.join_field):
                raise Unscoped(f"{self.model.__name__}: join to {join.table_name} reaches past its label")
        if self.select_related:
            _refuse_related(self.model, self.select_related)


def _refuse_related(model: Any, tree: Any) -> None:
    """`select_related` joins only when it compiles; its tree is looked at before."""
    if tree is True:
        raise Unscoped(f"{model.__name__}: select_related() without names")
    for name, branch in tree.items():
        field = model._meta.get_field(name)
        if not _is_safe(field):
            raise Unscoped(f"{model.__name__}: select_related({name!r}) reaches past its label")
        _refuse_related(field.related_model, branch)


def _is_safe(field: Any) -> bool:
    """Whether a join stays inside one label: to the label itself, up to a container, or down to what one covers."""
    paths = getattr(field.related_model, "label_paths", None)
    if paths is None:
        return True
    if field.concrete:
        source_paths = getattr(field.model, "label_paths", ())
        own = {path.removesuffix("?").partition("__")[0] for path in source_paths} | {"dialogue", "compartment"}
        return field.name in own or field.name in getattr(field.model, "same_label", ())
    return bool(paths == (field.field.name,))


class LabelledQuerySet(models.QuerySet[M, M]):
    """Base of the querysets of all labelled models."""

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, GuardedQuery(model) if query is None and model is not None else query, using, hints)

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Only what `user` sees: the rule over every label path of the model."""
        scoped = self.filter(rule(user, self.model.label_paths))  # type: ignore[attr-defined]
        scoped.query.scoped = True  # type: ignore[attr-defined]
        return scoped

    def unscoped(self, why: str) -> Self:
        """Past the rule, with the reason. A test lists every use; docs/access.md shows them."""
        if not why:
            raise ValueError("Say why the rule is passed by.")
        opened = self._chain()  # type: ignore[attr-defined]
        opened.query.scoped = True
        return opened  # type: ignore[no-any-return]

    def _both(self, other: Any, combined: Self) -> Self:
        both = getattr(self.query, "scoped", False) and getattr(other.query, "scoped", False)
        combined.query.scoped = both  # type: ignore[attr-defined]
        return combined

    def __and__(self, other: Any) -> Self:
        return self._both(other, super().__and__(other))

    def __or__(self, other: Any) -> Self:
        return self._both(other, super().__or__(other))

    def __xor__(self, other: Any) -> Self:
        return self._both(other, super().__xor__(other))

    def _refuse_write(self, verb: str) -> None:
        if net_is_up() and not getattr(self.query, "scoped", False):
            raise Unscoped(f"{self.model.__name__}: {verb} without .visible_to() while serving a request")

    def update(self, **values: Any) -> int:
        self._refuse_write("update")
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_write("delete")
        return super().delete()

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        if net_is_up():
            raise Unscoped(f"{self.model.__name__}: raw SQL while serving a request")
        return super().raw(*args, **kwargs)
