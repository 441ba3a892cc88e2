"""The two secrets: one entangled with what is visible, one that has no tie to it (another dialogue, whole)."""

from datetime import timedelta
from typing import Any

import time_machine

from cases.models import Case, Theme
from casetracker.access.models import Compartment, Dialogue, User
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.models import AgendaItem, Round, RoundEvent, Suspension
from tests import make
from tests.access.cast_more import person_with
from tests.access.deeds import Actor, hand_over, log_case, record_response, work_on_list
from tests.access.probes import World
from tests.access.rich import link, rich_case
from tests.access.twin import NOON, Dice
from tests.people import Cast
from tests.rounds import cycle

# Names of persons in the secrets and nowhere else: none of them may stand on a page of somebody who reads no content.
CANARIES = ("Dolma Hidden", "Kelsang Apart", "Yeshe", "益西")


def linked(cast: Any, dice: Dice, aims: World) -> dict[str, str]:
    """A case in the circle, entangled with visible ones, and a busy day around it. By model name."""
    dice.throw("linked")
    with time_machine.travel(NOON - timedelta(days=2), tick=False):
        ids = rich_case(cast, cast.hugo, "Dolma Hidden", marking=Marking.RESTRICTED, compartment=cast.north)
        ids["caselink"] = link(cast.hugo, ids["case_pk"], aims.visible["case_pk"])
        approved = _approved(cast, cast.hugo, cast.anna, ids, aims.visible["round"])
    hugo, circle = Actor(dice, cast.hugo), f"2/{cast.north.pk}"
    mine = log_case(hugo, f"{cast.cn.pk}/{circle}", "Yeshe Quillon")
    hugo.sends(f"/cases/{mine}/links/add/", kind="family", reference=aims.visible["case"])
    hugo.sends(f"/groups/{ids['casegroup']}/members/add/", reference=aims.visible["case"])
    work_on_list(hugo, aims.visible["round"], circle, mine)
    hand_over(hugo, approved)
    record_response(hugo, f"{cast.cn.pk}/{circle}")
    anna = Actor(dice, cast.anna)
    for path in (f"/cases/{mine}/", f"/lists/{ids['caselist']}/", "/", "/grants/"):
        anna.reads(path)
    return ids


def _approved(cast: Any, by: User, approver: User, ids: dict[str, str], round: str) -> str:
    case = Case.objects.unscoped("tests").get(pk=ids["case_pk"])
    ahead = Round.objects.unscoped("tests").get(pk=round)
    made = cycle.case_list(by, ahead, case, label=case.label(), approved_by=approver)
    return str(made.pk)


def apart(cast: Any, dice: Dice, aims: World) -> dict[str, str]:
    """Another dialogue with its people, circle, rounds, words and one of everything; and an empty circle in `cn`."""
    dice.throw("apart")
    with time_machine.travel(NOON - timedelta(days=2), tick=False):
        elsewhere = _another_dialogue(cast)
        ids = _its_ground(elsewhere)
        ids |= rich_case(elsewhere, elsewhere.ida, "Kelsang Apart", compartment=elsewhere.north)
    ida = Actor(dice, elsewhere.ida)
    label = f"1/{elsewhere.north.pk}"
    mine = log_case(ida, f"{elsewhere.cn.pk}/{label}", "Yeshe Quillon")
    ida.sends(f"/cases/{mine}/links/add/", kind="family", reference=ids["case"])
    work_on_list(ida, ids["round"], label, mine)
    record_response(ida, f"{elsewhere.cn.pk}/{label}")
    return ids


def _another_dialogue(cast: Any) -> Cast:
    with acting(Verb.DIALOGUE_CREATED, process="tests"):
        dialogue = Dialogue(
            name="EU–Quillonia", own_side="European Union", counterpart="Quillonia", prefix="QU", pack="cn"
        )
        save_new(dialogue)
        circle = Compartment(dialogue=dialogue, name="Quillon circle", purpose="Quillon only.")
        save_new(circle)
        save_new(Compartment(dialogue=cast.cn, name="Quillon south", purpose="Nobody is in it yet."))
        found = Cast(dialogue, dialogue, circle)
        inside: Any = {"by_server_command": True}
        for key, role in (("anna", Role.APPROVER), ("ida", Role.OFFICIAL)):
            found.people[key] = person_with(
                f"{key.title()} Quillon-{key}", dialogue, role, Marking.RESTRICTED, [circle], **inside
            )
    return found


def _its_ground(elsewhere: Cast) -> dict[str, str]:
    """The calendar and the words of the dialogue: known to everybody in it."""
    ida: User = elsewhere.ida
    with acting(Verb.ROUND_CREATED, by=ida):
        held = Round(dialogue=elsewhere.cn, ordinal=41, starts=NOON.date() + timedelta(days=25), venue="Quillon")
        event = RoundEvent(round=held, kind="visit", title="Quillon visit")
        item = AgendaItem(round=held, title="Quillon law", position=1)
        pause = Suspension(dialogue=elsewhere.cn, since=make.event(when="2019").when)
        term = Theme(dialogue=elsewhere.cn, name="Quillon theme")
        for one in (held, event, item, pause, term):
            save_new(one)
    grant = ida.grants.get()
    ids = {
        "round": held.pk, "roundevent": event.pk, "agendaitem": item.pk, "suspension": pause.pk, "theme": term.pk,
        "user": ida.pk, "grant": grant.pk, "dialogue": elsewhere.cn.pk, "compartment": elsewhere.north.pk,
    }  # fmt: skip
    return {kind: str(value) for kind, value in ids.items()}
