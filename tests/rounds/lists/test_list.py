"""The page of a list, and building it through the front door."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import LedgerDay
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import add_cases
from rounds.actions.entry import edit_entry
from rounds.models import CaseList, ListComment, ListEntry
from tests import make as core
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url
from tests.two_persons import allow

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


@pytest.fixture
def round_(cast):
    return make.round_(cast)


@pytest.fixture
def draft(cast, round_):
    return make.begun(cast, round_, *make.cases(cast))


def test_a_list_is_begun_under_the_lowest_label(cast, as_, round_):
    hugo = as_(cast.hugo)
    page = hugo.get(f"/rounds/{round_.pk}/lists/new/")
    chosen = re.findall(r'<input type="radio"[^>]*value="([^"]*)"[^>]*checked', page.content.decode())
    assert chosen == ["1/"]
    seen_by = re.findall(r"<dd>(.*?)</dd>", page.content.decode())
    assert "Rita Moreau" in seen_by[0]
    assert "Rita Moreau" not in seen_by[1]
    made = hugo.post(f"/rounds/{round_.pk}/lists/new/", {"label": "1/", "note": "Only the urgent ones."})
    case_list = CaseList.objects.get()
    assert made["Location"] == url(case_list)
    assert (case_list.marking, case_list.note, case_list.prepared_by) == (1, "Only the urgent ones.", cast.hugo)
    assert TrailEntry.objects.get(verb="list.created").object_id == case_list.pk


def test_nobody_gives_a_label_they_could_not_see(cast, olga, round_):
    there = f"/rounds/{round_.pk}/lists/new/"
    assert b"North circle" not in olga.get(there).content
    for value in ("2/", f"1/{cast.north.pk}", "x"):
        assert olga.post(there, {"label": value}).status_code == 422
    assert not CaseList.objects.exists()


def test_a_round_that_is_over_gets_no_list(cast, olga):
    gone = rounds_make.round_(cast.olga, cast.cn, ordinal=42, starts=None)
    olga.post(f"/rounds/{gone.pk}/state/", {"to": "cancelled", "cancelled_by": "own", "state_reason": "x", "seen": 1})
    assert olga.post(f"/rounds/{gone.pk}/lists/new/", {"label": "1/"}).status_code == 409


def test_the_page_names_people_in_its_body_only(cast, olga, draft):
    page = olga.get(url(draft))
    words = text_of(page)
    assert "List for round 41" in words
    assert "Invented Person 2" in words
    assert "Where is he held?" in words
    assert "Invented" not in re.search(r"<title>.*?</title>", page.content.decode()).group()
    assert TrailEntry.objects.filter(verb="list.read", object_id=draft.pk, actor=cast.olga).count() == 1


def test_what_the_ledger_knows_stands_with_the_case(cast, olga, draft):
    held = rounds_make.held(cast.olga, cast.cn, ordinal=40)
    case = make.entries(draft)[0].case
    old = cycle.handed_over(cast.olga, cast.anna, held, case)
    words = text_of(olga.get(url(draft)))
    assert "raised 1×, last 13 Jun 2025" in words
    assert "unanswered since 13 Jun 2025" in words
    reply = cycle.response(cast.olga, make.label(cast))
    cycle.item(cast.olga, reply, cycle.raising_of(old, case), "B3")
    words = text_of(olga.get(url(draft)))
    assert "B3 partial" in words
    assert "unanswered since" not in words


def test_figures_are_those_of_the_viewer(cast, as_, draft):
    held = rounds_make.held(cast.olga, cast.cn, ordinal=40)
    cycle.handed_over(cast.hugo, cast.anna, held, make.entries(draft)[0].case, label=make.label(cast, 2, cast.north))
    assert "raised 1×" in text_of(as_(cast.hugo).get(url(draft)))
    assert "raised 1×" not in text_of(as_(cast.olga).get(url(draft)))


def test_a_reference_adds_its_case_with_its_ask(cast, olga, draft):
    case = core.case(cast.olga, cast.cn, "Another Person", ask="May the family visit?")
    response = olga.post(url(draft, "cases/"), {"q": case.reference.lower()}, follow=True)
    assert f"{case.reference} is on the list, at the end." in text_of(response)
    entry = make.entries(draft)[-1]
    assert (entry.case, entry.ask, entry.state, entry.position) == (case, "May the family visit?", "included", 4)
    olga.post(url(draft, "cases/"), {"q": case.reference})
    assert len(make.entries(draft)) == 4


def test_a_name_shows_what_is_found_and_why_it_cannot_be_added(cast, as_, draft):
    core.case(cast.hugo, cast.cn, "Findable Marked", marking=2)
    mine = core.case(cast.hugo, cast.cn, "Findable Plain")
    response = as_(cast.hugo).post(url(draft, "cases/"), {"q": "findable"})
    assert "has a higher label than the list" in text_of(response)
    assert f'name="q" value="{mine.reference}"' in response.content.decode()
    assert b"Findable Marked" not in as_(cast.olga).post(url(draft, "cases/"), {"q": "findable"}).content
    searched = TrailEntry.objects.filter(verb="case.searched").first()
    assert "findable" not in str(searched.detail)


def test_a_case_above_the_list_is_refused_and_a_hidden_one_does_not_exist(cast, as_, draft):
    above = core.case(cast.hugo, cast.cn, "Marked", marking=2)
    there = url(draft, "cases/")
    refused = as_(cast.hugo).post(there, {"q": above.reference})
    assert refused.status_code == 409
    assert f"Not everybody who sees this list may see {above.reference}" in text_of(refused)
    assert "No case that you see" in text_of(as_(cast.olga).post(there, {"q": above.reference}))
    assert len(make.entries(draft)) == 3


def test_the_ask_is_edited_in_its_place(cast, olga, draft):
    first, second, _ = make.entries(draft)
    page = olga.get(url(first))
    assert b"Where is he held?</textarea>" in page.content
    sent = {"ask": "Is he in good health?", "why": "new information", "seen": first.version, "and-next": "1"}
    assert olga.post(url(first), sent)["Location"] == url(second)
    entry = make.entries(draft)[0]
    assert (entry.ask, entry.why) == ("Is he in good health?", "new information")
    assert make.fresh(draft).version == draft.version + 1


def test_two_edit_one_ask_and_nothing_is_lost(cast, as_, olga, draft):
    entry = make.entries(draft)[0]
    edit_entry(entry=entry, by=cast.hugo, seen=1, changes={"ask": "Asked by Hugo."})
    response = olga.post(url(entry), {"ask": "Asked by Olga.", "why": "", "seen": "1"})
    assert response.status_code == 409
    assert "Hugo Lindqvist saved this while you were editing" in text_of(response)
    assert "Asked by Hugo." in text_of(response)
    assert "Asked by Olga." in text_of(response)
    again = {"ask": "Asked by Olga.", "why": "", "seen": "2", "keep-ask": "yours"}
    assert olga.post(url(entry), again).status_code == 302
    assert make.entries(draft)[0].ask == "Asked by Olga."


def test_another_place_in_the_order_is_no_conflict_over_the_ask(cast, olga, draft):
    entry = make.entries(draft)[0]
    olga.post(url(entry, "move/"), {"way": "last"})
    assert olga.post(url(entry), {"ask": "Still mine.", "why": "", "seen": "1"}).status_code == 302
    assert make.entries(draft)[-1].ask == "Still mine."


def test_held_back_with_the_reason_and_included_again(cast, olga, draft):
    entry = make.entries(draft)[0]
    there = url(entry, "state/")
    assert b"Hold back" in olga.get(there + "?to=held_back").content
    assert olga.post(there, {"to": "held_back", "seen": "1", "reason": " "}).status_code == 422
    olga.post(there, {"to": "held_back", "seen": "1", "reason": "The family asked us to wait."})
    assert make.entries(draft)[0].state_reason == "The family asked us to wait."
    assert "2 on the sheet, 1 held back" in text_of(olga.get(url(draft)))
    olga.post(there, {"to": "included", "seen": "2"})
    entry = make.entries(draft)[0]
    assert (entry.state, entry.state_reason) == ("included", "")


def test_taken_off_with_what_was_said(cast, olga, draft):
    entry = make.entries(draft)[0]
    olga.post(url(draft, "comments/"), {"text": "Is the year right?", "entry": entry.pk})
    assert olga.get(url(entry, "remove/")).status_code == 200
    assert olga.post(url(entry, "remove/"), {"seen": "1", "reason": "Wrong person."}).status_code == 302
    assert len(make.entries(draft)) == 2
    kept = ListComment.objects.get()
    assert (kept.entry_id, kept.text) == (None, f"{entry.case.reference}: Is the year right?")
    left = ListEntry.history.filter(id=entry.pk).first()
    assert (left.history_type, left.history_change_reason) == ("-", "Wrong person.")
    assert not ListComment.history.filter(history_type="-").exists()


def test_who_reads_an_old_version_does_not_take_off(cast, olga, draft):
    entry = make.entries(draft)[0]
    edit_entry(entry=entry, by=cast.hugo, seen=1, changes={"ask": "Asked by Hugo."})
    assert olga.post(url(entry, "remove/"), {"seen": "1"}).status_code == 409
    assert len(make.entries(draft)) == 3


def test_all_proposed_are_included_at_once(cast, olga, round_):
    draft = make.begun(cast, round_, *make.cases(cast), state="proposed")
    assert b"Include all proposed" in olga.get(url(draft)).content
    olga.post(url(draft, "include/"), {"seen": make.fresh(draft).version})
    assert {entry.state for entry in make.entries(draft)} == {"included"}
    assert b"Include all proposed" not in olga.get(url(draft)).content


def test_note_and_kind_are_edited_and_two_versions_shown(cast, olga, draft):
    there = url(draft, "edit/")
    assert olga.post(there, {"note": "First.", "seen": draft.version}).status_code == 302
    late = olga.post(there, {"note": "Second.", "supplementary": "on", "seen": draft.version})
    assert late.status_code == 409
    assert "First." in text_of(late)
    assert "Second." in text_of(late)


def test_the_label_is_raised_by_one_and_lowered_by_two_never_below_a_case(cast, as_, draft):
    there, hugo, anna = url(draft, "label/"), as_(cast.hugo), as_(cast.anna)
    up = {"label": "2/", "reason": "A marked case follows."}
    assert hugo.post(there, {**up, "seen": draft.version}).status_code == 302
    assert as_(cast.olga).get(url(draft)).status_code == 404
    marked = core.case(cast.hugo, cast.cn, "Marked", marking=2)
    add_cases(case_list=make.fresh(draft), by=cast.hugo, cases=[marked])
    down = {"label": "1/", "reason": "Not needed.", "seen": make.fresh(draft).version}
    refused = anna.post(there, down)
    assert refused.status_code == 409
    assert f"On the list are cases with a higher label: {marked.reference}" in text_of(refused)
    entry = make.entries(draft)[-1]
    hugo.post(url(entry, "remove/"), {"seen": entry.version})
    assert hugo.post(there, {**down, "seen": make.fresh(draft).version}).status_code == 302
    assert as_(cast.olga).get(url(draft)).status_code == 404
    allow(cast.anna, "list.lower")
    assert as_(cast.olga).get(url(draft)).status_code == 200


def test_carried_forward_counts_and_never_comes_down(cast, as_, round_):
    held = rounds_make.held(cast.hugo, cast.cn, ordinal=40)
    case = make.cases(cast, 1)[0]
    high = cycle.handed_over(cast.hugo, cast.anna, held, case, label=make.label(cast, 2))
    before = make.entries(high)[0]
    with acting(Verb.ENTRY_DISPOSED, by=cast.hugo):
        save_over(before, seen=before.version, changes={"disposition": "carry_forward"})
    low = make.begun(cast, round_)
    with pytest.raises(Exception, match="stood on a list with a higher label"):
        add_cases(case_list=low, by=cast.hugo, cases=[case], carried_from={case.pk: before})
    fits = make.begun(cast, round_, by=cast.hugo, label=make.label(cast, 2))
    made = add_cases(case_list=fits, by=cast.hugo, cases=[case], carried_from={case.pk: before})[0]
    assert (made.carried, made.ask, made.carried_from_id) == (1, before.ask, before.pk)
    assert "carried forward 1×" in text_of(as_(cast.hugo).get(url(fits)))
    down = {"label": "1/", "reason": "Lower.", "seen": make.fresh(fits).version}
    assert "Taken over from a list with a higher label" in text_of(as_(cast.anna).post(url(fits, "label/"), down))


def test_a_merged_case_stays_off(cast, draft):
    first, second = make.cases(cast, 2)
    with cycle.acting(cycle.Verb.CASE_EDITED, by=cast.olga):
        first.state, first.merged_into, first.version = "merged", second, first.version + 1
        first.save()
    with pytest.raises(Exception, match="was merged into another case"):
        add_cases(case_list=draft, by=cast.olga, cases=[first])


@pytest.mark.parametrize("who", ["olga", "anna", "rita"])
def test_as_many_queries_for_three_cases_as_for_thirty(cast, as_, round_, who):
    small = make.in_review(cast, round_, *make.cases(cast, 3))
    large = make.in_review(cast, round_, *make.cases(cast, 30), supplementary=True)
    client, counts = as_(getattr(cast, who)), []
    client.get(url(small))
    for case_list in (small, large):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(case_list)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_list_given_long_ago_is_raised_after_what_builds_on_it(cast, as_, round_):
    case = core.case(cast.olga, cast.cn, "Dolma Invented")
    held = rounds_make.held(cast.olga, cast.cn)
    old = cycle.handed_over(cast.olga, cast.anna, held, case, label=make.label(cast))
    reply = cycle.response(cast.olga, make.label(cast))
    cycle.item(cast.olga, reply, cycle.raising_of(old, case), "A1")
    up = {"label": "2/", "reason": "The family asks for it.", "seen": make.fresh(old).version}
    refused = as_(cast.nils).post(url(old, "label/"), up)
    assert refused.status_code == 409
    assert "Raise the label of the response of" in text_of(refused)
    with acting(Verb.RESPONSE_LABELLED, by=cast.nils):
        save_over(reply, seen=1, changes={"marking": 2})
    assert as_(cast.nils).post(url(old, "label/"), up).status_code == 302
    assert as_(cast.olga).get(url(old)).status_code == 404
    days = LedgerDay.objects.unscoped("tests").filter(case=case, kind="raised")
    assert set(days.values_list("marking", flat=True)) == {2}
    down = {"label": "1/", "reason": "Not any more.", "seen": make.fresh(old).version}
    assert as_(cast.anna).post(url(old, "label/"), down).status_code == 409
