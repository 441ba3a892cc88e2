"""Formatting for pages: dates, numbers, languages, tones. No queries, no rules, no domain decisions."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django import template
from django.forms import BoundField, widgets
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

# ISO 15924 script code → BCP 47 tag. A script alone does not tell the language: then it is "und".
TAGS: Final[Mapping[str, str]] = {
    "hans": "zh-Hans",
    "hant": "zh-Hant",
    "hani": "zh",
    "tibt": "bo",
    "mong": "mn-Mong",
    "arab": "ug",
    "cyrl": "und-Cyrl",
    "latn": "und-Latn",
    "hang": "ko",
    "kana": "ja",
    "hira": "ja",
    "jpan": "ja",
    "hebr": "he",
}
RTL: Final = frozenset({"ar", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})

STATUS_TONES: Final[Mapping[str, str]] = {
    "held": "none",
    "incommunicado": "none",
    "pre_trial": "none",
    "serving": "none",
    "restricted": "part",
    "conditional": "good",
    "released": "good",
    "free": "good",
    "abroad": "good",
    "dead": "end",
    "died": "end",
    "executed": "end",
    "disappeared": "wait",
    "not_known": "wait",
    "unknown": "wait",
}
STATE_TONES: Final[Mapping[str, str]] = {
    # case, list, import
    "draft": "wait",
    "active": "info",
    "monitoring": "part",
    "closed": "",
    "merged": "",
    "review": "part",
    "approved": "good",
    "handed": "info",
    "superseded": "",
    "withdrawn": "",
    # round
    "planned": "info",
    "held": "good",
    "postponed": "part",
    "cancelled": "none",
    # list entry and response item
    "proposed": "wait",
    "included": "good",
    "back": "none",
    "held_back": "none",
    "not_raised": "none",
    "raised": "good",
    "recorded": "wait",
    "coded": "part",
    "confirmed": "good",
    "disputed": "none",
    "assessed": "info",
    # grant, import and other work
    "requested": "wait",
    "uploaded": "wait",
    "read": "wait",
    "checking": "part",
    "checked": "part",
    "importing": "part",
    "discarded": "",
    "undone": "",
    "expired": "",
    "refused": "none",
    "revoked": "none",
    "suspended": "none",
    "open": "info",
    "done": "good",
    "failed": "none",
    "overdue": "none",
}
GRADE_TONES: Final[Mapping[str, str]] = {
    "substantive": "good",
    "partial": "part",
    "none": "none",
    "refused": "none",
    "waiting": "wait",
}


def _as_date(value: object) -> dt.date | None:
    """The local calendar day of a date or an (aware or naive) datetime; None for anything else."""
    if isinstance(value, dt.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value if isinstance(value, dt.date) else None


def _tone(table: Mapping[str, str], key: object) -> str:
    """The tone of a stored value: the whole key, else its first part that is known ("in_review" → review)."""
    text = str(key or "").lower().replace("-", "_").replace(" ", "_")
    for part in (text, *text.split("_")):
        if part in table:
            return table[part]
    return ""


@register.filter
def day(value: object) -> str:
    """A day in words: "14 May 2014". Less precision is kept: "2014-05" is "May 2014", "2014" is "2014".

    Text that is not an ISO date is shown as it is; nothing is shown for None.
    """
    if found := _as_date(value):
        return f"{found.day} {MONTHS[found.month - 1]} {found.year}"
    text = str(value or "")
    parts = text.split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3 or len(parts[0]) != 4:
        return text
    if len(parts) == 1 or not 1 <= int(parts[1]) <= 12:
        return text
    words = f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return words if len(parts) == 2 else f"{int(parts[2])} {words}"


@register.filter
def short_day(value: object) -> str:
    """A day for narrow columns, months by three letters: "14 May" this year, else "14 May 2014"."""
    found = _as_date(value)
    return brief(found, timezone.localdate()) if found else ""


def brief(day: dt.date, today: dt.date) -> str:
    """`short_day` of a day in hand, for tables: what is today is asked once."""
    words = f"{day.day} {MONTHS[day.month - 1][:3]}"
    return words if day.year == today.year else f"{words} {day.year}"


@register.filter
def moment(value: object) -> str:
    """A point in time, local: "14 May 2014, 09:30"."""
    if not isinstance(value, dt.datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)}, {local:%H:%M}"


@register.filter
def iso(value: object) -> str:
    """The machine-readable form for <time datetime>: "2014-05-14"."""
    found = _as_date(value)
    return found.isoformat() if found else str(value or "")


def _span(days: int) -> str:
    """A number of days as one coarse unit: "5 days", "3 weeks", "7 months", "2 years"."""
    if days < 21:
        return plural_count(days, "day")
    if days < 60:
        return plural_count(days // 7, "week")
    if days < 730:
        return plural_count(days // 30, "month")
    return plural_count(days // 365, "year")


@register.filter
def ago(value: object) -> str:
    """How long a past day lies back: "today", "yesterday", "5 days ago", "7 months ago"."""
    found = _as_date(value)
    if not found:
        return ""
    days = (timezone.localdate() - found).days
    if days < 0:
        return days_from_now(value)
    return {0: "today", 1: "yesterday"}.get(days) or f"{_span(days)} ago"


@register.filter
def days_from_now(value: object) -> str:
    """How far off a day is, in days: "today", "tomorrow", "in 16 days", "yesterday", "3 days ago"."""
    found = _as_date(value)
    if not found:
        return ""
    days = (found - timezone.localdate()).days
    fixed = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if fixed:
        return fixed
    return f"in {plural_count(days, 'day')}" if days > 0 else f"{plural_count(-days, 'day')} ago"


@register.filter
def due(value: object) -> str:
    """A due date in words: "due today", "due in 4 days", "3 days late"."""
    found = _as_date(value)
    if not found:
        return "no date"
    late = (timezone.localdate() - found).days
    return f"{plural_count(late, 'day')} late" if late > 0 else f"due {days_from_now(found)}"


@register.filter
def is_late(value: object) -> bool:
    """Whether a due date has passed."""
    found = _as_date(value)
    return found is not None and found < timezone.localdate()


@register.filter
def number(value: object) -> str:
    """A count with thousands separated: "2,398"; text such as "1,000+" is passed on."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str("" if value is None else value)
    return f"{value:,}"


@register.filter
def percent(value: object) -> str:
    """A share between 0 and 1 as whole per cent: 0.264 is "26 %" (no-break space)."""
    return f"{value * 100:.0f}\u00a0%" if isinstance(value, int | float) else ""


@register.filter
def plural_count(count: int, words: str) -> str:
    """A count with its word: 1 and "case" give "1 case", 3 "3 cases"; "entry,entries" names both forms."""
    one, _, many = words.partition(",")
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


@register.filter
def initials(name: str) -> str:
    """Up to two initials of a colleague's name; of an e-mail address, those of its local part."""
    parts = [part for part in name.split("@")[0].replace(".", " ").split() if part]
    picked = parts[:1] + parts[1:][-1:]
    return "".join(part[0] for part in picked).upper()


@register.filter
def lang_tag(value: object) -> str:
    """The BCP 47 tag of a language tag or an ISO 15924 script code: "Tibt" is "bo"; "" when unknown."""
    text = str(value or "").strip()
    return TAGS.get(text.lower(), text)


@register.filter
def lang_attrs(value: object) -> SafeString:
    """Attributes of text in another language: ` lang="ug" dir="rtl"`; nothing when it is unknown."""
    tag = lang_tag(value)
    if not tag:
        return mark_safe("")
    language, *rest = tag.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    rtl = script in {"arab", "hebr"} if script else language in RTL
    direction = "rtl" if rtl else "ltr"
    return format_html(' lang="{}" dir="{}"', tag, direction)


@register.filter
def status_tone(key: object) -> str:
    """Tone of a detention status: none (held), part (restricted), good (free), end (dead), wait (unknown)."""
    return _tone(STATUS_TONES, key)


@register.filter
def state_tone(key: object) -> str:
    """Tone of a state of a case, round, list, entry, response item, grant or job."""
    return _tone(STATE_TONES, key)


@register.filter
def grade_tone(key: object) -> str:
    """Tone of a response's grade: good (substantive), part, none (none, refused), wait (no answer yet)."""
    return _tone(GRADE_TONES, key)


@register.filter
def kind(field: BoundField) -> str:
    """What a form field looks like: hidden, tick, choices, select, textarea, file, date, number or text."""
    widget = field.field.widget
    kinds: tuple[tuple[type[widgets.Widget] | tuple[type[widgets.Widget], ...], str], ...] = (
        ((widgets.HiddenInput, widgets.MultipleHiddenInput), "hidden"),
        ((widgets.RadioSelect, widgets.CheckboxSelectMultiple), "choices"),
        (widgets.CheckboxInput, "tick"),
        (widgets.Select, "select"),
        (widgets.Textarea, "textarea"),
        (widgets.FileInput, "file"),
        (widgets.DateInput, "date"),
        (widgets.NumberInput, "number"),
    )
    return next((name for classes, name in kinds if isinstance(widget, classes)), "text")


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget. Typed text is kept from the browser (no autocomplete, no spell-checking) unless
    the form says otherwise.
    """
    own = field.field.widget.attrs
    keep = {"autocomplete": "off", "spellcheck": "false"}
    typed = kind(field) in {"text", "textarea", "date", "number"}
    return field.as_widget(attrs={name: value for name, value in keep.items() if typed and name not in own})
