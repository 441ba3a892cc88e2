"""Two officials at the same event at the same time: nothing of either is lost."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import CaseEvent
from tests import make

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def open_event(page: Page, event: CaseEvent) -> None:
    """Opens the form over an event."""
    page.goto(f"/cases/{event.case.reference}/")
    page.locator(f"#part-{event.pk} .acts a").first.click()
    expect(page.locator("form.inplace")).to_be_visible()


def type_in(page: Page, **values: str) -> None:
    """Fills fields by their names and saves."""
    for name, value in values.items():
        page.locator(f"form.inplace [name={name}]").fill(value)
    page.locator("form.inplace button.main").click()


@pytest.fixture
def event(cast):
    case = make.case(cast.hugo, cast.cn, "Rinchen Invented", parts=[make.event(when="May 2014")])
    return CaseEvent.objects.select_related("case").get(case=case)


@WITH_AND_WITHOUT
def test_the_second_sees_both_versions_and_chooses(cast, open_as, event, javascript):
    first, second = open_as(cast.olga, javascript=javascript), open_as(cast.hugo, javascript=javascript)
    for page in (first, second):
        open_event(page, event)
    type_in(first, when="June 2014", authority="County police")
    expect(first.locator("#messages")).to_contain_text("event saved")
    type_in(second, when="July 2014", authority="City police", note="Only in the second version.")

    choice = second.locator("form.conflict")
    for words in ("Olga Brandt saved this", "June 2014", "July 2014", "County police", "City police"):
        expect(choice).to_contain_text(words)
    choice.locator("[name=keep-when][value=yours]").check()
    choice.locator("[name=keep-authority][value=theirs]").check()
    choice.get_by_role("button", name="Save the chosen versions").click()
    expect(second.locator("#messages")).to_contain_text("event saved")

    event.refresh_from_db()
    assert (event.when_text, event.authority, event.note) == (
        "July 2014",
        "County police",
        "Only in the second version.",
    )
    second.goto(f"/cases/{event.case.reference}/history/")
    expect(second.get_by_role("main")).to_contain_text("June 2014")


@WITH_AND_WITHOUT
def test_different_fields_need_no_choice(cast, open_as, event, javascript):
    first, second = open_as(cast.olga, javascript=javascript), open_as(cast.hugo, javascript=javascript)
    for page in (first, second):
        open_event(page, event)
    type_in(first, when="June 2014")
    expect(first.locator("#messages")).to_contain_text("event saved")
    type_in(second, authority="City police")
    expect(second.locator("#messages")).to_contain_text("What a colleague changed in the meantime was kept")
    event.refresh_from_db()
    assert (event.when_text, event.authority) == ("June 2014", "City police")
