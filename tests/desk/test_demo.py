"""The demonstration: invented, plausible, whole, made once, and never in production."""

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cases.actions.attachment import place_of as place_of_attachment
from cases.actions.derive import derived_columns, keys_of
from cases.actions.source import place_of
from cases.claims import contradict
from cases.clocks import clocks
from cases.models import (
    AttachmentContent,
    Case,
    CaseEvent,
    CaseName,
    CaseTheme,
    Claim,
    FollowUp,
    NameKey,
    Source,
    SourceIdentity,
)
from cases.names.keys import search_key
from cases.names.scripts import Script, script_of
from cases.reference import is_reference
from casetracker.access.models import Grant, GrantState, User
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from casetracker.desk.demo import names
from casetracker.desk.demo.fill import NotEmpty, fill
from casetracker.desk.demo.logins import file_of_logins, kept_passwords, who_signs_in
from casetracker.desk.demo.names import _COMPOSERS, compose, digest, is_refused
from casetracker.desk.demo.persons import everybody
from casetracker.desk.demo.renew import renew_grants
from casetracker.desk.demo.server import PortTaken, check_port
from casetracker.desk.demo.tables import chance
from casetracker.desk.demo.timelines import Terms
from casetracker.sealing import unseal
from rounds.models import Round, Suspension

ROOT = Path(__file__).resolve().parent.parent.parent
FEW = 24


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def demo(db, folder):
    call_command("load_vocabulary", verbosity=0, stdout=StringIO())
    return fill(persons=FEW)


def user(key: str) -> User:
    return User.objects.get(email=f"{key}@desk.example")


# --- the persons, without writing them ------------------------------------------------------------------------


@pytest.fixture
def persons(db):
    call_command("load_vocabulary", verbosity=0, stdout=StringIO())
    return list(everybody(None, timezone.localdate(), {"CN": Terms("cn"), "NV": Terms("nv")}))


def test_everybody(persons):
    """Many, in many scripts and systems, none of them well known, and the same in every run."""
    assert len(persons) >= 320
    spellings = [spelling for person in persons for spelling in person.names]
    assert [one.text for one in spellings if is_refused(one.text)] == []
    assert len({person.names[0].text for person in persons}) >= 320
    found = {script_of(one.text) for one in spellings}
    assert found == {Script.LATIN, Script.HAN, Script.TIBETAN, Script.ARABIC, Script.CYRILLIC, Script.MONGOLIAN}
    assert len({one.system for one in spellings}) >= 16
    again = list(everybody(None, timezone.localdate(), {"CN": Terms("cn"), "NV": Terms("nv")}))
    assert [person.names for person in again] == [person.names for person in persons]
    assert [told.event.when_text for person in again for told in person.line.told] == [
        told.event.when_text for person in persons for told in person.line.told
    ]


def test_timelines_are_plausible(persons):
    """In order, after childhood, not ahead of today; a share runs against the legal clocks or past the term."""
    today = timezone.localdate()
    warned: dict[str, int] = {}
    for person in persons:
        days = [told.day for told in person.line.told]
        assert days == sorted(days)
        assert days[0].year - person.born.year >= 16
        assert all(told.day <= told.learnt <= today for told in person.line.told)
        for warning in clocks([told.event for told in person.line.told], today=today):
            warned[warning.clock] = warned.get(warning.clock, 0) + 1
    assert {"term", "arrest", "duration"} <= set(warned)
    assert sum(warned.values()) < len(persons) / 2
    texts = [told.event.when_text for person in persons for told in person.line.told]
    vague = [text for text in texts if text.startswith("c. ") or " or " in text or text.isdigit()]
    assert len(vague) > 50


def test_a_well_known_name_is_never_composed(monkeypatch):
    """Pretend that the first name composed is a well-known one: another comes out."""
    first = compose("han", "m", chance("test"), set())
    assert compose("han", "m", chance("test"), set()) == first
    monkeypatch.setattr(names, "_refused", lambda: frozenset({digest(search_key(first[1].text))}))
    assert compose("han", "m", chance("test"), set())[0].text != first[0].text


@pytest.mark.parametrize("tradition", _COMPOSERS)
def test_every_tradition_writes_latin_first_then_the_original(tradition):
    written = compose(tradition, "f", chance("test", tradition), set())
    assert script_of(written[0].text) == Script.LATIN
    assert len(written) == len({(one.text, one.system) for one in written}) >= 2


# --- the desk, written down -----------------------------------------------------------------------------------


def test_the_desk(demo):
    """Everything is there, coherent with what the product derives, and visible by the rule."""
    cases = list(Case.objects.all())
    assert demo.made
    assert len(cases) == demo.persons >= FEW - 5
    assert all(is_reference(case.reference) for case in cases)
    assert {case.state for case in cases} == {"draft", "active", "monitoring", "closed"}
    for case in cases:
        _check_derived(case)
    assert Case.objects.visible_to(user("norvania")).exclude(dialogue__prefix="NV").count() == 0
    official, senior = (Case.objects.visible_to(user(key)) for key in ("official", "senior"))
    assert 0 < official.count() < senior.count() == Case.objects.filter(dialogue__prefix="CN").count()
    assert Case.objects.visible_to(user("admin")).count() == Case.objects.visible_to(user("auditor")).count() == 0
    assert official.filter(owner=user("official")).exists()
    assert not any(contradict(group) for group in _accepted_claims())


def _check_derived(case: Case) -> None:
    parts = (
        CaseName.objects.of(case),
        CaseEvent.objects.of(case).select_related("place", "facility__place"),
        CaseTheme.objects.of(case).select_related("theme"),
        FollowUp.objects.of(case).filter(done_at__isnull=True),
    )
    for column, value in derived_columns(*map(list, parts)).items():
        assert getattr(case, column) == value, (case.reference, column)
    wanted = {key.key for name in parts[0] for key in keys_of(name)}
    assert set(NameKey.objects.filter(case=case).values_list("key", flat=True)) == wanted


def _accepted_claims():
    for case in Case.objects.all():
        claims = list(Claim.objects.of(case).filter(accepted=True))
        yield from ([claim] for claim in claims)
        assert len({claim.field for claim in claims}) == len(claims)


def test_its_past_and_what_is_sealed(demo):
    """Versions follow each other in time, each by somebody who was there; the trail says the same."""
    years = set()
    for case in Case.objects.all():
        rows = list(case.history.order_by("version"))
        assert [row.version for row in rows] == list(range(1, case.version + 1))
        assert [row.history_date for row in rows] == sorted(row.history_date for row in rows)
        assert rows[-1].state == case.state
        assert all(row.history_user_id and row.history_date <= timezone.now() for row in rows)
        years |= {row.history_date.year for row in rows}
        assert case.changed_at >= rows[-1].history_date
    assert len(years) > 8
    acted = set(Case.history.values_list("action_id", flat=True))
    assert acted <= set(TrailEntry.objects.values_list("action_id", flat=True))
    assert TrailEntry.objects.filter(verb=Verb.DEMO_FILLED, process="demo").count() == 1
    assert not TrailEntry.objects.filter(at__gt=timezone.now()).exists()
    _check_seals()
    _check_grants()
    _check_rounds()


def _check_grants():
    now = timezone.now()
    assert Grant.objects.filter(state=GrantState.REQUESTED).count() == 1
    soon = Grant.objects.filter(state="active", valid_to__gt=now, valid_to__lt=now + timedelta(days=8))
    assert [grant.user.name for grant in soon] == ["Nikos Stavrou"]
    leaver = User.objects.get(name="Dirk Oosterling")
    assert not leaver.is_active
    assert Grant.objects.filter(user=leaver, valid_to__gt=now).count() == 0


def _check_seals():
    for identity in SourceIdentity.objects.select_related("source__case"):
        assert identity.source.sealed
        assert len(unseal(identity.sealed, place=place_of(identity.source))) > 20
        assert identity.marking == Marking.RESTRICTED
    sealed = Source.objects.filter(sealed=True).count()
    assert sealed == SourceIdentity.objects.count() > 0
    for content in AttachmentContent.objects.select_related("attachment"):
        text = unseal(content.sealed, place=place_of_attachment(content.attachment))
        assert len(text) == content.attachment.size


def _check_rounds():
    ahead = Round.objects.get(dialogue__prefix="CN", state="planned")
    assert timedelta(days=20) < ahead.starts - timezone.localdate() < timedelta(days=28)
    assert ahead.ordinal == 41
    assert Round.objects.filter(dialogue__prefix="CN", state__in=["held", "closed"]).count() == 16
    assert set(Round.objects.filter(dialogue__prefix="NV").values_list("state", flat=True)) == {
        "closed", "cancelled", "held", "postponed",
    }  # fmt: skip
    assert Suspension.objects.filter(dialogue__prefix="NV").count() == 1


def test_logins_work_and_are_kept_private(demo):
    assert file_of_logins().stat().st_mode & 0o777 == 0o600
    passwords = kept_passwords()
    assert set(passwords) == {one.email for one in who_signs_in()}
    for email, password in passwords.items():
        client = Client()
        assert client.post("/login/", {"login": email, "password": password}).status_code == 302, email
        assert client.get("/").status_code == 200, email


def test_a_second_run_adds_nothing(demo):
    before = (Case.objects.count(), User.objects.count(), TrailEntry.objects.count(), kept_passwords())
    assert not fill(persons=FEW).made
    assert renew_grants() == 0
    assert (Case.objects.count(), User.objects.count(), TrailEntry.objects.count(), kept_passwords()) == before
    _check_renewal()


def _check_renewal():
    official = user("official")
    Grant.objects.filter(user=official, valid_to__gt=timezone.now()).update(valid_to=timezone.now())
    assert Case.objects.visible_to(official).count() == 0
    assert renew_grants() == 1
    assert Case.objects.visible_to(official).count() > 0


def test_a_desk_of_ones_own_is_left_alone(db, folder):
    with acting(Verb.USER_INVITED, process="tests"):
        save_new(User(email="real@office.example", name="Real Person"))
    with pytest.raises(NotEmpty):
        fill(persons=1)
    assert User.objects.count() == 1
    assert not file_of_logins().exists()


# --- the command ------------------------------------------------------------------------------------------------


def test_production_is_refused(settings, folder):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production") as refused:
        call_command("demo", "--no-server")
    assert refused.value.returncode == 2
    assert not file_of_logins().exists()


def test_a_port_in_use_is_said_plainly():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is in use"):
            check_port(port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_from_an_empty_folder_to_a_desk_and_back(tmp_path):
    """The command as people run it: prepares, serves under the strict policy, stops on Ctrl-C with all it started."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CASETRACKER_", "PYTEST_"))}
    env = {**kept, "CASETRACKER_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "casetracker.settings"}
    command = [sys.executable, "manage.py", "demo", "--persons", "8", "--port", str(port)]
    log = tmp_path / "log"
    with log.open("w") as out:
        running = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_for(lambda: "Ctrl-C" in log.read_text() or running.poll() is not None)
            assert running.poll() is None, log.read_text()
            with urlopen(f"http://127.0.0.1:{port}/login/", timeout=10) as page:
                assert "default-src 'none'" in page.headers["Content-Security-Policy"]
                assert "second factor is switched off" in page.read().decode()
            os.killpg(running.pid, signal.SIGINT)
            assert running.wait(20) == 0, log.read_text()
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
    said = log.read_text()
    assert all(password in said for password in tomllib.loads((tmp_path / "demo-logins.toml").read_text()).values())
    assert "Traceback" not in said
    wait_for(lambda: _nobody_in(running.pid))
    check_port(port)


def wait_for(holds) -> None:
    deadline = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _nobody_in(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
