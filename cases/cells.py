"""The cells of the table of cases, written out in Python.

A template looks up a name for everything that stands in a row, some twenty times for each of fifty rows; that costs
more than the rest of the page. Whatever comes from the database is escaped here, each in its place.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from cases.codes import Status
from cases.consent import ConsentState, handover_consent
from cases.listing import Column, Row
from cases.states import CaseState
from casetracker.templatetags.ui import brief, grade_tone, lang_attrs, plural_count, state_tone, status_tone

# What one column says of a row on the day that is "today": the whole cell.
type Writer = Callable[[Row, date], str]


def lines_of(rows: Sequence[Row], columns: Iterable[Column]) -> list[SafeString]:
    """The cells of each row for these columns: what stands between <tr> and </tr>."""
    if not rows:
        return []
    today, codes = timezone.localdate(), [column.code for column in columns]
    one = rows[0].case.reference
    before, after = reverse("desk:case", args=[one]).split(one)
    heads = [_tick, _reference(before, after, with_label="label" not in codes)]
    writers = [*heads, *(_WRITERS[code] for code in codes if code in _WRITERS)]
    return [mark_safe("".join([write(row, today) for write in writers])) for row in rows]  # noqa: S308  (see above)


def _tick(row: Row, _: date) -> str:
    case = row.case
    return (
        f'<td class="tickcol"><input type="checkbox" name="case" value="{case.pk}:{case.version}"'
        f' aria-label="Tick {case.reference}"></td>'
    )


def _reference(before: str, after: str, *, with_label: bool) -> Writer:
    """The link to the case; with its label, unless that has a column of its own."""

    def write(row: Row, _: date) -> str:
        reference = escape(row.case.reference)
        label = f" {_tag(row.mark, row.circle)}" if row.mark and with_label else ""
        return f'<th scope="row"><a class="ref" href="{before}{reference}{after}">{reference}</a>{label}</th>'

    return write


def _tag(mark: str, circle: str = "") -> str:
    """As templates/_ui/label_tag.html."""
    inside = f' <span class="compartment">{escape(circle)}</span>' if circle else ""
    return f'<span class="tag mark"><span class="vh">Label: </span>{escape(mark)}{inside}</span>'


def _name(row: Row, _: date) -> str:
    case = row.case
    latin = f'<bdi class="name">{escape(case.latin_name)}</bdi>' if case.latin_name else ""
    original = (
        f'<bdi class="name"{lang_attrs(case.original_lang)}>{escape(case.original_name)}</bdi>'
        if case.original_name
        else ""
    )
    return f'<td data-label="Name" class="who">{latin}{original}</td>'


def _status(row: Row, _: date) -> str:
    return _STATUSES[row.case.status]


def _place(row: Row, _: date) -> str:
    name = row.case.place_name
    return f'<td data-label="Place">{f'<span class="clamp place">{escape(name)}</span>' if name else ""}</td>'


def _detained(row: Row, _: date) -> str:
    return f'<td data-label="Detained since" class="day">{escape(row.detained)}</td>'


def _times(row: Row, _: date) -> str:
    times = row.ledger.times
    return f'<td data-label="Raised" class="num">{f'{times}<span class="vh"> times</span>' if times else ""}</td>'


def _raised(row: Row, today: date) -> str:
    return f'<td data-label="Last raised" class="day">{_day(row.ledger.last_raised, today)}</td>'


def _answer(row: Row, today: date) -> str:
    ledger, told = row.ledger, ""
    if ledger.last_answer:
        tag = f'<span class="tag {grade_tone(ledger.grade)}">{escape(ledger.answer)}</span>'
        told = f"{tag} <small>{_day(ledger.last_answer, today)}</small>"
    return f'<td data-label="Last answer">{told}</td>'


def _waiting(row: Row, today: date) -> str:
    since, told = row.ledger.waiting_since, ""
    if since and row.waiting_days is not None:
        told = f"{_day(since, today)} <small>{plural_count(row.waiting_days, 'day')}</small>"
    return f'<td data-label="Waiting since" class="day">{told}</td>'


def _themes(row: Row, _: date) -> str:
    text = row.case.themes_text
    return f'<td data-label="Themes">{f'<span class="clamp">{escape(text)}</span>' if text else ""}</td>'


def _state(row: Row, _: date) -> str:
    return _STATES[row.case.state]


def _label(row: Row, _: date) -> str:
    circle = f" <small>{escape(row.circle)}</small>" if row.circle else ""
    return f'<td data-label="Label">{f"{_tag(row.mark)}{circle}" if row.mark else ""}</td>'


def _consent(row: Row, today: date) -> str:
    stands = handover_consent(row.case.handover_consent, today)
    told = {
        ConsentState.NOT_ASSESSED: "not assessed",
        ConsentState.ALLOWED: f"until {_day(stands.until, today)}",
        ConsentState.EXPIRED: f"ended {_day(stands.until, today, late=True)}",
        ConsentState.NOT_ALLOWED: '<span class="late">not to be used</span>',
    }[stands.state]
    return f'<td data-label="Handover" class="day">{told}</td>'


def _owner(row: Row, _: date) -> str:
    return f'<td data-label="Owner">{escape(row.case.owner__name or "")}</td>'


def _next(row: Row, today: date) -> str:
    step = ""
    if row.due:
        step = f'<span class="clamp">{_day(row.due, today, late=row.due < today)} {escape(row.case.next_step)}</span>'
    return f'<td data-label="Next step">{step}</td>'


def _changed(row: Row, today: date) -> str:
    changed = timezone.localtime(row.case.changed_at).date()
    return f'<td data-label="Changed" class="day">{_day(changed, today)}</td>'


def _day(day: date | None, today: date, *, late: bool = False) -> str:
    if not day:
        return ""
    mark, word = (' class="late"', '<span class="vh"> (late)</span>') if late else ("", "")
    return f'<time datetime="{day.isoformat()}"{mark}>{brief(day, today)}{word}</time>'


_STATUSES = {
    code: f'<td data-label="Status"><span class="tag {status_tone(code)}">{escape(label)}</span></td>'
    for code, label in Status.choices
}
_STATES = {
    code: f'<td data-label="State"><span class="tag state {state_tone(code)}">{escape(label)}</span></td>'
    for code, label in CaseState.choices
}
# The reference stands first in every row.
_WRITERS: dict[str, Writer] = {
    "name": _name,
    "status": _status,
    "place": _place,
    "detained": _detained,
    "times": _times,
    "raised": _raised,
    "answer": _answer,
    "waiting": _waiting,
    "themes": _themes,
    "state": _state,
    "label": _label,
    "consent": _consent,
    "owner": _owner,
    "next": _next,
    "changed": _changed,
}
