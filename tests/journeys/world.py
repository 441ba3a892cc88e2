"""A world with one of everything, each in up to three states, for looking at pages.

A probe aims at a visible, a hidden and a missing thing; here all three are there to be seen: the first as on the stage
of the twin-world test, the others in other states (a draft and a closed case, tables further on their way, a round
that was held, a grant that waits, an account not yet taken up). cycle_stage.py has those of lists and answers,
discretion_stage.py those of what takes two persons, of emergencies and of recusals.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cases.actions.case import move_case
from cases.actions.vocabulary import load_pack
from cases.models import Case, Theme
from casetracker.access.actions.people import invite_user, reset_sign_in
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from rounds.actions.event import add_event, cancel_event
from rounds.actions.round import create_round, move_round
from rounds.models import Round
from tests import make
from tests.access.probes import World
from tests.access.probes.importing import FOR_ALL_ROWS
from tests.access.rich import common, link, rich_case
from tests.journeys import cycle_stage, discretion_stage
from tests.people import grant

PACK = Path(__file__).resolve().parents[2] / "fixtures" / "cn.toml"
TABLE = """Person,Characters,M/F,Taken away,Until,Seen at
Dolma Invented,李明发,F,May 2014,2010,Ngaba
Kelsang Invented,格桑,M,2016,,Lhasa
,,M,2017,,Golog
"""


def everything(cast: Any) -> World:
    """One of everything in `cn`."""
    load_pack(PACK, process="tests")
    stage = cycle_stage.set_up(cast)
    ids = common(cast) | rich_case(cast, cast.olga, "Dolma Invented")
    draft, old = cycle_stage.drafts(cast, Round.objects.get(pk=ids["round"]))
    ids["caselink"] = link(cast.hugo, ids["case_pk"], ids["other_pk"])
    ids["theme"] = str(Theme.objects.order_by("id").first().pk)
    client = Client()
    client.force_login(cast.olga)
    second = {**ids, **_draft(cast), "importbatch": table_in(client, "checked"), "round": _held(cast)}
    third = {**ids, **_closed(cast), "importbatch": table_in(client, "done"), "round": _postponed(cast)}
    second |= {"user": _invited(cast), "grant": str(cast.quin.grants.get().pk)}
    third |= {"user": str(cast.dora.pk), "grant": _suspended(cast)}
    second |= _texts(stage.second | draft)
    third |= _texts(stage.third | old)
    ids["importbatch"] = table_in(client, "read")
    apart = [_texts(some) for some in discretion_stage.set_up(cast)]
    ids, second, third = ids | {"listapproval": ids["approval"]} | apart[0], second | apart[1], third | apart[2]
    return World(visible=ids | stage.more, hidden=second, missing=third)


def _texts(ids: dict[str, Any]) -> dict[str, str]:
    return {kind: str(value) for kind, value in ids.items()}


def table_in(client: Client, state: str) -> str:
    """An import through the pages, as far as `state` ("read", "checked", "done"); its key."""
    file = SimpleUploadedFile("table.csv", TABLE.encode())
    dialogue = Case.objects.order_by("reference").values_list("dialogue_id", flat=True)[0]
    form = {"provider": "Watch", "title": f"List, {state}", "marking": "1", "compartment": "", "dialogue": dialogue}
    home = client.post("/imports/new/", {**form, "file": file})["Location"]
    targets = ["name", "original", "sex", "start", "end", "place"]
    columns = {f"c{place}": target for place, target in enumerate(targets)}
    if state != "read":
        settings = {**FOR_ALL_ROWS, "missing": "NA", "kind": "detained", "order": "given"}
        client.post(f"{home}columns/", {"seen": _seen(client, home, "columns/"), **settings, **columns})
        client.post(f"{home}skip/", {"errors": "1"})
    if state == "done":
        sure = {"state": "active", "owner": "nobody", "count": "2", "reason": ""}
        client.post(f"{home}confirm/", {"seen": _seen(client, home, "confirm/"), **sure})
    return home.split("/")[2]


def _seen(client: Client, home: str, end: str) -> str:
    return str(client.get(f"{home}{end}").context["form"]["seen"].value())


def _draft(cast: Any) -> dict[str, str]:
    case = make.case(cast.olga, cast.cn, "Bare Invented", state="draft")
    return {"case": case.reference, "case_pk": str(case.pk)}


def _closed(cast: Any) -> dict[str, str]:
    case = make.case(cast.olga, cast.cn, "Done Invented", parts=[make.event(when="2001")])
    move_case(case=case, by=cast.olga, seen=case.version, to="closed", reason="Released long ago.")
    return {"case": case.reference, "case_pk": str(case.pk)}


def _held(cast: Any) -> str:
    day = timezone.localdate() - timedelta(days=90)
    values = {"ordinal": 39, "starts": day, "venue": "Brussels", "note": "Held in the usual way."}
    held = create_round(by=cast.olga, dialogue=cast.cn, values=values)
    event = add_event(round=held, by=cast.olga, values={"kind": "seminar", "title": "Seminar"})
    cancel_event(event=event, by=cast.olga, seen=event.version, reason="Nobody came.")
    move_round(round=held, by=cast.olga, seen=held.version, to="held")
    return str(held.pk)


def _postponed(cast: Any) -> str:
    day = timezone.localdate() + timedelta(days=20)
    made = create_round(by=cast.olga, dialogue=cast.cn, values={"ordinal": 42, "starts": day, "venue": ""})
    move_round(round=made, by=cast.olga, seen=made.version, to="postponed", reason="No date was found.")
    return str(made.pk)


def _invited(cast: Any) -> str:
    return str(invite_user(name="Ina Sommer", email="ina@office.example", by=cast.adam)[0].pk)


def _suspended(cast: Any) -> str:
    with acting(Verb.GRANT_REQUESTED, process="tests"):
        role, by = Role.OFFICIAL, {"requested_by": cast.adam, "approved_by": cast.anna}
        made = grant(cast.zoe, cast.cn, role, Marking.NORMAL, **by)
    reset_sign_in(user=cast.zoe, by=cast.adam, reason="The telephone was lost.")
    return str(made.pk)
