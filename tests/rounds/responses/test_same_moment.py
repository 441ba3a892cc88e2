"""Two at one reply at the same moment: on PostgreSQL each on a connection of their own; on SQLite, which lets one write
at a time, one straight after the other, both having read the same version. Nothing of either is lost.
"""

import threading
from functools import partial

import pytest
from django.db import connection

from casetracker.access.errors import Conflict
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.actions.coding import code_item, confirm_item
from rounds.actions.item import add_items
from rounds.models import Response, ResponseItem
from tests import make
from tests.rounds import cycle
from tests.rounds.responses.make import answer, reply

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 4


def at_once(*acts):
    """Does them; gives what each raised, by name, in no order."""
    several = connection.vendor == "postgresql"
    start, told = threading.Barrier(len(acts) if several else 1), []

    def one(act):
        try:
            start.wait(timeout=30)
            act()
            told.append("done")
        except Exception as refused:
            told.append(type(refused).__name__)
        finally:
            if several:
                connection.close()

    if not several:
        for act in acts:
            one(act)
        return sorted(told)
    threads = [threading.Thread(target=one, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(told)


@pytest.fixture
def said(cast):
    return reply(cast.olga, Label(cast.cn.pk, Marking.NORMAL))


@pytest.fixture
def raisings(cast):
    return [cycle.raising(cast.olga, make.case(cast.olga, cast.cn, f"{n} Invented")) for n in ("Tashi", "Dolma")]


def fresh(row):
    related = {Response: "dialogue", ResponseItem: "response"}[type(row)]
    return type(row).objects.unscoped("tests").select_related(related).get(pk=row.pk)


def standing():
    return list(ResponseItem.objects.unscoped("tests").order_by("position"))


def adds(by, said, words, asked):
    return partial(add_items, response=fresh(said), by=by, values={"verbatim": words}, raisings=asked)


def codes(by, item, code):
    return partial(code_item, item=fresh(item), by=by, seen=1, code=code)


def test_both_add(cast, said, raisings):
    for turn in range(TIMES):
        one = adds(cast.olga, said, f"By Olga, {turn}", raisings)
        other = adds(cast.hugo, said, f"By Hugo, {turn}", raisings[::-1])
        assert at_once(one, other) == ["done", "done"]
    found = standing()
    # Each has a place of its own, and those of one act stand together.
    assert [item.position for item in found] == list(range(1, 4 * TIMES + 1))
    assert all(one.verbatim == two.verbatim for one, two in zip(found[::2], found[1::2], strict=True))


def test_both_code_one_answer(cast, said, raisings):
    item = answer(cast.olga, said, raisings[0])
    assert at_once(codes(cast.olga, item, "B2"), codes(cast.hugo, item, "C4")) == [Conflict.__name__, "done"]
    now = fresh(item)
    assert (now.version, now.state) == (2, "coded")
    assert (now.coded_by_id, now.code) in ((cast.olga.pk, "B2"), (cast.hugo.pk, "C4"))


def test_both_confirm_one_coding(cast, said, raisings):
    item = answer(cast.olga, said, raisings[0])
    codes(cast.olga, item, "B2")()
    told = at_once(*(partial(confirm_item, item=fresh(item), by=by, seen=2) for by in (cast.hugo, cast.rita)))
    assert told == [Conflict.__name__, "done"]
    assert (fresh(item).version, fresh(item).state) == (3, "confirmed")


def test_one_adds_while_the_other_codes(cast, said, raisings):
    for turn in range(TIMES):
        item = answer(cast.olga, fresh(said), raisings[0])
        told = at_once(codes(cast.hugo, item, "C1"), adds(cast.olga, said, f"More, {turn}", raisings))
        assert told == ["done", "done"]
    assert len(standing()) == 3 * TIMES
    assert sum(item.code == "C1" for item in standing()) == TIMES
