"""The desk: each role its own, nothing past the grants."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.actions.case import assign_case, edit_case
from cases.actions.connection import create_group, join_group, link_cases
from cases.models import FollowUp, ImportBatch
from casetracker.access.models import Grant, Invitation, User
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new, save_over
from casetracker.audit.verbs import Verb
from rounds.models import ListEntry, Round
from tests import make
from tests.rounds import cycle


def due(case, owner, days, what="Ask the family"):
    step = FollowUp(what=what, owner=owner, due=timezone.localdate() + timedelta(days=days))
    return make.part(step, case, owner)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def desk(as_):
    return lambda who: text_of(as_(who).get("/"))


def plan(cast, **values):
    with acting(Verb.ROUND_CREATED, by=cast.olga):
        row = Round(dialogue=cast.cn, **values)
        save_new(row)
    return row


def test_an_official_sees_what_is_due(cast, desk):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    for days, what in ((-3, "Late step"), (2, "Step of this week"), (40, "Step far off")):
        due(case, cast.olga, days, what)
    due(make.case(cast.hugo, cast.cn, "Other Person"), cast.hugo, 1, "Step of a colleague")
    text = desk(cast.olga)
    assert "1 overdue</span>, 1 this week · 1 of colleagues" in text
    assert text.index("Late step") < text.index("Step of this week")
    assert "1 more of yours later" in text
    panel = text.split("Due and overdue")[1].split("My cases")[0]
    assert "Step of a colleague" not in panel
    assert "Step far off" not in panel
    assert "3 days late" in text


def test_my_cases_and_drafts(cast, desk):
    mine = make.case(cast.olga, cast.cn, "Dolma Invented")
    draft = make.case(cast.olga, cast.cn, "Pema Draft", state="draft")
    text = desk(cast.olga)
    assert "My cases <span" in text
    assert mine.reference in text
    assert draft.reference in text.split("Drafts")[1]
    assert "My cases" not in desk(cast.rita)


def test_what_colleagues_changed_since_one_was_here(cast, as_):
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        old = make.case(cast.hugo, cast.cn, "Changed Before")
        case = make.case(cast.hugo, cast.cn, "Dolma Invented")
        own = make.case(cast.rita and cast.olga, cast.cn, "Changed Later")
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        as_(cast.rita).get("/cases/")
        with acting(Verb.CASES_LISTED, by=cast.rita):
            pass
    make.part(make.name("Alias", kind="alias"), case, cast.hugo)
    edit_case(case=own, by=cast.olga, seen=1, changes={"summary": "More."})
    text = text_of(as_(cast.rita).get("/")).split("Changed by colleagues")[1]
    assert "2 days ago" in text
    assert "Hugo Lindqvist added a name" in text
    assert "Olga Brandt edited it" in text
    assert old.reference not in text


def test_one_is_not_told_of_ones_own_changes_nor_of_hidden_ones(cast, desk):
    mine = make.case(cast.olga, cast.cn, "Dolma Invented")
    hidden = make.case(cast.hugo, cast.cn, "Hidden Person", marking=Marking.RESTRICTED)
    changes = desk(cast.olga).split("Changed by colleagues")[1]
    assert mine.reference not in changes
    assert hidden.reference not in desk(cast.olga)
    assert hidden.reference in desk(cast.nils)


def test_a_tie_to_a_hidden_case_is_no_change_of_the_visible_one(cast, desk):
    plain = make.case(cast.olga, cast.cn, "Dolma Invented")
    deep = make.case(cast.hugo, cast.cn, "Hidden Person", marking=Marking.RESTRICTED)
    link_cases(case=plain, other=deep, by=cast.hugo, kind="family")
    group = create_group(by=cast.hugo, label=deep.label(), values={"title": "Both"})
    join_group(group=group, case=plain, by=cast.hugo)
    changes = desk(cast.olga).split("Changed by colleagues")[1].split("</section>")[0]
    assert plain.reference not in changes
    make.part(make.name("Alias", kind="alias"), plain, cast.hugo)
    assert plain.reference in desk(cast.olga).split("Changed by colleagues")[1]


def test_a_case_that_went_out_of_sight_leaves_the_list_of_changes(cast, desk):
    case = make.case(cast.hugo, cast.cn, "Dolma Invented")
    assert case.reference in desk(cast.rita)
    with acting(Verb.CASE_LABELLED, by=cast.hugo, about=case):
        save_over(case, seen=1, changes={"marking": Marking.RESTRICTED})
    assert case.reference not in desk(cast.rita)


@time_machine.travel("2026-11-23T09:00:00Z", tick=False)
def test_the_calendar_of_the_next_round(cast, as_):
    with acting(Verb.USER_EDITED, process="tests"):
        grant = Grant.objects.get(user=cast.rita)
        save_over(grant, seen=1, changes={"valid_from": timezone.now(), "valid_to": timezone.now() + timedelta(9)})
    plan(cast, ordinal=41, starts="2026-12-09", venue="Beijing")
    text = text_of(as_(cast.rita).get("/"))
    assert "EU–China, round 41" in text
    assert "Beijing, 9 December 2026 · in 16 days" in text
    assert "Next: <b>Speaking cards</b>, in 9 days" in text
    assert "11–18 Nov <small>T−28</small>" in text
    assert text.count('class="past"') == 4
    assert text.count('aria-current="step"') == 1


def test_after_a_round_its_calendar_goes_on(cast, desk):
    today = timezone.localdate()
    plan(cast, ordinal=40, starts=today - timedelta(days=30), state="held")
    assert "Next: <b>First chaser</b>, in 30 days" in desk(cast.rita)


def test_without_a_round_officials_are_led_to_plan_one(cast, desk):
    assert "No round is planned. <a" in desk(cast.olga)
    assert "No round is planned.</span>" in desk(cast.rita)


def test_imports_that_wait(cast, desk):
    with acting(Verb.IMPORT_UPLOADED, by=cast.olga):
        save_new(
            ImportBatch(dialogue=cast.cn, provider="NGO", title="Table of May", state="checked", uploaded_by=cast.olga)
        )
        save_new(ImportBatch(dialogue=cast.cn, provider="NGO", title="Old table", state="done", uploaded_by=cast.olga))
        save_new(
            ImportBatch(
                dialogue=cast.cn,
                marking=2,
                provider="NGO",
                title="Hidden table",
                state="checked",
                uploaded_by=cast.hugo,
            )
        )
    text = desk(cast.olga)
    assert "Table of May" in text
    assert "Old table" not in text
    assert "Hidden table" not in text
    assert "Hidden table" in desk(cast.nils)
    assert "Table of May" not in desk(cast.rita)


def test_an_approver_sees_grants_that_wait_and_cases_nobody_looks_after(cast, desk):
    left, unowned = make.case(cast.olga, cast.cn, "Left Behind"), make.case(cast.olga, cast.cn, "Nobody's")
    make.case(cast.olga, cast.cn, "Well Kept")
    with acting(Verb.CASE_ASSIGNED, by=cast.olga):
        save_over(left, seen=1, changes={"owner_id": cast.dora.pk})
    assign_case(case=unowned, by=cast.olga, seen=1, owner=None)
    text = desk(cast.anna)
    assert "Quin Marsh" in text
    assert f'/people/{cast.dora.pk}/leaving/">Dora Lund</a>' in text
    assert "EU–China: deactivated" in text
    assert "Without an owner" in text
    assert text.count("1 open case<") == 2
    assert "Quin Marsh" not in desk(cast.vera)
    assert "Grants waiting" not in desk(cast.olga)


def test_a_grant_that_reaches_further_waits_for_somebody_else(cast, desk):
    with acting(Verb.GRANT_REQUESTED, by=cast.adam):
        grant = Grant.objects.get(user=cast.quin)
        grant.in_compartments.create(compartment=cast.north)
    assert "Quin Marsh" not in desk(cast.bert)
    assert "Quin Marsh" in desk(cast.anna)


def test_the_admin_sees_people_and_grants_and_no_content(cast, desk):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    due(case, cast.olga, -1)
    Invitation.objects.create(
        user=cast.zoe, digest="x", made_by=cast.adam, expires_at=timezone.now() + timedelta(days=3)
    )
    with acting(Verb.USER_EDITED, process="tests"):
        grant = Grant.objects.get(user=cast.rita)
        save_over(grant, seen=1, changes={"valid_to": timezone.now() + timedelta(days=5)})
    text = desk(cast.adam)
    assert "Quin Marsh" in text.split("Grants waiting")[1]
    assert "Rita Moreau" in text.split("about to end")[1]
    assert "Zoe Fontana" in text.split("Invitations")[1]
    for word in (case.reference, "Dolma", "Ask the family", "To begin with"):
        assert word not in text


def test_an_empty_installation_leads_the_admin(db, as_):
    with acting(Verb.USER_INVITED, process="tests"):
        admin = User(email="a@office.example", name="First Admin", office="admin")
        save_new(admin)
    text = text_of(as_(admin).get("/"))
    assert "To begin with" in text
    assert 'href="/dialogues/new/"' in text


def test_the_auditor_sees_figures(cast, desk):
    make.case(cast.olga, cast.cn, "Dolma Invented")
    text = desk(cast.otto)
    assert "The trail of the last seven days" in text
    assert "<dt>Entries</dt><dd>" in text
    assert "Dolma" not in text


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("zoe", "Nothing is open to you yet"),
        ("quin", "Waits for an approver; requested by Adam Weiss"),
        ("nora", "expired"),
        ("sven", "revoked"),
    ],
)
def test_without_a_grant_one_is_told_whom_to_ask(cast, desk, who, says):
    make.case(cast.olga, cast.cn, "Dolma Invented")
    text = desk(cast.people[who])
    assert says in text
    assert "access admin of your office" in text
    assert "Dolma" not in text


def test_who_may_log_is_led_to_the_first_case(cast, desk):
    assert "Log the first case" in desk(cast.olga)
    assert "Log the first case" not in desk(cast.rita)
    assert "as soon as an official logs one" in desk(cast.rita)


@pytest.mark.parametrize("who", ["olga", "hugo", "rita", "anna", "adam", "otto", "zoe"])
def test_queries_are_few_and_do_not_grow(cast, as_, who, django_assert_max_num_queries):
    for number in range(7):
        case = make.case(
            cast.hugo, cast.cn, f"Dolma {'abcdefg'[number] * 3}", state="active" if number % 2 else "draft"
        )
        due(case, cast.hugo, number)
    ahead = plan(cast, ordinal=41, starts=timezone.localdate() + timedelta(days=20))
    draft = cycle.case_list(cast.hugo, ahead)
    for _ in range(5):
        case = make.case(cast.hugo, cast.cn)
        cycle.entry(cast.hugo, draft, case, state="proposed")
        cycle.item(cast.hugo, cycle.response(cast.hugo, case.label()), cycle.raising(cast.hugo, case), "A1")
        cycle.commitment(cast.hugo, case.label(), due=timezone.localdate())
    client = as_(cast.people[who])
    with django_assert_max_num_queries(26):
        client.get("/")


# --- the cycle -------------------------------------------------------------------------------------------------


def test_lists_in_progress_and_cases_proposed(cast, desk):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    ahead = plan(cast, ordinal=41, starts=timezone.localdate() + timedelta(days=30))
    draft = cycle.case_list(cast.olga, ahead)
    cycle.entry(cast.olga, draft, case, state="proposed", why="Never raised.")
    panel = desk(cast.olga).split("Lists in progress")[1].split("</section>")[0]
    assert f"/lists/{draft.pk}/" in panel
    assert "being prepared" in panel
    proposed = desk(cast.olga).split("Cases proposed")[1].split("</section>")[0]
    assert case.reference in proposed
    assert "Never raised." in proposed
    assert "Cases proposed" not in desk(cast.rita)


def test_a_list_in_review_waits_for_the_approver(cast, desk):
    ahead = plan(cast, ordinal=41, starts=timezone.localdate() + timedelta(days=30))
    cycle.case_list(cast.olga, ahead, make.case(cast.olga, cast.cn), state="in_review")
    for who, tone in ((cast.anna, "tag wait"), (cast.olga, "quiet")):
        panel = desk(who).split("Lists in progress")[1].split("</section>")[0]
        assert f'class="{tone}">waits for approval' in panel


def test_entries_nobody_decided_after_the_round(cast, desk):
    past = plan(cast, ordinal=40, starts=cycle.JUNE, state="held")
    listed = cycle.handed_over(cast.olga, cast.anna, past, make.case(cast.olga, cast.cn))
    assert "1 to decide after the round" in desk(cast.olga)
    entry = ListEntry.objects.get(case_list=listed)
    with acting(Verb.ENTRY_DISPOSED, by=cast.olga):
        entry.case_list = listed
        save_over(entry, seen=entry.version, changes={"disposition": "satisfied"})
    assert "Lists in progress" not in desk(cast.olga)


def test_an_approved_list_that_was_never_given_leaves_the_desk_once_it_is_decided(cast, desk):
    past = plan(cast, ordinal=40, starts=cycle.JUNE, state="held")
    listed = cycle.case_list(cast.olga, past, make.case(cast.olga, cast.cn), approved_by=cast.anna)
    assert "to hand over" in desk(cast.olga)
    entry = ListEntry.objects.get(case_list=listed)
    entry.case_list = listed
    for changes in ({"state": "not_raised", "state_reason": "No time."}, {"disposition": "satisfied"}):
        with acting(Verb.ENTRY_DISPOSED, by=cast.olga):
            save_over(entry, seen=entry.version, changes=changes)
        assert ("1 to decide after the round" in desk(cast.olga)) == ("state" in changes)
    assert "Lists in progress" not in desk(cast.olga)


def test_answers_that_wait(cast, desk):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    said = cycle.response(cast.olga, case.label())
    raising = cycle.raising(cast.olga, case)
    cycle.item(cast.olga, said, raising, "A1")
    loose = cycle.item(cast.olga, said)
    mine = desk(cast.olga).split("Answers</h2>")[1].split("</section>")[0]
    assert "To match 1" in mine
    assert "To code 1" in mine
    assert "To confirm" not in mine
    assert f"/answers/{loose.pk}/" in mine
    hers = desk(cast.rita)
    assert "To confirm 1" in hers
    assert case.reference in hers


def test_promises_due(cast, desk):
    case = make.case(cast.olga, cast.cn, "Dolma Invented")
    late = timezone.localdate() - timedelta(days=3)
    cycle.commitment(cast.olga, case.label(), "A doctor will see him.", due=late, case=case)
    cycle.commitment(cast.olga, case.label(), "Far off.", due=late + timedelta(days=90))
    panel = desk(cast.rita).split("Commitments due")[1].split("</section>")[0]
    assert "1 overdue" in panel
    assert "A doctor will see him." in panel
    assert "Far off." not in panel


def test_what_of_the_cycle_is_hidden_is_not_on_the_desk(cast, desk):
    deep = make.case(cast.hugo, cast.cn, "Hidden Person", marking=Marking.RESTRICTED, compartment=cast.north)
    before = desk(cast.nils)
    ahead = plan(cast, ordinal=41, starts=timezone.localdate() + timedelta(days=30))
    planned = desk(cast.nils)
    assert planned != before
    cycle.entry(cast.hugo, cycle.case_list(cast.hugo, ahead, label=deep.label()), deep, state="proposed")
    said = cycle.response(cast.hugo, deep.label())
    cycle.item(cast.hugo, said, cycle.raising(cast.hugo, deep), "A1")
    cycle.item(cast.hugo, said)
    cycle.commitment(cast.hugo, deep.label(), due=timezone.localdate())
    assert without_token(desk(cast.nils)) == without_token(planned)
    assert without_token(desk(cast.anna)) != without_token(planned)


def without_token(text):
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken[^:]*)["=:\s]*"[^"]*"', "", text)
