"""What no address alone shows: refusals, empty places, forms with errors, two versions, open menus."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import CaseEvent
from casetracker.access.actions.people import invite_user
from tests import make
from tests.access.twin import url_names
from tests.journeys.axe import faults
from tests.journeys.looking import views
from tests.journeys.world import everything

# What answers no GET with a page: deeds, downloads, doors that stay shut; and pages that stand behind a form or a
# link (looked at below and in test_accessible_behind.py).
NO_PAGE = {
    "healthz", "account_logout", "account_inactive", "account_email_verification_sent", "account_set_password",
    "mfa_index", "mfa_reauthenticate", "access:end_sessions", "access:set_keys", "access:grant_decide",
    "access:grant_reconfirm", "access:approval_again", "access:approval_withdraw", "access:emergency_end",
    "cases:attachment", "cases:claim_accept", "cases:import_skip", "cases:saved_filter",
    "cases:saved_filter_delete", "cases:section", "rounds:agenda_add", "rounds:agenda_move", "rounds:agenda_remove",
    "rounds:answer_assess", "rounds:answer_code", "rounds:answer_confirm", "rounds:answer_dispute",
    "rounds:comment_settle", "rounds:disposition", "rounds:dispositions", "rounds:entry_move", "rounds:item_name",
    "rounds:item_unmatch", "rounds:list_add", "rounds:list_include", "rounds:list_order", "rounds:raising_restore",
    "rounds:response_file",
}  # fmt: skip
BEHIND = {
    "access:invitation", "cases:bulk", "cases:bulk_undo", "cases:vocabulary_term", "mfa_authenticate",
    "mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}  # fmt: skip


def test_no_page_is_forgotten(cast):
    assert set(url_names()) - {view.name for view in views(cast, everything(cast))} == NO_PAGE | BEHIND


SPOIL = """() => {
    const [main, picture] = [document.querySelector("main"), new Image(900)];
    picture.src = "/static/casetracker/icon.svg";
    picture.id = "main";
    picture.style.maxWidth = "none";
    main.style.color = "#ddd";
    main.append(picture);
}"""


def test_the_look_can_fail(cast, open_as):
    page = open_as(cast.lars)
    page.goto("/rounds/")
    assert faults(page, "before") == []
    page.evaluate(SPOIL)
    found = " ".join(faults(page, "after"))
    for fault in ("image-alt", "color-contrast", "#main more than once", "scrolls sideways"):
        assert fault in found


# Faults that only one variant has: the look at the others must not stand for it.
TEXT = """<div id="said">What is said here goes on for a while, until it comes to
    <a href="/rounds/">a place</a>, and only then it ends. <a href="/cases/"><span>Further</span></a></div>"""
VARIANT = """([text, rules]) => {
    document.querySelector("main").insertAdjacentHTML("beforeend", text);
    document.adoptedStyleSheets = [new CSSStyleSheet()];
    document.adoptedStyleSheets[0].replaceSync(rules);
}"""


@pytest.mark.parametrize(
    ("when", "rule", "seen"),
    [
        ("prefers-color-scheme: dark", "main h1 { color: #333; }", "1280 dark: color-contrast"),
        ("max-width: 400px", "main h1 { color: #ddd; }", "360 light: color-contrast"),
        (
            "prefers-color-scheme: dark",
            "#said a { color: #aaa !important; text-decoration: none !important; }",
            "360 dark: link-in-text-block",
        ),
        ("max-width: 400px", "#said span { display: none; }", "360 light: link-name"),
    ],
)
def test_a_fault_of_one_variant(cast, open_as, when, rule, seen):
    page = open_as(cast.lars)
    page.goto("/rounds/")
    colours: set[str] = set()
    assert faults(page, "before", known=colours) == []
    page.evaluate(VARIANT, [TEXT, f"@media ({when}) {{ {rule} }}"])
    assert seen in " ".join(faults(page, "after", known=colours))


def test_pages_that_say_no(cast, open_as):
    open_as.expected |= {403, 404}
    page, found = open_as(cast.olga), []
    for path in ("/nothing/here/", "/trail/", "/invitation/none/"):
        page.goto(path)
        found += faults(page, path)
    assert found == []


def test_an_invitation(cast, open_as):
    _, token = invite_user(name="Ina Sommer", email="ina@office.example", by=cast.adam)
    page = open_as()
    page.goto(f"/invitation/{token}/")
    expect(page.get_by_role("button", name="Set password")).to_be_visible()
    assert faults(page, "invitation") == []


def test_empty_places(cast, open_as):
    found = []
    for person, paths in {
        cast.lars: [
            "/",
            "/cases/",
            "/cases/?status=held",
            "/cases/filters/",
            "/rounds/",
            "/imports/",
            "/cases/export/",
        ],
        cast.zoe: ["/", "/cases/", "/rounds/", "/grants/", "/me/"],
        cast.adam: ["/people/?standing=invited", "/grants/?standing=suspended"],
    }.items():
        page = open_as(person)
        for path in paths:
            page.goto(path)
            found += faults(page, f"{path} ({person.email[:4]})")
    assert found == []


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("olga", "/cases/new/"),
        ("olga", "/imports/new/"),
        ("olga", "/rounds/suspensions/new/"),
        ("adam", "/people/invite/"),
        ("adam", "/dialogues/new/"),
        (None, "/login/"),
    ],
)
def test_forms_with_errors(cast, open_as, who, path):
    page = open_as(cast.people[who] if who else None)
    page.goto(path)
    page.locator("main button.main").first.click()
    expect(page.locator("main .errors")).to_be_visible()
    expect(page.locator("main .errors")).to_be_focused()
    assert faults(page, path) == []


def open_event(page: Page, event: CaseEvent) -> None:
    page.goto(f"/cases/{event.case.reference}/")
    page.locator(f"#part-{event.pk} .acts a").first.click()


def test_two_versions(cast, open_as):
    case = make.case(cast.hugo, cast.cn, "Rinchen Invented", parts=[make.event(when="May 2014")])
    event = CaseEvent.objects.select_related("case").get(case=case)
    first, second = open_as(cast.olga), open_as(cast.hugo)
    for page, when in ((first, ""), (second, ""), (first, "June 2014"), (second, "July 2014")):
        if not when:
            open_event(page, event)
            continue
        page.locator("form.inplace [name=when]").fill(when)
        page.locator("form.inplace button.main").click()
        expect(page.locator("form.inplace")).to_have_count(0)
    expect(second.locator("form.conflict")).to_be_visible()
    assert faults(second, "conflict") == []


def test_what_opens_over_a_page(cast, open_as):
    make.case(cast.olga, cast.cn, "Rinchen Invented")
    page = open_as(cast.olga)
    page.goto("/cases/")
    page.keyboard.press("?")
    found = faults(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.locator("details.user summary").click()
    found += faults(page, "menu", "details.user")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("Rinchen")
    expect(page.locator("#suggestions [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    found += faults(page, "suggestions", "form.find")
    assert found == []
