"""The twin-world harness: worlds that differ by hidden acts only, and what an observer gets in each.

All worlds are run in one process, each inside a savepoint that is rolled back; randomness and clock are set anew
before every step, so that what differs between two can only come from what is hidden. Nothing in the output is
normalised.
"""

import hashlib
import importlib
import os
import pkgutil
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import time_machine
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from casetracker import sealing
from tests.access import probes as probe_package
from tests.access.probes import Probe, World
from tests.access.rows import Fetch, watched_rows
from tests.signed_in import sign_in

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


class Dice:
    """Deterministic bytes in place of the system's randomness; `throw(label)` starts a new series."""

    def throw(self, label: str) -> None:
        self.key, self.number = hashlib.sha256(label.encode()).digest(), 0

    def __call__(self, length: int) -> bytes:
        out = b""
        while len(out) < length:
            out += hashlib.sha256(self.key + struct.pack(">Q", self.number)).digest()
            self.number += 1
        return out[:length]


@contextmanager
def loaded_dice() -> Iterator[Dice]:
    """Replaces os.urandom (uuid4, secrets, random.SystemRandom draw from it) and the fresh keys of what is sealed."""
    dice = Dice()
    dice.throw("start")

    class Loaded:
        """The cipher, with keys of the dice: its own come from the system past os.urandom."""

        generate_key = staticmethod(lambda bits: dice(bits // 8))

        def __new__(cls, key: bytes) -> Any:
            return AESGCM(key)

    kept = os.urandom, random._urandom  # type: ignore[attr-defined]
    os.urandom = random._urandom = dice  # type: ignore[attr-defined]
    sealing.AESGCM = Loaded  # type: ignore[misc,assignment]
    try:
        yield dice
    finally:
        os.urandom, random._urandom = kept  # type: ignore[attr-defined]
        sealing.AESGCM = AESGCM  # type: ignore[misc]


def url_names() -> list[str]:
    """Every URL name of the product, "namespace:name"."""
    return sorted(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[Any], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def all_probes(world: World) -> dict[str, list[Probe]]:
    """The probes of all areas together."""
    found: dict[str, list[Probe]] = {}
    for module in pkgutil.iter_modules(probe_package.__path__):
        area = importlib.import_module(f"{probe_package.__name__}.{module.name}")
        for name, some in area.probes(world).items():
            found.setdefault(name, []).extend(some)
    return found


class RollBack(Exception):
    """Ends a world."""


@contextmanager
def world() -> Iterator[None]:
    """What is written inside never was, neither in the database, nor in the cache, nor as mail."""
    kept = dict(cache._cache), dict(cache._expire_info)
    sent = len(getattr(mail, "outbox", []))
    try:
        with transaction.atomic():
            yield
            raise RollBack
    except RollBack:
        pass
    finally:
        cache.clear()
        cache._cache.update(kept[0])
        cache._expire_info.update(kept[1])
        del getattr(mail, "outbox", [])[sent:]


class Answer(NamedTuple):
    """What one request brought: to the observer (bytes, mail), and to the process (rows)."""

    body: bytes
    mail: tuple[str, ...]
    rows: tuple[Fetch, ...]


def answer(client: Client, probe: Probe) -> Answer:
    """Status, headers, cookies, body; letters sent meanwhile; rows fetched meanwhile."""
    method = getattr(client, probe.method.lower())
    data = {key: _fresh(value) for key, value in (probe.data or {}).items()}
    sent = len(letters())
    with watched_rows() as fetched:
        response = method(probe.path, data) if probe.data is not None else method(probe.path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{key}: {value}" for key, value in response.items())
    whole = f"{response.status_code}\n{headers}\n{response.cookies.output()}\n".encode() + body
    return Answer(whole, letters()[sent:], tuple(fetched))


def letters(to: Any = None) -> tuple[str, ...]:
    """The mail sent in this world (to one person)."""
    sent = [one for one in getattr(mail, "outbox", []) if to is None or to.email in one.recipients()]
    return tuple(f"{one.recipients()} {one.subject} {one.body}" for one in sent)


def _fresh(value: Any) -> Any:
    if hasattr(value, "seek"):
        value.seek(0)
    return value


def signed_in(dice: Dice, who: Any) -> Client:
    """A browser of `who` (None: of nobody), signed in a minute before noon."""
    client = Client(raise_request_exception=False)
    dice.throw(f"sign in {who}")
    with time_machine.travel(NOON - timedelta(minutes=1), tick=False):
        return sign_in(client, who) if who is not None else client


def ask(dice: Dice, who: Any, name: str, some: list[Probe], *, client: Client | None = None) -> list[Answer]:
    """The answers one observer gets to the probes of one URL name, one after another, in a world of their own."""
    answers = []
    with world():
        client = client or signed_in(dice, who)
        inbox = letters(who) if who is not None else ()
        for number, probe in enumerate(some):
            dice.throw(f"{name} {number}")
            with time_machine.travel(NOON + timedelta(seconds=number), tick=False):
                answers.append(answer(client, probe))
    return [one._replace(mail=inbox + one.mail) for one in answers]
