"""Cell values as text, so that the same number reads the same whichever file it came in.

A spreadsheet stores numbers as 64-bit floats and shows at most 15 significant digits; a text file holds
whatever was typed. At 15 significant digits the two agree.
"""

import datetime
import re

# An exponent needs its sign: "1e+05" is how programs write a number, "12E4" may be the name of a cell block.
# No leading zeros and no leading plus: "007" and "+86" are identifiers.
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-][0-9]{1,3})?")
SIGNIFICANT_DIGITS = 15


def number_text(value: float) -> str:
    """`value` at 15 significant digits: 57.0 → "57", -33.501342 → "-33.501342"."""
    text = format(value, f".{SIGNIFICANT_DIGITS}g")
    return "0" if text == "-0" else text


def canonical_number(text: str) -> str:
    """Numeric text as `number_text` would write it; any other text unchanged.

    Whole numbers of more than 15 digits stay as they are: those are identity and telephone numbers, and
    rounding would make two persons one.
    """
    trimmed = text.strip()
    if not NUMBER.fullmatch(trimmed):
        return text
    if trimmed.lstrip("-").isdigit() and len(trimmed.lstrip("-")) > SIGNIFICANT_DIGITS:
        return text
    canonical = number_text(float(trimmed))
    return text if "inf" in canonical else canonical


def same_number(one: str, other: str) -> bool:
    """Whether both texts are numbers and equal at 15 significant digits."""
    is_number = NUMBER.fullmatch(one.strip()) and NUMBER.fullmatch(other.strip())
    return bool(is_number) and canonical_number(one).strip() == canonical_number(other).strip()


def cell_text(value: object) -> str:
    """One typed cell as text: ISO dates, "true"/"false", 15-digit numbers, "" for nothing.

    The time of day is kept only when it is not midnight; durations are hours:minutes:seconds.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number_text(value)
        case datetime.datetime():
            if value.time() == datetime.time():
                return value.date().isoformat()
            return f"{value.date().isoformat()} {_clock(value.time())}"
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return _clock(value)
        case datetime.timedelta():
            return _duration(value)
    return str(value)


def _clock(value: datetime.time) -> str:
    if value.microsecond:
        return value.isoformat("milliseconds")
    return value.isoformat("seconds" if value.second else "minutes")


def _duration(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour}:{minute:02}:{second:02}"
