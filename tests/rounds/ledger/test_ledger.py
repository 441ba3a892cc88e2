"""The ledger on the case page: figures per viewer, answers in order, what is struck, what it costs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.ledger import ledger_of
from rounds.models import ItemClaim, Partner, Raising, Round
from tests import make
from tests.rounds import cycle

TODAY = date(2026, 11, 23)


@pytest.fixture
def round(cast):
    with acting(Verb.ROUND_CREATED, by=cast.olga):
        made = Round(dialogue=cast.cn, ordinal=40, starts=date(2025, 6, 13), state="held")
        save_new(made)
    return made


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented")


def restricted(cast, north=False):
    return Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk if north else None)


def page(client, case):
    answer = client.get(f"/cases/{case.reference}/")
    assert answer.status_code == 200
    return answer.content.decode()


def read(case, user):
    return ledger_of(case, user, today=TODAY)


def test_the_page_tells_what_was_asked_and_told(cast, case, round, as_):
    first = cycle.raising(cast.olga, case, on=date(2019, 4, 1), words="Where is she?", speaker="The chair")
    listed = cycle.handed_over(cast.olga, cast.anna, round, case, outcome="refused")
    late = cycle.response(cast.olga, case.label(), on=date(2021, 3, 4), round=round, language="zh")
    cycle.item(cast.olga, late, first, "B3", verbatim="她身体健康。", translation="She is in good health.")
    text = page(as_(cast.olga), case)
    for words in (
        "2 times since 1 April 2019", "last on 13 June 2025, list, round 40, by us", "B3 partial", "703 days later",
        "She is in good health.", '<blockquote lang="zh"', "refused</span>", "no reply within 365 days",
        "Not raised 2020 to 2024.", "The chair", f"/raisings/new/?case={case.reference}",
        f"/responses/new/?list={listed.pk}", "between rounds",
    ):  # fmt: skip
        assert words in text, words
    assert "not decided" not in text


def test_nothing_is_promised_of_an_empty_ledger(cast, case, as_):
    text = page(as_(cast.rita), case)
    assert "No raising recorded yet." in text
    assert "/raisings/new/" not in text
    assert "/raisings/new/" in page(as_(cast.olga), case)


def test_a_list_in_work_and_promises_stand_on_it(cast, case, round, as_):
    cycle.case_list(cast.olga, round, case)
    cycle.commitment(cast.olga, case.label(), "A visit in spring.", case=case, due=date(2030, 1, 2), owner=cast.olga)
    text = page(as_(cast.rita), case)
    assert "Now on the" in text
    assert "list for round 40" in text
    assert "It becomes one when the list is handed over." in text
    assert "A visit in spring." in text
    assert f"due 2 January 2030</span> · {cast.olga.name}</small>" in text


def test_figures_are_those_of_the_viewer(cast, case, round, as_):
    cycle.raising(cast.olga, case, on=date(2018, 1, 1))
    higher = cycle.handed_over(cast.hugo, cast.anna, round, case, label=restricted(cast, north=True))
    said = cycle.response(cast.hugo, restricted(cast), on=date(2025, 12, 1))
    cycle.item(cast.hugo, said, cycle.raising_of(higher, case), "A1")
    cycle.case_list(cast.hugo, round, case, label=restricted(cast))
    cycle.commitment(cast.hugo, restricted(cast), "Kept from her.", case=case)
    olga, nils, hugo = (read(case, user) for user in (cast.olga, cast.nils, cast.hugo))
    assert (olga.times, olga.last_told, olga.waiting_since) == (1, None, date(2018, 1, 1))
    assert (olga.lists, olga.commitments) == ([], [])
    # nils sees the response, not the list it answers: nothing of its raising but the answer itself
    assert (nils.times, nils.last_told.code, len(nils.lists)) == (1, "A1", 1)
    assert (hugo.times, hugo.waiting_since, len(hugo.commitments)) == (2, None, 1)
    text = page(as_(cast.olga), case)
    assert str(higher.pk) not in text
    assert "A1" not in text
    assert "LIMITE" not in text
    assert "LIMITE" in page(as_(cast.hugo), case)
    assert as_(cast.lars).get(f"/cases/{case.reference}/").status_code == 404


def test_an_answer_to_an_older_list_leaves_the_newer_one_unanswered(cast, case):
    old = cycle.raising(cast.olga, case, on=date(2011, 6, 16))
    cycle.raising(cast.olga, case, on=date(2012, 5, 1))
    said = cycle.response(cast.olga, case.label(), on=date(2012, 5, 29))
    cycle.item(cast.olga, said, old, "A1")
    found = read(case, cast.olga)
    assert found.waiting_since == date(2012, 5, 1)
    assert found.waiting_days == (TODAY - date(2012, 5, 1)).days
    assert [one.without_reply for one in found.entries] == [365, 180]


def test_an_answer_to_a_later_raising_answers_the_earlier_too(cast, case):
    cycle.raising(cast.olga, case, on=date(2011, 6, 16))
    newer = cycle.raising(cast.olga, case, on=date(2012, 5, 1))
    said = cycle.response(cast.olga, case.label(), on=date(2012, 5, 29))
    cycle.item(cast.olga, said, newer, "B1")
    assert read(case, cast.olga).waiting_since is None


def test_an_answer_tied_to_no_raising_answers_what_was_asked_before_it(cast, case, as_):
    cycle.raising(cast.olga, case, on=date(2020, 1, 1))
    cycle.raising(cast.olga, case, on=date(2022, 1, 1))
    said = cycle.response(cast.olga, case.label(), on=date(2021, 1, 1))
    cycle.item(cast.olga, said, case=case, verbatim="该犯在押。")
    found = read(case, cast.olga)
    assert found.waiting_since == date(2022, 1, 1)
    assert [one.item.verbatim for one in found.loose] == ["该犯在押。"]
    assert "Told, tied to no raising" in page(as_(cast.olga), case)


def test_a_refusal_is_no_answer(cast, case):
    asked = cycle.raising(cast.olga, case, on=date(2020, 1, 1))
    said = cycle.response(cast.olga, case.label(), on=date(2020, 1, 20))
    cycle.item(cast.olga, said, asked, "R0")
    found = read(case, cast.olga)
    assert (found.waiting_since, found.last_told.code) == (date(2020, 1, 1), "R0")
    assert found.entries[0].without_reply == 0


@pytest.mark.parametrize(("days", "mark"), [(90, 0), (91, 90), (180, 90), (181, 180), (365, 180), (366, 365)])
def test_horizons(cast, case, days, mark):
    cycle.raising(cast.olga, case, on=TODAY - timedelta(days=days))
    assert read(case, cast.olga).entries[0].without_reply == mark


def test_corrections_and_voided_raisings_are_struck_and_count_for_nothing(cast, case, as_):
    asked = cycle.raising(cast.olga, case, on=date(2020, 1, 1))
    said = cycle.response(cast.olga, case.label(), on=date(2020, 3, 1))
    wrong = cycle.item(cast.olga, said, asked, "A8")
    other = make.case(cast.olga, cast.cn, "Other Invented")
    cycle.item(cast.olga, said, case=other, code="A8", supersedes=wrong, correction_reason="It is about somebody else.")
    cycle.raising(cast.olga, case, on=date(2021, 1, 1), voided=True, voided_reason="Was never said.")
    found = read(case, cast.olga)
    assert (found.times, found.last_told, found.waiting_since) == (1, None, date(2020, 1, 1))
    text = page(as_(cast.olga), case)
    assert "Corrected: It is about somebody else." in text
    assert "Voided: Was never said." in text
    assert other.reference not in text


def test_partners_partly_taken_lists_and_claims_are_told(cast, case, round, as_):
    with acting(Verb.PARTNER_ADDED, by=cast.olga):
        partner = Partner(name="Switzerland")
        save_new(partner)
    cycle.raising(cast.olga, case, on=date(2024, 1, 1), partner=partner)
    made = cycle.handed_over(cast.olga, cast.anna, round, case, outcome="partly")
    asked = cycle.raising_of(made, case)
    with acting(Verb.HANDOVER_CORRECTED, by=cast.olga):
        save_over(asked.entry, seen=asked.entry.version, changes={"accepted": False, "disposition": "follow_up"})
    answer = cycle.item(cast.olga, cycle.response(cast.olga, case.label()), asked, "A1")
    with acting(Verb.ITEM_CLAIM_PROPOSED, by=cast.olga):
        save_new(ItemClaim(item=answer, kind="event", event_kind="transferred", facility_text="Prison No. 2"))
        save_new(ItemClaim(item=answer, kind="identity", field="birth", value="1981", state="accepted",
                           decided_by=cast.olga))  # fmt: skip
    text = page(as_(cast.rita), case)
    for words in (", by Switzerland", "partly accepted: not this case", "follow up", "birth: 1981 (accepted)",
                  "transferred to a facility, Prison No. 2 (proposed)"):  # fmt: skip
        assert words in text, words


def test_old_years_are_folded_and_the_newest_never(cast, case, as_):
    cycle.raising(cast.olga, case, on=date(2001, 1, 1))
    cycle.raising(cast.olga, case, on=date(1998, 1, 1))
    years = read(case, cast.olga).years
    assert [(year.number, year.is_open, year.gap) for year in years] == [
        (2001, True, "1999 to 2000"),
        (1998, False, ""),
    ]
    assert page(as_(cast.olga), case).count('<details class="year"') == 2


def fill(cast, case, round, times):
    for number in range(times):
        asked = cycle.raising(cast.olga, case, on=date(2000, 1, 1) + timedelta(days=200 * number), round=round)
        said = cycle.response(cast.olga, case.label(), on=asked.on + timedelta(days=30), round=round)
        answer = cycle.item(cast.olga, said, asked, "A1" if number % 2 else "C1")
        with acting(Verb.ITEM_CLAIM_PROPOSED, by=cast.olga):
            save_new(ItemClaim(item=answer, kind="event", event_kind="transferred", facility_text="Prison No. 2"))
        cycle.commitment(cast.olga, case.label(), case=case, round=round)
    cycle.case_list(cast.olga, round, case)
    make.part(make.event(when="1999"), case, cast.olga)


def test_the_page_costs_the_same_after_one_raising_and_after_forty(cast, case, round, as_):
    client, counts = as_(cast.olga), []
    for times in (1, 39):
        fill(cast, case, round, times)
        page(client, case)
        with CaptureQueriesContext(connection) as caught:
            page(client, case)
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[1] <= 20
    assert Raising.objects.visible_to(cast.olga).count() == 40
