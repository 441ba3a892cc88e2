"""Large copies: frozen when asked for, allowed by another person, taken once by whoever asked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions.case import label_case
from cases.models import Case, ExportRequest
from casetracker.access.approvals import decide
from casetracker.access.errors import Denied
from casetracker.access.models import Approval, Grant
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from tests import make


@pytest.fixture
def three(cast, settings):
    settings.EXPORT_LARGE, settings.EXPORT_LARGE_RESTRICTED = 2, 1
    return [make.case(cast.olga, cast.cn, f"Person {name} Invented") for name in ("One", "Two", "Three")]


def send(client, **data):
    return client.post(
        "/cases/export/", {"step": "send", "form": "csv", "reason": "For the embassy.", "whole": "1", **data}
    )


def allow(by):
    asked = Approval.objects.get(kind="cases.export")
    decide(approval=asked, by=by, seen=asked.version, yes=True)


def test_a_small_copy_leaves_at_once(cast, as_, three):
    ticked = [str(three[0].pk), str(three[1].pk)]
    assert send(as_(cast.olga), whole="", case=ticked)["Content-Type"].startswith("text/csv")
    assert not ExportRequest.objects.exists()


def test_a_large_copy_waits_and_is_taken_once(cast, as_, three):
    olga = as_(cast.olga)
    assert "Ask a second person" in olga.get("/cases/export/").content.decode()
    answer = send(olga)
    assert answer.status_code == 302
    path = answer["Location"]
    assert olga.post(path).status_code == 409
    assert not TrailEntry.objects.filter(verb="case.exported").exists()
    allow(cast.bert)
    make.case(cast.olga, cast.cn, "Person Later Invented")
    taken = olga.post(path)
    text = taken.content.decode("utf-8-sig")
    assert all(case.reference in text for case in three)
    assert "Later" not in text
    asked = ExportRequest.objects.get()
    assert f"Copy {asked.copy_id}" in text
    entry = TrailEntry.objects.get(verb="case.exported")
    assert (entry.actor, entry.detail["copy"], entry.detail["count"]) == (cast.olga, asked.copy_id, 3)
    assert olga.post(path).status_code == 409
    assert TrailEntry.objects.filter(verb="case.exported").count() == 1


def test_more_than_some_restricted_ones_are_large(cast, as_, settings, three):
    settings.EXPORT_LARGE = 100
    deep = [make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED) for _ in range(2)]
    assert send(as_(cast.nils), whole="", case=[str(deep[0].pk)]).status_code == 200
    assert send(as_(cast.nils), whole="", case=[str(one.pk) for one in deep]).status_code == 302
    assert ExportRequest.objects.get().marking == Marking.RESTRICTED


@pytest.mark.parametrize("who", ["rita", "hugo", "nils", "lars", "vera", "zoe", "adam", "otto"])
def test_nobody_else_learns_of_it(cast, as_, three, who):
    path = send(as_(cast.olga))["Location"]
    allow(cast.bert)
    assert as_(cast.people[who]).get(path).status_code == 404
    assert as_(cast.people[who]).post(path).status_code == 404


def test_an_approver_sees_it_and_does_not_take_it(cast, as_, three):
    path = send(as_(cast.olga))["Location"]
    allow(cast.bert)
    assert as_(cast.anna).get(path).status_code == 200
    assert as_(cast.anna).post(path).status_code == 403


def test_an_approver_below_its_label_does_not_decide(cast, as_, three):
    make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    Grant.objects.filter(user=cast.bert).update(marking=Marking.NORMAL)
    path = send(as_(cast.nils))["Location"]
    assert as_(cast.bert).get(path).status_code == 404
    with pytest.raises(Denied):
        allow(cast.bert)


def test_what_rose_above_what_was_allowed_stays(cast, as_, three):
    path = send(as_(cast.nils))["Location"]
    allow(cast.bert)
    label_case(
        case=Case.objects.get(pk=three[0].pk),
        by=cast.nils,
        seen=three[0].version,
        marking=2,
        compartment=None,
        reason="x",
    )
    text = as_(cast.nils).post(path).content.decode("utf-8-sig")
    assert three[0].reference not in text
    assert three[1].reference in text


def test_too_late(cast, as_, three):
    path = send(as_(cast.olga))["Location"]
    allow(cast.bert)
    ExportRequest.objects.update(open_until=timezone.now() - timedelta(minutes=1))
    assert as_(cast.olga).post(path).status_code == 409


def test_rights_lost_meanwhile(cast, as_, three):
    path = send(as_(cast.olga))["Location"]
    allow(cast.bert)
    Grant.objects.filter(user=cast.olga).update(state="revoked")
    assert as_(cast.olga).post(path).status_code == 404


def test_one_circle_at_a_time(cast, as_, three, settings):
    settings.EXPORT_LARGE_RESTRICTED = 0
    make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED, compartment=cast.north)
    path = send(as_(cast.hugo))["Location"]
    assert ExportRequest.objects.get().compartment == cast.north
    assert as_(cast.bert).get(path).status_code == 404
    with pytest.raises(Denied):
        allow(cast.bert)
    allow(cast.anna)
    assert as_(cast.hugo).post(path).status_code == 200
