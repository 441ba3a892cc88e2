"""The auditors' page: who, when, verb, reference. Never a person's name, never a text."""

import re

import pytest

from cases.actions.bulk import Change, Kind, change_many
from cases.actions.case import edit_case
from cases.models import Case
from casetracker.audit import views
from casetracker.audit.models import TrailEntry
from casetracker.audit.reading import lines
from casetracker.audit.verbs import Verb
from tests import make


@pytest.fixture
def busy(cast):
    case = make.case(cast.hugo, cast.cn, "Dolma Invented", compartment=cast.north)
    edit_case(case=case, by=cast.hugo, seen=1, changes={"summary": "Beaten."}, reason="Told by her brother Tashi.")
    return case


def body_of(client, query=""):
    answer = client.get(f"/trail/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_auditor_reads_who_did_what_to_which_reference(cast, as_, busy):
    body = body_of(as_(cast.otto))
    assert busy.reference in body
    assert "edited a case" in body
    assert "Hugo Lindqvist" in body
    for content in ("Dolma", "Tashi", "brother", "Beaten", "North circle"):
        assert content not in body
    assert "given, not shown" in body


def test_reasons_of_a_change_to_many_are_not_shown(cast, as_, busy):
    change = Change(kind=Kind.STATE, to="monitoring")
    seen = {busy.pk: Case.objects.get(pk=busy.pk).version}
    case = Case.objects.select_related("dialogue").get(pk=busy.pk)
    change_many(cases=[case], by=cast.hugo, change=change, seen=seen, reason="Her brother Tashi asked for quiet.")
    body = body_of(as_(cast.otto))
    assert "changed many cases at once" in body
    assert "Tashi" not in body


def test_reasons_about_access_are_shown(cast, as_):
    grant = cast.quin.grants.get()
    form = {"decision": "refuse", "reason": "Not this year.", "seen": grant.version}
    as_(cast.anna).post(f"/grants/{grant.pk}/decide/", form)
    body = body_of(as_(cast.otto), "?verb=grant.refused")
    assert "Not this year." in body
    assert f"/grants/{grant.pk}/" in body


@pytest.mark.parametrize("who", ["adam", "anna", "hugo", "zoe"])
def test_nobody_else_reads_it(cast, as_, who):
    assert as_(cast.people[who]).get("/trail/").status_code == 403


def test_reading_it_is_recorded(cast, as_):
    as_(cast.otto).get("/trail/?verb=case.read")
    entry = TrailEntry.objects.get(verb=Verb.TRAIL_READ)
    assert (entry.actor, entry.detail) == (cast.otto, {"count": 0, "fields": ["verb"]})


def test_filters(cast, as_, busy):
    make.case(cast.olga, cast.cn)
    client = as_(cast.otto)

    def shown(query):
        return {(line.who, line.about) for line in client.get(f"/trail/{query}").context["lines"]}

    assert shown(f"?reference={busy.reference.lower()}") == {("Hugo Lindqvist", busy.reference)}
    assert {who for who, _ in shown(f"?person={cast.olga.pk}")} == {"Olga Brandt"}
    assert shown("?since=2100-01-01") == set()
    assert shown("?until=2001-01-01") == set()
    assert "Enter a valid date" in body_of(client, "?since=whenever")


def test_pages_lose_nothing_and_repeat_nothing(cast, as_, monkeypatch):
    for number in range(7):
        make.case(cast.olga, cast.cn, f"Person {number}")
    TrailEntry.objects.filter(verb=Verb.CASE_CREATED).update(at=TrailEntry.objects.earliest("at").at)
    expected = [row.pk for row in TrailEntry.objects.filter(verb=Verb.CASE_CREATED).order_by("-at", "-id")]
    monkeypatch.setattr(views, "PAGE", 3)
    client, url, seen = as_(cast.otto), "/trail/?verb=case.created", []
    while url:
        context = client.get(url).context
        seen += [line.object_id for line in context["lines"]]
        url = context["pager"]["next_url"]
    by_entry = {row.pk: row.object_id for row in TrailEntry.objects.filter(pk__in=expected)}
    assert seen == [by_entry[pk] for pk in expected]
    assert len(seen) == 7


def test_a_page_takes_few_queries(cast, as_, busy, django_assert_max_num_queries):
    client = as_(cast.otto)
    with django_assert_max_num_queries(12):
        client.get("/trail/")
    with django_assert_max_num_queries(3):
        lines(TrailEntry.objects.all(), cast.otto)


def test_no_entry_holds_a_typed_text(cast, as_, busy):
    as_(cast.hugo).get("/cases/")
    for entry in TrailEntry.objects.all():
        assert not re.search(r"Dolma|Beaten", f"{entry.detail}{entry.kind}{entry.reference}")
