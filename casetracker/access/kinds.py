"""Kinds of acts that need two persons: what each checks, tells and does. Whoever has one registers it at the start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings

from casetracker.access.act import Doing
from casetracker.access.see import Label

if TYPE_CHECKING:
    from casetracker.access.models import Approval, User

type Parameters = dict[str, Any]


def _own_label(target: Any, parameters: Parameters) -> Label | None:
    label: Label | None = target.label()
    return label


def _name(target: Any) -> str:
    return str(getattr(target, "reference", "") or target)


@dataclass(frozen=True)
class Kind:
    """One act. `target` is the row it is about; `parameters` hold keys and codes, never a name or a text.

    - `check_ask`, `check_decide`: whether this person may; raise Denied or WrongState. The first is asked when it is
      asked for and again, for the same person, when it is done.
    - `facts`: what must still be as it was when it was asked for, usually `{"version": target.version}`.
    - `tell`: what will happen, in plain sentences, as far as this reader may know of it.
    - `execute(target, parameters, approval, by)`: does it, inside the transaction of the decision. `parameters` then
      hold what was `given` with the decision, too.
    - `refuse`, `give_up(target, approval, by, reason)`: what else changes when it is refused or withdrawn.
    - `hold(target, by)`: takes the locks that `execute` needs, in the order of the house, and brings `target` up to
      date. By default the lock of the target's row.
    - `label`: the label it is asked under (default: that of the target). None: whoever sees the target sees it.
    - `choose(user, targets)`: keys of those that `user` could decide on, in queries that do not grow; by default
      `check_decide` is asked of each.
    - `decides`: what `check_decide` asks for at the least: who does it nowhere is not asked to decide.
    - `related`, `prefetch`: what the functions above read of a target.
    - `there`: it is decided on the page of its target, not in the inbox.
    - `lasts`: how long it waits; None: APPROVAL_HOURS. `expires`: whether it ever stops waiting by itself.
    """

    code: str
    words: str
    model: str
    check_ask: "Callable[[User, Any, Parameters], None]"
    check_decide: "Callable[[User, Any, Parameters], None]"
    facts: Callable[[Any, Parameters], Parameters]
    tell: "Callable[[Any, Parameters, User], list[str]]"
    execute: Callable[..., None]
    address: Callable[[Any], str]
    lasts: timedelta | None = None
    expires: bool = True
    refuse: Callable[..., None] | None = None
    give_up: Callable[..., None] | None = None
    hold: "Callable[[Any, User], None] | None" = None
    label: Callable[[Any, Parameters], Label | None] = _own_label
    name: Callable[[Any], str] = _name
    choose: "Callable[[User, list[Any]], set[UUID]] | None" = None
    decides: Doing | None = None
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    there: bool = False

    def targets(self, user: "User") -> Any:
        """The rows of its model that `user` sees, with what its functions read of them."""
        model: Any = apps.get_model(self.model)
        rows = model.objects.visible_to(user).prefetch_related(*self.prefetch)
        return rows.select_related(*self.related) if self.related else rows

    def waits(self) -> timedelta | None:
        """How long it waits from now on; None: until it is decided."""
        if not self.expires:
            return None
        return self.lasts or timedelta(hours=settings.APPROVAL_HOURS)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Makes a kind known. Called once, when the application starts."""
    _kinds[kind.code] = kind


def kind_of(approval: "Approval | str") -> Kind:
    """The kind of an approval, or the one with this code. Raises KeyError for a code nobody registered."""
    return _kinds[approval if isinstance(approval, str) else approval.kind]


def kinds() -> Iterable[Kind]:
    """All of them, in the order of their words."""
    return sorted(_kinds.values(), key=lambda kind: kind.words)


def models_of_kinds() -> dict[str, list[str]]:
    """Model label → codes of the kinds that are about its rows."""
    found: dict[str, list[str]] = {}
    for kind in kinds():
        found.setdefault(kind.model, []).append(kind.code)
    return found
