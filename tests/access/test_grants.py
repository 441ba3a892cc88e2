"""Requesting, deciding, revoking: always two people, never further than one reaches, from the next request on."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from casetracker.access.actions.grants import approve_grant, request_grant
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Grant, GrantState
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make
from tests.people import grant as give

REASON = "Takes over the desk in spring."


def asked_for(cast, person, **values):
    today = timezone.localdate()
    return {
        "user": person.pk, "role": "official", "marking": 1, "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=30)).isoformat(), "reason": REASON, **values,
    }  # fmt: skip


def ask(as_, cast, person, **values):
    return as_(cast.adam).post(f"/grants/new/?dialogue={cast.cn.pk}", asked_for(cast, person, **values))


def requested(cast, person, marking=Marking.NORMAL, compartments=(), by=None):
    now = timezone.now()
    return request_grant(
        by=by or cast.adam, user=person, dialogue=cast.cn, role=Role.OFFICIAL, marking=marking,
        compartments=compartments, valid_from=now, valid_to=now + timedelta(days=20), reason=REASON,
    )  # fmt: skip


def decide(as_, person, grant, decision="approve", **values):
    form = {"decision": decision, "reason": "", "seen": grant.version, **values}
    return as_(person).post(f"/grants/{grant.pk}/decide/", form)


def test_from_request_to_the_first_page_and_back(cast, as_):
    case = make.case(cast.olga, cast.cn)
    zoe = as_(cast.zoe)
    assert zoe.get(f"/cases/{case.reference}/").status_code == 404
    assert ask(as_, cast, cast.zoe).status_code == 302
    grant = cast.zoe.grants.get()
    assert zoe.get(f"/cases/{case.reference}/").status_code == 404
    assert b"Waiting for you" in as_(cast.anna).get("/grants/").content
    assert decide(as_, cast.anna, grant).status_code == 302
    assert zoe.get(f"/cases/{case.reference}/").status_code == 200
    form = {"reason": "Moved on.", "seen": 2}
    assert as_(cast.bert).post(f"/grants/{grant.pk}/revoke/", form).status_code == 302
    assert zoe.get(f"/cases/{case.reference}/").status_code == 404
    about = TrailEntry.objects.filter(object_id=grant.pk).order_by("at").values_list("verb", "actor__name", "reason")
    assert list(about) == [
        (Verb.GRANT_REQUESTED, "Adam Weiss", REASON),
        (Verb.GRANT_APPROVED, "Anna Keller", ""),
        (Verb.GRANT_REVOKED, "Bert Jansen", "Moved on."),
    ]
    assert [row.state for row in Grant.history.filter(id=grant.pk).order_by("version")] == [
        "requested", "active", "revoked",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "status"),
    [("quin", 403), ("adam", 403), ("olga", 404), ("rita", 404), ("vera", 404), ("nora", 404), ("zoe", 404)],
)
def test_who_may_not_decide(cast, as_, who, status):
    grant = cast.quin.grants.get()
    assert decide(as_, cast.people[who], grant).status_code == status
    grant.refresh_from_db()
    assert grant.state == GrantState.REQUESTED


def test_nobody_approves_what_they_hold(cast, as_):
    grant = requested(cast, cast.bert)
    assert decide(as_, cast.bert, grant).status_code == 403
    assert decide(as_, cast.anna, grant).status_code == 302


def test_no_admin_asks_for_themselves(cast, as_):
    assert ask(as_, cast, cast.adam).status_code == 422
    with pytest.raises(Denied):
        requested(cast, cast.adam)
    with acting(Verb.GRANT_REQUESTED, process="tests"), pytest.raises(IntegrityError), transaction.atomic():
        give(cast.adam, cast.cn, Role.OFFICIAL, Marking.NORMAL, state=GrantState.REQUESTED, requested_by=cast.adam)


@pytest.mark.parametrize("who", ["anna", "olga", "otto"])
def test_only_admins_ask(cast, as_, who):
    client = as_(cast.people[who])
    path = f"/grants/new/?dialogue={cast.cn.pk}"
    assert client.get(path).status_code == 403
    assert client.post(path, asked_for(cast, cast.zoe)).status_code == 403


def test_an_approver_gives_no_more_than_they_may_read(cast, as_):
    with acting(Verb.GRANT_APPROVED, process="tests"):
        give(cast.zoe, cast.cn, Role.APPROVER, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
        give(cast.zoe, cast.nv, Role.OFFICIAL, Marking.RESTRICTED, approved_by=cast.vera, requested_by=cast.adam)
    wide = requested(cast, cast.sven, Marking.RESTRICTED)
    assert b"Decide" not in as_(cast.zoe).get(f"/grants/{wide.pk}/").content
    assert decide(as_, cast.zoe, wide).status_code == 403
    assert decide(as_, cast.bert, wide).status_code == 302


def test_a_grant_into_a_circle_does_not_exist_outside_it(cast, as_):
    inside = requested(cast, cast.sven, Marking.NORMAL, [cast.north])
    bert = as_(cast.bert)
    hidden, missing = bert.get(f"/grants/{inside.pk}/"), bert.get(f"/grants/{cast.olga.pk}/")
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert decide(as_, cast.bert, inside).status_code == 404
    assert b"Sven Duval" not in bert.get("/grants/?standing=requested").content
    assert b"North circle" not in bert.get("/grants/").content
    assert b"North circle" in as_(cast.anna).get(f"/grants/{inside.pk}/").content
    assert decide(as_, cast.anna, inside).status_code == 302


def test_a_request_outlives_neither_its_admin_nor_its_time(cast, as_):
    with acting(Verb.USER_EDITED, process="tests"):
        cast.zoe.office = "admin"
        cast.zoe.save()
    grant = requested(cast, cast.sven, by=cast.zoe)
    with acting(Verb.USER_EDITED, process="tests"):
        cast.zoe.office = ""
        cast.zoe.save()
    grant.refresh_from_db()
    with pytest.raises(WrongState, match="not an access admin any more"):
        approve_grant(grant=grant, by=cast.anna, seen=1)
    late = cast.quin.grants.get()
    Grant.objects.filter(pk=late.pk).update(valid_to=timezone.now() - timedelta(days=1))
    assert decide(as_, cast.anna, late).status_code == 409


def test_limits_of_a_request(cast, as_):
    today = timezone.localdate()
    assert ask(as_, cast, cast.zoe, valid_to=(today + timedelta(days=179)).isoformat()).status_code == 302
    for wrong in (
        {"valid_to": (today + timedelta(days=180)).isoformat()},
        {"valid_to": (today - timedelta(days=1)).isoformat()},
        {"reason": ""},
        {"role": "admin"},
        {"marking": 3},
        {"user": cast.otto.pk},
        {"user": cast.dora.pk},
        {"compartments": cast.cn.pk},
    ):
        assert ask(as_, cast, cast.sven, **wrong).status_code == 422, wrong
    assert ask(as_, cast, cast.sven, marking=2, compartments=[cast.north.pk]).status_code == 302


def test_a_refusal_says_why_and_is_final(cast, as_):
    grant = cast.quin.grants.get()
    assert decide(as_, cast.anna, grant, "refuse").status_code == 422
    assert decide(as_, cast.anna, grant, "refuse", reason="Not this year.").status_code == 302
    grant.refresh_from_db()
    assert (grant.state, grant.end_reason) == (GrantState.REFUSED, "Not this year.")
    assert decide(as_, cast.bert, grant).status_code == 409


def test_a_stale_decision_changes_nothing(cast, as_):
    grant = cast.quin.grants.get()
    answer = decide(as_, cast.anna, grant, seen=0)
    assert answer.status_code == 409
    assert b"Somebody changed this grant meanwhile" in answer.content
    grant.refresh_from_db()
    assert grant.state == GrantState.REQUESTED


def test_the_end_is_told_before_and_kept(cast, as_):
    case, olga = make.case(cast.olga, cast.cn), as_(cast.olga)
    grant = cast.olga.grants.get()
    with time_machine.travel(grant.valid_to - timedelta(days=12)):
        assert b"ends in 12 days" in as_(cast.adam).get(f"/grants/{grant.pk}/").content
    with time_machine.travel(grant.valid_to + timedelta(seconds=1)):
        olga = as_(cast.olga)
        assert olga.get(f"/cases/{case.reference}/").status_code == 404
        assert b"expired" in olga.get("/grants/").content


def test_everybody_lists_what_concerns_them(cast, as_, django_assert_max_num_queries):
    def shown(who, query=""):
        return {row["grant"].user.name for row in as_(cast.people[who]).get(f"/grants/{query}").context["rows"]}

    assert shown("olga") == {"Olga Brandt"}
    assert shown("zoe") == set()
    assert shown("vera") == {"Vera Novak", "Lars Petit"}
    assert shown("adam", "?standing=requested") == {"Quin Marsh"}
    assert shown("adam", f"?dialogue={cast.nv.pk}&role=official") == {"Lars Petit"}
    client = as_(cast.anna)
    with django_assert_max_num_queries(12):
        client.get("/grants/")
