"""What waits for a second person on the invented desk: lists in review, the requested grant, and labels to lower."""

from datetime import timedelta
from typing import Any

from cases.lowering import parameters_of
from cases.models import Case
from casetracker.access.approvals import digest_of
from casetracker.access.kinds import kind_of
from casetracker.access.models import Approval, Grant, GrantState, User
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.files import File, World
from rounds.actions.review import SUBMITTED
from rounds.models import CaseList
from rounds.states import ListState

_LOWERED = (
    ("senior", "The family has named him in public, and his lawyer confirmed it."),
    ("colleague", "Two newspapers wrote about it; nothing here is known to us alone any more."),
)


def write_approvals(world: World, files: list[File]) -> None:
    """Everything that waits, asked for yesterday. The rest of the desk is written already."""
    book = Book()
    for case_list in CaseList.objects.unscoped("lists in review of the demonstration").filter(
        state=ListState.IN_REVIEW
    ):
        _ask(world, book, "list.approve", case_list, case_list.prepared_by, {}, SUBMITTED)
    waiting = Grant.objects.unscoped("the requested grant of the demonstration").filter(state=GrantState.REQUESTED)
    for grant in waiting.select_related("requested_by"):
        if grant.requested_by is not None:
            _ask(world, book, "grant.approve", grant, grant.requested_by, {}, grant.reason)
    for (key, reason), case in zip(_LOWERED, _restricted(files), strict=False):
        lower = parameters_of(Label(case.dialogue_id, Marking.NORMAL))
        _ask(world, book, "case.lower", case, world.staff[key], lower, reason)
    book.write()


def _restricted(files: list[File]) -> list[Case]:
    """Restricted cases in no compartment, on no list: as they stand in the database."""
    keys = [one.case.pk for one in files]
    rows = Case.objects.unscoped("restricted cases of the demonstration").filter(
        pk__in=keys, marking=Marking.RESTRICTED, compartment=None, state="active", dialogue__prefix="CN"
    )
    return list(rows.filter(list_entries__isnull=True).order_by("reference")[: len(_LOWERED)])


def _ask(world: World, book: Book, kind: str, target: Any, by: User, parameters: dict[str, Any], reason: str) -> None:
    what, at = kind_of(kind), world.staff.at(world.today - timedelta(days=1))
    made = Approval(
        kind=kind, object_id=target.pk, parameters=parameters, digest=digest_of(what, target, parameters),
        requested_by=by, requested_at=at, reason=reason,
    )  # fmt: skip
    label, waits = what.label(target, parameters), what.waits()
    if label is not None:
        made.dialogue_id, made.marking, made.compartment_id = label.dialogue_id, label.marking, label.compartment_id
    made.expires_at = at + waits if waits is not None else None
    book.add(made, book.act(Verb.APPROVAL_ASKED, by, at, about=made, detail={"kind": kind}))
