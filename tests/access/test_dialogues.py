"""Dialogues and compartments, the commands of the server, the way of an empty installation."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from casetracker.access.first_run import first_run_steps
from casetracker.access.models import Compartment, Dialogue, Grant, User
from casetracker.access.see import holdings
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests.signed_in import sign_in

FACTS = {"name": "EU–Somewhere", "prefix": "sw", "own_side": "European Union", "counterpart": "Somewhere"}


def command(of_the_server: str, **options: str) -> str:
    out = StringIO()
    call_command(of_the_server, stdout=out, **options)
    return out.getvalue()


def link_in(text: str) -> str:
    return text.split("http://127.0.0.1:8000")[1].strip()


def test_a_dialogue_is_created_and_edited(cast, as_):
    client = as_(cast.adam)
    assert client.post("/dialogues/new/", {**FACTS, "prefix": "cn"}).status_code == 422
    assert client.post("/dialogues/new/", {**FACTS, "prefix": "S1"}).status_code == 422
    answer = client.post("/dialogues/new/", FACTS)
    made = Dialogue.objects.get(prefix="SW")
    assert answer["Location"] == f"/dialogues/{made.pk}/"
    assert b"No approver yet" in client.get(answer["Location"]).content
    changed = {**FACTS, "prefix": "XX", "note": "Twice a year.", "grants_until": "2031-06-30", "seen": 1}
    assert client.post(f"/dialogues/{made.pk}/edit/", changed).status_code == 302
    made.refresh_from_db()
    assert (made.prefix, made.note, str(made.grants_until), made.version) == ("SW", "Twice a year.", "2031-06-30", 2)
    assert client.post(f"/dialogues/{made.pk}/edit/", {**changed, "note": "Once a year."}).status_code == 409
    verbs = TrailEntry.objects.filter(object_id=made.pk, actor=cast.adam).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == [Verb.DIALOGUE_CREATED, Verb.DIALOGUE_EDITED]


def test_a_compartment_is_created_and_edited(cast, as_):
    client, new = as_(cast.adam), f"/dialogues/{cast.cn.pk}/compartments/new/"
    assert client.post(new, {"name": "North circle"}).status_code == 422
    assert client.post(new, {"name": "South circle", "purpose": "Known from one source."}).status_code == 302
    made = Compartment.objects.get(name="South circle")
    assert b"Nobody is in it." in client.get(f"/dialogues/{cast.cn.pk}/").content
    edit = f"/compartments/{made.pk}/edit/"
    assert client.post(edit, {"name": "Southern circle", "purpose": "", "seen": 1}).status_code == 302
    assert client.post(edit, {"name": "Other", "purpose": "", "seen": 1}).status_code == 409


@pytest.mark.parametrize("who", ["anna", "hugo", "otto", "zoe"])
def test_nobody_else_manages_dialogues(cast, as_, who):
    client = as_(cast.people[who])
    paths = [
        "/dialogues/", "/dialogues/new/", f"/dialogues/{cast.cn.pk}/", f"/dialogues/{cast.cn.pk}/edit/",
        f"/dialogues/{cast.cn.pk}/compartments/new/", f"/compartments/{cast.north.pk}/edit/",
    ]  # fmt: skip
    for path in paths:
        assert client.get(path).status_code == 403
        assert client.post(path, {**FACTS, "seen": 1}).status_code in (403, 405)
    assert Dialogue.objects.count() == 2
    assert Compartment.objects.get().name == "North circle"


def test_the_new_grants_of_a_dialogue_end_where_it_says(cast, as_):
    client, until = as_(cast.adam), timezone.localdate() + timedelta(days=40)
    Dialogue.objects.filter(pk=cast.cn.pk).update(grants_until=until)
    assert until.isoformat() in client.get(f"/grants/new/?dialogue={cast.cn.pk}").content.decode()


@pytest.mark.django_db
def test_from_nothing_to_the_first_grant():
    told = command("create_admin", email="Ada@office.example", name="Ada First")
    phrase = {"name": "Ada First", "password": "four words that differ", "again": "four words that differ"}
    admin = Client()
    assert admin.post(link_in(told), phrase).status_code == 302
    admin.post("/login/", {"login": "ada@office.example", "password": phrase["password"]})
    ada = User.objects.get_queryset().get(email="ada@office.example")
    assert [step.done for step in first_run_steps(ada)] == [False] * 5
    admin.post("/dialogues/new/", FACTS)
    told = command("first_approver", dialogue="sw", email="anna@office.example", name="Anna Keller")
    assert Client().get(link_in(told)).status_code == 200
    assert [step.done for step in first_run_steps(ada)] == [True, True, False, False, False]
    invited = admin.post("/people/invite/", {"name": "Olga Brandt", "email": "olga@office.example", "office": ""})
    olga = User.objects.get_queryset().get(email="olga@office.example")
    form = {"user": olga.pk, "role": "official", "marking": 1, "reason": "Logs cases."}
    days = {"valid_from": timezone.localdate(), "valid_to": timezone.localdate() + timedelta(days=9)}
    assert admin.post("/grants/new/", {**form, **days}).status_code == 302
    anna = sign_in(Client(), User.objects.get_queryset().get(email="anna@office.example"))
    grant = Grant.objects.get(user=olga)
    decision = {"decision": "approve", "seen": 1}
    refused = anna.post(f"/grants/{grant.pk}/decide/", decision)
    assert (refused.status_code, "has not used the one-time link yet" in refused.text) == (409, True)
    link = re.search(r"/invitation/[^/\s\"<]+/", invited.content.decode())[0]
    assert Client().post(link, {**phrase, "name": "Olga Brandt"}).status_code == 302
    assert anna.post(f"/grants/{grant.pk}/decide/", decision).status_code == 302
    assert [step.done for step in first_run_steps(ada)] == [True] * 5
    assert len(holdings(olga)) == 1


def test_first_run_is_the_admins(cast):
    assert first_run_steps(cast.anna) == []
    assert all(step.done for step in first_run_steps(cast.adam))


def test_the_server_names_only_a_first_approver(cast):
    with pytest.raises(CommandError, match="There is an active approver"):
        command("first_approver", dialogue="CN", email="zoe@office.example")
    Grant.objects.filter(user=cast.vera).update(valid_to=timezone.now())
    with pytest.raises(CommandError, match="holds an office"):
        command("first_approver", dialogue="NV", email="adam@office.example")
    with pytest.raises(CommandError, match="--name"):
        command("first_approver", dialogue="NV", email="new@office.example")
    assert "zoe@office.example is approver in NV" in command(
        "first_approver", dialogue="NV", email="zoe@office.example"
    )
    made = Grant.objects.get(user=cast.zoe)
    assert (made.by_server_command, made.requested_by, made.dialogue) == (True, None, cast.nv)
    entry = TrailEntry.objects.get(object_id=made.pk)
    assert (entry.verb, entry.actor, entry.process) == (Verb.GRANT_NAMED, None, "server command")


def test_a_circle_gets_its_first_approver_from_the_server(cast):
    with pytest.raises(CommandError, match="There is an active approver"):
        command("first_approver", dialogue="CN", compartment="North circle", email="zoe@office.example")
    Grant.objects.filter(user=cast.anna).update(state="revoked")
    command("first_approver", dialogue="CN", compartment="North circle", email="zoe@office.example")
    assert [holding.compartments for holding in holdings(cast.zoe)] == [frozenset({cast.north.pk})]


def test_a_locked_out_admin_gets_a_new_link_and_nobody_an_office(cast):
    assert Client().get(link_in(command("create_admin", email="adam@office.example"))).status_code == 200
    cast.adam.refresh_from_db()
    assert not cast.adam.has_usable_password()
    with pytest.raises(CommandError, match="not an access admin"):
        command("create_admin", email="olga@office.example")
