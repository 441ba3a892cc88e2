"""How many queries a page runs: counted in this process, apart from all timing."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.pages import Page

# How many addresses of each page are asked when queries are counted; marks of transactions do not count.
COUNTED = 6
MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def count_queries(page: Page, client: Client) -> None:
    """Asks for some of its addresses in this process and keeps the most that one took: cases differ a little."""
    counted = []
    for attempt, (path, form) in enumerate((page.asks * COUNTED)[:COUNTED]):
        form = {**form, "summary": f"Counted {attempt}."} if page.name == "save" else form
        with CaptureQueriesContext(connection) as queries:
            ask: Any = client.get if page.method == "GET" else client.post
            response = ask(path, form, secure=True, headers=page.headers)
        if response.status_code not in (200, 302):
            raise RuntimeError(f"{page.name}: {path} answered {response.status_code}")
        counted.append(sum(not query["sql"].startswith(MARKS) for query in queries))
        page.size = max(page.size, len(response.content))
    # The first request also fetches what later ones remember.
    page.queries = max(counted[1:] or counted)
