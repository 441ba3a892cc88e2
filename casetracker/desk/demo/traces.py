"""Traces of daily work: who signed in and read what in the last weeks, and the filters people keep."""

from datetime import timedelta

from cases.models import SavedFilter, Theme
from cases.states import CaseState
from casetracker.access.roles import Marking
from casetracker.audit.acting import Act
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.files import File, World
from casetracker.desk.demo.staff import AWAY
from casetracker.desk.demo.tables import chance

_DAYS = 30
# Who reads: key, dialogue, highest marking, in the circle, reads a day.
_READERS = (
    ("official", "CN", Marking.NORMAL, False, 5),
    ("senior", "CN", Marking.RESTRICTED, True, 4),
    ("colleague", "CN", Marking.RESTRICTED, False, 3),
    ("reviewer", "CN", Marking.NORMAL, False, 2),
    ("approver", "CN", Marking.RESTRICTED, True, 1),
    ("norvania", "NV", Marking.RESTRICTED, False, 2),
)


def write_reads(world: World, files: list[File]) -> None:
    """Sign-ins and cases read on the working days of the last weeks."""
    rng = chance("reads")
    for ago in range(_DAYS, 0, -1):
        day = world.today - timedelta(days=ago)
        if day.weekday() > 4:
            continue
        for key, prefix, marking, in_circle, often in _READERS:
            if rng.random() < 0.2 or ago <= AWAY.get(key, 1):
                continue
            user = world.staff[key]
            at = world.staff.at(day)
            world.book.act(Verb.SIGNED_IN, user, at, about=user)
            open_to = [
                one
                for one in files
                if one.person.dialogue == prefix
                and one.logged < day
                and one.case.marking <= marking
                and one.case.state != CaseState.CLOSED
                and (in_circle or one.case.compartment_id is None)
            ]
            for one in rng.sample(open_to, min(rng.randrange(often + 1), len(open_to))):
                later = at + timedelta(minutes=rng.randrange(2, 200))
                world.book.acts.append(Act(Verb.CASE_READ, user, "", "", one.case, at=later))


def write_filters(world: World, themes: dict[str, Theme]) -> None:
    """Filters that people saved."""
    open_states = "state=active&state=monitoring"
    saved = (
        ("official", "Overdue, mine", "owner=me&due=overdue"),
        ("official", "Mine, open", f"owner=me&{open_states}"),
        ("official", "Term over, no release known", "due=term_over"),
        ("senior", "Religion, serving", f"theme={themes['religion'].pk}&status=serving"),
        ("senior", "Due this week", "due=week"),
        ("colleague", "Whereabouts unknown", "status=disappeared&status=incommunicado"),
        ("reviewer", "Changed lately", f"{open_states}&sort=-changed"),
        ("norvania", "Held without trial", "status=held&status=pre_trial"),
    )
    for key, name, query in saved:
        world.book.keep(SavedFilter(user=world.staff[key], name=name, query=query))
