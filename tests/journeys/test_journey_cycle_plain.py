"""The core of the cycle without the script: begun, proposed, included, reviewed, approved, handed over, answered,
coded and confirmed."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests import make
from tests.journeys import cycle_steps as steps

HELD = timezone.localdate() - timedelta(days=30)


def test_the_core_without_the_script(cast, open_as):
    cases = [make.case(cast.olga, cast.cn, f"{name} Invented").reference for name in ("Dawa", "Nyima", "Pema")]
    olga, anna, rita = (open_as(who, javascript=False) for who in (cast.olga, cast.anna, cast.rita))
    the_round = steps.plan_round(olga, 40, HELD)
    a_list = steps.begin_list(olga, the_round)
    assert sorted(steps.suggested(olga)) == sorted(cases)
    steps.take(olga, cases[:2])
    steps.include_all(olga)
    steps.add(olga, cases[2])
    steps.hold_back(olga, cases[1], "The family asks us to wait.")
    on_sheet = [reference for reference in steps.on_list(olga) if reference != cases[1]]
    steps.ask_all(olga, on_sheet, "Where is he held?")
    steps.entry(olga, cases[2]).get_by_role("button", name="To the top").click()
    expect(olga.locator("#entries .entry").first).to_contain_text(cases[2])
    steps.submit(olga)

    anna.goto(a_list)
    steps.approve(anna, 2)
    olga.goto(a_list)
    steps.hand_over(olga, HELD)
    steps.hold_round(olga, the_round)

    response = steps.record_response(olga, a_list, HELD, 40, "He is in good health.")
    steps.answer(olga, "He is in good health.", cases[2])
    steps.answer(olga, "Of the other nothing is known.")
    olga.goto("/responses/unmatched/")
    olga.get_by_role("link", name="Match… this answer").click()
    olga.get_by_role("radio", name=cases[0]).check()
    steps.press(olga, "Match")
    expect(olga.locator("#items")).to_contain_text(cases[0])
    steps.open_answer(olga, response, cases[2])
    steps.code(olga, "B3")
    steps.open_answer(rita, response, cases[2])
    steps.confirm(rita, "B3")
    rita.goto(f"/cases/{cases[2]}/")
    expect(rita.locator("#ledger")).to_contain_text("B3")
