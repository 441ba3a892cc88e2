"""From an empty dialogue to the first case: admin, approver and official, each in a window of their own."""

import io
import re
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

PASSWORD = "lantern orchard quiet seven"


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until `wanted` has the focus."""
    for _ in range(80):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not get there.")


def join(page: Page, link: str) -> None:
    """Accepts an invitation and signs in through the form."""
    page.goto(link)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is set")


def sign_in(page: Page, email: str) -> None:
    """Signs in through the form."""
    page.goto("/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def make_dialogue(page: Page) -> None:
    """A dialogue with a compartment."""
    page.goto("/dialogues/")
    page.get_by_role("link", name="New dialogue").click()
    page.get_by_label("Name").fill("EU–Sunderland Isles")
    page.get_by_label("Prefix").fill("SI")
    page.get_by_label("Own side").fill("European Union")
    page.get_by_label("Counterpart").fill("Sunderland Isles")
    page.locator("main form button.main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("EU–Sunderland Isles")
    page.get_by_role("link", name="New compartment").click()
    page.get_by_label("Name").fill("South circle")
    page.locator("main form button.main").click()
    expect(page.get_by_text("South circle").first).to_be_visible()


def invite(page: Page) -> str:
    """Invites an official; returns the link that is shown once."""
    page.goto("/people/invite/")
    page.get_by_label("Name").fill("Ina Sommer")
    page.get_by_label("E-mail address").fill("ina@office.example")
    page.get_by_role("button", name="Invite").click()
    return page.locator("[data-copy]").get_attribute("data-copy") or ""


def request_grant(page: Page) -> str:
    """Requests a grant for the invited; returns its address."""
    page.goto("/grants/new/")
    page.get_by_role("link", name="EU–Sunderland Isles").click()
    page.get_by_label("For", exact=False).first.select_option(label=re.compile("Ina Sommer").pattern)
    page.get_by_role("radio", name=re.compile("^official", re.I)).check()
    page.locator("[name=marking]").first.check()
    page.get_by_label("From").fill(timezone.localdate().isoformat())
    page.get_by_label("To", exact=False).last.fill((timezone.localdate() + timedelta(days=90)).isoformat())
    page.get_by_label("Reason").fill("Takes over the desk.")
    page.get_by_role("button", name="Request").click()
    expect(page.get_by_role("status")).to_contain_text("The grant is requested")
    return page.url


def log_first_case(page: Page) -> str:
    """Logs a case without a pointer; returns its reference."""
    page.goto("/")
    page.keyboard.press("n")
    expect(page.locator("main [name=name]")).to_be_focused()
    page.keyboard.type("Tenzin Wangmo")
    page.keyboard.press("Tab")
    page.keyboard.type("བསྟན་འཛིན་དབང་མོ།")
    tab_to(page, page.get_by_label("Year of birth"))
    page.keyboard.type("c. 1988")
    tab_to(page, page.get_by_label("Detained"))
    page.keyboard.type("May 2021")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("SI-")
    found = re.search(r"SI-[0-9A-Z]{6}-[0-9A-Z]", page.get_by_role("status").inner_text())
    assert found
    return found[0]


def find_by_name(page: Page, reference: str) -> None:
    """Looks the case up from the desk, in another script than it was typed in first."""
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Find a case")).to_be_focused()
    page.keyboard.type("བསྟན་འཛིན་དབང་མོ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text(reference).first).to_be_visible()
    assert "བསྟན" not in page.url
    assert "Tenzin" not in page.title()


def test_from_an_empty_dialogue_to_the_first_case(cast, open_as):
    admin = open_as(cast.adam)
    make_dialogue(admin)
    answer = io.StringIO()
    call_command("first_approver", dialogue="SI", email="aki@office.example", name="Aki Lund", stdout=answer)
    invitation = invite(admin)
    address = request_grant(admin)

    official = open_as()
    join(official, invitation)

    approver = open_as()
    join(approver, re.search(r"/invitation/\S+", answer.getvalue())[0])
    sign_in(approver, "aki@office.example")
    approver.get_by_role("link", name="Ina Sommer").click()
    expect(approver).to_have_url(address)
    approver.get_by_role("radio", name="Approve").check()
    approver.get_by_role("button", name="Decide").click()
    expect(approver.get_by_role("status")).to_contain_text("The grant is in force")

    sign_in(official, "ina@office.example")
    find_by_name(official, log_first_case(official))
    # The admin, who opened every door, still reads no case.
    admin.goto("/cases/")
    expect(admin.get_by_role("main")).to_contain_text("No cases for you")
