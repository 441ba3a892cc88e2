"""A case is edited in place: timeline, names, claims; the same with script and without."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import CaseEvent, CaseName, Claim
from tests import make

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def add(page: Page, section: str) -> None:
    """Opens the form that adds to a section."""
    page.locator(f"#{section} > header .acts a").click()
    expect(page.locator("form.inplace")).to_be_visible()


def change(page: Page, key: object) -> None:
    """Opens the form that edits a row."""
    page.locator(f"#part-{key} .acts a").first.click()
    expect(page.locator("form.inplace")).to_be_visible()


def save(page: Page, told: str) -> None:
    """Saves the open form."""
    page.locator("form.inplace button.main").click()
    expect(page.locator("#messages")).to_contain_text(told)
    expect(page.locator("form.inplace")).to_have_count(0)


@WITH_AND_WITHOUT
def test_timeline_name_and_claim(cast, open_as, javascript):
    claim = Claim(field="occupation", value="teacher", certainty="likely")
    case = make.case(cast.olga, cast.cn, "Rinchen Invented", parts=[make.event(when="May 2014"), claim])
    name, event = CaseName.objects.get(case=case), CaseEvent.objects.get(case=case)
    page = open_as(cast.olga, javascript=javascript)
    page.goto(f"/cases/{case.reference}/")
    if javascript:
        page.evaluate("window.stayed = true")

    add(page, "timeline")
    page.get_by_label("What happened").select_option("sentenced")
    page.get_by_label("When", exact=True).fill("c. March 2016")
    page.get_by_label("Note").last.fill("Heard from a neighbour.")
    save(page, "event added")
    expect(page.locator("#timeline-block li")).to_have_count(2)

    change(page, event.pk)
    page.get_by_label("When", exact=True).fill("14.5.2014")
    save(page, "event saved")
    expect(page.locator(f"#part-{event.pk}")).to_contain_text("14 May 2014")

    change(page, name.pk)
    page.locator("form.inplace [name=text]").fill("Rinchen Much Invented")
    save(page, "name saved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rinchen Much Invented")

    change(page, claim.pk)
    page.get_by_label("What is said").fill("schoolteacher")
    save(page, "claim saved")
    page.locator(f"#part-{claim.pk}").get_by_role("button", name="Accept").click()
    expect(page.locator(f"#part-{claim.pk}")).to_contain_text("accepted")
    expect(page.locator("#person-block")).to_contain_text("schoolteacher")

    if javascript:
        assert page.evaluate("window.stayed")
    events = list(CaseEvent.objects.filter(case=case).order_by("when").values_list("kind", "when_text", "note"))
    assert events == [("detained", "14.5.2014", ""), ("sentenced", "c. March 2016", "Heard from a neighbour.")]
    assert list(CaseName.objects.filter(case=case).values_list("text", flat=True)) == ["Rinchen Much Invented"]
    assert list(Claim.objects.filter(case=case).values_list("value", "accepted")) == [("schoolteacher", True)]


@WITH_AND_WITHOUT
def test_a_form_that_does_not_hold_comes_back_as_it_was(cast, open_as, javascript):
    case = make.case(cast.olga, cast.cn, "Rinchen Invented", parts=[make.event(when="May 2014")])
    event = CaseEvent.objects.get(case=case)
    page = open_as(cast.olga, javascript=javascript)
    page.goto(f"/cases/{case.reference}/")
    change(page, event.pk)
    page.get_by_label("When", exact=True).fill("in the spring")
    page.get_by_label("Note").last.fill("Kept while mending.")
    page.locator("form.inplace button.main").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("When", exact=True)).to_have_value("in the spring")
    expect(page.get_by_label("Note").last).to_have_value("Kept while mending.")
    page.get_by_role("link", name="When").click()
    expect(page.get_by_label("When", exact=True)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("2014")
    save(page, "event saved")
    expect(page.locator(f"#part-{event.pk}")).to_contain_text("Kept while mending.")
