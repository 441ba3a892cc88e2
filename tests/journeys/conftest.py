"""A real browser at a real server: Debian's Chromium, one for each file, one context for each window.

Every window is watched: a violation of the policy of contents, an error in the console, a failed request or an answer
of 400 and more that was not expected fails the test. What is reported never holds the text of a page.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.signed_in import sign_in

# The shell is the same browser without windows and menus, which take half of its time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
]  # fmt: skip
# What a page looks like and says to a reader does not depend on the engine.
collect_ignore_glob = ["test_accessible_*"] if connection.vendor == "postgresql" else []
# The page again with its errors, and the choice between two versions: answers that belong to a form.
FORM_ANSWERS = {409, 422}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file.

    Playwright keeps an event loop running in this thread, which Django takes for a reason to refuse its database; so
    the permission lives exactly as long as the loop, and no other test sees either.
    """
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # A machine that does much else at the same time is slow, not wrong.
    expect.set_options(timeout=15_000)
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield chromium
            chromium.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Door:
    """`open_as(person)` → a page of a window of that person's own, signed in; `None` is a stranger.

    `expected` holds the statuses a test provokes on purpose.
    """

    browser: Browser
    address: str
    expected: set[int] = field(default_factory=lambda: set(FORM_ANSWERS))
    problems: list[str] = field(default_factory=list)
    windows: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self, person: Any = None, *, scheme: Any = "light", width: int = 1280, javascript: bool = True, **more: Any
    ) -> Page:
        window = self.browser.new_context(
            base_url=self.address,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale="en-GB",
            **more,
        )
        window.set_default_timeout(30_000)
        self.windows.append(window)
        if person is not None:
            window.add_cookies([session_of(person, self.address)])
        page = window.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error.name}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # A status is judged by `_answered`, where it can be expected.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console, {message.type}: {message.text[:160]}")

    def _failed(self, request: Request) -> None:
        # A download ends the navigation that asked for it, and leaving a page what it was still asking.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {urlsplit(request.url).path} {request.failure}")

    def _answered(self, response: Response) -> None:
        if not response.url.startswith(self.address):
            self.problems.append(f"another host: {urlsplit(response.url).netloc}")
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.request.method} {urlsplit(response.url).path}")


def session_of(person: Any, address: str) -> Any:
    """The cookie of a session of that person, as a browser takes it."""
    client = sign_in(Client(), person)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": address}


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> threading.Lock:
    """The server answers one request after the other: all its threads share the connection to a database in memory."""
    turn = threading.Lock()
    answer = BaseHandler.get_response

    def answered(self: BaseHandler, request: Any) -> Any:
        with turn:
            return answer(self, request)

    monkeypatch.setattr(BaseHandler, "get_response", answered)
    return turn


@pytest.fixture
def open_as(browser: Browser, live_server: Any, one_at_a_time: threading.Lock) -> Iterator[Callable[..., Page]]:
    """Opens windows; closes them at the end and fails if any of them had something to complain about."""
    door = Door(browser, live_server.url)
    yield door
    for window in door.windows:
        window.close()
    with one_at_a_time:  # What was still being answered is finished before the database is emptied.
        pass
    assert door.problems == []
