"""Canary sweep: every text field of every row sings a tune of its own; none is heard where it should not be.

All pages are fetched by all roles, their links followed, their forms sent, and every view broken once. What comes back
is searched, and so is all that stays behind: sessions, cache, log, mail, temporary files, the trail.
"""

import io
import logging
import re
import tempfile
from html import unescape
from http.cookies import SimpleCookie

import pytest
from django.conf import settings as now
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils.module_loading import import_string

from casetracker.audit.models import TrailEntry
from tests.access import canaries
from tests.access.stage import SECRETS
from tests.access.twin import NOON, all_probes, world
from tests.raising import every_view_raises
from tests.signed_in import sign_in

TUNE = re.compile(r"qz[a-p]{6}", re.IGNORECASE)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# Attributes that end in an address bar, a request line or a log of a proxy.
ADDRESS = re.compile(r'(?:href|src|action|formaction|hx-get|hx-post|hx-push-url|data-[a-z-]*url)="([^"]*)"')
LINK = re.compile(r'href="(/[^"#]*)"')


class Ears:
    """Hears canaries in whatever it is given."""

    def __init__(self, plants):
        self.plants = plants
        self.by_tune = {text[:8]: text for text in plants.places}
        self.plain = canaries.allowed_in_titles()
        self.heard: set[str] = set()
        self.caught: set[str] = set()

    def hear(self, text) -> set[str]:
        """Canaries in a text (of any form: bytes are read as Latin-1)."""
        text = text.decode("latin-1") if isinstance(text, bytes) else str(text)
        return {self.by_tune[tune.lower()] for tune in TUNE.findall(text) if tune.lower() in self.by_tune}

    def catch(self, where, text, *, plain=False) -> None:
        """Notes every canary in a place where there should be none (or, with `plain`, none that tells of anybody)."""
        for one in self.hear(text):
            told = self.plants.told(one)
            if not (plain and told in self.plain):
                self.caught.add(f"{where}: {told}")


@pytest.fixture
def garden(stage):
    """The stage with the hidden case in it, and a canary everywhere."""
    cast, aims = stage.cast, stage.aims["linked"]
    SECRETS["linked"](cast, stage.dice, aims)
    canaries.further(cast, aims)
    plants = canaries.plant()
    for person in cast.people.values():
        person.refresh_from_db()
    return cast, aims, plants, Ears(plants)


@pytest.fixture
def log():
    """What the log would hold: the product's own filter and format, on everything."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.addFilter(import_string(now.LOGGING["filters"]["discreet"]["()"])())
    handler.setFormatter(logging.Formatter(now.LOGGING["formatters"]["line"]["format"]))
    loggers = [logging.getLogger(), logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield told
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of its own, for this process and those it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    tempfile.tempdir = None


def listen(ears, who, forbidden, probe, response) -> str:
    """Searches one response; gives its body."""
    where = f"{who} {probe}"
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace")
    headers = "\n".join(f"{key}: {value}" for key, value in response.items())
    ears.catch(f"{where} headers", headers + response.cookies.output())
    ears.catch(f"{where} title", " ".join(TITLE.findall(text)), plain=True)
    ears.catch(f"{where} address", unescape(" ".join(ADDRESS.findall(text))))
    heard = ears.hear(body)
    ears.heard |= heard
    ears.caught |= {f"{where} hidden: {ears.plants.told(one)}" for one in heard & forbidden}
    return text


def left_behind(ears, where) -> None:
    """Searches what stays on the server after requests."""
    for session in Session.objects.all():
        ears.catch(f"{where} session", session.get_decoded())
    for key, value in getattr(cache, "_cache", {}).items():
        ears.catch(f"{where} cache", f"{key} {value!r}")
    for message in mail.outbox:
        ears.catch(f"{where} mail", f"{message.subject} {message.body}")
    for entry in TrailEntry.objects.filter(at__gte=NOON):
        ears.catch(f"{where} trail", f"{entry.reference} {entry.detail}")


def send(client, probe):
    data = {key: _again(value) for key, value in (probe.data or {}).items()}
    return getattr(client, probe.method.lower())(probe.path, *([] if probe.data is None else [data]))


def _again(value):
    if hasattr(value, "seek"):
        value.seek(0)
    return value


ROLES = (None, "olga", "zoe", "hugo", "lars", "otto", "anna", "nils", "rita", "nora", "adam")
# Who works on cases asks about both sides of the border, and sends forms; whoever sees none of them asks each URL once.
WRITE, READ = ("olga", "hugo", "nils"), ("anna", "rita")
# The guard against a sweep of empty pages: who works here does hear what is theirs.
HEAR = {"olga": 100, "hugo": 200, "rita": 50, "anna": 100, "nils": 50}
# What one may know of what one does not see: the names on grants of one's own that are over or not yet given.
OWN_GRANTS = {"access.dialogue.name", "access.compartment.name"}


def asked(probes, who, aims):
    """Of each URL name, an address (and a form) about what is hidden, and one about what is not."""
    found: dict[object, object] = {}
    for probe in sorted(probes, key=lambda probe: not _aims_at(probe, aims.hidden)):
        side = _aims_at(probe, aims.hidden) if who in WRITE + READ else None
        if probe.method == "GET" or (probe.method == "POST" and who in WRITE):
            found.setdefault((probe.method, side), probe)
    return found.values()


def _aims_at(probe, ids):
    text = f"{probe.path} {probe.data}"
    return any(key in text for key in ids.values())


@pytest.mark.django_db
def test_a_canary_in_every_field(garden):
    """Driven by the models: a new text field without a row here, or without a reason in CODES, fails."""
    _, _, plants, _ = garden
    bare = canaries.unplanted(plants)
    assert not bare, f"No canary in {sorted(bare)}: make a row in canaries.further, or say in CODES why not."
    every = {f"{model._meta.label_lower}.{one.name}" for model in canaries.ours() for one in model._meta.fields}
    assert sorted(set(canaries.CODES) - every) == []


@pytest.mark.django_db
def test_no_canary_where_it_should_not_be(garden, log, temporary):
    cast, aims, plants, ears = garden
    for who in ROLES:
        ears.heard = set()
        person = cast.people[who] if who else None
        forbidden = canaries.hidden_from(person, plants)
        if who == "nora":
            forbidden -= {one for one in forbidden if plants.told(one) in OWN_GRANTS}
        assert len(forbidden) > 20
        sweep(ears, who, person, forbidden, aims)
        assert len(ears.heard) > HEAR.get(who, -1), who
    ears.catch("log", log.getvalue())
    for file in temporary.rglob("*"):
        ears.catch("temporary file", file.name)
        ears.catch("temporary file", file.read_bytes() if file.is_file() else "")
    assert sorted(ears.caught) == []


def sweep(ears, who, person, forbidden, aims):
    """All pages by one person, what they link to, and what stays behind."""
    visited, links = set(), set()
    client = _client(person)
    cookies = client.cookies.output(header="", sep=";")
    for probes in all_probes(aims).values():
        with world():
            client.cookies = SimpleCookie(cookies)
            for probe in asked(probes, who, aims):
                text = listen(ears, who, forbidden, probe, send(client, probe))
                visited.add(probe.path)
                links |= {unescape(link) for link in LINK.findall(text)}
            left_behind(ears, who)
    client = _client(person)
    for link in sorted(links - visited)[:: 1 if who == "hugo" else 5]:
        if not link.startswith("/static/"):
            listen(ears, who, forbidden, link, client.get(link))
    left_behind(ears, who)


def _client(person):
    client = Client(raise_request_exception=False)
    return sign_in(client, person) if person else client


@pytest.mark.django_db
def test_when_every_view_raises(garden, log):
    """An error that quotes a row, in every view, with words typed into address and form: none of them gets out."""
    cast, aims, plants, ears = garden
    words = next(text for text, place in plants.places.items() if plants.told(text) == "cases.casename.text")
    client, broken = _client(cast.hugo), 0
    with every_view_raises(words):
        for probes in all_probes(aims).values():
            for response in (
                client.get(probes[0].path.partition("?")[0], {"q": words}),
                client.post(probes[0].path, {"q": words, "reason": words}),
            ):
                ears.catch(probes[0].path, response.content + str(response.headers).encode())
                broken += response.status_code == 500
                assert response["X-Request-ID"] in log.getvalue()
    client.get(f"/cases/{words}/")
    client.get("/cases/李明发?" + words)
    client.get("/", headers={"host": f"{words}.example"})
    lines = log.getvalue()
    ears.catch("log", lines)
    left_behind(ears, "after errors")
    assert sorted(ears.caught) == []
    assert "李" not in lines
    assert "\\u" not in lines
    assert "/cases/<reference:reference>/" in lines
    assert broken > 200
