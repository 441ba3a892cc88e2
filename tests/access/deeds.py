"""What hidden actors do, on the pages, as people do it. Every step must succeed: otherwise nothing would be hidden."""

import re
from datetime import timedelta
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from casetracker.access.models import User
from tests.access.twin import NOON, Dice
from tests.signed_in import show_again, sign_in

BEGINNING = NOON - timedelta(days=1)
HANDED = {"on": "2 December 2029", "by": "The chair", "to": "The delegation", "outcome": "accepted", "confirmed": "on"}


class Actor:
    """A person at their browser, a day before noon; each step a minute later, with dice of its own."""

    def __init__(self, dice: Dice, who: User) -> None:
        self.dice, self.who, self.steps = dice, who, 0
        self.client = Client()
        with self._step("sign in"):
            sign_in(self.client, who)

    def _step(self, what: str) -> Any:
        self.steps += 1
        self.dice.throw(f"{self.who.email} {self.steps} {what}")
        return time_machine.travel(BEGINNING + timedelta(minutes=self.steps), tick=False)

    def reads(self, path: str) -> str:
        """The page."""
        with self._step(path):
            page = show_again(self.client, self.who).get(path)
        assert page.status_code == 200, f"{self.who.email} could not read {path}: {page.status_code}"
        return str(page.content.decode())

    def sends(self, path: str, answered: int = 302, /, **data: Any) -> str:
        """A form filled in over what the page at `path` put into it; where it led."""
        kept = hidden_fields(self.reads(path))
        return self.posts(path, answered, **{**kept, **data})

    def posts(self, path: str, answered: int = 302, /, **data: Any) -> str:
        """A button pressed; where it led."""
        with self._step(path):
            done = show_again(self.client, self.who).post(path, data)
        assert done.status_code == answered, f"{self.who.email} could not send {path}: {done.status_code}"
        return str(done.headers.get("Location", ""))


def hidden_fields(page: str) -> dict[str, str]:
    """Names and values of `key`, `seen` and `digest` as the page gives them (the last of each)."""
    return dict(re.findall(r'name="(key|seen|digest)" value="([^"]*)"', page))


def log_case(actor: Actor, label: str, latin: str) -> str:
    """A case logged and worked on; its reference."""
    case = actor.sends("/cases/new/", label=label, name=latin, original="益西", source_kind="family", detained="2014")
    mine = case.rstrip("/")
    actor.sends(f"{mine}/names/add/", text=f"{latin} Alias", system="latin", kind="alias", position="4")
    actor.sends(f"{mine}/timeline/add/", kind="transferred", when="2016", certainty="likely")
    actor.sends(f"{mine}/follow-ups/add/", what="Ask the family", due="2030-01-06", owner=str(actor.who.pk))
    actor.sends(f"{mine}/groups/add/", title=f"{latin} and others", kind="trial", marking=label.split("/")[1])
    actor.sends(f"{mine}/edit/texts/", summary=f"{latin}: taken from home.")
    paper = SimpleUploadedFile("x.txt", b"paper")
    actor.sends(f"{mine}/attachments/add/", title="Court notice", marking=label.split("/")[1], file=paper)
    for path in (case, f"{mine}/history/", "/", "/cases/", "/cases/export/", "/work/"):
        actor.reads(path)
    actor.posts("/find/", q=latin.split()[0])
    return mine.rpartition("/")[2]


def work_on_list(actor: Actor, round: str, label: str, case: str) -> str:
    """A list begun for a round, with a case, submitted; its key."""
    there = actor.sends(f"/rounds/{round}/lists/new/", label=label, note="For the chair.")
    actor.posts(f"{there}cases/", q=case)
    seen = hidden_fields(actor.reads(there))["seen"]
    actor.posts(f"{there}include/", seen=seen)
    actor.reads(f"{there}sheet/")
    actor.posts(f"{there}comments/", text="Is the year right?")
    return there.rstrip("/").rpartition("/")[2]


def hand_over(actor: Actor, approved: str) -> None:
    """A list that is approved, handed over."""
    actor.sends(f"/lists/{approved}/handover/", **HANDED)


def record_response(actor: Actor, label: str) -> str:
    """A response in words; its key."""
    there = actor.sends("/responses/new/", label=label, on="10 December 2029", form="written", verbatim="他身体健康。")
    actor.reads(there)
    return there.rstrip("/").rpartition("/")[2]
