"""A list: begun, filled, ordered, questions written, reviewed and approved by somebody else."""

import pytest
from playwright.sync_api import Page, expect

from rounds.models import CaseList
from tests.rounds.lists import make

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def add(page: Page, reference: str) -> None:
    """One case by its reference."""
    page.get_by_label("Reference or name", exact=True).fill(reference)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#messages")).to_contain_text(f"{reference} is on the list")


@WITH_AND_WITHOUT
def test_from_the_first_case_to_the_approval(cast, open_as, javascript):
    round_ = make.round_(cast)
    asking, mute = make.cases(cast, 1)[0], make.cases(cast, 2, ask="")[1]
    page = open_as(cast.olga, javascript=javascript)
    page.goto(f"/rounds/{round_.pk}/lists/new/")
    page.get_by_role("button", name="Begin the list").click()
    add(page, asking.reference)
    add(page, mute.reference)
    if javascript:
        expect(page.get_by_label("Reference or name", exact=True)).to_be_focused()

    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("alert").first).to_contain_text(f"Nothing is asked yet for {mute.reference}")
    page.get_by_role("link", name="Write the question").click()
    page.get_by_label("What we ask").fill("May the family visit?")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#entries .entry").last).to_contain_text("May the family visit?")

    page.get_by_role("button", name=f"Move up: {mute.reference}").click()
    expect(page.locator("#entries .entry").first).to_contain_text(mute.reference)
    if javascript:
        expect(page.get_by_role("button", name=f"Move down: {mute.reference}")).to_be_focused()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator("#messages")).to_contain_text("The list is in review")

    approver = open_as(cast.anna, javascript=javascript)
    approver.goto(page.url)
    approver.get_by_role("link", name="Approve…").click()
    expect(approver.locator("#step")).to_contain_text("May the family visit?")
    approver.get_by_role("button", name="Approve these 2 lines").click()
    expect(approver.locator("#about")).to_contain_text("Approved by")
    assert CaseList.objects.get().state == "approved"
