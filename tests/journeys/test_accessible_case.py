"""axe and the ruler on the page of a case, with every form open that can be."""

from playwright.sync_api import expect

from tests.journeys.axe import faults
from tests.journeys.world import everything


def test_every_form_that_adds(cast, open_as):
    page = open_as(cast.olga)
    page.goto(f"/cases/{everything(cast).visible['case']}/")
    for number, link in enumerate(page.locator("main .card:not(#ledger) > header .acts a").all()):
        link.click()
        expect(page.locator("form.inplace")).to_have_count(number + 1)
    assert faults(page, "adding") == []


def test_every_form_that_changes_or_removes(cast, open_as):
    page = open_as(cast.olga)
    page.goto(f"/cases/{everything(cast).visible['case']}/")
    for which in ("first", "last"):
        # One form at a time in a card: the acts of the other rows wait.
        cards = page.locator("main .card", has=page.locator("li[id^=part-]")).all()
        assert cards
        for card in cards:
            row = card.locator("li[id^=part-]").first
            getattr(row.locator(".acts a"), which).click()
            expect(row.locator("form.inplace")).to_be_visible()
        assert faults(page, f"{which} act of a row") == []
        page.reload()
    page.locator("#history summary").click()
    expect(page.locator("#history-entries li").first).to_be_visible()
    assert faults(page, "history") == []
