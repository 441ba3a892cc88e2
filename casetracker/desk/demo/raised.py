"""What the cycle of the demonstration shares: the rounds, and each raising with what came back on it."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from cases.codes import Status
from cases.status import standing
from casetracker.access.models import User
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.files import File, World
from casetracker.desk.demo.tables import chance, table
from casetracker.desk.demo.texts import known_by
from rounds.models import CaseList, Raising, ResponseItem, Round


@dataclass
class Raised:
    """One raising of one case, the list it was on (None: off the list), and the answers so far."""

    file: File
    raising: Raising
    case_list: CaseList | None
    items: list[ResponseItem] = field(default_factory=list)


@dataclass
class Cycle:
    """Everything of one dialogue: its rounds in order, and what was raised at them."""

    world: World
    book: Book
    files: list[File]
    rounds: list[Round]
    post: str
    raised: list[Raised] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.texts: dict[str, Any] = table("answers")
        self.rng: Random = chance("cycle", self.post)

    def official(self, day: date, *, restricted: bool = False) -> User:
        """Who prepared lists on that day; what is restricted was the matter of one post alone."""
        post = "highlands" if restricted and self.post == "general" else self.post
        return self.world.staff.on_post(post, self.world.staff.workday(day))

    def status(self, file: File, day: date) -> Status:
        """How the person stood, as far as the desk knew."""
        return standing(known_by(file.person.line, day)).status

    def choose(self, *keys: str) -> Any:
        """One of the texts under these keys."""
        found: Any = self.texts
        for key in keys:
            found = found[key]
        return self.rng.choice(found)

    def latest(self, file: File) -> Raised | None:
        """The last raising of a case so far."""
        return next((one for one in reversed(self.raised) if one.file is file), None)
