"""What one may not see is not there: not by address, not after signing out, not on paper without its marking."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import Claim
from cases.reference import make_reference
from casetracker.access.roles import Marking
from tests import make


def shown(page: Page, path: str) -> tuple[int, str]:
    """Status and markup of a page as the browser has it."""
    answer = page.goto(path)
    assert answer
    return answer.status, page.content()


@pytest.mark.parametrize("end", ["", "history/", "timeline/add/"])
def test_a_hidden_case_looks_like_none(cast, open_as, end):
    open_as.expected.add(404)
    hidden = make.case(cast.hugo, cast.cn, "Hidden Invented", marking=Marking.RESTRICTED, compartment=cast.north)
    insider, outsider = open_as(cast.hugo), open_as(cast.nils)
    assert shown(insider, f"/cases/{hidden.reference}/{end}")[0] == 200
    there = shown(outsider, f"/cases/{hidden.reference}/{end}")
    assert there == shown(outsider, f"/cases/{make_reference('CN')}/{end}")
    assert there[0] == 404


def test_a_reviewer_only_reads(cast, open_as):
    claim = Claim(field="occupation", value="teacher", certainty="likely")
    parts = [make.event(when="May 2014"), make.source(), claim]
    case = make.case(cast.olga, cast.cn, "Tashi Invented", parts=parts)
    writer, reader = open_as(cast.olga), open_as(cast.rita)
    for page in (writer, reader):
        page.goto(f"/cases/{case.reference}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Tashi Invented")
    acts = (
        "main form, main .acts :is(a, button), main a[href*='/add/'], main a[href*='/edit/'], main a[href$='/assign/']"
    )
    assert writer.locator(acts).count() > 8
    assert reader.locator(acts).count() == 0
    reader.goto("/cases/")
    expect(reader.get_by_role("link", name=case.reference)).to_be_visible()
    assert reader.get_by_role("link", name="New case").count() == 0


def test_nothing_is_left_after_signing_out(cast, open_as):
    case = make.case(cast.olga, cast.cn, "Tashi Invented")
    page = open_as(cast.olga)
    page.goto(f"/cases/{case.reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tashi Invented")
    assert "Tashi" not in page.title()
    page.locator("details.user summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "Tashi" not in page.content()
    assert page.context.cookies() == [] or {cookie["name"] for cookie in page.context.cookies()} == {"csrf"}


def test_the_browser_keeps_nothing(cast, open_as):
    make.case(cast.olga, cast.cn, "Tashi Invented")
    page = open_as(cast.olga)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("Tashi")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tashi Invented")
    kept = page.context.storage_state(indexed_db=True)
    assert kept["origins"] == []
    assert page.evaluate("caches.keys()") == []


@pytest.mark.parametrize("path", ["/cases/{}/", "/cases/"])
def test_on_paper(cast, open_as, path):
    case = make.case(cast.olga, cast.cn, "Tashi Invented", parts=[make.event(when="May 2014")])
    page = open_as(cast.olga)
    page.goto(path.format(case.reference))
    for selector in ("header.top", "nav", "main .btn", "main summary"):
        expect(page.locator(selector).first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".marking")).to_be_visible()
    expect(page.locator(".marking")).to_have_text("INTERNAL")
    expect(page.get_by_role("main")).to_contain_text("Tashi Invented")
    left = "header.top, nav:not(.pager), .btn, .btns, .acts, button, input, select, textarea, .banner, .toast, summary"
    assert page.locator(left).filter(visible=True).count() == 0
