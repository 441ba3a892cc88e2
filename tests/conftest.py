"""The harness: a cast everybody knows, a clock that can be set, and nothing that passes by luck."""

import socket
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.figures import leak_figures, twin_figures
from tests.people import Cast, assemble
from tests.settings import ENGINES
from tests.signed_in import sign_in


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, default="sqlite", help="Database engine to run the suite on.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for figures in (twin_figures, leak_figures):
        if told := figures(terminalreporter.stats):
            terminalreporter.write_line(told)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch):
    """Only this machine may be talked to."""
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: object) -> None:
        if host not in (None, "", "127.0.0.1", "::1", "localhost", "0.0.0.0"):
            raise AssertionError("The suite talks to no other host.")

    def only_here(ask: Any) -> Any:
        def asked(self: socket.socket, address: object) -> Any:
            if self.family != socket.AF_UNIX and isinstance(address, tuple):
                check(address[0])
            return ask(self, address)

        return asked

    def look_up(host: object, *args: Any, **kwargs: Any) -> Any:
        check(host.decode() if isinstance(host, bytes) else host)
        return lookup(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", only_here(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", only_here(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def cast(db: None) -> Cast:
    """Dialogues, compartments and everybody in them (tests/people.py)."""
    return assemble()


@pytest.fixture
def as_(client: Client):
    """`as_(person)` → a client signed in as that person, just now."""

    def signed_in(person: object) -> Client:
        return sign_in(Client(), person)

    return signed_in
