"""What the forms of raisings offer: rounds and themes of one dialogue, and partners."""

from collections.abc import Iterable
from typing import Any

from cases.models import Theme
from casetracker.access.models import Dialogue, User
from rounds.models import Partner, Round


def offered_in(dialogue: Dialogue | None, user: User) -> dict[str, Iterable[Any]]:
    """Rows for the pickers of RaisingForm; without a dialogue only partners. Three queries."""
    if dialogue is None:
        return {"round": [], "theme": [], "partner": list(Partner.objects.all())}
    themes: Any = Theme.objects.visible_to(user).offered_in(dialogue)
    return {
        "round": [Dated(one) for one in Round.objects.visible_to(user).filter(dialogue=dialogue)],
        "theme": list(themes),
        "partner": list(Partner.objects.all()),
    }


class Dated:
    """A round as pickers call it: by number and days."""

    def __init__(self, round: Round) -> None:
        self.pk, self.round = round.pk, round

    def __str__(self) -> str:
        days = f", {self.round.dates}" if self.round.ordinal and self.round.dates else ""
        return f"{self.round}{days}"
