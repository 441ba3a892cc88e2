"""axe and the ruler on pages that stand behind a form: many cases at once, a term of one's own, the second factor."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from cases.actions.vocabulary import add_term
from tests import make
from tests.journeys.axe import faults


def test_many_at_once(cast, open_as):
    for name in ("Dawa", "Nyima"):
        make.case(cast.hugo, cast.cn, f"{name} Invented")
    page = open_as(cast.hugo)
    page.goto("/cases/")
    page.get_by_label("Tick all on this page").check()
    found = faults(page, "ticked")
    for name in ("Label", "Add a theme", "Change the state", "Assign"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto("/cases/")
        page.get_by_label("Tick all on this page").check()
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("heading", name="Ticked", exact=True)).to_be_visible()
        found += faults(page, name)
    page.get_by_label("Assign to").select_option(label="Olga Brandt")
    page.get_by_role("button", name="See every case before and after").click()
    page.get_by_role("button", name="Change 2 cases").click()
    expect(page.locator("main .errors")).to_be_visible()
    found += faults(page, "preview with errors")
    page.get_by_label("Reason").fill("She knows them.")
    page.get_by_role("button", name="Change 2 cases").click()
    undo = page.locator("#messages form")
    expect(undo).to_be_visible()
    found += faults(page, "done, with undo")
    page.goto(undo.get_attribute("action") or "")
    found += faults(page, "undo")
    assert found == []


def test_a_term_of_ones_own(cast, open_as):
    values = {"name": "Freedom to teach", "code": "teaching"}
    term = add_term(kind="theme", dialogue=cast.cn, by=cast.olga, values=values)
    page = open_as(cast.olga)
    page.goto(f"/vocabulary/theme/{term.pk}/")
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert faults(page, "term") == []


def code_for(key: str) -> str:
    """The code an app shows now, with some seconds left to type it."""
    if time.time() % 30 > 25:
        time.sleep(6)
    return format_hotp_value(hotp_value(key.replace(" ", ""), int(time.time()) // 30))


def test_the_second_factor(cast, open_as):
    page = open_as()
    page.goto("/login/")
    page.get_by_label("E-mail address").fill("olga@office.example")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/me/second-factor/set-up/")
    found = faults(page, "set up")
    page.get_by_label("Code shown by the app").fill("000000")
    page.get_by_role("button", name="Set up").click()
    expect(page.locator("main .errors")).to_be_visible()
    page.get_by_label("Code shown by the app").fill(code_for("".join(page.locator("main .ref").all_inner_texts())))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    found += faults(page, "codes")
    spare = page.locator("main li.ref").first.inner_text()
    for path in ("/me/second-factor/codes/new/", "/me/second-factor/remove/"):
        page.goto(path)
        found += faults(page, path)

    page = open_as()
    page.goto("/login/")
    page.get_by_label("E-mail address").fill("olga@office.example")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Code of your app")).to_be_visible()
    found += faults(page, "code")
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    assert found == []
