"""What became of the grants of the invented desk: reconfirmed every quarter, one that waits for it, one recusal."""

from datetime import timedelta

from casetracker.access.models import Dialogue, Grant, GrantState, Recusal
from casetracker.audit.verbs import Verb
from casetracker.desk.demo.book import Book
from casetracker.desk.demo.grants import WAITS
from casetracker.desk.demo.staff import Staff

LATELY = timedelta(days=20)
WHY = "Seconded to an organisation that speaks for some of the families."


def write_grant_life(book: Book, staff: Staff, dialogues: dict[str, Dialogue]) -> None:
    """Reconfirms the grants in force, but for the one that waits for it, and records a recusal."""
    day = staff.past(staff.today - LATELY)
    for grant in list(book.rows[Grant].values()):
        in_force = grant.state == GrantState.ACTIVE and grant.valid_from.date() < day and grant.last_day >= staff.today
        if not in_force or grant.user is staff[WAITS]:
            continue
        if grant.by_server_command:  # the only approver there: named again, for nobody could reconfirm it
            act = book.act(Verb.GRANT_NAMED, None, staff.at(day), about=grant, reason=grant.reason)
            book.change(grant, act, valid_from=act.at)
            continue
        act = book.act(Verb.GRANT_RECONFIRMED, grant.approved_by, staff.at(day), about=grant)
        book.change(grant, act, confirmed_at=act.at, confirmed_by=grant.approved_by)
    _recusal(book, staff, dialogues["CN"])


def _recusal(book: Book, staff: Staff, dialogue: Dialogue) -> None:
    person = staff["seconded"]
    recusal = Recusal(user=person, dialogue=dialogue, reason=WHY, recorded_by=person)
    act = book.act(Verb.RECUSAL_RECORDED, person, staff.at(staff.past(staff.today - timedelta(days=3))), about=recusal)
    recusal.begins_at = act.at
    book.add(recusal, act)
