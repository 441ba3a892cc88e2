"""The people of the invented desk: those who sign in, and those of whom only the name is left in the files."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from casetracker.access.actions.invitations import LASTS
from casetracker.access.models import Invitation, User
from casetracker.access.roles import Office
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.book import Book

OPENED = date(2012, 3, 5)


@dataclass(frozen=True)
class Member:
    """One person of the desk. `role` and `login` are for the printed table; empty for those who cannot sign in."""

    key: str
    name: str
    role: str = ""
    login: str = ""
    office: str = Office.NONE

    @property
    def email(self) -> str:
        """The address, under a domain that belongs to nobody (RFC 2606): by role for those who sign in."""
        return f"{self.key if self.login else _plain(self.name)}@desk.example"


def _plain(name: str) -> str:
    """ "Zuzana Horáková" → "zuzana.horakova"."""
    letters = unicodedata.normalize("NFD", name.casefold().replace(" ", "."))
    return "".join(letter for letter in letters if letter.isascii())


MEMBERS = (
    Member("official", "Marta Lindqvist", "official", "EU–China, {1}: logs cases, prepares the round"),
    Member("senior", "Henrik Aumann", "senior official", "EU–China up to {2}, in the circle “Quiet talks”"),
    Member("colleague", "Claire Vasseur", "official", "EU–China up to {2}, outside the circle"),
    Member("reviewer", "Tomás Ferreira", "reviewer", "both dialogues, {1}: reads and assesses, edits no case"),
    Member("approver", "Ingrid Halvorsen", "approver", "EU–China up to {2}, in the circle: approves grants"),
    Member("approver2", "Piet van Aalst", "second approver", "both dialogues up to {2}, outside the circle"),
    Member("norvania", "Lucia Ferrante", "official", "EU–Norvania up to {2}: sees nothing of the other dialogue"),
    Member("admin", "Adam Weissgerber", "access admin", "users, grants, dialogues; reads no case", Office.ADMIN),
    Member("auditor", "Orla Keane", "auditor", "the trail, without content; reads no case", Office.AUDITOR),
    Member("seconded", "Nikos Stavrou"),
    Member("newcomer", "Zuzana Horáková"),
    Member("leaver", "Dirk Oosterling"),
    *(
        Member(name.split()[0].casefold(), name)
        for name in (
            "Brigitte Hollmann", "Paolo Serafini", "Aino Kettunen", "Declan Moran", "Sofia Nikolaidou",
            "Gustav Ekdahl", "Camille Renard", "Janez Podlipnik", "Katrin Saar", "Miguel Olivares", "Anneke Brouwer",
        )
    ),
)  # fmt: skip

# Posts of the desk and who held them, with the share of the time since OPENED after which each took over.
POSTS: dict[str, tuple[tuple[str, float], ...]] = {
    "general": (("brigitte", 0), ("paolo", 0.17), ("aino", 0.38), ("declan", 0.6), ("official", 0.9)),
    "highlands": (("gustav", 0), ("camille", 0.22), ("sofia", 0.45), ("senior", 0.84)),
    "northwest": (("camille", 0), ("janez", 0.22), ("katrin", 0.5), ("leaver", 0.72), ("colleague", 0.95)),
    "norvania": (("miguel", 0), ("anneke", 0.4), ("norvania", 0.8)),
}
# Marta Lindqvist has been away for some days, so that her desk has something to tell her.
AWAY = {"official": 5, "reviewer": 6, "approver": 8}
POST_OF = {
    "han": "general", "hong_kong": "general", "hui": "general", "tibetan": "highlands", "uyghur": "northwest",
    "kazakh": "northwest", "mongolian": "northwest", "norvanian": "norvania",
}  # fmt: skip


class Staff:
    """The people as users, and who was on which post when."""

    def __init__(self, today: date, rng: Random) -> None:
        self.today, self.rng = today, rng
        self.users = {
            one.key: User(email=one.email, name=one.name, office=one.office, is_active=True) for one in MEMBERS
        }
        self.zone = ZoneInfo(settings.TIME_ZONE)

    def __getitem__(self, key: str) -> User:
        return self.users[key]

    def took_over(self, post: str) -> list[tuple[str, date]]:
        """Holders of a post with the day on which each began."""
        span = (self.today - OPENED).days
        return [(key, self.workday(OPENED + timedelta(days=int(span * share)))) for key, share in POSTS[post]]

    def on_post(self, post: str, day: date) -> User:
        """Who held the post on that day."""
        return self[[key for key, since in self.took_over(post) if since <= day or since == self.workday(OPENED)][-1]]

    def workday(self, day: date) -> date:
        """That day, or the next one on which the office is open; where that is not before today, the last one."""
        while day.weekday() > 4 and day < self.today:
            day += timedelta(days=1)
        day = min(day, self.today)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        return day

    def past(self, day: date) -> date:
        """That working day, or the last one before today."""
        day = min(self.workday(day), self.today - timedelta(days=1))
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def at(self, day: date) -> datetime:
        """A moment in the office hours of that day, never after now."""
        moment = time(self.rng.randrange(8, 18), self.rng.randrange(60), self.rng.randrange(60))
        made = datetime.combine(self.workday(day), moment, self.zone)
        now = datetime.now(self.zone) - timedelta(minutes=self.rng.randrange(5, 40))
        return min(made, now)

    def terms(self) -> dict[str, tuple[date, date | None]]:
        """First and last day of everybody at the desk; None = still there."""
        found: dict[str, tuple[date, date | None]] = {}
        for post in POSTS:
            holders = self.took_over(post)
            for (key, since), after in zip(holders, [*holders[1:], None], strict=True):
                until = after[1] if after else None
                first, last = found.get(key, (since, until))
                found[key] = (min(first, since), max(last, until) if last and until else until)
        ago = self.today - timedelta(days=400)
        for key in ("reviewer", "approver", "approver2", "admin", "auditor"):
            found[key] = (self.workday(OPENED), None)
        found |= {"seconded": (self.workday(ago), None), "newcomer": (self.workday(self.today), None)}
        found["leaver"] = (found["leaver"][0], self.workday(self.today - timedelta(days=34)))
        return found

    def write(self, book: Book) -> None:
        """Everybody invited when they came and deactivated when they went."""
        admin = self["admin"]
        terms = self.terms()
        for key, user in sorted(self.users.items(), key=lambda one: (one[0] != "admin", one[0])):
            since, until = terms[key]
            by = None if user is admin else admin
            book.add(user, book.act(Verb.USER_INVITED, by, self.at(since - timedelta(days=5)), about=user))
            if until:
                act = book.act(Verb.USER_DEACTIVATED, admin, self.at(until), about=user, reason="Left the unit.")
                book.change(user, act, is_active=False)
        self._invite_newcomer(book)

    def _invite_newcomer(self, book: Book) -> None:
        """The link was sent and not opened yet; nobody has it."""
        made = self.at(self.today - timedelta(days=1))
        digest = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
        ends = made + LASTS
        book.keep(
            Invitation(user=self["newcomer"], digest=digest, made_by=self["admin"], made_at=made, expires_at=ends)
        )
