"""Keys: help, rows, the look-up, and switching them off."""

import pytest
from playwright.sync_api import expect

from tests import make


@pytest.fixture
def cases(cast):
    return [make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Dawa", "Nyima", "Pema")]


def test_rows_and_help(cast, open_as, cases):
    page = open_as(cast.olga)
    page.goto("/cases/?sort=name")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    for words in ("Next and previous row", "New case", "Find a case"):
        expect(page.get_by_role("dialog")).to_contain_text(words)
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=cases[1].reference)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nyima Invented")


def test_keys_are_letters_while_one_types(cast, open_as, cases):
    page = open_as(cast.olga)
    page.goto("/cases/")
    page.keyboard.press("/")
    page.keyboard.type("nj?x")
    expect(page.get_by_role("combobox", name="Find a case")).to_have_value("nj?x")
    assert page.url.endswith("/cases/")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New case")).to_be_visible()


def test_suggestions_by_keyboard(cast, open_as, cases):
    page = open_as(cast.olga)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("pema")
    expect(page.locator("#suggestions [role=option]")).to_have_count(1)
    expect(page.locator("#suggestions [role=option]")).to_contain_text(cases[2].reference)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pema Invented")


def test_keys_can_be_switched_off(cast, open_as, cases):
    page = open_as(cast.olga)
    page.goto("/me/")
    page.get_by_role("button", name="Switch them off").click()
    expect(page.get_by_role("button", name="Switch them on")).to_be_visible()
    page.goto("/cases/")
    page.keyboard.press("?")
    page.keyboard.press("n")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
