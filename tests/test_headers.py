"""What leaves with every response: of every URL, with every status, to strangers and to colleagues."""

import re
from collections import Counter
from html.parser import HTMLParser
from http.cookies import SimpleCookie

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.access.conftest import stage  # noqa: F401
from tests.access.twin import all_probes, world
from tests.house.production import production_settings
from tests.raising import every_view_raises

PAGES = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Permitted-Cross-Domain-Policies": "none",
}
DOWNLOADS = {**PAGES, "Content-Security-Policy": "default-src 'none'; sandbox"}
FILE = re.compile(r'attachment; filename="(?:[a-z]+-)?[0-9a-f]{8}[0-9a-f-]*(?:\.[a-z0-9]{1,5})?"')
NEVER = ("ETag", "Last-Modified", "Content-Encoding", "Server", "X-Powered-By", "Access-Control-Allow-Origin")
# How many of the probes of one URL name are sent, by method.
SENT = {"GET": 2, "HEAD": 1, "OPTIONS": 1, "POST": 2}


def wrong(response) -> list[str]:
    """What is missing or too much on one response."""
    disposition = response.get("Content-Disposition", "")
    wanted = DOWNLOADS if disposition else PAGES
    found = [f"{name}: {response.get(name)}" for name, value in wanted.items() if response.get(name) != value]
    found += [f"{name} is there" for name in NEVER if name in response]
    if disposition and not FILE.fullmatch(disposition):
        found.append(disposition)
    if "camera=()" not in response.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if "html" in response.get("Content-Type", "") and response["Content-Type"] != "text/html; charset=utf-8":
        found.append(response["Content-Type"])
    for cookie in response.cookies.values():
        bound = cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]
        if cookie["max-age"] != 0 and not bound:
            found.append(cookie.OutputString())
    return found


def chosen(probes):
    """Some probes of one URL name: each method, as many as SENT says."""
    counts: Counter[str] = Counter()
    for probe in probes:
        counts[probe.method] += 1
        if counts[probe.method] <= SENT.get(probe.method, 1):
            yield probe


def send(client, probe, **more):
    return getattr(client, probe.method.lower())(probe.path, *([] if probe.data is None else [probe.data]), **more)


def started(as_, person):
    """A client of that person (or a stranger), and what puts its cookies back after it was signed out."""
    client = as_(person) if person else Client()
    client.raise_request_exception = False
    cookies = client.cookies.output(header="", sep=";")
    return client, lambda: setattr(client, "cookies", SimpleCookie(cookies))


@pytest.mark.django_db
def test_every_answer_carries_the_headers(stage, as_):  # noqa: F811
    cast, every = stage.cast, all_probes(stage.aims["linked"])
    for who in (None, "olga", "hugo", "adam"):
        statuses: Counter[int] = Counter()
        client, begin = started(as_, cast.people[who] if who else None)
        for probes in every.values():
            begin()
            with world():
                for probe in chosen(probes):
                    response = send(client, probe, headers={"accept-encoding": "gzip, br"})
                    assert wrong(response) == [], probe
                    assert response.status_code < 500, probe
                    statuses[response.status_code] += 1
        wanted = {200, 302, 404, 405, 422} if who else {200, 302, 404, 405}
        assert wanted <= set(statuses), (who, statuses)


@pytest.mark.django_db
def test_when_every_view_raises(stage, as_):  # noqa: F811
    cast, every = stage.cast, all_probes(stage.aims["linked"])
    for who in (None, "olga"):
        client, _ = started(as_, cast.people[who] if who else None)
        bodies, numbers, broken = set(), set(), 0
        with every_view_raises("Somebody"):
            for name, probes in every.items():
                response = send(client, probes[0])
                assert wrong(response) == [], name
                if response.status_code == 500 and probes[0].method != "HEAD":
                    broken += 1
                    number = response["X-Request-ID"]
                    assert number in response.text
                    numbers.add(number)
                    bodies.add(response.text.replace(number, ""))
                else:
                    assert who is None, name
        assert len(bodies) == 1
        assert len(numbers) == broken > (100 if who else 3)
        assert "Somebody" not in bodies.pop()


@pytest.mark.django_db
def test_the_number_is_ours(cast, as_):
    client = as_(cast.olga)
    client.raise_request_exception = False
    with every_view_raises("x"):
        response = client.get("/", headers={"x-request-id": "typed-by-the-client"})
    assert re.fullmatch("[0-9a-f]{10}", response["X-Request-ID"])
    assert "X-Request-ID" not in client.get("/nothing/here/")


@pytest.mark.django_db
def test_refusals_before_any_view(cast, as_, settings):
    client = Client(raise_request_exception=False)
    host = client.get("/", headers={"host": "another.example"})
    assert (host.status_code, wrong(host)) == (400, [])
    token = Client(enforce_csrf_checks=True).post("/login/", {"login": "x", "password": "y"})
    assert (token.status_code, wrong(token)) == (403, [])
    garbled = as_(cast.olga).post("/cases/new/", b"--x", content_type="multipart/form-data; boundary=")
    assert (garbled.status_code, wrong(garbled)) == (400, [])
    settings.SECURE_SSL_REDIRECT = True
    moved = Client().get("/cases/")
    assert (moved.status_code, wrong(moved)) == (301, [])


@pytest.mark.django_db
def test_too_large(cast, as_, settings):
    client = as_(cast.olga)
    settings.UPLOAD_LIMIT = 1000
    form = {"provider": "Watch", "title": "x", "dialogue": cast.cn.pk, "marking": "1"}
    file = client.post("/imports/new/", {**form, "file": SimpleUploadedFile("list.csv", b"x" * 2000)})
    assert (file.status_code, wrong(file)) == (413, [])
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    text = client.post("/find/", {"q": "x" * 2000})
    assert (text.status_code, wrong(text), text.content) == (413, [], file.content)


@pytest.mark.django_db
def test_too_often(cast):
    client = Client()
    for _ in range(40):
        answer = client.post("/login/", {"login": "nobody@office.example", "password": "x"})
        if answer.status_code == 429:
            break
    assert (answer.status_code, wrong(answer)) == (429, [])


@pytest.mark.django_db
def test_one_404_for_all(stage, as_):  # noqa: F811
    cast, aims = stage.cast, stage.aims["linked"]
    olga = as_(cast.olga)
    paths = [f"/cases/{aims.missing['case']}/", f"/rounds/{aims.missing['case_pk']}/", "/nothing/", "/cases/a name/"]
    answers = [olga.get(path) for path in paths] + [as_(cast.zoe).get("/cases/CN-7K3QF2-Z/"), Client().get("/nothing/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.items())) for answer in answers}) == 1


@pytest.mark.django_db
def test_static_files():
    response = Client().get("/static/casetracker/casetracker.css")
    assert response.status_code == 200
    kept = {name: value for name, value in PAGES.items() if name != "Cache-Control"}
    assert {name: response.get(name) for name in kept} == kept
    assert not response.cookies
    response.close()
    missing = Client().get("/static/casetracker/nothing.css")
    assert (missing.status_code, wrong(missing)) == (404, [])


@pytest.mark.django_db
def test_cookies_and_hsts_of_production(cast, settings):
    for name, value in production_settings().items():
        if name.startswith(("SESSION_COOKIE_", "CSRF_COOKIE_", "SECURE_")):
            setattr(settings, name, value)
    client = Client()
    page = client.get("/login/", secure=True)
    entered = client.post("/login/", {"login": cast.olga.email, "password": "correct horse battery"}, secure=True)
    cookies = {**page.cookies, **entered.cookies}
    assert set(cookies) == {"__Host-session", "__Host-csrf"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert cookies["__Host-session"]["max-age"] == ""
    for answer in (page, entered, client.get("/", secure=True), client.get("/nothing/", secure=True)):
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    refused = client.get("/", secure=True, headers={"host": "another.example"})
    assert "includeSubDomains" in refused["Strict-Transport-Security"]
    assert client.get("/").url.startswith("https://")


@pytest.mark.django_db
def test_signing_out_empties_the_browser(cast, as_):
    client = as_(cast.olga)
    stolen = client.cookies["session"].value
    answer = client.post("/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    thief = Client()
    thief.cookies["session"] = stolen
    assert thief.get("/").url.startswith("/login/")


class Controls(HTMLParser):
    """Text controls of a page that let the browser send or keep what is typed; whether it may be translated."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loose: list[str] = []
        self.whole = self.way_out = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "html":
            self.whole = said.get("translate") == "no"
        self.way_out |= tag == "form" and said.get("action") == "/logout/"
        typed = tag == "input" and said.get("type", "text") in ("text", "search", "date", "number")
        if (typed or tag == "textarea") and (said.get("autocomplete") != "off" or said.get("spellcheck") != "false"):
            self.loose.append(f"{tag} {said.get('name')}")


# What the browser's own keeper of passwords should fill in, on pages without any case.
OWN_ACCOUNT = ("account_", "mfa_", "access:")
# Narrow pages between two steps, and a sheet for paper: one goes on or back from them, not out.
WITHOUT_WAY_OUT = {
    "account_reauthenticate",
    "access:again",
    "access:again_done",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "rounds:sheet",
}


@pytest.mark.django_db
def test_the_browser_keeps_to_itself(stage, as_):  # noqa: F811
    """No spell checker or filler of forms sends out what is typed about a case; no page is sent to a translator.

    Each page leads out, too; and what comes without a page around it carries the same headers.
    """
    cast, every = stage.cast, all_probes(stage.aims["linked"])
    loose, shut, pages, fragments = set(), set(), 0, 0
    for who in ("hugo", "anna"):
        client, begin = started(as_, cast.people[who])
        for name, probes in every.items():
            begin()
            for path in list(dict.fromkeys(probe.path for probe in probes if probe.method == "GET"))[:2]:
                with world():
                    response = client.get(path)
                if response.status_code != 200 or "html" not in response["Content-Type"]:
                    continue
                pages += 1
                controls = Controls(response.text)
                assert controls.whole, path
                shut |= set() if controls.way_out else {name}
                if not name.startswith(OWN_ACCOUNT):
                    loose |= {f"{name}: {control}" for control in controls.loose}
                with world():
                    part = client.get(path, headers={"hx-request": "true"})
                assert wrong(part) == [], path
                fragments += b"<html" not in part.content
    assert sorted(loose) == []
    assert shut <= WITHOUT_WAY_OUT
    assert pages > 80
    assert fragments >= 1
