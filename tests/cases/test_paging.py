"""Pages by key: nothing twice, nothing left out, and no name in an address."""

import pytest

from cases.models import Case
from casetracker.access.roles import Marking
from tests import make


@pytest.fixture
def many(cast):
    """Sixty cases in groups of equal sort values, with hidden ones strewn between."""
    for number in range(60):
        latin = f"Person {number // 4:02}"
        make.case(cast.olga, cast.cn, latin)
        if number % 5 == 0:
            make.case(cast.hugo, cast.cn, latin, marking=Marking.RESTRICTED)
    return cast


def read(response):
    return [row.case.reference for row in response.context["rows"]]


def flat(pages):
    return [one for page in pages for one in page]


def walk(client, start, link):
    """References of all pages from `start` along `link`, and the addresses walked over."""
    found, urls, url = [], [], start
    while url:
        urls.append(url)
        response = client.get(url)
        found.append(read(response))
        url = response.context["pager"].get(f"{link}_url")
    return found, urls


@pytest.mark.parametrize("sort", ["name", "-name", "-changed", "detained", "owner", "-status"])
def test_forwards_and_backwards_meet_every_row_once(many, as_, sort):
    client = as_(many.olga)
    forwards, urls = walk(client, f"/cases/?size=25&sort={sort}", "next")
    assert [len(page) for page in forwards] == [25, 25, 10]
    rows = flat(forwards)
    assert len(set(rows)) == 60
    backwards, _ = walk(client, f"/cases/?size=25&sort={sort}&at=end", "previous")
    assert flat(backwards[::-1][1:])[-25:] == rows[-25:]
    assert backwards[-1] == rows[:25]
    assert all("Person" not in url for url in urls)


def test_rows_without_a_value_stand_last_from_either_end(cast, as_):
    for number in range(40):
        parts = [make.event(when=f"20{number % 20 + 10}")] if number < 30 else []
        make.case(cast.olga, cast.cn, f"Person {number}", parts=parts)
    client = as_(cast.olga)
    rows = flat(walk(client, "/cases/?size=25&sort=detained", "next")[0])
    unknown = set(Case.objects.filter(detained_since="").values_list("reference", flat=True))
    assert len(set(rows)) == 40
    assert set(rows[30:]) == unknown
    last = client.get("/cases/?size=25&sort=detained&at=end")
    assert read(last) == rows[15:]
    assert read(client.get(last.context["pager"]["previous_url"])) == rows[:25]


def test_the_pager_says_where_one_is(many, as_):
    client = as_(many.olga)
    shown = []
    url = "/cases/?size=25&sort=name"
    while url:
        response = client.get(url)
        shown.append(response.context["pager"]["shown"])
        url = response.context["pager"].get("next_url")
    assert shown == ["1–25 of 60", "26–50 of 60", "51–60 of 60"]
    assert client.get("/cases/?size=25&at=end").context["pager"]["shown"] == "36–60 of 60"


def test_a_hidden_or_missing_boundary_is_the_first_page(many, as_):
    client = as_(many.olga)
    hidden = Case.objects.filter(marking=Marking.RESTRICTED).first().pk
    first = read(client.get("/cases/?size=25&sort=name"))
    for boundary in (hidden, "3f2f4f9e-0000-4000-8000-000000000000", "nonsense"):
        for way in ("after", "before"):
            assert read(client.get(f"/cases/?size=25&sort=name&{way}={boundary}")) == first


def test_rows_added_meanwhile_shift_nothing(many, as_):
    client = as_(many.olga)
    page = client.get("/cases/?size=25&sort=name")
    following = page.context["pager"]["next_url"]
    expected = read(client.get(following))
    make.case(many.olga, many.cn, "Aaron First")
    assert read(client.get(following)) == expected


def test_counts_stop_at_a_thousand(many, as_, monkeypatch):
    monkeypatch.setattr("cases.paging.CAP", 40)
    response = as_(many.olga).get("/cases/?size=25&sort=name")
    assert response.context["count"] == "40+"
    assert response.context["pager"]["shown"] == "1–25 of 40+"
    last = as_(many.olga).get("/cases/?size=25&sort=name&at=end")
    assert last.context["pager"]["shown"].endswith("of 40+")
