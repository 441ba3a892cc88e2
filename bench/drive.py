"""The clients: threads that ask one page again and again over kept connections, and take the time of each answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from bench.server import HOST

type Ask = tuple[str, dict[str, str]]
# What a proxy that ends TLS would add.
_ALWAYS = {"Host": "localhost", "X-Forwarded-Proto": "https", "Referer": "https://localhost/"}
SESSION, CSRF = "__Host-session", "__Host-csrf"


@dataclass
class Client:
    """One signed-in person at one server."""

    port: int
    number: int
    session: str
    csrf: str
    turn: int = 0
    saved: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(HOST, self.port, timeout=60)

    def ask(self, page: dict[str, Any], asks: list[Ask]) -> float:
        """Seconds until the whole answer to the next of `asks` was read. Raises RuntimeError for a wrong status."""
        path, form = asks[self.turn % len(asks)]
        self.turn += 1
        body, headers = None, {**_ALWAYS, **page["headers"], "Cookie": f"{SESSION}={self.session}; {CSRF}={self.csrf}"}
        if page["method"] == "POST":
            body = urlencode(self._form(path, form, is_save=page["name"] == "save"))
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.csrf}
        begun = time.perf_counter()
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        if answer.status not in (200, 302):
            raise RuntimeError(f"{page['name']}: {path} answered {answer.status}")
        if page["name"] == "save" and answer.status != 302:
            raise RuntimeError(f"{path} did not save")
        return took

    def _form(self, path: str, form: dict[str, str], *, is_save: bool) -> dict[str, str]:
        """A save says which version it saw and writes something new each time."""
        if not is_save:
            return form
        before = self.saved.get(path, 0)
        self.saved[path] = before + 1
        seen = {"seen": str(int(form["seen"]) + before)} if "seen" in form else {}
        return {**form, **seen, "summary": f"Client {self.number} wrote this, the {before + 1}th time."}


def share(asks: list[Ask], clients: list[Client], client: Client, *, apart: bool) -> list[Ask]:
    """What one of several clients asks for: all, or (for saves) its own part."""
    if not apart:
        return asks
    return asks[clients.index(client) :: len(clients)]


def block(clients: list[Client], page: dict[str, Any], asks: list[Ask], times: int) -> list[float]:
    """Every client asks `times` times, all at once; seconds of every answer."""
    apart = page["name"] == "save"

    def work(client: Client) -> list[float]:
        mine = share(asks, clients, client, apart=apart)
        return [client.ask(page, mine) for _ in range(times)]

    if len(clients) == 1:
        return work(clients[0])
    with ThreadPoolExecutor(len(clients)) as pool:
        return [took for some in pool.map(work, clients) for took in some]
