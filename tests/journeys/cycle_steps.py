"""The steps of the cycle as people take them on the pages, with and without the script.

Cases are called by their references, which are read from the pages: who they are is nowhere said.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


@contextmanager
def no_names_told() -> Iterator[None]:
    """What fails inside tells where and what was looked for; never what stood on the page, which may be about real
    persons. Raises AssertionError in place of any other."""
    try:
        yield
    except Exception as problem:
        frames = traceback.extract_tb(problem.__traceback__)
        places = [f"{Path(one.filename).name}:{one.lineno}" for one in frames if "journeys" in one.filename]
        lines = str(problem).splitlines() or [""]
        sought = [line.strip() for line in lines if line.strip().startswith("- waiting for")][:1]
        raise AssertionError(" ".join([type(problem).__name__, *places, lines[0][:200], *sought])) from None


def message(page: Page, words: str) -> None:
    """What the page says after something was done."""
    expect(page.locator("#messages")).to_contain_text(words)


def press(page: Page | Locator, name: str) -> None:
    """A button, by all of its name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page | Locator, name: str) -> None:
    """A link, by all of its name."""
    page.get_by_role("link", name=name, exact=True).click()


# --- rounds


def plan_round(page: Page, number: int, first: date) -> str:
    """A new round; its address."""
    page.goto("/rounds/new/")
    page.get_by_label("Number", exact=True).fill(str(number))
    page.get_by_label("First day").fill(first.isoformat())
    press(page, "Plan the round")
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(number))
    return page.url


def hold_round(page: Page, address: str) -> None:
    """It took place."""
    page.goto(address)
    press(page, "Record as held")
    message(page, "The round is held")


# --- the list


def entry(page: Page, reference: str) -> Locator:
    """The entry of a case."""
    return page.locator("#entries .entry").filter(has_text=reference)


def on_list(page: Page) -> list[str]:
    """The references on the list, from the top."""
    return page.locator("#entries .entry a.ref").all_inner_texts()


def begin_list(page: Page, round_address: str) -> str:
    """A list for a round; its address."""
    page.goto(round_address)
    page.locator("#lists").get_by_role("link", name="New list").first.click()
    press(page, "Begin the list")
    expect(page.locator("#entries")).to_contain_text("No case is on the list yet")
    return page.url


def suggested(page: Page) -> list[str]:
    """The references suggested for the list that is open."""
    page.locator("#add").get_by_role("link", name="Suggestions").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Suggestions")
    return page.locator("main tbody a.ref").all_inner_texts()


def take(page: Page, references: list[str], reason: str = "never raised") -> None:
    """Ticks suggestions and puts them on the list, as proposed; back to the list."""
    count = len(references)
    for reference in references:
        expect(page.get_by_role("row", name=reference)).to_contain_text(reason)
        page.get_by_label(f"Tick {reference}").check()
    page.get_by_role("button", name="Put on the list").click()
    message(page, f"{count} case{'s are' if count > 1 else ' is'} now on the list")
    follow(page, "List")
    expect(page.locator("#entries .entry")).to_have_count(count)


def add(page: Page, reference: str) -> None:
    """A case by its reference."""
    page.locator("#add").get_by_role("searchbox").fill(reference)
    press(page.locator("#add"), "Add")
    message(page, f"{reference} is on the list")


def include_all(page: Page) -> None:
    """Whatever was proposed goes on the sheet."""
    press(page, "Include all proposed")
    expect(page.locator("#entries")).not_to_contain_text("Include all proposed")


def ask(page: Page, reference: str, words: str) -> None:
    """What is asked for one case."""
    entry(page, reference).locator("a[id^=edit-]").click()
    page.get_by_label("What we ask").fill(words)
    press(page, "Save")
    expect(entry(page, reference)).to_contain_text(words)


def ask_all(page: Page, references: list[str], words: str) -> None:
    """The same asked for each, one after the other from the first."""
    field = page.get_by_label("What we ask")
    entry(page, references[0]).locator("a[id^=edit-]").click()
    for reference, following in zip(references, [*references[1:], ""], strict=True):
        expect(entry(page, reference).get_by_label("What we ask")).to_be_visible()
        field.fill(words)
        press(page, "Save and next" if following else "Save")
        expect(entry(page, reference)).to_contain_text(words)


def hold_back(page: Page, reference: str, reason: str) -> None:
    """A case stays on the list and off the sheet."""
    entry(page, reference).get_by_role("link", name="Hold back").click()
    page.get_by_label("Reason").fill(reason)
    press(page, "Hold back")
    message(page, f"{reference} is held back")
    expect(entry(page, reference)).to_contain_text(reason)


def assess(page: Page, a_list: str) -> None:
    """Consent of all that will be on the sheet."""
    page.goto(a_list)
    page.locator("#consent").get_by_role("link", name="Assess").click()
    page.get_by_label("Outcome").select_option("allowed")
    page.get_by_label("Consent given, or refused, by").select_option(index=1)
    page.get_by_label("Risk of harm").fill("None is known.")
    page.get_by_label("Reason").fill("The families were asked.")
    press(page, "Assess")
    message(page, "Assessed")


def submit(page: Page) -> None:
    """To those who approve."""
    press(page, "Submit for review")
    message(page, "The list is in review")


def approve(page: Page, lines: int) -> None:
    """By somebody else, over what the sheet will say."""
    follow(page, "Approve…")
    expect(page.locator("#step tbody tr")).to_have_count(lines)
    press(page, f"Approve these {lines} lines" if lines > 1 else "Approve these 1 line")
    expect(page.locator("#about")).to_contain_text("Approved by")


def hand_over(page: Page, on: date) -> None:
    """The list that is open was handed over and accepted."""
    page.get_by_role("link", name="Hand over…").first.click()
    for label, value in (
        ("Day", on.isoformat()),
        ("Handed over by", "The chair"),
        ("Handed over to", "The delegation"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_role("radio", name="Accepted").first.check()
    page.get_by_label("What was handed over is this sheet").check()
    press(page, "Record the handover")
    expect(page.locator("#handovers")).to_contain_text("Accepted")


# --- answers


def record_response(page: Page, list_address: str, on: date, round_number: int, words: str) -> str:
    """A reply that came at a round and answers a list; its address."""
    page.goto(f"/responses/new/?list={list_address.rstrip('/').rpartition('/')[2]}")
    page.get_by_label("Received on").fill(on.isoformat())
    rounds = page.get_by_label("Received at")
    rounds.select_option(rounds.locator("option").filter(has_text=f"{round_number}").first.get_attribute("value"))
    page.get_by_label("Words, as they came").fill(words)
    press(page, "Record the response")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Response of")
    return page.url


def answer(page: Page, words: str, *references: str) -> None:
    """Words of the reply answer the raisings of these cases; without any they wait to be matched."""
    raisings, items = page.locator("#raisings"), page.locator("#items ol.answers > li")
    before = items.count()
    for reference in references:
        raisings.get_by_role("checkbox", name=reference).check()
    raisings.get_by_label("Words of this answer").fill(words)
    press(raisings, "Add for each ticked" if references else "Add, not matched yet")
    expect(items).to_have_count(before + max(len(references), 1))


def open_answer(page: Page, response: str, reference: str) -> None:
    """The page of an answer about a case, from the reply."""
    page.goto(response)
    item = page.locator("#items ol.answers > li").filter(has_text=reference)
    item.locator(".acts a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)


def code(page: Page, typed: str) -> None:
    """The answer that is open gets a code."""
    again = page.locator("#coding summary").filter(has_text="Code it again")
    if again.count():
        again.click()
    page.get_by_label("Type the code").fill(typed)
    press(page, "Save the code")
    expect(page.locator("main .pagehead .tags")).to_contain_text(typed)
    expect(page.locator("#coding")).to_contain_text("It waits for somebody else")


def confirm(page: Page, typed: str) -> None:
    """The second coder agrees."""
    page.get_by_role("button", name=f"Confirm {typed}").click()
    expect(page.locator("#coding")).to_contain_text("Confirmed by")
