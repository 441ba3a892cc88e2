"""Two officials at one reply at the same time: nothing of either is lost, the second sees what happened."""

import pytest
from playwright.sync_api import expect

from rounds.models import ResponseItem
from tests import make
from tests.journeys import cycle_steps as steps
from tests.rounds import cycle
from tests.rounds import make as rounds_make


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_two_in_one_reply(cast, open_as, javascript):
    one, two = (make.case(cast.olga, cast.cn, f"{name} Invented") for name in ("Tashi", "Dolma"))
    given = cycle.handed_over(cast.olga, cast.anna, rounds_make.held(cast.olga, cast.cn), one, two)
    reply = cycle.response(cast.olga, given.label(), verbatim="Both are in good health.")
    first, second = (open_as(who, javascript=javascript) for who in (cast.olga, cast.hugo))
    for page in (first, second):
        page.goto(f"/responses/{reply.pk}/")
    steps.answer(first, "Tashi is in good health.", one.reference)
    # The second has a page on which nothing is answered yet, and adds something else: both stand.
    raisings = second.locator("#raisings")
    raisings.get_by_role("checkbox", name=two.reference).check()
    raisings.get_by_label("Words of this answer").fill("Dolma is in good health.")
    steps.press(raisings, "Add for each ticked")
    for words in ("Tashi is in good health.", "Dolma is in good health."):
        expect(second.locator("#items")).to_contain_text(words)

    # Both change the words of one answer.
    for page in (first, second):
        page.goto(f"/responses/{reply.pk}/")
        page.locator("#items li").filter(has_text="Tashi is").get_by_role("link", name="Edit").click()
        expect(page.locator("#items form textarea").first).to_be_visible()
    for page, words in ((first, "He is well."), (second, "She is well.")):
        page.locator("#items form textarea[name=verbatim]").fill(words)
        steps.press(page.locator("#items form").filter(has=page.locator("textarea[name=verbatim]")), "Save")
        if page is first:
            expect(page.locator("#items")).to_contain_text(words)
    choice = second.locator("form.conflict")
    for words in ("Olga Brandt saved this", "He is well.", "She is well."):
        expect(choice).to_contain_text(words)
    choice.locator("[name=keep-verbatim][value=yours]").check()
    choice.get_by_role("button", name="Save the chosen versions").click()
    expect(choice).to_have_count(0)
    expect(second.locator("#items")).to_contain_text("She is well.")
    kept = ResponseItem.objects.unscoped("tests").order_by("position").values_list("verbatim", flat=True)
    assert list(kept) == ["She is well.", "Dolma is in good health."]
