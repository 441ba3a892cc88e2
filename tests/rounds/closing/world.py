"""A round that was held, with lists handed over, approved, hidden; for the tests of its end."""

from datetime import date
from types import SimpleNamespace

from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.models import ListEntry
from tests import make as cases
from tests.rounds import cycle, make

STATES = ("draft", "in_review", "approved", "handed_over", "closed", "superseded", "withdrawn")


def world(cast, count=2):
    """`past` (held, round 40), `ahead` (planned, 41), `given` (handed over, `count` entries of `cases`)."""
    past = make.held(cast.olga, cast.cn, venue="Brussels")
    ahead = make.round_(cast.olga, cast.cn, 41, date(2099, 6, 1))
    people = [cases.case(cast.olga, cast.cn, f"Invented Person {number}") for number in range(count)]
    given = cycle.handed_over(cast.olga, cast.anna, past, *people)
    return SimpleNamespace(past=past, ahead=ahead, cases=people, given=given)


def entries(case_list):
    rows = ListEntry.objects.unscoped("tests").filter(case_list=case_list)
    return list(rows.select_related("case", "case_list__round__dialogue").order_by("position"))


def restricted(cast):
    return Label(cast.cn.pk, Marking.RESTRICTED)


def circle(cast):
    return Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk)


def list_in(cast, state, round, *people, by=None, **values):
    """A list in any state, with included entries."""
    if state in ("approved", "handed_over", "closed", "superseded"):
        values |= {"approved_by": cast.anna}
    if state in ("withdrawn", "superseded"):
        values |= {"state_reason": "Why."}
    return cycle.case_list(by or cast.olga, round, *people, **{**values, "state": state})
