"""The floor: what the same pages cost on the same server when nothing stands between Django and the database.

A signed-in user, SQL written by hand that gives the rows the page shows to this viewer, a plain template. Nothing is
escaped less than in the product, and reading leaves its entry in the trail; there is no shell, no filter, no form.
"""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

from bench.floor_sql import CASE, COUNT, GRANTS, HISTORY, LEDGER, LIST, PARTS, REACH, READ, SAVE

_templates = Engine(dirs=[str(Path(__file__).parent / "templates")])
type GetResponse = Callable[[HttpRequest], HttpResponse]


class FloorHandler(WSGIHandler):
    """Django with two middlewares: the session and who is signed in."""

    def load_middleware(self, is_async: bool = False) -> None:
        whole = settings.MIDDLEWARE
        settings.MIDDLEWARE = [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "bench.floor.own_addresses",
        ]
        super().load_middleware(is_async)
        settings.MIDDLEWARE = whole


def own_addresses(get_response: GetResponse) -> GetResponse:
    """The addresses of this module instead of the product's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = "bench.floor"
        return get_response(request)

    return middleware


def key(value: UUID) -> Any:
    """A key as this engine keeps it."""
    return value if connection.vendor == "postgresql" else value.hex


def day(value: datetime) -> Any:
    """A time as this engine takes it."""
    return value if connection.vendor == "postgresql" else str(value.replace(tzinfo=None))


def rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    """Rows by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def reach(request: HttpRequest) -> dict[str, Any]:
    """What the viewer may read, from their grant: dialogue, marking, one circle."""
    found = rows(GRANTS, user=key(request.user.pk), now=day(timezone.now()))
    return {name: found[0][name] for name in ("dialogue", "marking", "circle")}


def read(request: HttpRequest, mine: dict[str, Any], verb: str, reference: str, detail: str = "{}") -> None:
    """The trail entry of something read."""
    values = {"entry": key(uuid.uuid4()), "now": day(timezone.now()), "user": key(request.user.pk)}
    with connection.cursor() as cursor:
        cursor.execute(READ, {**values, **mine, "verb": verb, "reference": reference, "detail": detail})


def rendered(template: str, **values: Any) -> HttpResponse:
    """The page."""
    return HttpResponse(_templates.get_template(template).render(Context(values)))


def case_list(request: HttpRequest) -> HttpResponse:
    """Fifty cases, latest change first, with the figures of their ledgers; and how many there are, up to 1,000."""
    mine = reach(request)
    found = rows(LIST.format(reach=REACH), **mine)
    places = ", ".join(f"%(k{number})s" for number in range(len(found)))
    keys = {f"k{number}": row["id"] for number, row in enumerate(found)}
    figures = {row["case_id"]: row for row in rows(LEDGER.format(keys=places), **mine, **keys)} if found else {}
    read(request, mine, "case.listed", "", json.dumps({"count": len(found)}))
    count = rows(COUNT.format(reach=REACH), **mine)[0]["count"]
    for row in found:
        row["ledger"] = figures.get(row["id"])
    return rendered("floor/list.html", rows=found, count=count)


def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One case with everything on its page, raisings and answers too."""
    mine = reach(request)
    found = rows(CASE.format(reach=REACH), reference=reference, **mine)[0]
    read(request, mine, "case.read", reference)
    values = {"case": found["id"], "changed": found["changed_at"], "reference": reference, **mine}
    parts = {name: rows(sql, **values) for name, sql in PARTS.items()}
    return rendered("floor/case.html", case=found, **parts, **together(parts))


def together(parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Rows put to those they belong to: sources to what rests on them, fellows to groups, answers to raisings."""
    sources = {row["id"]: row for row in parts["sources"]}
    for row in (*parts["names"], *parts["claims"]):
        row["source"] = sources.get(row["source_id"])
    events = {row["id"]: row for row in parts["events"]}
    raisings = {row["id"]: row for row in parts["raisings"]}
    answers = {row["id"]: row for row in parts["answers"]}
    groups = {row["group_id"]: row for row in parts["groups"] if row["mine"]}
    for row in parts["behind"]:
        events[row["event_id"]].setdefault("behind", []).append(sources[row["source_id"]])
    for row in parts["groups"]:
        if not row["mine"]:
            groups[row["group_id"]].setdefault("fellows", []).append(row["reference"])
    for row in parts["item_claims"]:
        answers[row["item_id"]].setdefault("claims", []).append(row)
    for row in parts["answers"]:
        if row["raising_id"] in raisings:
            raisings[row["raising_id"]].setdefault("answers", []).append(row)
    loose = [row for row in parts["answers"] if row["raising_id"] not in raisings]
    return {"in_groups": list(groups.values()), "loose": loose}


def history(request: HttpRequest, reference: str) -> HttpResponse:
    """The history of one case: every row of every part, newest first."""
    mine = reach(request)
    found = rows(CASE.format(reach=REACH), reference=reference, **mine)[0]
    read(request, mine, "case.read", reference)
    return rendered("floor/history.html", case=found, rows=rows(HISTORY, case=found["id"], **mine))


def save(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves one text: the row locked and written, its history row, its trail entry, in one transaction."""
    mine = reach(request)
    values = {
        "summary": request.POST["summary"],
        "now": day(timezone.now()),
        "user": key(request.user.pk),
        "action": key(uuid.uuid4()),
        "history": key(uuid.uuid4()),
        "entry": key(uuid.uuid4()),
        "detail": json.dumps({"fields": ["summary"]}),
        "reference": reference,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in SAVE:
            cursor.execute(sql.format(reach=REACH, lock=_lock()), {**values, **mine})
    return HttpResponseRedirect(f"/floor/cases/{reference}/")


def _lock() -> str:
    return "FOR UPDATE" if connection.vendor == "postgresql" else ""


urlpatterns = [
    path("floor/cases/", case_list),
    path("floor/cases/<str:reference>/", case),
    path("floor/cases/<str:reference>/history/", history),
    path("floor/cases/<str:reference>/save/", save),
]
