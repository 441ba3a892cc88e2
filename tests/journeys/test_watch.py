"""The guard against a vacuous pass: what the windows are watched for is seen."""

import traceback

import pytest
from playwright.sync_api import expect

from tests import make
from tests.journeys.cycle_steps import no_names_told

BROKEN = {
    "Content Security Policy": "document.body.setAttribute('style', 'color: red')",
    "script": "setTimeout(() => { throw new Error('broken'); })",
    "404": "fetch('/nothing/here/')",
}


@pytest.mark.parametrize("seen", BROKEN)
def test_a_broken_page_is_noticed(cast, open_as, seen):
    page = open_as(cast.olga)
    page.goto("/")
    page.evaluate(f"() => {{ {BROKEN[seen]} }}")
    page.wait_for_timeout(300)
    problems = " ".join(open_as.problems)
    open_as.problems.clear()
    assert seen in problems


WRONG = {
    "text": lambda table: expect(table).to_contain_text("Nobody Whosoever", timeout=100),
    "two": lambda table: table.locator("td").click(timeout=100),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_fails_tells_no_name(cast, open_as, wrong):
    make.case(cast.olga, cast.cn, "Rinchen Invented")
    page = open_as(cast.olga)
    page.goto("/cases/")
    table = page.locator("#cases")
    expect(table).to_contain_text("Rinchen")
    with pytest.raises(AssertionError) as told, no_names_told():
        WRONG[wrong](table)
    assert "Rinchen" not in "".join(traceback.format_exception(told.value))
