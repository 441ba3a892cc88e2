"""A round: planned with its agenda and events, one of them cancelled, then held; the reviewer only reads."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from rounds.models import Round


def plan(page: Page) -> None:
    """A round of yesterday: what lies ahead cannot be recorded as held."""
    page.goto("/rounds/")
    page.get_by_role("link", name="New round").first.click()
    page.get_by_label("Number", exact=True).fill("42")
    page.get_by_label("First day").fill((timezone.localdate() - timedelta(days=1)).isoformat())
    page.get_by_label("Venue").fill("Brussels")
    page.get_by_role("button", name="Plan the round").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("42")


def put_on_agenda(page: Page, words: str) -> None:
    """One more item of the agenda."""
    agenda = page.locator("#agenda")
    agenda.get_by_label("In other words").fill(words)
    agenda.get_by_role("button", name="Put on the agenda").click()
    expect(page.locator("#agenda .entry").last).to_contain_text(words)


def add_event(page: Page, title: str) -> None:
    """A side event."""
    page.locator("#events").get_by_role("link", name="Add an event").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Add the event").click()
    expect(page.locator("#events .rows")).to_contain_text(title)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_round_from_plan_to_held(cast, open_as, javascript):
    page = open_as(cast.olga, javascript=javascript)
    plan(page)
    put_on_agenda(page, "Prison conditions")
    put_on_agenda(page, "Rule of law")
    page.get_by_role("button", name="Move up: Rule of law").click()
    expect(page.locator("#agenda .entry").first).to_contain_text("Rule of law")
    if javascript:
        expect(page.locator("#agenda .entry").first.locator(":focus")).to_have_count(1)

    add_event(page, "Visit to the north")
    page.locator("#events").get_by_role("link", name="Cancel… Visit to the north").click()
    page.get_by_role("button", name="Cancel the event").click()
    expect(page.get_by_role("alert").first).to_contain_text("Reason")
    page.get_by_label("Reason").fill("The road was closed.")
    page.get_by_role("button", name="Cancel the event").click()
    expect(page.locator("#events")).to_contain_text("cancelled")
    expect(page.locator("#events")).to_contain_text("The road was closed.")

    page.get_by_role("button", name="Record as held").click()
    expect(page.locator("#messages")).to_contain_text("The round is held")
    assert Round.objects.get(ordinal=42).state == "held"

    reader = open_as(cast.rita, javascript=javascript)
    reader.goto(page.url)
    expect(reader.get_by_role("heading", level=1)).to_contain_text("42")
    expect(reader.get_by_role("main")).to_contain_text("The road was closed.")
    main = reader.get_by_role("main")
    assert main.locator("form, button, .acts").count() == 0
    assert not {"Edit", "Add", "Cancel"} & {words.split()[0] for words in main.get_by_role("link").all_inner_texts()}
