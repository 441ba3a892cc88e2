"""Inviting, resetting, deactivating: what an access admin does to accounts, and what nobody else may."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from casetracker.access.actions.people import deactivate_user, edit_user
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.models import Grant, GrantState, Invitation, User
from casetracker.access.roles import Office
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make

NEW = {"name": "Ina New", "email": "Ina@Office.example", "office": ""}
JOIN = {"name": "Ina Newly", "password": "four words that differ", "again": "four words that differ"}
WHY = "Left for another post."


def link_in(answer) -> str:
    found = re.search(r'value="http://testserver(/invitation/[^"]+)"', answer.content.decode())
    assert found, answer.status_code
    return found[1]


def reset(as_, cast, person) -> str:
    answer = as_(cast.adam).post(f"/people/{person.pk}/link/", {"reason": "Lost the phone.", "seen": person.version})
    return link_in(answer)


def test_an_invitation_works_once(cast, as_):
    answer = as_(cast.adam).post("/people/invite/", NEW)
    link = link_in(answer)
    assert link.split("/")[-2] not in str(list(Invitation.objects.values()))
    stranger = Client()
    assert b"ina@office.example" in stranger.get(link).content
    assert stranger.post(link, {**JOIN, "again": "something else"}).status_code == 422
    alike = dict.fromkeys(("password", "again"), "ina@office.example")
    assert stranger.post(link, {**JOIN, **alike}).status_code == 422
    assert stranger.post(link, JOIN)["Location"] == "/login/"
    assert stranger.post("/login/", {"login": "ina@office.example", "password": JOIN["password"]}).status_code == 302
    ina = User.objects.get_queryset().get(email="ina@office.example")
    assert ina.name == "Ina Newly"
    assert list(TrailEntry.objects.filter(object_id=ina.pk).order_by("at").values_list("verb", flat=True)) == [
        Verb.USER_INVITED, Verb.USER_JOINED, Verb.SIGNED_IN,
    ]  # fmt: skip
    used, invented = Client().get(link), Client().get("/invitation/made-up/")
    assert (used.status_code, used.content) == (invented.status_code, invented.content) == (404, used.content)


def test_an_invitation_ends_after_three_days_or_with_the_next_one(cast, as_):
    first = link_in(as_(cast.adam).post("/people/invite/", NEW))
    ina = User.objects.get_queryset().get(email="ina@office.example")
    second = reset(as_, cast, ina)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert Client().get(second).status_code == 404


def test_an_address_is_taken_in_any_case(cast, as_):
    answer = as_(cast.adam).post("/people/invite/", {**NEW, "email": "OLGA@office.example"})
    assert answer.status_code == 422
    assert b"There is an account with this address already." in answer.content


@pytest.mark.parametrize("who", ["anna", "olga", "otto", "zoe"])
def test_nobody_else_manages_users(cast, as_, who):
    client, before = as_(cast.people[who]), list(User.objects.get_queryset().order_by("pk").values())
    pk = cast.rita.pk
    for path in ("/people/", "/people/invite/", *(f"/people/{pk}/{end}" for end in ("", "edit/", "link/"))):
        assert client.get(path).status_code == 403
    assert client.post("/people/invite/", NEW).status_code == 403
    for end in ("edit/", "link/", "deactivate/", "reactivate/"):
        assert client.post(f"/people/{pk}/{end}", {**NEW, "reason": WHY, "seen": 1}).status_code == 403
    client.cookies.clear()
    now = [{**row, "last_login": None} for row in User.objects.get_queryset().order_by("pk").values()]
    assert now == [{**row, "last_login": None} for row in before]


def test_an_office_and_a_grant_exclude_each_other(cast, as_):
    client = as_(cast.adam)
    form = {"name": "Olga Brandt", "email": "olga@office.example", "office": Office.AUDITOR, "seen": 1}
    refused = client.post(f"/people/{cast.olga.pk}/edit/", form)
    assert refused.status_code == 409
    assert b"holds an office reads no cases" in refused.content
    waiting = {**form, "name": "Quin Marsh", "email": "quin@office.example"}
    assert client.post(f"/people/{cast.quin.pk}/edit/", waiting).status_code == 409
    gone = {**form, "name": "Sven Duval", "email": "sven@office.example"}
    assert client.post(f"/people/{cast.sven.pk}/edit/", gone).status_code == 302
    offered = client.get(f"/grants/new/?dialogue={cast.cn.pk}").content.decode()
    assert str(cast.rita.pk) in offered
    assert str(cast.sven.pk) not in offered
    assert str(cast.otto.pk) not in offered


def test_the_last_admin_stays(cast, as_):
    client = as_(cast.adam)
    answer = client.post(f"/people/{cast.adam.pk}/deactivate/", {"reason": WHY, "seen": 1})
    assert answer.status_code == 409
    assert b"last active access admin" in answer.content
    with pytest.raises(WrongState, match="last active"):
        edit_user(user=cast.adam, by=cast.adam, seen=1, name="Adam Weiss", email=cast.adam.email, office="")
    form = {"name": "Zoe Fontana", "email": "zoe@office.example", "office": Office.ADMIN, "seen": 1}
    assert client.post(f"/people/{cast.zoe.pk}/edit/", form).status_code == 302
    assert client.post(f"/people/{cast.adam.pk}/deactivate/", {"reason": WHY, "seen": 1}).status_code == 302
    assert client.get("/people/").status_code == 302


def test_a_reset_takes_the_content_away_until_an_approver_reconfirms(cast, as_):
    case = make.case(cast.olga, cast.cn)
    olga = as_(cast.olga)
    grant = cast.olga.grants.get()
    assert olga.get(f"/cases/{case.reference}/").status_code == 200
    link = reset(as_, cast, cast.olga)
    assert olga.get("/me/").status_code == 302
    taken_over = Client()
    taken_over.post(link, JOIN)
    taken_over.post("/login/", {"login": "olga@office.example", "password": JOIN["password"]})
    zoe = as_(cast.zoe)
    for path in ("/cases/", f"/cases/{case.reference}/", f"/grants/{cast.rita.grants.get().pk}/"):
        assert taken_over.get(path).status_code == zoe.get(path).status_code
    assert taken_over.get(f"/cases/{case.reference}/").content == zoe.get("/cases/CN-7K3QF2-Z/").content
    grant.refresh_from_db()
    assert grant.state == GrantState.SUSPENDED
    form = {"reason": "Spoke to her in the corridor.", "seen": grant.version}
    assert as_(cast.vera).post(f"/grants/{grant.pk}/reconfirm/", form).status_code == 404
    assert as_(cast.adam).post(f"/grants/{grant.pk}/reconfirm/", form).status_code == 403
    assert taken_over.post(f"/grants/{grant.pk}/reconfirm/", form).status_code == 403
    assert as_(cast.bert).post(f"/grants/{grant.pk}/reconfirm/", {**form, "reason": ""}).status_code == 422
    assert as_(cast.bert).post(f"/grants/{grant.pk}/reconfirm/", form).status_code == 302
    assert taken_over.get(f"/cases/{case.reference}/").status_code == 200


def test_an_admin_makes_no_link_for_themselves(cast, as_):
    answer = as_(cast.adam).post(f"/people/{cast.adam.pk}/link/", {"reason": "x", "seen": 1})
    assert answer.status_code == 409
    assert Invitation.objects.count() == 0


def test_deactivating_ends_everything_at_once_and_deletes_nothing(cast, as_):
    rita, admin = as_(cast.rita), as_(cast.adam)
    assert rita.get("/cases/").status_code == 200
    assert admin.post(f"/people/{cast.rita.pk}/deactivate/", {"reason": "", "seen": 1}).status_code == 422
    assert admin.post(f"/people/{cast.rita.pk}/deactivate/", {"reason": WHY, "seen": 1}).status_code == 302
    assert rita.get("/cases/").status_code == 302
    grant = cast.rita.grants.get()
    assert (grant.state, grant.end_reason, grant.ended_by) == (GrantState.REVOKED, WHY, cast.adam)
    verbs = set(TrailEntry.objects.filter(reason=WHY).values_list("verb", "action_id"))
    assert {verb for verb, _ in verbs} == {Verb.USER_DEACTIVATED, Verb.GRANT_REVOKED}
    assert len({action for _, action in verbs}) == 1
    again = admin.post(f"/people/{cast.rita.pk}/reactivate/", {"reason": "Came back.", "seen": 2})
    assert Client().get(link_in(again)).status_code == 200
    assert not Client().login(email="rita@office.example", password="correct horse battery")
    assert Grant.objects.filter(user=cast.rita, state=GrantState.ACTIVE).count() == 0


def test_both_versions_are_shown_when_somebody_was_faster(cast, as_):
    client, path = as_(cast.adam), f"/people/{cast.rita.pk}/edit/"
    form = {"name": "Rita Theirs", "email": "rita@office.example", "office": "", "seen": 1}
    assert client.post(path, form).status_code == 302
    late = client.post(path, {**form, "name": "Rita Yours"})
    assert late.status_code == 409
    assert b"Rita Theirs" in late.content
    assert b"Rita Yours" in late.content
    chosen = {**form, "name": "Rita Yours", "seen": 2, "keep-name": "theirs"}
    assert client.post(path, chosen).status_code == 302
    cast.rita.refresh_from_db()
    assert cast.rita.name == "Rita Theirs"
    with pytest.raises(Conflict):
        deactivate_user(user=cast.rita, by=cast.adam, seen=1, reason=WHY)
    cast.rita.refresh_from_db()
    assert cast.rita.is_active


def test_the_list_filters_and_sorts_in_few_queries(cast, as_, django_assert_max_num_queries):
    client = as_(cast.adam)
    with django_assert_max_num_queries(12):
        everybody = client.get("/people/?sort=-email")
    names = [row.user.email for row in everybody.context["rows"]]
    assert names == sorted(names, reverse=True)
    gone = client.get("/people/?standing=deactivated").context["rows"]
    assert [row.user for row in gone] == [cast.dora]
    in_nv = client.get(f"/people/?dialogue={cast.nv.pk}").context["rows"]
    assert {row.user for row in in_nv} == {cast.lars, cast.vera}
    assert b"Nobody fits this filter" in client.get("/people/?standing=invited").content
