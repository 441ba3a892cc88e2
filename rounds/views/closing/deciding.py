"""The closing page, whole: what is missing, every entry with what came back, and the forms to decide."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases.forms.record_form import RecordForm
from cases.paging import digest
from cases.views.saving import Outcome
from casetracker.access.act import Doing, may
from casetracker.access.models import User
from casetracker.access.roles import Marking
from casetracker.audit.acting import record
from casetracker.audit.verbs import Verb
from casetracker.web import AuthedRequest, page
from rounds.actions.closing import UNDECIDED
from rounds.forms_closing import BulkForm, CloseForm, DispositionForm
from rounds.models import CaseList, Round
from rounds.reading import Asked, read_entries
from rounds.states import EntryState, ListState, RoundState

SHOWN = (ListState.HANDED_OVER, ListState.APPROVED, ListState.CLOSED)


@dataclass
class Decision:
    """What was just sent: the form that comes back, what came of it, the entry it is about, the ticked entries."""

    form: RecordForm | None = None
    outcome: Outcome | None = None
    entry: UUID | None = None
    ticked: frozenset[UUID] = frozenset()


@dataclass
class Row:
    """One entry on the page; `form` where something can be decided about it."""

    asked: Asked
    form: DispositionForm | None
    ticked: bool
    focus: bool

    @property
    def key(self) -> str:
        """The key of the entry as text."""
        return str(self.asked.entry.pk)


@dataclass
class Part:
    """One list on the page."""

    case_list: CaseList
    mark: str
    rows: list[Row]

    @property
    def key(self) -> str:
        """Its key as text."""
        return str(self.case_list.pk)

    @property
    def undecided(self) -> int:
        """Entries about which something is to be decided."""
        return sum(bool(row.asked.needs) for row in self.rows)

    @property
    def is_open(self) -> bool:
        """Whether anything can be decided here."""
        return any(row.form for row in self.rows)


def url_of_closing(round: Round) -> str:
    """Where a round is closed."""
    return reverse("rounds:close", args=[round.pk])


def closing_page(request: AuthedRequest, round: Round, decision: Decision | None = None) -> HttpResponse:
    """The closing page of `round` with what was just sent."""
    decision = decision or Decision()
    lists, parts = _lists(round, request.user, decision)
    in_work = [one for one in lists if one.state in UNDECIDED]
    missing = sum(part.undecided for part in parts)
    form = decision.form
    context = {
        "round": round,
        "dialogue": round.dialogue,
        "parts": parts,
        "in_work": in_work,
        "missing": missing,
        "is_open": any(part.is_open for part in parts),
        "carrying": sum(row.asked.entry.disposition == "carry_forward" for part in parts for row in part.rows),
        "ending": sum(part.case_list.state == ListState.HANDED_OVER for part in parts),
        "bulk_form": form if isinstance(form, BulkForm) else BulkForm(),
        "close_form": None if missing or in_work or round.state != RoundState.HELD else _close_form(round, form),
        "wrong": form if isinstance(form, DispositionForm | CloseForm) and form.errors else None,
    }
    status = decision.outcome.status if decision.outcome else 200
    return page(request, "rounds/closing/close.html", context, section="rounds", status=status)


def _lists(round: Round, user: User, decision: Decision) -> tuple[list[CaseList], list[Part]]:
    """All lists of the round that `user` sees, and the parts of the page for those that went through approval.

    Reading them is recorded.
    """
    lists = list(CaseList.objects.visible_to(user).filter(round=round).order_by("supplementary", "created_at", "id"))
    for case_list in lists:
        case_list.round = round
    entries = read_entries([one for one in lists if one.state in SHOWN], user, timezone.localdate())
    keys = [asked.case.pk for some in entries.values() for asked in some]
    record(Verb.LIST_READ, by=user, about=round, detail={"count": len(keys), "digest": digest(keys), "closing": True})
    return lists, [_part(one, entries[one.pk], user, decision) for one in lists if one.pk in entries]


def _close_form(round: Round, sent: RecordForm | None) -> CloseForm:
    return sent if isinstance(sent, CloseForm) else CloseForm(row=round)


def _part(case_list: CaseList, entries: list[Asked], user: User, decision: Decision) -> Part:
    able = case_list.state != ListState.CLOSED and may(user, Doing.DISPOSE_ENTRY, case_list.label())
    shown = [asked for asked in entries if asked.entry.state != EntryState.HELD_BACK]
    rows = [_row(asked, decision) if able else Row(asked, None, False, False) for asked in shown]
    _place_focus(rows, decision.entry)
    return Part(case_list, Marking(case_list.marking).on_paper, rows)


def _row(asked: Asked, decision: Decision) -> Row:
    entry, form = asked.entry, None
    if asked.needs or asked.decided:
        sent = decision.form if decision.entry == entry.pk and isinstance(decision.form, DispositionForm) else None
        # One that was saved shows the entry as it is now.
        form = sent if sent and decision.outcome and not decision.outcome.saved else None
        form = form or DispositionForm(row=entry, never_tendered=asked.needs == "not_raised")
    return Row(asked, form, entry.pk in decision.ticked, False)


def _place_focus(rows: list[Row], decided: UUID | None) -> None:
    """On the next entry to decide, after the one just decided."""
    here = next((place for place, row in enumerate(rows) if row.asked.entry.pk == decided), None)
    if here is not None:
        following = (row for row in (*rows[here:], *rows[:here]) if row.asked.needs)
        next(following, rows[here]).focus = True
