"""History: who changed what, when and why, field by field, as far as it was open at that time."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.actions.case import edit_case, move_case
from cases.actions.connection import link_cases
from cases.actions.part import edit_part, remove_part
from cases.models import Claim, FollowUp
from casetracker.access.roles import Marking
from tests import make
from tests.two_persons import lower


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented")


def words(client, case, query="", headers=None):
    page = client.get(f"/cases/{case.reference}/history/{query}", headers=headers or {}).content.decode()
    if headers is None:
        page = page[page.index('aria-label="Changes"') : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_field_by_field_in_words(cast, case, as_):
    event = make.part(make.event(when="May 2014", certainty="alleged"), case, cast.olga)
    changes = {"certainty": "confirmed", "when": make.event(when="14.5.2014").when, "when_text": "14.5.2014"}
    edit_part(part=event, by=cast.hugo, seen=1, changes=changes, reason="The court notice says so.")
    told = words(as_(cast.rita), case)
    first = told[: told.index("Event added")]
    assert "Hugo Lindqvist Event changed : detained, 14.5.2014" in first
    assert "when Before: May 2014 After: 14.5.2014" in first
    assert "certainty Before: alleged After: confirmed" in first
    assert "Why: The court notice says so." in first


def test_removed_parts_stay(cast, case, as_):
    name = make.part(make.name("丹增", kind="alias"), case, cast.olga)
    remove_part(part=name, by=cast.olga, seen=1, reason="Another person.")
    told = words(as_(cast.olga), case)
    assert "Name removed : 丹增 Why: Another person." in told
    assert "Name added : 丹增" in told


def test_keys_are_told_as_names(cast, case, as_):
    source = make.part(make.source("A court notice"), case, cast.olga)
    make.part(Claim(field="religion", value="Buddhist", source=source), case, cast.olga)
    make.part(FollowUp(what="Ask", owner=cast.hugo, due=case.created_at.date()), case, cast.olga)
    told = words(as_(cast.olga), case)
    assert "source: A court notice" in told
    assert "owner: Hugo Lindqvist" in told
    assert "about: religion" in told


def test_a_row_opens_by_its_label_at_that_time(cast, as_):
    case = make.case(cast.hugo, cast.cn, "Tenzin Invented", marking=Marking.RESTRICTED, summary="Told in confidence.")
    make.part(make.name("Hidden Alias"), case, cast.hugo)
    lower(case, cast.hugo, cast.anna, reason="The family made it public.")
    case.refresh_from_db()
    edit_case(case=case, by=cast.olga, seen=2, changes={"summary": "Open now."})
    told = words(as_(cast.olga), case)
    assert "Hidden Alias" not in told
    assert "After: Open now." in told
    assert "Hidden Alias" in words(as_(cast.hugo), case)
    assert "Before: Told in confidence." in words(as_(cast.hugo), case)


def test_what_stood_before_is_not_told_when_it_was_hidden(cast, as_):
    case = make.case(cast.hugo, cast.cn, "Tenzin Invented", marking=Marking.RESTRICTED, summary="Told in confidence.")
    edit_case(case=case, by=cast.hugo, seen=1, changes={"summary": "Still secret."})
    lower(case, cast.hugo, cast.anna, reason="Open.")
    case.refresh_from_db()
    edit_case(case=case, by=cast.olga, seen=3, changes={"summary": "Open now."})
    assert "Told in confidence." not in words(as_(cast.olga), case)


def test_links_to_hidden_cases_are_not_in_it(cast, case, as_):
    hidden = make.case(cast.hugo, cast.cn, "Hidden Invented", marking=Marking.RESTRICTED)
    link_cases(case=case, other=hidden, by=cast.hugo, kind="family")
    assert "Link" not in words(as_(cast.olga), case)
    assert hidden.reference in words(as_(cast.hugo), case)


def test_filters_by_part_and_person(cast, case, as_):
    make.part(make.event(when="2014"), case, cast.hugo)
    move_case(case=case, by=cast.olga, seen=1, to="closed", reason="Released.")
    client = as_(cast.olga)
    assert "Event added" not in words(client, case, "?part=case")
    by_hugo = words(client, case, f"?person={cast.hugo.pk}")
    assert "Event added" in by_hugo
    assert "Released." not in by_hugo
    assert "state Before: active After: closed" in words(client, case, "?part=case")
    assert "Event added" in words(client, case, "?part=nonsense&person=nobody&before=never")


def test_pages_by_key_show_everything_once(cast, case, as_):
    with time_machine.travel(timezone.now(), tick=False):
        for number in range(45):
            make.part(make.name(f"Alias {number:02}"), case, cast.olga)
    client, seen, query = as_(cast.olga), [], ""
    for _ in range(4):
        page = client.get(f"/cases/{case.reference}/history/{query}").content.decode()
        seen += re.findall(r'lang="und-Latn" dir="ltr">(Alias \d\d)</bdi>', page)
        older = re.search(r'href="/cases/[^"]+/history/(\?before=[^"]+)"', page)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
    assert sorted(seen) == [f"Alias {number:02}" for number in range(45)]


def test_queries_do_not_grow_with_the_history(cast, case, as_):
    def count():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/cases/{case.reference}/history/").status_code == 200
        return len(caught)

    client = as_(cast.olga)
    make.part(make.event(when="2014"), case, cast.olga)
    few = count()
    for number in range(15):
        event = make.part(make.event(when=f"20{number:02}"), case, cast.olga)
        edit_part(part=event, by=cast.olga, seen=1, changes={"note": f"Note {number}"})
    assert count() <= few
    assert few <= 16


def test_inside_the_case_page_it_comes_as_a_fragment(cast, case, as_):
    told = as_(cast.olga).get(f"/cases/{case.reference}/history/", headers={"HX-Request": "true"}).content.decode()
    assert told.lstrip().startswith("<ol")
    page = as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    assert f'hx-get="/cases/{case.reference}/history/"' in page
