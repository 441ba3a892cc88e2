"""The table of cases: what stands in it, in which order, for whom, at what cost."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.codes import EventKind
from cases.listing import COLUMNS, order_by
from cases.models import Case, FollowUp
from casetracker.access.models import Compartment, User
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.templatetags.ui import short_day
from tests import make


def references(response):
    return [row.case.reference for row in response.context["rows"]]


@pytest.fixture
def some(cast):
    """Three normal cases, a restricted one, one in the circle, one of the other dialogue."""
    return {
        "adam": make.case(cast.olga, cast.cn, "Adam Invented", parts=[make.event(EventKind.DETAINED, "May 2014")]),
        "bao": make.case(cast.olga, cast.cn, "Bao Invented", parts=[make.name("包发明")], owner=None),
        "cai": make.case(cast.olga, cast.cn, "Cai Invented", parts=[make.event(EventKind.RELEASED, "2015")]),
        "deep": make.case(cast.nils, cast.cn, "Deep Hidden", marking=Marking.RESTRICTED),
        "circle": make.case(cast.hugo, cast.cn, "Circle Hidden", marking=Marking.RESTRICTED, compartment=cast.north),
        "other": make.case(cast.lars, cast.nv, "Other Hidden"),
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("olga", "adam bao cai"),
        ("rita", "adam bao cai"),
        ("nils", "adam bao cai deep"),
        ("hugo", "adam bao cai deep circle"),
        ("lars", "other"),
        ("nora", ""),
        ("zoe", ""),
        ("adam", ""),
    ],
)
def test_everybody_sees_their_own_table(cast, as_, some, who, sees):
    response = as_(cast.people[who]).get("/cases/")
    assert set(references(response)) == {some[key].reference for key in sees.split()}
    assert ("No case" in response.content.decode()) == (not sees)
    for key, case in some.items():
        assert (case.latin_name in response.content.decode()) == (key in sees.split())


def test_a_row_says_what_is_known_and_no_more(cast, as_, some):
    text = as_(cast.hugo).get("/cases/").content.decode()
    assert "May 2014" in text
    assert "2014-05-01" not in text
    assert '<bdi class="name" lang="zh' in text
    assert "LIMITE" in text
    assert "North circle" in text


@pytest.mark.parametrize("sort", [sign + column.code for column in COLUMNS for sign in ("", "-")])
def test_every_column_sorts_both_ways(cast, as_, some, sort):
    shown = references(as_(cast.hugo).get(f"/cases/?sort={sort}"))
    rows = Case.objects.filter(dialogue=cast.cn).annotate(value=order_by(sort, cast.hugo).by)
    assert len(shown) == 5
    values = {case.reference: case.value for case in rows}
    assert [values[one] for one in shown] == sorted(values.values(), reverse=sort.startswith("-"))


def test_what_is_not_known_stands_last_both_ways(cast, as_, some):
    for sort in ("detained", "-detained"):
        assert references(as_(cast.olga).get(f"/cases/?sort={sort}"))[0] == some["adam"].reference


def test_sorting_and_filters_keep_each_other(cast, as_, some):
    text = as_(cast.olga).get("/cases/?sort=name&state=active&size=25").content.decode()
    assert "/cases/?state=active&amp;sort=-name&amp;size=25" in text
    assert '<input type="hidden" name="sort" value="name">' in text
    assert 'aria-sort="ascending"' in text


def test_unknown_parameters_are_passed_over(cast, as_, some):
    response = as_(cast.olga).get("/cases/?sort=secret&size=7&after=nonsense&q=Adam")
    assert len(references(response)) == 3
    assert "q=Adam" not in response.content.decode()


def test_the_number_of_queries_does_not_grow(cast, as_):
    client = as_(cast.hugo)
    counts = []
    for number in (3, 30):
        for one in range(number):
            due = FollowUp(what="Ask the family", owner=cast.hugo, due="2030-01-01")
            make.case(cast.hugo, cast.cn, f"Person {one}", parts=[due, make.event(when="2014")])
        for url in ("/cases/?size=25&state=active&sort=owner",):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(url).status_code == 200
        counts.append(len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    after = client.get("/cases/?size=25").context["rows"][-1].case.pk
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/cases/?size=25&after={after}").context["rows"]
    counts.append(len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert max(counts) <= 12, counts
    assert counts[1] <= counts[0] + 1, counts


@pytest.fixture
def with_second_factor(cast, as_, settings):
    """Hugo's client, where a second factor is required and he has one, as in production; 60 cases."""
    settings.SECOND_FACTOR = "required"
    Authenticator.objects.create(user=cast.hugo, type="totp", data={})
    for number in range(60):
        make.case(cast.hugo, cast.cn, f"Person {number}", parts=[make.event(when="2014")])
    make.case(cast.hugo, cast.cn, "Of somebody who left", owner=cast.dora)
    return as_(cast.hugo)


def counted(client, url):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    assert response.context["rows"]
    told = ("SAVEPOINT", "RELEASE", "BEGIN")
    return response, [one["sql"] for one in queries if not one["sql"].startswith(told)]


@pytest.mark.parametrize(
    "asked", ["", "status=held", "owner=me&state=active", "sort=name", "sort=-name", "sort=waiting"]
)
def test_few_queries_with_a_second_factor_on_every_page(with_second_factor, asked):
    url, met = f"/cases/?size=25&{asked}", 0
    while url:
        response, queries = counted(with_second_factor, url)
        assert len(queries) <= 12, "\n".join(queries)
        assert sum("mfa_authenticator" in one for one in queries) == 1
        url, met = response.context["pager"].get("next_url"), met + len(response.context["rows"])
    assert met >= 60
    for place in ("at=end", f"before={response.context['rows'][0].case.pk}"):
        assert len(counted(with_second_factor, f"/cases/?size=25&{asked}&{place}")[1]) <= 12


def test_few_queries_for_an_owner_who_has_left(cast, with_second_factor):
    for case in list(Case.objects.filter(owner=cast.hugo)):
        Case.objects.filter(pk=case.pk).update(owner=cast.dora)
    first, queries = counted(with_second_factor, f"/cases/?size=25&owner={cast.dora.pk}&sort=name")
    assert len(queries) <= 12
    assert len(counted(with_second_factor, first.context["pager"]["next_url"])[1]) <= 12


def test_nothing_of_a_row_is_taken_for_html(cast, as_):
    nasty = "<b>&\"'</b>"
    make.case(cast.hugo, cast.cn, nasty, parts=[FollowUp(what=nasty, owner=cast.hugo, due="2030-01-01")])
    Case.objects.update(
        original_name=nasty, original_lang=nasty, place_name=nasty, themes_text=nasty, detained_text=nasty
    )
    User.objects.filter(pk=cast.hugo.pk).update(name=nasty)
    Compartment.objects.update(name=nasty)
    Case.objects.update(marking=Marking.RESTRICTED, compartment=cast.north)
    columns = "&".join(f"column={column.code}" for column in COLUMNS)
    for query in (columns, columns.replace("column=label", "")):
        body = as_(cast.hugo).get(f"/cases/?{query}").content.decode().split("<tbody>")[1].split("</tbody>")[0]
        assert "<b>" not in body
        assert 'lang="<' not in body
        assert body.count("&lt;b&gt;&amp;&quot;&#x27;&lt;/b&gt;") >= 8


def test_a_day_of_this_year_and_one_that_has_passed(cast, as_):
    today = timezone.localdate()
    for due in (today.replace(year=today.year - 1, day=1), today):
        make.case(cast.olga, cast.cn, parts=[FollowUp(what="Ask", owner=cast.olga, due=due.isoformat())])
    body = as_(cast.olga).get("/cases/?sort=next").content.decode().split("<tbody>")[1]
    first, second = body.split("</tr>")[:2]
    assert f' class="late">{short_day(today.replace(year=today.year - 1, day=1))}<span class="vh"> (late)' in first
    assert str(today.year - 1) in first.split('data-label="Next step"')[1]
    assert "late" not in second
    assert f">{today.day} {today:%b}</time>" in second


def test_reading_is_recorded_without_words(cast, as_, some):
    as_(cast.olga).get("/cases/?state=active")
    entry = TrailEntry.objects.get(verb="case.listed")
    assert entry.detail["count"] == 3
    assert len(entry.detail["digest"]) == 64
    assert set(entry.detail) == {"count", "digest"}


def test_the_way_back_from_a_case_is_kept(cast, as_, some):
    client = as_(cast.olga)
    client.get("/cases/?state=active&sort=name")
    assert client.session["cases_list"] == "state=active&sort=name"
    page = client.get(f"/cases/{some['adam'].reference}/").content.decode()
    assert 'href="/cases/?state=active&amp;sort=name"' in page
    client.get("/cases/?state=nonsense")
    assert client.session["cases_list"] == ""


def test_htmx_gets_the_part_only(cast, as_, some):
    text = as_(cast.olga).get("/cases/?sort=name", headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="cases"')


@pytest.mark.parametrize(("who", "buttons"), [("olga", "assign label theme state"), ("rita", ""), ("bert", "")])
def test_buttons_are_those_that_work(cast, as_, some, who, buttons):
    text = as_(cast.people[who]).get("/cases/").content.decode()
    offered = [kind for kind in ("assign", "label", "theme", "state") if f'name="doing" value="{kind}"' in text]
    assert offered == buttons.split()
