"""Raisings of the demonstration that were not on a list, by every channel, and what the counterpart promised."""

from datetime import date, timedelta

from cases.models import Case
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.files import File
from casetracker.desk.demo.raised import Cycle, Raised
from rounds.codes import Channel, CommitmentState
from rounds.models import Commitment, Partner, Raising, Round
from rounds.states import RoundState

# channel → at a round (days from its first day) or between rounds (None)
CHANNELS: dict[Channel, int | None] = {
    Channel.ORAL_SESSION: 0,
    Channel.ORAL_MARGINS: 0,
    Channel.DEMARCHE: None,
    Channel.NOTE_VERBALE: None,
    Channel.JOINT_ACTION: None,
    Channel.MINISTERIAL: None,
    Channel.UN: None,
    Channel.PUBLIC_STATEMENT: None,
}
PARTNERS = ("Estmark", "Valdania", "Isle of Sund")
_BY_PARTNER = {Channel.JOINT_ACTION, Channel.UN, Channel.DEMARCHE}


def write_partners(cycle: Cycle) -> list[Partner]:
    """Invented governments with dialogues of their own."""
    day = cycle.world.today - timedelta(days=3000)
    act = cycle.book.act(Verb.PARTNER_ADDED, cycle.official(day), cycle.world.staff.at(day))
    return [cycle.book.add(Partner(name=name, note="An invented government."), act) for name in PARTNERS]


def write_asides(cycle: Cycle, round: Round, partners: list[Partner]) -> None:
    """Some cases raised orally at the round, and some between it and the next by each other channel."""
    if round.state == RoundState.PLANNED or round.starts is None:
        return
    listed = [one.file for one in cycle.raised if one.raising.round_id == round.pk]
    for channel, at in CHANNELS.items():
        if at is None and cycle.rng.random() < 0.45:
            continue
        day = round.starts if at == 0 else round.starts + timedelta(days=cycle.rng.randrange(40, 280))
        if day >= cycle.world.today - timedelta(days=3):
            continue
        pool = listed if channel == Channel.ORAL_SESSION else [one for one in cycle.files if one.logged < day]
        many = 4 if channel == Channel.ORAL_SESSION else cycle.rng.randrange(1, 3)
        for file in cycle.rng.sample(pool, min(many, len(pool))):
            _raise(cycle, file, channel, day, round if at == 0 else None, partners)


def _raise(cycle: Cycle, file: File, channel: Channel, day: date, round: Round | None, partners: list[Partner]) -> None:
    partner = cycle.rng.choice(partners) if channel in _BY_PARTNER and cycle.rng.random() < 0.5 else None
    raising = Raising(
        case=file.case, round=round, on=day, channel=channel, partner=partner,
        speaker="" if partner else cycle.choose("aside", "speaker"),
        words=cycle.choose("aside", "partner_words" if partner else "words"),
    )  # fmt: skip
    at = cycle.world.staff.at(cycle.world.staff.past(day + timedelta(days=3)))
    by = cycle.official(day, restricted=file.case.marking > Marking.NORMAL)
    act = cycle.book.act(Verb.RAISING_RECORDED, by, at, about=raising)
    cycle.raised.append(Raised(file, cycle.book.add(raising, act), None))


def write_promises(cycle: Cycle) -> None:
    """Promises made at rounds: kept, partly kept, broken, open, overdue."""
    held = [one for one in cycle.rounds if one.starts and one.state != RoundState.PLANNED]
    for number, (what, reason) in enumerate(cycle.texts["promises"]["what"]):
        round = held[-1 - (number * 7) % min(len(held), 4)]
        assert round.starts is not None
        about = next((one.file.case for one in cycle.raised if one.raising.round_id == round.pk), None)
        case = about if number % 2 == 0 else None
        recent = round is held[-1]
        due = cycle.world.today + timedelta(days=-40 + 25 * number) if recent else round.starts + timedelta(days=200)
        _promise(cycle, round, case, what, reason, due, settled=not recent and number % 4 != 3, number=number)


def _promise(
    cycle: Cycle, round: Round, case: Case | None, what: str, reason: str, due: date, *, settled: bool, number: int
) -> None:
    assert round.starts is not None
    day = cycle.world.staff.past(round.starts + timedelta(days=2))
    where = case.label() if case else Label(round.dialogue_id, Marking.NORMAL)
    owner = cycle.official(cycle.world.today)
    made = Commitment(
        dialogue_id=where.dialogue_id, marking=where.marking, compartment_id=where.compartment_id, round=round,
        case=case, what=what, reason=reason, owner=owner, promised_on=round.starts, due=due,
    )  # fmt: skip
    act = cycle.book.act(Verb.COMMITMENT_ADDED, cycle.official(day), cycle.world.staff.at(day), about=made)
    cycle.book.add(made, act)
    if settled:
        state = (CommitmentState.KEPT, CommitmentState.PARTLY, CommitmentState.BROKEN)[number % 3]
        later = cycle.world.staff.past(due + timedelta(days=12))
        act = cycle.book.act(Verb.COMMITMENT_SETTLED, cycle.official(later), cycle.world.staff.at(later), about=made)
        cycle.book.change(made, act, state=state, outcome=cycle.choose("promises", state.value))
