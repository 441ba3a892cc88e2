"""Ten real persons go the whole way: proposed, reviewed, returned, approved, handed over, answered in part at a later
round, coded and confirmed, decided about, carried forward, read by a reviewer. Two officials, an approver, a reviewer.

Nothing in this file, and nothing that a failure prints, says who they are.
"""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.verbs import Verb
from tests.cases.importing.test_real_data import real  # noqa: F401  (a fixture)
from tests.journeys import cycle_steps as steps
from tests.people import grant

TODAY = timezone.localdate()
FIRST, SECOND, THIRD = (TODAY + timedelta(days=days) for days in (-400, -30, 150))
ASK = "Where was the person taken, and who answers for it?"
WORDS = "One serves a sentence in the north. One was convicted according to law. No trace of the other."


def cut(file: Path, rows: int = 10) -> bytes:
    """The heading and so many rows, from all over the table."""
    with file.open(encoding="utf-8", newline="") as text:
        heading, *lines = list(csv.reader(text))
    out = io.StringIO()
    csv.writer(out).writerows([heading, *lines[:: len(lines) // rows][:rows]])
    return out.getvalue().encode()


def bring_in(page: Page, content: bytes) -> list[str]:
    """The table becomes ten active cases, through the pages; their references."""
    page.goto("/imports/new/")
    page.get_by_label("File").set_input_files({"name": "table.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_label("Who sent it").fill("Commission")
    page.get_by_label("What it is").fill("List of 1991")
    steps.press(page, "Upload")
    steps.follow(page, "Map the columns")
    steps.press(page, "Check the rows")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("what the values mean")
    for meaning in page.locator("main table select").all():
        if not meaning.input_value():
            meaning.select_option("died")
    steps.press(page, "Check the rows")
    steps.follow(page, "Look at the rows")
    page.get_by_role("link", name="Import 10 cases").click()
    page.get_by_label("The cases begin").select_option("active")
    page.get_by_label("Number of cases, typed").fill("10")
    steps.press(page, "Import")
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    steps.follow(page, "Rows and their cases")
    expect(page.get_by_role("main").locator("a.ref")).to_have_count(10)
    return page.get_by_role("main").locator("a.ref").all_inner_texts()


@pytest.fixture
def second(cast):
    """A second official in cn, who is an approver there, too."""
    with acting(Verb.GRANT_APPROVED, process="tests"):
        for role in (Role.OFFICIAL, Role.APPROVER):
            grant(cast.zoe, cast.cn, role, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
    return cast.zoe


def test_ten_real_persons(cast, open_as, real, second):  # noqa: F811
    with steps.no_names_told():
        olga, zoe = open_as(cast.olga), open_as(second)
        anna, rita = open_as(cast.anna), open_as(cast.rita)
        cases = bring_in(olga, cut(real / "pinochet.csv"))
        first = steps.plan_round(olga, 40, FIRST)
        a_list = proposed_by_two(olga, zoe, first, cases)
        reviewed(olga, zoe, anna, a_list)
        handed_over(olga, first, a_list)
        later = steps.plan_round(zoe, 41, SECOND)
        steps.hold_round(zoe, later)
        answered = answered_in_part(zoe, a_list, later)
        coded(olga, rita, answered)
        claimed(olga, rita, answered)
        decided(olga, first, a_list, answered)
        carried(zoe, first, answered)
        read(rita, answered, cases)


def proposed_by_two(olga: Page, zoe: Page, first: str, cases: list[str]) -> str:
    """Eight from the suggestions, one by its reference; the tenth by a colleague while the first still orders nine.

    One is held back. The address of the list, with the references on it in order.
    """
    a_list = steps.begin_list(olga, first)
    assert sorted(steps.suggested(olga)) == sorted(cases)
    steps.take(olga, cases[:8])
    steps.add(olga, cases[8])
    expect(olga.locator("#entries .entry")).to_have_count(9)
    before = steps.on_list(olga)
    wanted = [cases[8], *before[:8], cases[9]]

    zoe.goto(a_list)
    steps.add(zoe, cases[9])
    # Where the first official looks, the tenth does not stand yet.
    expect(olga.locator("#entries .entry")).to_have_count(9)
    olga.set_viewport_size({"width": 1280, "height": 2600})
    last = steps.entry(olga, cases[8])
    last.locator("[data-grip]").drag_to(olga.locator("#entries .entry").first, target_position={"x": 40, "y": 4})
    expect(olga.locator("#reordered")).to_contain_text("Somebody changed the list while you ordered it")
    expect(olga.locator("#reordered ol a.ref, #reordered ol .ref").first).to_contain_text(cases[8])
    expect(steps.entry(olga, cases[9])).to_have_count(1)
    steps.press(olga, "Use my order")
    expect(olga.locator("#reordered")).to_have_count(0)
    expect(olga.locator("#entries .entry").first).to_contain_text(cases[8])
    assert steps.on_list(olga) == wanted

    # The second presses a button of a page that is older than the order: nothing is done, they see what happened.
    steps.press(zoe, "Include all proposed")
    steps.message(zoe, "changed")
    assert steps.on_list(zoe) == wanted
    expect(zoe.locator("#entries")).to_contain_text("proposed")
    steps.include_all(zoe)
    assert steps.on_list(zoe) == wanted
    return a_list


def reviewed(olga: Page, zoe: Page, anna: Page, a_list: str) -> None:
    """Questions written by one official while the other holds a case back; returned once; approved by neither."""
    olga.goto(a_list)
    order = steps.on_list(olga)
    steps.hold_back(zoe, order[-1], "The family asks us to wait.")
    steps.ask_all(olga, order[:-1], ASK)
    expect(steps.entry(olga, order[-1])).to_contain_text("The family asks us to wait.")
    steps.assess(olga, a_list)
    steps.submit(olga)

    anna.goto(a_list)
    anna.get_by_role("link", name=f"Comment on {order[1]}").click()
    steps.entry(anna, order[1]).get_by_label("Comment").fill("Ask for the burial place, too.")
    steps.press(steps.entry(anna, order[1]), "Comment")
    expect(steps.entry(anna, order[1])).to_contain_text("Ask for the burial place, too.")
    steps.follow(anna, "Return…")
    anna.get_by_label("Reason").fill("The second question is too narrow.")
    steps.press(anna, "Return the list")
    steps.message(anna, "The list was returned")

    zoe.goto(a_list)
    expect(zoe.get_by_role("main")).to_contain_text("The second question is too narrow.")
    steps.ask(zoe, order[1], f"{ASK} Where is the grave?")
    steps.entry(zoe, order[1]).get_by_role("button", name="Settle").click()
    expect(steps.entry(zoe, order[1])).to_contain_text("settled")
    steps.submit(zoe)
    # An approver, too, but one who worked on it.
    expect(zoe.get_by_role("heading", name="Somebody else approves this list")).to_be_visible()
    expect(zoe.get_by_role("link", name="Approve…")).to_have_count(0)
    olga.goto(a_list)
    expect(olga.get_by_role("link", name="Approve…")).to_have_count(0)

    anna.goto(a_list)
    steps.approve(anna, 9)


def handed_over(page: Page, first: str, a_list: str) -> None:
    """The sheet says nine, as approved; then it is given, and the round takes place."""
    page.goto(a_list)
    steps.follow(page, "The sheet")
    expect(page.locator("ol.persons > li")).to_have_count(9)
    expect(page.get_by_role("complementary")).to_contain_text("Exactly as approved")
    expect(page.locator("main")).not_to_contain_text("CN-")
    steps.follow(page, "Back to the list")
    steps.hand_over(page, FIRST)
    steps.hold_round(page, first)
    expect(page.locator("#lists")).to_contain_text("0 of 9 answered")


@dataclass(frozen=True)
class Answered:
    """The reply's address; the three cases it speaks of; the other six that were raised."""

    response: str
    three: list[str]
    six: list[str]


def answered_in_part(page: Page, a_list: str, later: str) -> Answered:
    """At the later round a reply speaks of three of the nine; of one it is not clear at first who is meant."""
    page.goto(a_list)
    raised = steps.on_list(page)[:-1]
    words = [f"{sentence}." for sentence in WORDS.rstrip(".").split(". ")]
    response = steps.record_response(page, a_list, SECOND, 41, WORDS)
    expect(page.locator("#raisings").get_by_role("checkbox")).to_have_count(9)
    for reference, sentence in zip(raised[:2], words[:2], strict=True):
        steps.answer(page, sentence, reference)
    steps.answer(page, words[2])
    page.goto("/responses/unmatched/")
    page.get_by_role("link", name="Match… this answer").click()
    page.get_by_role("radio", name=raised[2]).check()
    steps.press(page, "Match")
    expect(page.locator("#items")).to_contain_text(raised[2])
    page.goto(later)
    expect(page.locator("#came-back")).to_contain_text("round 40")
    return Answered(response, raised[:3], raised[3:])


def coded(olga: Page, rita: Page, answered: Answered) -> None:
    """One official codes all three; the reviewer confirms one, disputes one, which is coded again, and confirms."""
    one, other, none = answered.three
    for reference, typed in ((one, "A1"), (other, "B2"), (none, "C1")):
        steps.open_answer(olga, answered.response, reference)
        steps.code(olga, typed)
    olga.goto(f"/cases/{none}/")
    expect(olga.locator("#follow-ups")).to_contain_text("Fix identifiers")

    rita.goto("/answers/?tab=to-confirm")
    expect(rita.locator("main tbody a.ref")).to_have_count(3)
    steps.follow(rita, one)
    rita.get_by_role("button", name="Confirm A1").click()
    # The next one waiting stands there at once.
    expect(rita.get_by_role("heading", level=1)).not_to_contain_text(one)
    expect(rita.get_by_role("button", name="Confirm ")).to_be_visible()
    steps.open_answer(rita, answered.response, other)
    rita.get_by_label("Why you dispute it").fill("It speaks of health, not of a judgment: B3.")
    steps.press(rita, "Dispute B2")
    expect(rita.locator("#coding")).to_contain_text("Disputed by")

    steps.open_answer(olga, answered.response, other)
    expect(olga.locator("#coding")).to_contain_text("It speaks of health, not of a judgment: B3.")
    steps.code(olga, "B3")
    for reference, typed in ((other, "B3"), (none, "C1")):
        steps.open_answer(rita, answered.response, reference)
        steps.confirm(rita, typed)
    rita.goto("/answers/?tab=to-confirm")
    expect(rita.get_by_role("main")).not_to_contain_text("CN-")


def claimed(olga: Page, rita: Page, answered: Answered) -> None:
    """What the answer says happened goes onto the case as the counterpart's word; the reviewer weighs the answer."""
    reference = answered.three[0]
    steps.open_answer(olga, answered.response, reference)
    steps.follow(olga.locator("#claims"), "An event…")
    olga.get_by_label("What happened").select_option("sentenced")
    olga.get_by_label("When").fill("1974")
    steps.press(olga, "Propose")
    expect(olga.locator("#claims")).to_contain_text("proposed")
    olga.locator("#claims").get_by_role("link", name="Accept…").click()
    steps.press(olga, "Put it onto the case")
    expect(olga.locator("#claims")).to_contain_text("on the case")
    olga.goto(f"/cases/{reference}/")
    expect(olga.locator("#timeline li").filter(has_text="sentenced")).to_contain_text("1974")

    steps.open_answer(rita, answered.response, reference)
    rita.get_by_role("radio", name="contradicts other sources").check()
    steps.press(rita, "Save the assessment")
    expect(rita.locator("#coding")).to_contain_text("Assessed")


def decided(page: Page, first: str, a_list: str, answered: Answered) -> None:
    """What becomes of each of the nine: two one by one, the others at once; then the round is closed."""
    page.goto(first)
    steps.follow(page, "Close…")
    expect(page.get_by_role("main")).to_contain_text("9 entries not decided")
    expect(page.get_by_role("button", name="Close the round")).to_have_count(0)
    for number, (reference, decision) in enumerate(zip(answered.three, ("satisfied", "follow up"), strict=False), 1):
        row = page.get_by_role("row", name=reference)
        row.get_by_label(f"Decision about {reference}").select_option(label=decision)
        row.get_by_label(f"Reason for {reference}").fill("Said in the later round.")
        steps.press(row, f"Save {reference}")
        expect(page.get_by_role("main")).to_contain_text(f"{9 - number} entries not decided")
    for reference in (answered.three[2], *answered.six):
        page.get_by_label(f"Tick {reference}").check()
    page.get_by_label("Decide for the ticked ones").select_option(label="carry forward")
    steps.press(page, "Decide")
    expect(page.get_by_role("main")).to_contain_text("nothing left to decide")
    steps.press(page, "Close the round")
    steps.message(page, "closed")
    page.goto(a_list)
    expect(page.locator("main .pagehead .tags")).to_contain_text("closed")


def carried(page: Page, first: str, answered: Answered) -> None:
    """Seven go on to a draft for the next round, counted; who is to be followed up is suggested for it."""
    steps.plan_round(page, 42, THIRD)
    page.goto(first)
    steps.follow(page, "Carry forward…")
    page.get_by_role("radio", name="a new list for round 42").check()
    steps.press(page, "Carry forward")
    expect(page.locator("#entries .entry")).to_have_count(7)
    assert sorted(steps.on_list(page)) == sorted([answered.three[2], *answered.six])
    for reference in answered.six:
        expect(steps.entry(page, reference)).to_contain_text("carried forward 1×")
        expect(steps.entry(page, reference)).to_contain_text(ASK)
    assert answered.three[1] in steps.suggested(page)
    expect(page.get_by_role("row", name=answered.three[1])).to_contain_text("follow")


def read(page: Page, answered: Answered, cases: list[str]) -> None:
    """What a reviewer finds years later: asked and told, contradicted, waiting; and the same in the matrix."""
    days = (TODAY - FIRST).days
    page.goto(f"/cases/{answered.three[0]}/")
    ledger = page.locator("#ledger")
    expect(ledger.locator("dl.told")).to_contain_text("1 time since")
    expect(ledger.locator("dl.told")).to_contain_text("A1")
    expect(ledger.locator("dl.told")).to_contain_text("Nothing is waited for")
    expect(ledger.locator("dl.told")).to_contain_text("1 contradiction")
    expect(ledger).to_contain_text("It was assessed as contradicting other sources.")
    page.goto(f"/cases/{answered.six[0]}/")
    expect(ledger.locator("dl.told")).to_contain_text(f"{days} days")
    expect(ledger).to_contain_text("carry forward")

    page.goto("/matrix/")
    rows = page.locator("table.matrix tbody tr")
    expect(rows).to_have_count(9)
    expect(rows.filter(has_text=answered.three[0])).to_contain_text("substantive")
    expect(rows.filter(has_text=answered.three[1])).to_contain_text("partial")
    never = set(cases) - {*answered.three, *answered.six}
    expect(rows.filter(has_text=never.pop())).to_have_count(0)
    page.locator(".filters summary").click()
    page.get_by_label("Only cases waiting for an answer").check()
    page.get_by_role("button", name="Apply").click()
    expect(rows).to_have_count(6)
