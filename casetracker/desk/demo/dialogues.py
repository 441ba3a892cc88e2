"""The two dialogues, the circle, and the rounds that are invented."""

from datetime import date, timedelta
from typing import Any

from cases.dates import PartialDate
from casetracker.access.models import Compartment, Dialogue
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.staff import OPENED, Staff
from casetracker.desk.demo.tables import table
from casetracker.desk.demo.timelines import Terms
from rounds.models import AgendaItem, Round, RoundEvent, Suspension
from rounds.states import RoundState


def write_dialogues(book: Book, staff: Staff) -> tuple[dict[str, Dialogue], Compartment]:
    """Both dialogues by prefix, and the one circle."""
    act = book.act(Verb.DIALOGUE_CREATED, None, staff.at(OPENED))
    dialogues = {
        "CN": Dialogue(
            name="EU–China", own_side="European Union", counterpart="China", prefix="CN", pack="cn", since="1995"
        ),
        "NV": Dialogue(
            name="EU–Norvania", own_side="European Union", counterpart="Norvania", prefix="NV", pack="nv",
            since=str(staff.today.year - 11), note="An invented counterpart.",
        ),
    }  # fmt: skip
    for dialogue in dialogues.values():
        book.add(dialogue, act)
    at = staff.at(OPENED + timedelta(days=900))
    circle = Compartment(
        dialogue=dialogues["CN"], name="Quiet talks", purpose="Cases that are being talked about outside the rounds."
    )
    book.add(circle, book.act(Verb.COMPARTMENT_CREATED, staff["admin"], at, about=circle))
    return dialogues, circle


def write_next_round(book: Book, staff: Staff, dialogue: Dialogue, terms: Terms, ordinal: int) -> None:
    """The round about three weeks ahead."""
    row = table("rounds")["next"]
    starts = staff.today + timedelta(days=row["days_ahead"])
    while starts.weekday() > 3:
        starts += timedelta(days=1)
    made = Round(
        dialogue=dialogue,
        ordinal=ordinal,
        starts=starts,
        ends=starts + timedelta(days=row["lasts"]),
        **{name: row[name] for name in ("venue", "host_side", "chair", "note")},
    )
    asked = staff.workday(staff.today - timedelta(days=40))
    act = book.act(Verb.ROUND_CREATED, staff.on_post("general", asked), staff.at(asked), about=made)
    book.add(made, act)
    _inside(book, staff, made, row, terms, asked)


def write_norvania(book: Book, staff: Staff, dialogue: Dialogue, terms: Terms) -> None:
    """The rounds of the invented counterpart, and the years without any."""
    rows = table("rounds")["norvania"]
    for row in rows["rounds"]:
        _norvanian_round(book, staff, dialogue, terms, row)
    gap = rows["suspension"]
    since, until = (str(staff.today.year - gap[end]) for end in ("since", "until"))
    made = Suspension(
        dialogue=dialogue,
        since=PartialDate.parse(f"July {since}"),
        since_text=f"July {since}",
        until=PartialDate.parse(until),
        until_text=until,
        by=gap["by"],
        reason=gap["reason"],
    )
    day = date(int(since), 8, 1)
    act = book.act(Verb.SUSPENSION_ADDED, staff.on_post("norvania", day), staff.at(day), about=made)
    book.add(made, act)


def _norvanian_round(book: Book, staff: Staff, dialogue: Dialogue, terms: Terms, row: dict[str, Any]) -> None:
    starts = None
    logged = staff.today - timedelta(days=60)
    if "month" in row:
        starts = staff.workday(min(date(staff.today.year - row["years_ago"], row["month"], 12), staff.today))
        logged = max(starts - timedelta(days=70), OPENED)
    made = Round(
        dialogue=dialogue,
        starts=starts,
        ends=starts,
        **{name: row[name] for name in ("ordinal", "venue", "host_side")},
    )
    by = staff.on_post("norvania", logged)
    book.add(made, book.act(Verb.ROUND_CREATED, by, staff.at(logged), about=made))
    _inside(book, staff, made, row, terms, logged)
    steps = [RoundState.HELD, RoundState.CLOSED] if row["state"] == "closed" else [RoundState(row["state"])]
    for number, state in enumerate(steps, start=1):
        after = (starts or logged) + timedelta(days=20 * number if state != RoundState.CANCELLED else -14)
        at = staff.at(min(after, staff.today))
        more = {name: row[name] for name in ("state_reason", "cancelled_by") if name in row}
        act = book.act(Verb.ROUND_MOVED, staff.on_post("norvania", at.date()), at, about=made,
                       reason=row.get("state_reason", ""), detail={"to": state.value})  # fmt: skip
        book.change(made, act, state=state, **more)


def _inside(book: Book, staff: Staff, made: Round, row: dict[str, Any], terms: Terms, logged: date) -> None:
    """Agenda and side events of a round."""
    by = book.acts[-1].by
    act = book.act(Verb.ROUND_EDITED, by, staff.at(logged + timedelta(days=3)), about=made)
    for position, item in enumerate(row.get("agenda", []), start=1):
        theme = terms.themes.get(item)
        book.add(AgendaItem(round=made, theme=theme, title="" if theme else item, position=position), act)
    for event in row.get("events", []):
        day = (made.starts or staff.today) - timedelta(days=event["before"])
        book.add(
            RoundEvent(
                round=made,
                kind=event["kind"],
                title=event["title"],
                starts=day,
                venue=event["venue"],
                cancelled="cancelled_reason" in event,
                cancelled_reason=event.get("cancelled_reason", ""),
            ),
            book.act(Verb.ROUND_EVENT_ADDED, by, staff.at(logged + timedelta(days=4)), about=made),
        )
