"""Fills an empty installation with the demonstration, once."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from cases.models import Case
from casetracker.access.models import Dialogue, User
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.approvals import write_approvals
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.connections import write_attachments, write_groups, write_links
from casetracker.desk.demo.consents import write_consents
from casetracker.desk.demo.cycle import write_cycle
from casetracker.desk.demo.dialogues import write_dialogues, write_next_round, write_norvania
from casetracker.desk.demo.emergencies import write_emergencies
from casetracker.desk.demo.files import File, World
from casetracker.desk.demo.grant_life import write_grant_life
from casetracker.desk.demo.grants import write_grants
from casetracker.desk.demo.logins import make_passwords, who_signs_in
from casetracker.desk.demo.persons import everybody
from casetracker.desk.demo.staff import Staff
from casetracker.desk.demo.tables import chance
from casetracker.desk.demo.timelines import Terms
from casetracker.desk.demo.traces import write_filters, write_reads
from casetracker.desk.demo.two_persons import write_two_persons
from rounds.actions.public_rounds import load_public_rounds
from rounds.models import Round

PROCESS = "demo"
LAST_PUBLIC_ROUND = 40
Say = Callable[[str], None]


class NotEmpty(RuntimeError):
    """The database holds a desk that is not the demonstration."""


@dataclass(frozen=True)
class Filled:
    """What was made (or found): persons, and the passwords where they were made now."""

    persons: int
    made: bool
    seconds: float = 0.0


def is_filled() -> bool:
    """Whether the demonstration is there. Raises NotEmpty when something else is."""
    if TrailEntry.objects.filter(verb=Verb.DEMO_FILLED).exists():
        return True
    if User.objects.exists() or Dialogue.objects.unscoped("the demonstration is for an empty database").exists():
        raise NotEmpty
    return False


def fill(*, persons: int | None = None, today: date | None = None, say: Say = lambda text: None) -> Filled:
    """Makes everything in one transaction, unless it is there; needs the vocabulary packs.

    `persons`: about how many (default: all of the tables); `today`: the day on which the invented desk stands.
    Raises NotEmpty.
    """
    if is_filled():
        return Filled(Case.objects.unscoped("counts the invented cases").count(), made=False)
    begun = monotonic()
    with acting(Verb.DEMO_FILLED, process=PROCESS) as act:
        files = _fill(persons, today or timezone.localdate(), say)
        act.detail = {"cases": len(files)}
    return Filled(len(files), made=True, seconds=monotonic() - begun)


def _fill(persons: int | None, today: date, say: Say) -> list[File]:
    book = Book()
    staff = Staff(today, chance("staff"))
    terms = {"CN": Terms("cn"), "NV": Terms("nv")}
    _passwords(staff)
    staff.write(book)
    dialogues, circle = write_dialogues(book, staff)
    write_grants(book, staff, dialogues, circle, chance("grants"))
    write_grant_life(book, staff, dialogues)
    world = World(book, staff, dialogues, terms, circle, today)
    say("Inventing persons and what happened to them …")
    files = [File(world, person) for person in everybody(persons, today, terms)]
    for file in files:
        file.replay()
    say("Groups, links, attachments, rounds, and the traces of daily work …")
    write_groups(world, files)
    write_links(world, files)
    write_attachments(world, files)
    write_consents(world, files)
    write_norvania(book, staff, dialogues["NV"], terms["NV"])
    write_reads(world, files)
    write_emergencies(world, files)
    write_filters(world, terms["CN"].themes)
    say("Writing it down …")
    book.write()
    _rounds(book, world)
    say("Lists, raisings, answers and promises over the rounds …")
    write_cycle(world, files)
    write_approvals(world, files)
    write_two_persons(world)
    return files


def _passwords(staff: Staff) -> None:
    """Theirs for those who sign in, one that nobody knows for the others, none for the one just invited."""
    made = make_passwords()
    unknown = make_password(secrets.token_urlsafe(32))
    for user in staff.users.values():
        user.password = unknown
        user.last_login = staff.at(staff.today - timedelta(days=3))
    for one in who_signs_in():
        staff[one.key].set_password(made[one.email])
    newcomer = staff["newcomer"]
    newcomer.password, newcomer.last_login = make_password(None), None


def _rounds(book: Book, world: World) -> None:
    """The public rounds, as its own command loads them, and the invented one after them."""
    dialogue = world.dialogues["CN"]
    load_public_rounds(dialogue, process=PROCESS)
    known = Round.objects.unscoped("the next ordinal of the demonstration").filter(dialogue=dialogue)
    last = max((row.ordinal or 0 for row in known), default=LAST_PUBLIC_ROUND)
    later = Book()
    write_next_round(later, world.staff, dialogue, world.terms["CN"], last + 1)
    later.write()
