"""A reply is recorded, its words go to the raisings it answers, one waits and is matched from the queue."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import make
from tests.rounds import cycle
from tests.rounds import make as rounds_make

SELECT = """() => {
    const words = document.querySelector("[data-words]").firstChild;
    getSelection().setBaseAndExtent(words, 0, words, 3);
}"""


def raised(cast):
    """A list of two cases, handed over; and an older raising of a third."""
    one, two = (make.case(cast.olga, cast.cn, f"{name} Invented", parts=[make.name(han)]) for name, han in NAMES)
    old = make.case(cast.olga, cast.cn, "Dolma Invented")
    cycle.raising(cast.olga, old, on=cycle.JUNE - timedelta(days=400))
    held = rounds_make.held(cast.olga, cast.cn)
    return cycle.handed_over(cast.olga, cast.anna, held, one, two)


NAMES = (("Tashi", "扎西"), ("Li", "李明发"))


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_reply_and_its_answers(cast, open_as, javascript):
    answered = raised(cast)
    page = open_as(cast.olga, javascript=javascript)
    page.goto(f"/responses/new/?list={answered.pk}")
    page.get_by_label("Received on").fill("2025-11-10")
    page.get_by_label("Words, as they came").fill("扎西在服刑。李明发已释放。")
    page.get_by_role("textbox", name="Translation").fill("Tashi is serving his sentence. Li was released.")
    page.get_by_role("button", name="Record the response").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Response of 10 November 2025")

    raisings = page.locator("#raisings")
    expect(raisings.get_by_role("checkbox")).to_have_count(3)
    raisings.get_by_role("checkbox", name="Tashi Invented").check()
    if javascript:
        page.evaluate(SELECT)
        raisings.get_by_role("button", name="Use the selected words").click()
        expect(raisings.get_by_label("Words of this answer")).to_have_value("扎西在")
    raisings.get_by_label("Words of this answer").fill("扎西在服刑。")
    raisings.get_by_role("button", name="Add for each ticked").click()
    expect(page.locator("#items")).to_contain_text("扎西在服刑。")
    expect(raisings.get_by_role("checkbox")).to_have_count(2)

    raisings.get_by_role("searchbox").fill("dolma")
    raisings.get_by_label("Words of this answer").fill("李明发已释放。")
    raisings.get_by_role("button", name="Find").click()
    expect(raisings.get_by_role("heading", level=2)).to_contain_text("Raisings found")
    expect(raisings.get_by_role("checkbox")).to_have_count(1)
    expect(raisings.get_by_label("Words of this answer")).to_have_value("李明发已释放。")
    raisings.get_by_label("Name as they write it").fill("李明发")
    raisings.get_by_role("button", name="Add, not matched yet").click()
    expect(page.locator("#items")).to_contain_text("not matched yet")

    page.goto("/responses/")
    page.get_by_role("link", name="Items to match").click()
    page.get_by_role("button", name="Match with").click()
    expect(page.get_by_text("Every answer is matched")).to_be_visible()
