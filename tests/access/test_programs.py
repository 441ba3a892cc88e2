"""Whatever an observer does between hidden acts, in whatever order, they get what they would get without those acts."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.access.compare import told
from tests.access.probes import Probe
from tests.access.programs import DEEDS, Deed, Doors, Step, compared

# Who looks, and through how many programs. On PostgreSQL the rule is the same; what an engine could add shows in few.
OBSERVERS = {"nils": 10, "bert": 6, "olga": 4, "rita": 4, "adam": 4}
SHARE = 1 if connection.vendor == "sqlite" else 4
SEES_ALL = "hugo"
# Half of the requests go to where most is told; the others to anything that has an address.
TELLING = (
    "desk:home", "desk:case", "desk:case_history", "desk:find", "desk:work", "cases:table", "cases:new",
    "cases:part_add", "cases:case_edit", "cases:group", "cases:group_add", "cases:export", "rounds:list",
    "rounds:list_add", "rounds:response", "rounds:responses", "access:approvals",
)  # fmt: skip

# Behind these nothing can be asked any more.
ENDS = ("account_logout", "access:end_sessions")


@pytest.fixture
def doors(stage):
    return Doors(stage, *OBSERVERS, SEES_ALL)


def sweep(stage):
    """What every program ends with."""
    aims = stage.aims["linked"]
    case = f"/cases/{aims.visible['case']}/"
    gets = [Probe("GET", path) for path in ("/", "/cases/", case, f"{case}history/", f"/cases/{aims.hidden['case']}/")]
    return [*map(Step, gets), Step(Probe("POST", "/find/", {"q": "Dolma"}))]


def requests(stage):
    """One of everything that may be asked: as it stands, as a form filled in, or where the last answer led."""
    asked = {
        name: [probe for probe in some if probe.method in ("GET", "POST")]
        for name, some in stage.probes("nils", "linked").items()
        if name not in ENDS
    }
    names = st.sampled_from(TELLING) | st.sampled_from(sorted(name for name, some in asked.items() if some))
    probes = names.flatmap(lambda name: st.sampled_from(asked[name]))
    filled = probes.map(lambda probe: Step(probe, filled=probe.method == "POST"))
    return probes.map(Step) | filled | st.just(Step(Probe("GET", "/"), follows=True))


def programs(stage):
    """Up to six requests and three hidden acts, one of them at least, in any order."""
    fair = st.randoms(use_true_random=True)
    return st.tuples(st.lists(requests(stage), min_size=2, max_size=6), fair).map(lambda drawn: mixed(*drawn))


def mixed(steps, dice):
    """Hidden acts between the steps. All acts and places are as likely as each other, from the first program on."""
    program = [*steps, *map(Deed, dice.sample(sorted(DEEDS), dice.randint(1, 3)))]
    return dice.sample(program, len(program))


def run_programs(doors, observer, counted):
    """Fails with the first program whose answers tell of the hidden acts."""

    @settings(
        max_examples=OBSERVERS[observer] // SHARE, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(programs(doors.stage))
    def nothing_shows(steps):
        asked, found = compared(doors, observer, [*steps, *sweep(doors.stage)])
        counted["programs"] += 1
        counted["steps"] += asked + sum(isinstance(one, Deed) for one in steps)
        counted["differences"] += len(found)
        assert not found, f"{observer}: {steps}\n{told(found)}"

    nothing_shows()


def test_hidden_acts_change_nothing_between(doors, figures):
    counted = {"programs": 0, "steps": 0, "differences": 0}
    try:
        for observer in OBSERVERS:
            run_programs(doors, observer, counted)
    finally:
        figures("programs", **counted)


def test_who_sees_what_is_hidden_sees_the_acts(doors):
    """The guard against a vacuous pass; all acts succeed one after another."""
    program = [*map(Deed, DEEDS), *sweep(doors.stage)]
    assert {one.probe.path for one in compared(doors, SEES_ALL, program)[1]} >= {"/", "/cases/", "/find/"}
    assert not compared(doors, "nils", program)[1]
