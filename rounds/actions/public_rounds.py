"""Loads the rounds and suspensions of a dialogue that are public, from a file, once."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from cases.dates import PartialDate
from casetracker.access.models import Dialogue
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.codes import SuspendedBy
from rounds.models import Round, RoundEvent, Suspension
from rounds.states import RoundState

EU_CHINA = Path(settings.BASE_DIR) / "fixtures" / "rounds_eu_china.toml"


@dataclass
class RoundsReport:
    """Numbers of rows added; `standing` were there before and stay as they are."""

    rounds: int = 0
    events: int = 0
    suspensions: int = 0
    standing: int = 0


def load_public_rounds(dialogue: Dialogue, *, process: str, path: Path = EU_CHINA) -> RoundsReport:
    """Adds what the file knows and the dialogue does not have yet. What is there is never changed: people may know
    better. A round is known again by its ordinal or its first day, a suspension by its beginning.

    Raises OSError, tomllib.TOMLDecodeError or ValueError when the file cannot be read; then nothing is written.
    """
    whole = tomllib.loads(path.read_text("utf-8"))
    report = RoundsReport()
    with acting(Verb.ROUND_CREATED, process=process, about=dialogue) as act:
        _load_rounds(dialogue, whole.get("rounds", []), report)
        _load_suspensions(dialogue, whole.get("suspensions", []), report)
        act.detail = dict(vars(report))
    return report


def _load_rounds(dialogue: Dialogue, rows: list[dict[str, Any]], report: RoundsReport) -> None:
    standing = list(
        Round.objects.unscoped("public rounds are loaded only where they are missing").filter(dialogue=dialogue)
    )
    days = {round.starts for round in standing if round.starts}
    numbers = {round.ordinal for round in standing if round.ordinal}
    for row in rows:
        columns = {name: value for name, value in row.items() if name != "events"}
        if columns["starts"] in days or columns.get("ordinal") in numbers:
            report.standing += 1
            continue
        made = Round(dialogue=dialogue, state=RoundState.HELD, **columns)
        save_new(made)
        report.rounds += 1
        for event in row.get("events", []):
            save_new(RoundEvent(round=made, cancelled=bool(event.get("cancelled_reason")), **event))
            report.events += 1


def _load_suspensions(dialogue: Dialogue, rows: list[dict[str, Any]], report: RoundsReport) -> None:
    known = Suspension.objects.unscoped("public rounds are loaded only where they are missing").filter(
        dialogue=dialogue
    )
    beginnings = {suspension.since for suspension in known}
    for row in rows:
        since, until = PartialDate.parse(row["since"]), PartialDate.parse(row["until"])
        if since in beginnings:
            report.standing += 1
            continue
        made = Suspension(
            dialogue=dialogue,
            since=since,
            since_text=row.get("since_text", row["since"]),
            until=until,
            until_text=row.get("until_text", row["until"]),
            by=row.get("by", SuspendedBy.UNKNOWN),
            reason=row.get("reason", ""),
        )
        save_new(made)
        report.suspensions += 1
