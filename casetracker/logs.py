"""What may stand in a log: route, status, number of the request. Never a query string, a form value or a name."""

import logging
import re
import secrets
import time
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import BadRequest

NONE = "-"
_now: ContextVar[str] = ContextVar("request_number", default=NONE)


def number_request(request: Any) -> None:
    """Gives the request a random number. What the client calls its request is not looked at."""
    request.number_in_log = secrets.token_hex(5)
    _now.set(request.number_in_log)


def request_number(request: Any) -> str:
    """The number of this request, "-" where it has none (it never came through the middleware)."""
    return str(getattr(request, "number_in_log", NONE))


class Line(logging.Formatter):
    """One line with its moment in UTC, whatever the office's clock says."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = None


class Discreet(logging.Filter):
    """Names routes instead of paths: a path may hold a reference, or the token of a one-time link.

    Of an exception it keeps where and what kind, not what it says: the message may quote a row (a database's
    "Key (text)=(…) already exists"). Of an argument that is a thing it keeps the kind: a row prints itself with a name.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if not hasattr(record, "number"):
            record.number = request_number(request) if hasattr(request, "number_in_log") else _now.get()
        if _quotes_what_was_sent(record):
            record.msg, record.args = "Refused: %s", (getattr(request, "path", NONE),)
        if request is not None:
            record.args = _by_route(record.args, request)
            del record.__dict__["request"]
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(arg) for arg in record.args)
        elif isinstance(record.args, Mapping):
            record.args = {key: _cut(arg) for key, arg in record.args.items()}
        record.msg = _cut(record.msg)
        if record.exc_info:
            record.exc_text = _where(record.exc_info) if record.levelno >= logging.ERROR else ""
            record.exc_info = None
        record.stack_info = None
        return True


def _quotes_what_was_sent(record: logging.LogRecord) -> bool:
    """Django's own words for a refusal hold the host, the referring address or the key that was sent."""
    kind = record.exc_info[0] if record.exc_info else None
    return record.name.startswith("django.security") or (kind is not None and issubclass(kind, BadRequest))


def _cut(value: object) -> object:
    if isinstance(value, str):
        return re.sub(r"\?\S*", "", value)
    return value if isinstance(value, int | float | None) else type(value).__name__


def _by_route(args: object, request: Any) -> Any:
    """The arguments of a record with the path of `request` replaced by the route that answered it.

    Django writes characters beyond ASCII as escapes before it logs, so the path is looked for in both forms.
    """
    match = getattr(request, "resolver_match", None)
    route = f"/{match.route}" if match else "(no route)"
    path = getattr(request, "path", "")
    if not path or not isinstance(args, tuple):
        return args
    forms = (path, path.encode("unicode_escape").decode("ascii"))
    return tuple(route if isinstance(arg, str) and any(form in arg for form in forms) else arg for arg in args)


def _where(exc_info: "tuple[object, ...]") -> str:
    kind, _, trace = exc_info
    steps = traceback.extract_tb(trace)  # type: ignore[arg-type]
    lines = [f"  {step.filename}:{step.lineno} {step.name}" for step in steps]
    return "\n".join([*lines, getattr(kind, "__name__", "an exception")])
