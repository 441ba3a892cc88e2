"""The cycle of the demonstration: lists, raisings, answers and promises over the rounds of the desk's own time."""

from datetime import date

from cases.actions.derive import derived_columns
from cases.models import Case, CaseEvent, CaseName, CaseTheme, FollowUp, LedgerDay
from casetracker.access.models import Dialogue
from casetracker.audit.acting import acting
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.answered import write_answers, write_dispositions, write_latest
from casetracker.desk.demo.aside import write_asides, write_partners, write_promises
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.files import File, World
from casetracker.desk.demo.listed import write_lists
from casetracker.desk.demo.raised import Cycle
from casetracker.desk.demo.staff import OPENED
from rounds.figures import answered_days, raised_days
from rounds.models import CaseList, Partner, Response, Round
from rounds.states import ListState, RoundState

WHY = "the demonstration writes the cycle of its own dialogues"


def write_cycle(world: World, files: list[File]) -> None:
    """Everything of both dialogues; the cases, rounds and people are in the database already."""
    partners: list[Partner] = []
    for prefix, post in (("CN", "general"), ("NV", "norvania")):
        mine = [one for one in files if one.person.dialogue == prefix]
        cycle = Cycle(world, Book(), mine, _rounds(world.dialogues[prefix], world.today), post)
        partners = partners or write_partners(cycle)
        for number, round in enumerate(cycle.rounds):
            write_lists(cycle, round, number)
            write_asides(cycle, round, partners)
            write_answers(cycle, number, partners)
            write_dispositions(cycle, number)
        if prefix == "CN":
            write_latest(cycle)
            write_promises(cycle)
        _write(cycle)


def _rounds(dialogue: Dialogue, today: date) -> list[Round]:
    """Rounds held since the desk was opened, and the one planned next; oldest first."""
    rows = Round.objects.unscoped(WHY).filter(dialogue=dialogue, starts__gte=OPENED).select_related("dialogue")
    states = [RoundState.HELD, RoundState.CLOSED, RoundState.PLANNED]
    return [one for one in rows.order_by("starts") if one.state in states]


def _write(cycle: Cycle) -> None:
    # The words of a reply are known once its items are; its history tells of one version, with all of them.
    for row in cycle.book.history[Response]:
        said = cycle.book.rows[Response][row.id]
        row.verbatim, row.translation = said.verbatim, said.translation
    cycle.book.write()
    keys = sorted({one.file.case.pk for one in cycle.raised})
    LedgerDay.objects.bulk_create([*raised_days(keys), *answered_days(keys)], batch_size=500)
    _close_rounds(cycle)
    _derive([row.case for row in cycle.book.rows[FollowUp].values()])


def _close_rounds(cycle: Cycle) -> None:
    """All but the last one held are closed, and their lists with them."""
    held = [one for one in cycle.rounds if one.state in (RoundState.HELD, RoundState.CLOSED)]
    for round in held[:-1]:
        with acting(Verb.ROUND_MOVED, process="demo", about=round, detail={"to": "closed"}):
            save_over(round, seen=round.version, changes={"state": RoundState.CLOSED})
            lists = CaseList.objects.unscoped(WHY).filter(round=round, state=ListState.HANDED_OVER)
            for one in lists.select_related("round"):
                save_over(one, seen=one.version, changes={"state": ListState.CLOSED})


def _derive(cases: list[Case]) -> None:
    """The next step of cases that got a follow-up, without touching the day they were changed."""
    for case in {one.pk: one for one in cases}.values():
        columns = derived_columns(
            list(CaseName.objects.unscoped(WHY).of(case)),
            list(CaseEvent.objects.unscoped(WHY).of(case).select_related("place", "facility__place")),
            list(CaseTheme.objects.unscoped(WHY).of(case).select_related("theme")),
            list(FollowUp.objects.unscoped(WHY).of(case).filter(done_at__isnull=True)),
        )
        Case.objects.unscoped(WHY).filter(pk=case.pk).update(**columns)
