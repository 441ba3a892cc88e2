"""Two officials at the same moment: on PostgreSQL each on a connection of their own; on SQLite, which lets one write
at a time, one straight after the other, both having read the same version.
"""

import threading

import pytest
from django.db import connection

from casetracker.access.errors import Conflict, WrongState
from rounds.actions.handover import hand_over_list
from rounds.models import Handover, Raising
from tests import make
from tests.rounds import cycle
from tests.rounds.handovers.test_actions import fresh, values
from tests.rounds.make import round_


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outcome", ["accepted", "not_tendered"])
def test_one_of_two_handovers_is_recorded(cast, outcome):
    cases = [make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Tashi", "Dolma")]
    made = cycle.case_list(cast.olga, round_(cast.olga, cast.cn), *cases, approved_by=cast.anna)
    at_once = connection.vendor == "postgresql"
    both, told = threading.Barrier(2 if at_once else 1), []

    def give(by, case_list):
        try:
            both.wait(timeout=30)
            hand_over_list(case_list=case_list, by=by, seen=made.version, values=values(outcome))
            told.append("recorded")
        except (Conflict, WrongState) as refused:
            told.append(type(refused).__name__)
        finally:
            if at_once:
                connection.close()

    asked = [(by, fresh(made)) for by in (cast.olga, cast.hugo)]
    if at_once:
        threads = [threading.Thread(target=give, args=args) for args in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    else:
        for args in asked:
            give(*args)
    assert sorted(told) == sorted(["recorded", "WrongState" if outcome == "accepted" else "Conflict"])
    assert Handover.objects.unscoped("tests").count() == 1
    assert Raising.objects.unscoped("tests").count() == (2 if outcome == "accepted" else 0)
