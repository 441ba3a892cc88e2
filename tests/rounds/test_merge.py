"""Two cases become one: an official asks, an approver decides, everything moves, nothing opens wider."""

from datetime import date

import pytest

from cases.actions import attachment as attachments
from cases.actions.case import label_case
from cases.actions.connection import create_group, join_group, link_cases
from cases.actions.part import accept_claim
from cases.models import Attachment, Case, CaseLink, CaseName, Claim, GroupMember, NameKey, Source
from casetracker.access.approvals import decide
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval, Grant
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from rounds.actions.merge import ask_merge
from rounds.models import Commitment, ListEntry, Raising, ResponseItem
from tests import make
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.lists import make as lists


@pytest.fixture
def two(cast):
    return (
        make.case(cast.olga, cast.cn, "Tashi Invented", parts=[make.event(when="2014")]),
        make.case(cast.olga, cast.cn, "Tashi Alias", sex="m", parts=[make.event(when="2015"), make.source()]),
    )


def fresh(case):
    return Case.objects.get(pk=case.pk)


def ask(two, by):
    case, other = (fresh(one) for one in two)
    return ask_merge(
        case=case, other=other, by=by, seen=(case.version, other.version), reason="Same birth, same village."
    )


def approve(asked, by):
    decide(approval=asked, by=by, seen=asked.version, yes=True)


def test_everything_moves(cast, as_, two):
    case, other = two
    third = make.case(cast.olga, cast.cn, "Third Invented")
    label = case.label()
    group = create_group(
        by=cast.olga, label=label, values={"title": "Of one trial", "kind": "trial"}, case=fresh(other)
    )
    both = create_group(by=cast.olga, label=label, values={"title": "Of one village"}, case=fresh(other))
    join_group(group=both, case=fresh(case), by=cast.olga)
    link_cases(case=fresh(other), other=third, by=cast.olga, kind="family")
    link_cases(case=fresh(other), other=fresh(case), by=cast.olga, kind="family")
    attachments.add_attachment(
        case=fresh(other), by=cast.nils, content=b"A letter.", title="Letter", extension="txt", marking=2
    )
    before = rounds_make.held(cast.olga, cast.cn)
    given = cycle.handed_over(cast.olga, cast.anna, before, other)
    raising = cycle.raising_of(given, other)
    item = cycle.item(cast.olga, cycle.response(cast.olga, label), raising, code="A1")
    cycle.raising(cast.olga, other, on=date(2024, 5, 2))
    promise = cycle.commitment(cast.olga, label, case=other)
    draft = lists.begun(cast, lists.round_(cast), other)

    asked = ask(two, cast.olga)
    assert fresh(other).state == "active"
    approve(asked, cast.bert)

    one, gone = fresh(case), fresh(other)
    assert (gone.state, gone.merged_into_id, one.reference) == ("merged", case.pk, case.reference)
    assert one.sex == "m"
    names = CaseName.objects.filter(case=case).order_by("position")
    assert [name.text for name in names] == ["Tashi Invented", "Tashi Alias"]
    assert NameKey.objects.filter(name=names[1]).exclude(case=case).count() == 0
    assert not NameKey.objects.filter(case=other).exists()
    assert Source.objects.get().case_id == case.pk
    assert {row.case_id for row in Raising.objects.all()} == {case.pk}
    assert ResponseItem.objects.get(pk=item.pk).case_id == case.pk
    assert Commitment.objects.get(pk=promise.pk).case_id == case.pk
    assert ListEntry.objects.get(case_list=draft).case_id == case.pk
    assert ListEntry.objects.get(case_list=given).case_id == other.pk
    assert set(GroupMember.objects.filter(case=case).values_list("group", flat=True)) == {group.pk, both.pk}
    assert CaseLink.objects.filter(from_case=case, to_case=third).exists()
    file = Attachment.objects.select_related("case").get()
    assert file.case_id == case.pk
    assert attachments.read_attachment(attachment=file, by=cast.nils) == b"A letter."
    # The figures of the survivor count both.
    text = as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    assert "Tashi Alias" in text
    assert one.raised_until is not None
    pointer = as_(cast.olga).get(f"/cases/{other.reference}/").content.decode()
    assert f"/cases/{case.reference}/" in pointer
    assert "merged into another" in pointer
    # The sheet that was given keeps the old reference.
    assert other.reference in as_(cast.olga).get(f"/lists/{given.pk}/").content.decode()
    assert TrailEntry.objects.filter(verb="case.merged").count() == 2
    history = as_(cast.olga).get(f"/cases/{case.reference}/history/").content.decode()
    assert "Same birth, same village." in history


def test_an_accepted_claim_of_the_one_that_goes_on_stands(cast, two):
    for case, sex in zip(two, ("m", "f"), strict=True):
        claim = make.part(Claim(field="sex", value=sex), fresh(case), cast.olga)
        accept_claim(claim=claim, by=cast.olga, seen=claim.version, column_value={"sex": sex})
    approve(ask(two, cast.olga), cast.bert)
    assert fresh(two[0]).sex == "m"
    assert sorted((one.value, one.accepted) for one in Claim.objects.filter(case=two[0])) == [("f", False), ("m", True)]


@pytest.mark.parametrize("who", ["rita", "bert", "lars", "vera", "nora", "zoe"])
def test_who_may_not_ask(cast, two, who):
    with pytest.raises(Denied):
        ask(two, cast.people[who])


@pytest.mark.parametrize("who", ["olga", "nils", "rita", "vera"])
def test_who_does_not_decide(cast, two, who):
    asked = ask(two, cast.olga)
    with pytest.raises(Denied):
        approve(asked, cast.people[who])
    assert fresh(two[1]).state == "active"


def test_people_who_see_one_of_them_cannot_merge(cast):
    case, hidden = make.case(cast.nils, cast.cn), make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    with pytest.raises(Denied):
        ask((case, hidden), cast.olga)
    with pytest.raises(WrongState):
        ask((case, hidden), cast.nils)


def test_what_changed_since_is_not_merged(cast, two):
    asked = ask(two, cast.olga)
    make.part(make.name("New Invented"), fresh(two[1]), cast.olga)
    with pytest.raises(WrongState):
        approve(asked, cast.bert)


def test_a_label_that_rose_since_stops_it(cast, two):
    asked = ask(two, cast.olga)
    label_case(case=fresh(two[1]), by=cast.nils, seen=fresh(two[1]).version, marking=2, compartment=None, reason="x")
    with pytest.raises(WrongState):
        approve(asked, cast.bert)
    assert fresh(two[1]).state == "active"


def test_rights_lost_meanwhile(cast, two):
    asked = ask(two, cast.olga)
    Grant.objects.filter(user=cast.olga).update(state="revoked")
    with pytest.raises(WrongState):
        approve(asked, cast.bert)


def test_both_on_one_list_and_an_approved_list(cast, two):
    lists.begun(cast, lists.round_(cast), *two)
    with pytest.raises(WrongState, match="Take one of them off first"):
        ask(two, cast.olga)


def test_one_that_waits_to_be_given(cast, two):
    other = make.case(cast.olga, cast.cn, "Asked Invented", ask="Where is he?")
    lists.approved(cast, lists.round_(cast), other)
    with pytest.raises(WrongState, match="which is approved"):
        ask((two[0], other), cast.olga)


def test_a_list_nobody_told_of_is_spoken_of_in_general(cast, two):
    deep = lists.begun(cast, lists.round_(cast), *two, by=cast.nils, label=lists.label(cast, 2))
    with pytest.raises(WrongState) as refused:
        ask(two, cast.olga)
    assert str(deep) not in refused.value.reason


def test_through_the_front_door(cast, as_, two):
    case, other = two
    olga, path = as_(cast.olga), f"/merge/{case.reference}/"
    hidden = make.case(cast.nils, cast.cn, marking=Marking.RESTRICTED)
    answers = [olga.get(path, {"other": reference}) for reference in (hidden.reference, "CN-7K3QF2-Z")]
    assert [one.status_code for one in answers] == [422, 422]
    told = [lists.text_of(one).replace(hidden.reference, "CN-7K3QF2-Z") for one in answers]
    assert told[0] == told[1]
    page = olga.get(path, {"other": other.reference}).content.decode()
    assert "Tashi Alias" in page
    assert "1 name" in page
    asked = {"seen": fresh(case).version, "seen_other": fresh(other).version, "reason": "Same person."}
    there = f"{path}?other={other.reference}"
    assert olga.post(there, {**asked, "reason": " "}).status_code == 422
    assert olga.post(there, {**asked, "seen": "7"}).status_code == 409
    assert olga.post(there, asked).status_code == 302
    approval = Approval.objects.get(kind="case.merge")
    assert f"/approvals/{approval.pk}/" in olga.get(f"/cases/{case.reference}/").content.decode()
    assert other.reference in as_(cast.bert).get(f"/approvals/{approval.pk}/").content.decode()
    yes = {"seen": approval.version, "decision": "approve", "sure": "on", "reason": ""}
    done = as_(cast.bert).post(f"/approvals/{approval.pk}/decide/", yes)
    assert done.status_code == 302
    assert fresh(other).state == "merged"
    assert as_(cast.rita).get(path).status_code == 403
    assert as_(cast.lars).get(path).status_code == 404


def test_no_refusal_of_consent_is_lost(cast, two):
    """One use assessed in two ways: only one could stay."""
    _case, other = two
    asked = ask(two, cast.olga)
    make.assess(fresh(other), cast.olga, allowed=False)
    with pytest.raises(WrongState):
        approve(asked, cast.anna)
    with pytest.raises(WrongState, match="hand over in writing"):
        ask(two, cast.olga)
