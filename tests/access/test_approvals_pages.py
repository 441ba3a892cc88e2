"""The inbox and one approval, through the front door."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.lowering import ask_lower
from casetracker.access.approvals import decide, waiting_for
from casetracker.access.models import Approval
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from rounds.actions.case_list import withdraw_list
from rounds.actions.review import return_list
from tests import make
from tests.access.test_grants import decide as decide_grant
from tests.access.test_grants import requested
from tests.rounds.lists import make as lists

LATER = timedelta(hours=72, seconds=1)


def ask(cast, by, name="Deep Invented", compartment=None):
    case = make.case(cast.hugo, cast.cn, name, marking=Marking.RESTRICTED, compartment=compartment)
    label = Label(cast.cn.pk, Marking.NORMAL, compartment.pk if compartment else None)
    return case, ask_lower(case=case, by=by, seen=1, label=label, reason="Made public.")


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def now(thing):
    return type(thing).objects.unscoped("tests").get(pk=thing.pk)


def names(client, query=""):
    return [row.name for row in client.get(f"/approvals/{query}").context["rows"]]


def post(client, approval, end, **data):
    client.get(f"/approvals/{approval.pk}/{end}/")
    return client.post(f"/approvals/{approval.pk}/{end}/", {"seen": approval.version, **data})


def test_the_inbox_holds_what_one_could_decide_on(cast, as_):
    case, _ = ask(cast, cast.nils)
    inner, _ = ask(cast, cast.hugo, "Inner Invented", cast.north)
    own, _ = ask(cast, cast.anna, "Own Invented")
    reviewed = lists.in_review(cast, lists.round_(cast), *lists.cases(cast))
    quin = "Quin Marsh, official in EU–China"
    assert names(as_(cast.anna)) == [quin, case.reference, inner.reference, str(reviewed)]
    assert names(as_(cast.bert)) == [quin, case.reference, own.reference, str(reviewed)]
    assert names(as_(cast.nils)) == names(as_(cast.olga)) == names(as_(cast.adam)) == []
    assert names(as_(cast.nils), "?tab=asked") == [case.reference]
    assert names(as_(cast.adam), "?tab=asked") == [quin]
    assert names(as_(cast.bert), "?kind=case.lower") == [case.reference, own.reference]
    assert "Nothing waits for you" in text_of(as_(cast.rita).get("/approvals/"))
    assert b"/approvals/" not in as_(cast.otto).get("/").content


def test_what_one_worked_on_does_not_wait_for_one(cast, as_):
    lists.in_review(cast, lists.round_(cast), *lists.cases(cast))
    assert "kind=list.approve" not in names(as_(cast.olga), "?kind=list.approve")
    assert len(names(as_(cast.anna), "?kind=list.approve")) == 1


def test_hidden_and_missing_are_the_same(cast, as_):
    _, inner = ask(cast, cast.hugo, "Inner Invented", cast.north)
    for who in (cast.bert, cast.nils, cast.lars, cast.adam, cast.otto):
        client = as_(who)
        for end in ("", "decide/", "withdraw/"):
            hidden, missing = client.get(f"/approvals/{inner.pk}/{end}"), client.get(f"/approvals/{who.pk}/{end}")
            assert (hidden.status_code, hidden.content) == (404, missing.content)
        assert client.post(f"/approvals/{inner.pk}/again/").status_code == 404


def test_deciding_there(cast, as_):
    case, asked = ask(cast, cast.nils)
    bert = as_(cast.bert)
    told = text_of(bert.get(f"/approvals/{asked.pk}/"))
    assert "What will happen" in told
    assert "Nils Aalto" in told
    assert "Made public." in told
    assert "Decide…" in told
    assert post(bert, asked, "decide", decision="approve").status_code == 422
    assert post(bert, asked, "decide", decision="refuse").status_code == 422
    assert post(bert, asked, "decide", decision="approve", sure="on").status_code == 302
    assert now(case).marking == Marking.NORMAL
    assert post(bert, asked, "decide", decision="approve", sure="on").status_code == 409
    assert "Approved and done" not in text_of(as_(cast.anna).get(f"/approvals/{asked.pk}/"))
    assert names(bert, "?tab=decided") == [case.reference]


@pytest.mark.parametrize(("who", "status"), [("nils", 403), ("hugo", 403), ("olga", 404), ("adam", 404)])
def test_who_does_not_decide_there(cast, as_, who, status):
    case, asked = ask(cast, cast.nils)
    client = as_(cast.people[who])
    assert post(client, asked, "decide", decision="approve", sure="on").status_code in (status, 409)
    assert now(case).marking == Marking.RESTRICTED
    if status == 403:
        assert "Decide…" not in text_of(client.get(f"/approvals/{asked.pk}/"))


def test_taking_back_and_asking_again(cast, as_):
    _, asked = ask(cast, cast.nils)
    nils = as_(cast.nils)
    with time_machine.travel(asked.requested_at + LATER, tick=False):
        nils = as_(cast.nils)
        told = text_of(nils.get(f"/approvals/{asked.pk}/"))
        assert "Nobody decided in time" in told
        assert "Ask again" in told
        assert names(as_(cast.bert)) == []
        assert nils.post(f"/approvals/{asked.pk}/again/").status_code == 302
        fresh = Approval.objects.unscoped("tests").get(kind="case.lower", state="waiting")
        assert nils.post(f"/approvals/{asked.pk}/again/").status_code == 409
        assert post(nils, fresh, "withdraw").status_code == 302
    assert now(fresh).state == "withdrawn"


def test_as_many_queries_for_two_as_for_twelve(cast, as_):
    counts = []
    for number in (2, 10):
        for turn in range(number):
            ask(cast, cast.nils, f"Person {number} {turn}")
        client, count = as_(cast.anna), []
        for tab in ("for-you", "asked", "decided"):
            client.get(f"/approvals/?tab={tab}")
            with CaptureQueriesContext(connection) as seen:
                client.get(f"/approvals/?tab={tab}")
            count.append(len(seen))
        counts.append(count)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_pages_of_what_was_decided(cast, as_, monkeypatch):
    monkeypatch.setattr("casetracker.access.inbox.PAGE", 2)
    cases = []
    for turn in range(5):
        case, asked = ask(cast, cast.nils, f"Person {turn}")
        decide(approval=asked, by=cast.bert, seen=1, yes=False, reason="No.")
        cases.append(case.reference)
    client, url, found = as_(cast.anna), "/approvals/?tab=decided", []
    while url:
        page = client.get(url)
        found += [row.name for row in page.context["rows"]]
        url = page.context["older"]
    assert found == cases[::-1]
    assert names(client, "?tab=decided&sort=decided") == cases[:2]


def test_a_request_for_a_grant_waits_and_ends_with_it(cast, as_):
    grant = requested(cast, cast.sven, compartments=[cast.north])
    asked = waiting_for(grant, "grant.approve")
    assert as_(cast.bert).get(f"/approvals/{asked.pk}/").status_code == 404
    assert as_(cast.adam).get(f"/approvals/{asked.pk}/").status_code == 200
    assert post(as_(cast.anna), asked, "decide", decision="approve", sure="on").status_code == 302
    assert (now(grant).state, now(grant).approved_by) == ("active", cast.anna)
    for end in ("refuse", "take back"):
        grant = requested(cast, cast.zoe)
        asked = waiting_for(grant, "grant.approve")
        if end == "refuse":
            assert decide_grant(as_, cast.anna, grant, "refuse", reason="No.").status_code == 302
        else:
            assert post(as_(cast.adam), asked, "withdraw").status_code == 302
        assert (now(asked).state, now(grant).state) == {
            "refuse": ("refused", "refused"), "take back": ("withdrawn", "revoked"),
        }[end]  # fmt: skip


def test_an_expired_request_for_a_grant_is_asked_again(cast, as_):
    grant = requested(cast, cast.zoe)
    asked = waiting_for(grant, "grant.approve")
    with time_machine.travel(asked.requested_at + LATER, tick=False):
        assert decide_grant(as_, cast.anna, grant).status_code == 409
        assert "this request expired" in text_of(as_(cast.anna).get(f"/grants/{grant.pk}/"))
        assert as_(cast.anna).post(f"/approvals/{asked.pk}/again/").status_code == 403
        assert as_(cast.adam).post(f"/approvals/{asked.pk}/again/").status_code == 302
        assert decide_grant(as_, cast.anna, grant).status_code == 302
    assert now(grant).state == "active"


@pytest.mark.parametrize("end", ["approved", "returned", "withdrawn"])
def test_a_list_in_review_waits_and_what_ends_the_review_ends_it(cast, as_, end):
    reviewed = lists.in_review(cast, lists.round_(cast), *lists.cases(cast))
    asked = waiting_for(reviewed, "list.approve")
    assert (asked.requested_by, asked.expires_at) == (cast.olga, None)
    assert "Open and decide there" in text_of(as_(cast.anna).get(f"/approvals/{asked.pk}/"))
    assert post(as_(cast.anna), asked, "decide", decision="approve", sure="on").status_code == 302
    assert now(reviewed).state == "in_review"
    if end == "approved":
        lists.approve_list(
            case_list=reviewed, by=cast.anna, seen=reviewed.version, digest=lists.digest(reviewed, cast.anna)
        )
    elif end == "returned":
        return_list(case_list=reviewed, by=cast.anna, seen=reviewed.version, reason="One name is wrong.")
    else:
        withdraw_list(case_list=reviewed, by=cast.olga, seen=reviewed.version, reason="No round.")
    expected = {"approved": "done", "returned": "refused", "withdrawn": "withdrawn"}
    assert (now(asked).state, waiting_for(reviewed, "list.approve")) == (expected[end], None)


def test_the_desk_counts_what_waits(cast, as_):
    case, _ = ask(cast, cast.nils)
    told = text_of(as_(cast.bert).get("/"))
    assert "Waits for your decision 1" in told
    assert case.reference in told
    assert "Waits for your decision" not in text_of(as_(cast.nils).get("/"))
