"""Passkeys in a real browser, with its own authenticator in software: adding one, and signing in by it."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import faults

PHRASE = "correct horse battery"


@dataclass
class Device:
    """An authenticator of the browser's own. `knows(False)`: its person does not get the PIN right."""

    page: Page

    def __post_init__(self) -> None:
        self.wire = self.page.context.new_cdp_session(self.page)
        self.wire.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows(self, whom: bool) -> None:
        self.wire.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": whom})

    def held(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.wire.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found


@pytest.fixture
def olga(cast, open_as):
    """Olga's window, with a passkey added through the page, and her device."""
    page = open_as(cast.olga)
    device = Device(page)
    page.goto("/me/")
    page.locator("dd", has_text="none").get_by_role("link", name="Add…").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/me/")
    expect(page.get_by_role("main")).to_contain_text("Work laptop")
    return page, device


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login/")


def by_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill("olga@office.example")
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your passkey")).to_be_visible()


def test_password_and_passkey(olga):
    page, _ = olga
    sign_out(page)
    by_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Cases").first).to_be_visible()


def test_the_passkey_alone(olga):
    page, device = olga
    assert [key["isResidentCredential"] for key in device.held()] == [True]
    sign_out(page)
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Cases").first).to_be_visible()


def test_a_device_that_does_not_know_its_person_opens_nothing(olga):
    """First the browser keeps to what the page asks; then, asked for less by somebody's hand, the server refuses."""
    page, device = olga
    device.knows(False)
    sign_out(page)
    page.goto("/login/passkey/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    page.locator("form[data-passkey]").evaluate(
        "form => { form.dataset.options = form.dataset.options.replace('\"required\"', '\"discouraged\"'); }"
    )
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").first).to_contain_text("was not accepted")
    page.goto("/me/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_before_its_script_has_come_nothing_is_sent(cast, open_as):
    """Sent without it, the form would hold no passkey and be refused as a wrong one."""
    page = open_as(cast.olga, javascript=False)
    page.goto("/me/second-factor/passkeys/new/")
    expect(page.get_by_role("button", name="Add passkey")).to_be_disabled()


def test_one_device_holds_one_key_of_an_account(olga):
    page, device = olga
    page.goto("/me/second-factor/passkeys/new/")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("holds a passkey of this account already")
    assert len(device.held()) == 1


def test_every_page_of_passkeys_is_accessible(olga):
    page, _ = olga
    found = faults(page, "account with a passkey")
    for name in ("Rename…", "Remove…"):
        page.goto("/me/")
        page.locator("li", has_text="Work laptop").get_by_role("link", name=name).click()
        found += faults(page, name)
    page.goto("/me/again/passkey/?next=/")
    found += faults(page, "once more")
    sign_out(page)
    by_password(page)
    assert found + faults(page, "the second step") == []


def test_what_was_typed_waits_while_one_shows_who_is_there(olga, cast, settings):
    """A form whose page was opened long ago: the way round takes another tab, and nothing has to be typed again."""
    page, _ = olga
    page.goto("/me/second-factor/passkeys/new/")
    settings.STEP_UP_SECONDS = settings.STEP_UP_FORM_SECONDS = -1
    page.goto("/me/")
    page.locator("form[action='/me/keys/']").evaluate(
        "form => { form.action = '/cases/export/'; form.elements.off.name = 'reason'; }"
    )
    page.get_by_role("button", name="Switch them off").click()
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    assert faults(page, "asked again") == []
    assert page.locator("input[name=reason]").input_value() == "1"
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Show that it is you").click()
    expect(opened.value.get_by_role("heading", name="Your passkey once more")).to_be_visible()
    settings.STEP_UP_SECONDS = 300
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Export")


def test_renaming_and_removing(olga):
    page, _ = olga
    page.get_by_role("link", name="Rename…").click()
    page.get_by_label("Name").fill("Key on my ring")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("main")).to_contain_text("Key on my ring")
    page.locator("li", has_text="Key on my ring").get_by_role("link", name="Remove…").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("The passkey is removed")
