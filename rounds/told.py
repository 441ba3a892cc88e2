"""One answer of a case beside the others: what the page of an answer shows of each."""

from dataclasses import dataclass, field
from datetime import date

from rounds.codes import Grade
from rounds.models import ItemClaim, Response, ResponseItem


@dataclass
class Answer:
    """One answer (with its response and round loaded). `struck_why`: why it was corrected, "" for one that stands."""

    item: ResponseItem
    struck_why: str = ""
    claims: list[ItemClaim] = field(default_factory=list)

    @property
    def response(self) -> Response:
        """What it came in."""
        return self.item.response

    @property
    def on(self) -> date:
        """The day it came."""
        return self.item.response.on

    @property
    def code(self) -> str:
        """Its code, "" while not coded."""
        return self.item.code

    @property
    def grade(self) -> str:
        """Its grade, "" while not coded."""
        return self.item.grade

    @property
    def assessment(self) -> str:
        """How it stands to what else is known."""
        return self.item.assessment

    @property
    def tag(self) -> str:
        """Code and grade in words."""
        return tag_words(self.code, self.grade)


def tag_words(code: str, grade: str) -> str:
    """ "B3 partial", "not coded"."""
    return f"{code} {Grade(grade).label}" if code and grade else "not coded"


def in_turn(answer: Answer) -> tuple[date, int, str]:
    """Sort key: the order in which answers came."""
    return answer.on, answer.item.position, str(answer.item.pk)
