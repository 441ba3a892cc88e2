"""Consent stops a list: what to do is said; two persons may let a case stand, until something gets worse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions.case import label_case
from cases.models import Case
from casetracker.access.approvals import decide, waiting
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from rounds.actions.case_list import new_version
from rounds.actions.consent import ask_override
from rounds.actions.entry import hold_back_entry
from rounds.actions.handover import correct_handover, hand_over_list
from rounds.actions.raising import record_raisings
from rounds.actions.review import approve_list, submit_list
from rounds.consent import is_overridden, needed_on, unconsented
from rounds.models import Handover, Raising
from rounds.states import ListState
from tests import make as make_case
from tests.rounds.lists import make

TODAY = timezone.localdate
BAD = {
    "missing": lambda cast, case: None,
    "refused": lambda cast, case: make_case.assess(case, cast.olga, allowed=False),
    "expired": lambda cast, case: make_case.assess(case, cast.olga, until=TODAY() - timedelta(days=1)),
    "ends before the handover": lambda cast, case: make_case.assess(case, cast.olga, until=TODAY() + timedelta(days=9)),
}


@pytest.fixture
def round(cast):
    return make.round_(cast, starts=TODAY() + timedelta(days=60))


@pytest.fixture
def bad(cast):
    """A case nobody has assessed."""
    return make_case.case(cast.olga, cast.cn, "Sonam Invented", assessed=False, ask="Where is he held?")


@pytest.fixture
def begun(cast, round, bad):
    return make.begun(cast, round, bad, *make.cases(cast, 1))


def entry_of(case_list, case):
    return next(one for one in make.entries(case_list) if one.case_id == case.pk)


def let_stand(cast, case_list, case, by=None):
    asked = ask_override(entry=entry_of(case_list, case), by=cast.olga, reason="The family cannot be reached.")
    decide(approval=asked, by=by or cast.anna, seen=asked.version, yes=True, reason="Seen.")


def test_consent_must_hold_on_the_last_day_for_handing_over(cast, round):
    assert needed_on(round) == round.starts - timedelta(days=21)
    assert needed_on(round, today=round.starts) == round.starts


@pytest.mark.parametrize("kind", BAD)
def test_it_stops_submitting_and_names_the_case(cast, begun, bad, kind):
    BAD[kind](cast, bad)
    with pytest.raises(WrongState, match=f"without consent: {bad.reference}\\."):
        submit_list(case_list=begun, by=cast.olga, seen=begun.version)


def test_it_stops_approving_what_was_submitted(cast, round):
    one = make.cases(cast, 1)[0]
    made = make.in_review(cast, round, one)
    make_case.assess(one, cast.olga, allowed=False)
    with pytest.raises(WrongState, match=one.reference):
        approve_list(case_list=made, by=cast.anna, seen=made.version, digest=make.digest(made, cast.anna))


def test_consent_on_the_day_lets_it_pass(cast, begun, bad, round):
    make_case.assess(bad, cast.olga, until=needed_on(round))
    submit_list(case_list=begun, by=cast.olga, seen=begun.version)
    assert make.fresh(begun).state == ListState.IN_REVIEW


def test_a_case_held_back_stops_nothing(cast, begun, bad):
    entry = entry_of(begun, bad)
    hold_back_entry(entry=entry, by=cast.olga, seen=entry.version, reason="Not this time.")
    submit_list(case_list=make.fresh(begun), by=cast.olga, seen=make.fresh(begun).version)
    assert make.fresh(begun).state == ListState.IN_REVIEW


def test_two_persons_let_it_stand(cast, begun, bad):
    let_stand(cast, begun, bad)
    found = entry_of(begun, bad)
    assert is_overridden(found)
    assert found.consent_override_by == cast.anna
    approval = Approval.objects.unscoped("tests").get(kind="entry.consent_override")
    assert found.consent_override["approval"] == str(approval.pk)
    submit_list(case_list=begun, by=cast.olga, seen=make.fresh(begun).version)
    assert make.fresh(begun).state == ListState.IN_REVIEW


def test_who_let_it_stand_has_not_worked_on_the_list(cast, begun, bad):
    let_stand(cast, begun, bad)
    submit_list(case_list=begun, by=cast.olga, seen=make.fresh(begun).version)
    made = make.fresh(begun)
    approve_list(case_list=made, by=cast.anna, seen=made.version, digest=make.digest(made, cast.anna))
    copied = new_version(case_list=make.fresh(made), by=cast.olga, seen=make.fresh(made).version, reason="A question.")
    assert is_overridden(entry_of(copied, bad))


@pytest.mark.parametrize("who", ["olga", "hugo", "rita"])
def test_the_second_person_is_an_approver_and_another(cast, begun, bad, who):
    with pytest.raises(Denied):
        let_stand(cast, begun, bad, by=cast.people[who])
    assert not is_overridden(entry_of(begun, bad))


@pytest.mark.parametrize("who", ["rita", "anna"])
def test_only_who_prepares_the_list_asks(cast, begun, bad, who):
    with pytest.raises(Denied):
        ask_override(entry=entry_of(begun, bad), by=cast.people[who], reason="Why.")


def test_nothing_is_asked_where_consent_holds(cast, begun, bad):
    make_case.assess(bad, cast.olga)
    with pytest.raises(WrongState, match="does not stop"):
        ask_override(entry=entry_of(begun, bad), by=cast.olga, reason="Why.")


def test_what_changed_since_it_was_asked_is_not_decided(cast, begun, bad):
    asked = ask_override(entry=entry_of(begun, bad), by=cast.olga, reason="Why.")
    make_case.assess(bad, cast.olga, allowed=False)
    with pytest.raises(WrongState, match="changed since"):
        decide(approval=asked, by=cast.anna, seen=asked.version, yes=True, reason="Seen.")


@pytest.mark.parametrize("worse", ["refused", "label"])
def test_what_gets_worse_voids_it(cast, round, bad, worse):
    made = make.begun(cast, round, bad, by=cast.hugo, label=make.label(cast, 2))
    asked = ask_override(entry=entry_of(made, bad), by=cast.hugo, reason="Why.")
    decide(approval=asked, by=cast.anna, seen=asked.version, yes=True, reason="Seen.")
    assert is_overridden(entry_of(made, bad))
    if worse == "refused":
        make_case.assess(bad, cast.olga, allowed=False)
    else:
        now = Case.objects.unscoped("tests").get(pk=bad.pk)
        label_case(
            case=now, by=cast.hugo, seen=now.version, marking=Marking.RESTRICTED, compartment=None, reason="New."
        )
    assert not is_overridden(entry_of(made, bad))


def test_the_page_says_what_to_do_and_assesses_them_at_once(cast, begun, bad, as_):
    client = as_(cast.olga)
    text = make.text_of(client.get(make.url(begun)))
    assert "1 case without consent to be handed over" in text
    assert "consent not assessed" in text
    assert "1 case without" in make.text_of(as_(cast.rita).get(make.url(begun)))
    sent = {"cases": [str(bad.pk)], "outcome": "allowed", "consent_by": "family", "consent_until": "2099-01-01"}
    sent |= {"risk": "None known.", "reason": "Asked by telephone.", "seen": "1"}
    assert client.post(make.url(begun, "consent/"), {**sent, "consent_by": ""}).status_code == 422
    assert client.post(make.url(begun, "consent/"), sent).status_code == 302
    assert "without consent" not in make.text_of(client.get(make.url(begun)))


def test_only_those_on_the_list_are_assessed_there(cast, begun, as_):
    other = make_case.case(cast.olga, cast.cn, assessed=False)
    sent = {"cases": [str(other.pk)], "outcome": "not", "risk": "Some.", "reason": "Why.", "seen": "1"}
    assert as_(cast.olga).post(make.url(begun, "consent/"), sent).status_code == 422


def test_asked_and_decided_through_the_pages(cast, begun, bad, as_):
    url = make.url(entry_of(begun, bad), "override/")
    assert as_(cast.olga).post(url, {"reason": "The family cannot be reached.", "seen": "1"}).status_code == 302
    found = waiting(entry_of(begun, bad), cast.anna)
    assert "waits for a second person" in make.text_of(as_(cast.olga).get(make.url(begun)))
    told = make.text_of(as_(cast.anna).get(f"/approvals/{found.pk}/"))
    assert f"Nobody has assessed whether {bad.reference}" in told
    assert "cannot be reached" in told
    assert as_(cast.rita).post(url, {"reason": "x", "seen": "1"}).status_code == 403
    decide(approval=found, by=cast.anna, seen=found.version, yes=True, reason="Seen.")
    assert "let stand by Anna Keller" in make.text_of(as_(cast.olga).get(make.url(begun)))


VALUES = {"by": "The chair", "to": "The delegation", "medium": "", "outcome": "accepted", "note": ""}


@pytest.fixture
def approved(cast, round):
    """An approved list, one case of which was refused afterwards."""
    cases = make.cases(cast, 2)
    made = make.approved(cast, round, *cases)
    make_case.assess(cases[0], cast.olga, allowed=False)
    return made, cases[0]


def test_a_handover_without_consent_is_recorded_only_with_the_reason(cast, approved):
    made, case = approved
    values = {**VALUES, "on": TODAY()}
    with pytest.raises(WrongState, match=f"for {case.reference}\\."):
        hand_over_list(case_list=made, by=cast.olga, seen=made.version, values=values)
    assert not Handover.objects.unscoped("tests").exists()
    why = "It had left before the refusal was known."
    hand_over_list(case_list=make.fresh(made), by=cast.olga, seen=made.version, values=values, consent_reason=why)
    entry = TrailEntry.objects.get(verb=Verb.LIST_HANDED_OVER)
    assert (entry.reason, entry.detail["without_consent"]) == (why, 1)
    assert Handover.objects.unscoped("tests").get().consent_reason == why
    assert Raising.objects.unscoped("tests").count() == 2


def test_what_was_not_tendered_needs_none_until_it_turns_out_to_have_been(cast, approved):
    made, _ = approved
    values = {**VALUES, "on": TODAY(), "outcome": "not_tendered"}
    paper = hand_over_list(case_list=made, by=cast.olga, seen=made.version, values=values)
    again = {**VALUES, "on": TODAY()}
    with pytest.raises(WrongState, match="say why"):
        correct_handover(handover=paper, by=cast.olga, seen=paper.version, values=again, reason="It was given.")


def test_the_day_of_a_handover_is_not_moved_past_consent_in_silence(cast, round):
    case = make.cases(cast, 1)[0]
    made = make.approved(cast, round, case)
    make_case.assess(case, cast.olga, until=TODAY() - timedelta(days=1))
    before = {**VALUES, "on": TODAY() - timedelta(days=2)}
    paper = hand_over_list(case_list=made, by=cast.olga, seen=made.version, values=before)
    said = {"handover": paper, "by": cast.olga, "seen": paper.version, "reason": "The day was wrong."}
    with pytest.raises(WrongState, match="say why"):
        correct_handover(values={**VALUES, "on": TODAY()}, **said)
    correct_handover(values={**VALUES, "on": TODAY()}, consent_reason="It had left already.", **said)
    assert Handover.objects.unscoped("tests").filter(consent_reason="It had left already.").count() == 1


def test_the_page_of_a_correction_asks_why_once_the_day_moves(cast, round, as_):
    case = make.cases(cast, 1)[0]
    made = make.approved(cast, round, case)
    make_case.assess(case, cast.olga, until=TODAY() - timedelta(days=1))
    before = {**VALUES, "on": TODAY() - timedelta(days=2)}
    paper = hand_over_list(case_list=made, by=cast.olga, seen=made.version, values=before)
    client, url = as_(cast.olga), f"/handovers/{paper.pk}/correct/"
    assert "No consent" not in make.text_of(client.get(url))
    sent = {**VALUES, "on": TODAY().isoformat(), "confirmed": "on", "seen": str(paper.version), "reason": "Wrong day."}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "No consent to be handed over" in make.text_of(refused)
    assert client.post(url, {**sent, "consent_reason": "It had left already."}).status_code == 302


def test_an_approved_sheet_without_consent_says_so_on_paper_and_on_the_desk(cast, approved, as_):
    made, case = approved
    client = as_(cast.olga)
    sheet = client.get(make.url(made, "sheet/"))
    assert b'class="watermark">Consent is missing, not for use' in sheet.content
    assert f"there is no consent for {case.reference}" in sheet.text
    assert "no consent to be handed over" in make.text_of(client.get("/"))
    make_case.assess(case, cast.olga)
    assert b"watermark" not in client.get(make.url(made, "sheet/")).content


def test_consent_that_has_ended_since_counts_on_the_day_it_was_handed_over(cast, round):
    case = make.cases(cast, 1)[0]
    made = make.approved(cast, round, case)
    make_case.assess(case, cast.olga, until=TODAY() - timedelta(days=1))
    values = {**VALUES, "on": TODAY() - timedelta(days=2)}
    hand_over_list(case_list=made, by=cast.olga, seen=made.version, values=values)
    assert make.fresh(made).state == ListState.HANDED_OVER


def test_the_page_of_the_handover_asks_why(cast, approved, as_):
    made, _case = approved
    client, url = as_(cast.olga), make.url(made, "handover/")
    assert "No consent to be handed over" in make.text_of(client.get(url))
    sent = {**VALUES, "on": TODAY().isoformat(), "confirmed": "on", "seen": str(made.version)}
    assert client.post(url, sent).status_code == 422
    assert client.post(url, {**sent, "consent_reason": "It had left already."}).status_code == 302
    assert "Without consent for some cases: It had left already." in make.text_of(client.get(make.url(made)))


@pytest.mark.parametrize(
    ("channel", "use"),
    [
        ("oral_session", "private"),
        ("note_verbale", "written"),
        ("joint_action", "partners"),
        ("public_statement", "public"),
    ],
)
def test_a_raising_is_recorded_and_warned_about(cast, bad, channel, use):
    values = {"on": TODAY(), "channel": channel}
    made = record_raisings(by=cast.olga, cases=[bad], values=values)
    assert bad.reference in unconsented(made, cast.olga)
    make_case.assess(bad, cast.olga, use)
    assert unconsented(made, cast.olga) == ""


def test_the_page_of_a_raising_warns(cast, bad, as_):
    sent = {"case": bad.reference, "on": TODAY().isoformat(), "channel": "oral_session", "step": "record"}
    page = as_(cast.olga).post("/raisings/new/", sent, follow=True)
    assert Raising.objects.unscoped("tests").count() == 1
    assert "no consent held" in make.text_of(page)
