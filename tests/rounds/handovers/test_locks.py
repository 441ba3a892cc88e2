"""Two who take the same locks: on PostgreSQL at the same moment, each on a connection of their own; on SQLite, which
lets one write at a time, one straight after the other. Neither waits for the other for ever.
"""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from rounds.actions.handover import correct_handover
from rounds.actions.item import add_items
from rounds.actions.matching import match_item
from rounds.actions.raising import edit_raising, void_raising
from rounds.models import Handover
from tests import make
from tests.rounds import cycle
from tests.rounds.handovers.test_actions import fresh, values
from tests.rounds.make import round_
from tests.rounds.responses.make import answer, reply

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 6


def at_once(*acts):
    """Does them; gives the names of what they raised."""
    several = connection.vendor == "postgresql"
    start, told = threading.Barrier(len(acts) if several else 1), []

    def one(act):
        try:
            start.wait(timeout=30)
            act()
        except Exception as refused:
            told.append(type(refused).__name__)
        finally:
            if several:
                connection.close()

    if several:
        threads = [threading.Thread(target=one, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    else:
        for act in acts:
            one(act)
    return told


@pytest.fixture
def cases(cast):
    return [make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Tashi", "Dolma", "Pema")]


def test_matching_beside_correcting_the_handover(cast, cases):
    given = cycle.handed_over(cast.olga, cast.anna, round_(cast.olga, cast.cn), *cases)
    raisings = [cycle.raising_of(given, case) for case in cases]
    said = reply(cast.olga, given.label())
    for turn in range(TIMES):
        paper = Handover.objects.unscoped("tests").select_related("case_list").order_by("-created_at").first()
        sent = {"handover": fresh(paper), "seen": paper.version, "values": values(), "reason": "Another day."}
        words = {"response": fresh(said), "values": {"verbatim": f"{turn}"}, "raisings": raisings[::-1]}
        told = at_once(
            lambda sent=sent: correct_handover(by=cast.olga, **sent),
            lambda words=words: add_items(by=cast.hugo, **words),
        )
        assert told == []


def test_matching_beside_editing_the_raising(cast, cases):
    raising = cycle.raising(cast.olga, cases[0])
    said = reply(cast.olga, cases[0].label())
    for turn in range(TIMES):
        item, now, asked = answer(cast.olga, fresh(said), written_as="扎西"), fresh(raising), fresh(raising)
        told = at_once(
            lambda now=now, turn=turn: edit_raising(
                raising=now, by=cast.olga, seen=now.version, changes={"words": f"{turn}"}
            ),
            lambda item=item, asked=asked: match_item(item=item, by=cast.hugo, seen=1, raising=asked),
        )
        assert told == []


def test_what_is_voided_meanwhile_is_not_matched(cast, cases):
    raising = cycle.raising(cast.olga, cases[0])
    item = answer(cast.olga, reply(cast.olga, cases[0].label()), written_as="扎西")
    earlier = fresh(raising)
    void_raising(raising=raising, by=cast.olga, seen=1, reason="Not raised.")
    told = at_once(
        lambda: match_item(item=item, by=cast.hugo, seen=1, raising=earlier),
        lambda: edit_raising(raising=earlier, by=cast.hugo, seen=1, changes={"on": earlier.on + timedelta(days=1)}),
    )
    assert told == ["WrongState", "WrongState"]
