"""The order of a list: by dragging and by keys, with the focus where one works; two officials in one order at once."""

import pytest
from playwright.sync_api import Page, expect

from tests.rounds.lists import make


@pytest.fixture
def draft(cast):
    """A draft of four."""
    return make.begun(cast, make.round_(cast), *make.cases(cast, 4))


def order(page: Page) -> str:
    """The last digits of the names, from the top."""
    return "".join(name.split()[-1] for name in page.locator("#entries .entry b").all_inner_texts())


def kept(case_list) -> str:
    """The same, as it is kept."""
    return "".join(entry.case.latin_name[-1] for entry in make.entries(case_list))


def stands(page: Page, wanted: str) -> None:
    """Waits until the page shows this order, numbered from 1."""
    entries = page.locator("#entries .entry")
    for place, digit in enumerate(wanted):
        expect(entries.nth(place)).to_contain_text(f"Person {digit}")
        expect(entries.nth(place).locator(".no")).to_contain_text(str(place + 1))


def drag(page: Page, number: int, to: int, *, below: bool = False) -> None:
    """An entry by its grip to the place of another, above or below it."""
    target = page.locator("#entries .entry").nth(to)
    box = target.bounding_box()
    assert box is not None
    edge = {"x": 40, "y": box["height"] - 4 if below else 4}
    page.locator("#entries .entry").nth(number).locator("[data-grip]").drag_to(target, target_position=edge)


def open_it(page: Page, case_list) -> Page:
    page.goto(f"/lists/{case_list.pk}/")
    expect(page.locator("#entries .entry")).to_have_count(4)
    return page


def test_by_keys_the_focus_stays_with_the_case(cast, open_as, draft):
    page = open_it(open_as(cast.olga), draft)
    references = page.locator("#entries .entry a.ref").all_inner_texts()
    # j walks over the rows; Tab leads from the name to the buttons of the row.
    for _ in range(3):
        page.keyboard.press("j")
    expect(page.get_by_role("link", name=references[2], exact=True)).to_be_focused()
    up = page.get_by_role("button", name=f"Move up: {references[2]}")
    down = page.get_by_role("button", name=f"Move down: {references[2]}")
    for _ in range(8):
        page.keyboard.press("Tab")
        if up.evaluate("one => one === document.activeElement"):
            break
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    stands(page, "1324")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    stands(page, "3124")
    # Nothing is above it any more: the focus waits on the other button, and goes on down with it.
    for wanted in ("1324", "1234", "1243"):
        expect(down).to_be_focused()
        page.keyboard.press("Enter")
        stands(page, wanted)
    expect(up).to_be_focused()
    page.get_by_role("button", name=f"To the top: {references[2]}").press("Enter")
    stands(page, "3124")
    expect(down).to_be_focused()
    assert kept(draft) == "3124"


def test_by_dragging(cast, open_as, draft):
    page = open_it(open_as(cast.olga), draft)
    drag(page, 3, 0)
    stands(page, "4123")
    expect(page.locator("#entries .entry").first.locator(":focus")).to_have_count(1)
    drag(page, 0, 2, below=True)
    stands(page, "1243")
    assert kept(draft) == "1243"
    # Let go beside the list: everything is as before.
    page.locator("#entries .entry").nth(2).locator("[data-grip]").drag_to(page.get_by_role("heading", level=1))
    stands(page, "1243")
    page.reload()
    stands(page, "1243")


def test_two_in_one_order(cast, open_as, draft):
    first, second = (open_it(open_as(who), draft) for who in (cast.olga, cast.hugo))
    drag(first, 3, 0)
    stands(first, "4123")
    assert kept(draft) == "4123"

    drag(second, 0, 1, below=True)
    note = second.locator("#reordered")
    expect(note).to_contain_text("Somebody changed the list while you ordered it")
    expect(note).to_be_focused()
    stands(second, "4123")
    second.get_by_role("button", name="Use my order").click()
    expect(note).to_have_count(0)
    stands(second, "2134")

    # The first, whose page is older now, wants something, too; and takes it back.
    drag(first, 0, 3, below=True)
    expect(first.locator("#reordered")).to_be_visible()
    stands(first, "2134")
    first.get_by_role("link", name="Keep it as it is now").click()
    expect(first.locator("#reordered")).to_have_count(0)
    stands(first, "2134")
    assert kept(draft) == "2134"


def test_what_a_colleague_writes_is_no_other_order(cast, open_as, draft):
    """A question written, by the other, between looking and dragging: the order is kept without a word."""
    first, second = (open_it(open_as(who), draft) for who in (cast.olga, cast.hugo))
    first.locator("#entries .entry").first.locator("a[id^=edit-]").click()
    first.get_by_label("What we ask").fill("May the family visit?")
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.locator("#entries .entry").first).to_contain_text("May the family visit?")
    drag(second, 3, 0)
    stands(second, "4123")
    expect(second.locator("#reordered")).to_have_count(0)
    expect(second.locator("#entries .entry").nth(1)).to_contain_text("May the family visit?")
    assert kept(draft) == "4123"
