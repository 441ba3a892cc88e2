"""The case page: what it shows, to whom, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.connection import create_group, link_cases
from cases.codes import EventKind
from cases.models import Claim, FollowUp
from cases.names.systems import NameKind
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from tests import make

NAMES = ["བསྟན་འཛིན", "丹增卓嘎", "Тэнзин", "تېنزىن", "Danzeng Zhuoga"]


@pytest.fixture
def case(cast):
    made = make.case(cast.olga, cast.cn, "Tenzin Invented", summary="What we know.", ask="Where is she?")
    for text in NAMES:
        make.part(make.name(text, kind=NameKind.ALIAS), made, cast.olga)
    return made


def body(client, case, path=""):
    return client.get(f"/cases/{case.reference}/{path}").content.decode()


def test_the_title_is_the_reference_only(cast, case, as_):
    page = body(as_(cast.olga), case)
    assert f"<title>{case.reference} · casetracker</title>" in page
    assert 'lang="bo"' in page
    assert 'dir="rtl"' in page
    assert "No raising recorded yet." in page


def test_reading_is_recorded(cast, case, as_):
    body(as_(cast.rita), case)
    entry = TrailEntry.objects.filter(verb="case.read").get()
    assert (entry.actor, entry.reference) == (cast.rita, case.reference)


def test_a_reviewer_sees_all_but_edits_nothing(cast, case, as_):
    make.part(make.event(when="2014"), case, cast.olga)
    page = body(as_(cast.rita), case)
    assert "Tenzin Invented" in page
    assert "/add/" not in page
    assert "Remove…" not in page
    for path in ("names/add/", "edit/person/", "state/", "label/", "assign/"):
        assert as_(cast.rita).get(f"/cases/{case.reference}/{path}").status_code == 403


def test_hidden_is_missing(cast, as_):
    hidden = make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED)
    for path in ("", "history/", "names/add/", "timeline/"):
        assert as_(cast.olga).get(f"/cases/{hidden.reference}/{path}").status_code == 404


def test_contradictory_claims_are_marked(cast, case, as_):
    for value in ("1981", "c. 1990"):
        make.part(Claim(field="birth", value=value), case, cast.olga)
    assert "they contradict each other" in body(as_(cast.olga), case)


def test_clocks_warn(cast, case, as_):
    make.part(make.event(EventKind.DETAINED, "2014-10-14"), case, cast.olga)
    make.part(make.event(EventKind.ARRESTED, "2014-11-27"), case, cast.olga)
    assert "Formally arrested 44 days after detention (limit 37 days)." in body(as_(cast.olga), case)


def test_groups_and_links_show_what_is_seen_on_both_ends(cast, case, as_):
    hidden = make.case(cast.hugo, cast.cn, "Hidden Invented", marking=Marking.RESTRICTED)
    seen = make.case(cast.olga, cast.cn, "Seen Invented")
    group = create_group(by=cast.olga, label=case.label(), values={"title": "March of 2008"}, case=case)
    for other in (hidden, seen):
        link_cases(case=case, other=other, by=cast.hugo, kind="family")
        as_(cast.hugo).post(f"/groups/{group.pk}/members/add/", {"reference": other.reference})
    page = body(as_(cast.olga), case)
    assert hidden.reference not in page
    assert page.count(seen.reference) >= 2
    assert hidden.reference in body(as_(cast.hugo), case)


def test_a_merged_case_is_only_read(cast, case, as_):
    other = make.case(cast.olga, cast.cn, "Other Invented")
    type(case).objects.unscoped("a merge, until there is the action").filter(pk=case.pk).update(
        state="merged", merged_into=other
    )
    page = body(as_(cast.olga), case)
    assert other.reference in page
    assert "/add/" not in page
    answer = as_(cast.olga).get(f"/cases/{case.reference}/names/add/")
    assert answer.status_code == 409
    assert "merged into another" in answer.content.decode()


def fill(case, by, times):
    for number in range(times):
        source = make.part(make.source(f"Report {number}"), case, by)
        make.part(make.event(EventKind.HEALTH, f"20{number % 20 + 1:02}"), case, by)
        make.part(make.name(f"Alias {number}", source=source), case, by)
        make.part(Claim(field="occupation", value=f"work {number}", source=source), case, by)
        make.part(FollowUp(what=f"Ask {number}", owner=by, due=case.created_at.date()), case, by)
        group = create_group(by=by, label=case.label(), values={"title": f"Group {number}"}, case=case)
        other = make.case(by, case.dialogue, f"Other {number}")
        link_cases(case=case, other=other, by=by, kind="family")
        assert group


def queries(client, case):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/cases/{case.reference}/").status_code == 200
    return len(caught)


def test_queries_do_not_grow_with_the_case(cast, case, as_):
    client = as_(cast.olga)
    fill(case, cast.olga, 1)
    queries(client, case)
    few = queries(client, case)
    fill(case, cast.olga, 29)
    assert queries(client, case) == few
    assert few <= 20


def test_special_categories_are_folded(cast, case, as_):
    as_(cast.olga).post(f"/cases/{case.reference}/edit/person/", {"seen": case.version, "religion": "Buddhist"})
    page = body(as_(cast.olga), case)
    folded = page[page.index('<details class="special">') :]
    assert "Buddhist" in folded[: folded.index("</details>")]
    assert page.count("Buddhist") == 1
