"""A table from outside: uploaded, mapped, previewed, confirmed, undone; the next of its sender is mapped already."""

import re

from playwright.sync_api import Page, expect

from cases.models import Case

FIRST = """Person,Characters,M/F,Taken away,Seen at
Sonam Invented,索南,F,May 2014,Ngaba
Kelsang Invented,格桑,M,2016,Lhasa
,,M,2017,Golog
"""
SECOND = """Person,Characters,M/F,Taken away,Seen at
Lobsang Invented,洛桑,M,12.3.2018,Golog
"""
TARGETS = {"Person": "name", "Characters": "original", "M/F": "sex", "Taken away": "start", "Seen at": "place"}


def upload(page: Page, text: str, title: str) -> None:
    """Uploads a CSV file of one sender."""
    page.goto("/imports/")
    page.get_by_role("link", name="Upload").first.click()
    file = {"name": "table.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Who sent it").fill("Watch of the Invented")
    page.get_by_label("What it is").fill(title)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("link", name="Map the columns").click()


def choices(page: Page) -> dict[str, str]:
    """Heading → target chosen, from the page."""
    rows = page.locator("main table tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("select").input_value() for row in rows}


def confirm(page: Page, number: int) -> None:
    """From the preview to the imported table."""
    page.get_by_role("link", name=f"Import {number} case").click()
    page.get_by_label("Number of cases, typed").fill(str(number))
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()


def check(page: Page) -> None:
    """From the columns, by way of the values, to the preview."""
    page.get_by_role("button", name="Check the rows").click()
    expect(page).not_to_have_url(re.compile("/columns/"))
    if "/values/" in page.url:
        page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("link", name="Look at the rows").click()


def test_a_table_comes_in_and_goes_out_again(cast, open_as):
    page = open_as(cast.olga)
    upload(page, FIRST, "List of spring")
    for heading, target in TARGETS.items():
        row = page.locator("tr", has=page.get_by_role("rowheader", name=heading, exact=True))
        row.locator("select").select_option(target)
    page.get_by_label("What happened, where no column says it").select_option("detained")
    check(page)
    expect(page.get_by_role("heading", name="1 row must be mended or skipped")).to_be_visible()
    page.get_by_role("button", name="Skip all rows with errors").click()
    confirm(page, 2)
    found = Case.objects.order_by("latin_name").values_list("latin_name", "original_name", "sex")
    assert list(found) == [("Kelsang Invented", "格桑", "m"), ("Sonam Invented", "索南", "f")]

    page.get_by_role("link", name="Undo the import").click()
    page.get_by_label("Reason").fill("The wrong list.")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    page.goto("/cases/")
    expect(page.get_by_role("main")).not_to_contain_text("Invented")

    upload(page, SECOND, "List of autumn")
    expect(page.get_by_role("main")).to_contain_text("last used for this sender")
    assert choices(page) == TARGETS
    check(page)
    confirm(page, 1)
    page.get_by_role("link", name="Rows and their cases").click()
    page.get_by_role("main").locator("a.ref").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lobsang Invented")


def test_what_is_no_table_is_told_in_words(cast, open_as):
    page = open_as(cast.olga)
    page.goto("/imports/new/")
    file = {"name": "table.xlsx", "mimeType": "application/octet-stream", "buffer": b"no workbook at all"}
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Who sent it").fill("Watch of the Invented")
    page.get_by_label("What it is").fill("Broken")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="This did not work")).to_be_visible()
    expect(page.get_by_role("link", name="Upload another file")).to_be_visible()
