"""The table: filter, sort, keep the filter, tick by keyboard, change many and take it back, export."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cases.codes import EventKind
from cases.models import Case
from tests import make


@pytest.fixture
def cases(cast):
    released = [make.event(EventKind.DETAINED, "2010"), make.event(EventKind.RELEASED, "2012")]
    make.case(cast.olga, cast.cn, "Free Invented", parts=released)
    return [
        make.case(cast.olga, cast.cn, f"{name} Invented", parts=[make.event(EventKind.DETAINED, when)])
        for name, when in [("Dawa", "2019"), ("Nyima", "2011"), ("Pema", "May 2015")]
    ]


def names(page: Page) -> list[str]:
    """The names in the table, from the top."""
    return page.locator("#cases tbody td[data-label=Name]").all_inner_texts()


def only_held(page: Page) -> None:
    """Filters for those in detention."""
    page.keyboard.press("f")
    page.locator(".filters").get_by_label("held", exact=True).check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#cases tbody tr")).to_have_count(3)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_filter_sort_and_keep(cast, open_as, cases, javascript):
    page = open_as(cast.olga, javascript=javascript)
    page.goto("/cases/")
    expect(page.locator("#cases tbody tr")).to_have_count(4)
    if javascript:
        only_held(page)
    else:
        page.locator(".filters summary").click()
        page.locator(".filters").get_by_label("held", exact=True).check()
        page.get_by_role("button", name="Apply").click()
    expect(page.locator("#cases tbody tr")).to_have_count(3)
    page.locator("#cases thead").get_by_role("link", name="Detained since").click()
    expect(page.locator("#cases tbody td[data-label=Name]").first).to_have_text("Nyima Invented")
    assert names(page) == ["Nyima Invented", "Pema Invented", "Dawa Invented"]
    assert "status=held" in page.url
    page.get_by_role("link", name="Save this filter").click()
    page.locator("main").get_by_label("Name").first.fill("Held, longest first")
    page.get_by_role("button", name="Save").first.click()
    page.goto("/cases/")
    page.get_by_role("link", name="Held, longest first").click()
    expect(page.locator("#cases tbody tr")).to_have_count(3)
    expect(page.locator("#cases tbody td[data-label=Name]").first).to_have_text("Nyima Invented")
    expect(page).to_have_url(re.compile("status=held"))
    if javascript:
        page.go_back()
        expect(page.locator("#cases tbody tr")).to_have_count(4)


def test_many_at_once_by_keyboard_and_back(cast, open_as, cases):
    page = open_as(cast.olga)
    page.goto("/cases/?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked-count]")).to_have_text("2 ticked")
    page.get_by_role("button", name="Assign").click()
    page.get_by_label("Assign to").select_option(label="Hugo Lindqvist")
    page.get_by_role("button", name="See every case before and after").click()
    expect(page.get_by_role("heading", name="2 cases will change")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Dawa Invented")
    expect(page.get_by_role("main")).not_to_contain_text("Pema Invented")
    page.get_by_label("Reason").fill("He takes over the north.")
    page.get_by_role("button", name="Change 2 cases").click()
    owned = Case.objects.filter(owner=cast.hugo).order_by("latin_name")
    expect(page.locator("#messages")).to_contain_text("2 cases")
    assert [case.latin_name for case in owned] == ["Dawa Invented", "Nyima Invented"]
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("2 cases")
    assert not owned.all()


def test_a_copy_leaves_with_a_reason(cast, open_as, cases):
    page = open_as(cast.olga)
    page.goto("/cases/?status=held")
    page.get_by_role("link", name="Export").click()
    page.locator("main [name=form]").select_option("csv")
    page.get_by_label("Reason").fill("For the meeting.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export 3 cases").click()
    assert "Invented" not in download.value.suggested_filename
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "Dawa Invented" in text
    assert "Free Invented" not in text
