"""Coding, the second coder, the assessment: every step in every wrong state and by every wrong person."""

import pytest

from cases.models import FollowUp, LedgerDay
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.actions.assessing import assess_item
from rounds.actions.coding import after_match, code_item, confirm_item, dispute_item
from rounds.actions.matching import match_item
from rounds.models import ResponseItem
from tests.rounds import cycle
from tests.rounds.answers.desk import CAME, a_case, answered, corrected, in_state, text_of

pytestmark = pytest.mark.django_db
STATES = ("recorded", "coded", "confirmed", "disputed", "assessed")
SENT = {
    "code": {"code": "B3"},
    "confirm": {},
    "dispute": {"second_note": "It is B2."},
    "assess": {"assessment": "new"},
}
ALLOWED = {
    "code": {"recorded", "disputed"},
    "confirm": {"coded"},
    "dispute": {"coded"},
    "assess": {"confirmed", "disputed"},
}
LEADS = {"code": "coded", "confirm": "confirmed", "dispute": "disputed", "assess": "assessed"}


def url(item, what):
    return f"/answers/{item.pk}/{what}/"


@pytest.fixture
def case(cast):
    return a_case(cast.olga, cast)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", SENT)
def test_every_step_in_every_state(cast, as_, case, what, state):
    item = answered(cast.olga, case, **in_state(state, cast.olga, cast.anna))
    response = as_(cast.rita).post(url(item, what), {"seen": 1, **SENT[what]})
    now = ResponseItem.objects.get(pk=item.pk)
    right = state in ALLOWED[what]
    assert (response.status_code, now.state) == ((302, LEADS[what]) if right else (409, state))
    if not right:
        assert "cannot become" in text_of(response)


@pytest.mark.parametrize("who", ["olga", "rita", "anna", "hugo", "nils", "lars", "nora", "zoe", "adam", "otto"])
@pytest.mark.parametrize("what", SENT)
def test_every_step_by_everybody(cast, as_, case, what, who):
    state = {"code": "recorded", "assess": "confirmed"}.get(what, "coded")
    item = answered(cast.olga, case, **in_state(state, cast.bert, cast.dora))
    approver = who == "anna" and what in ("code", "assess")
    seeing = who in ("olga", "rita", "anna", "hugo", "nils")
    response = as_(cast.people[who]).post(url(item, what), {"seen": 1, **SENT[what]})
    assert response.status_code == (403 if approver else 302 if seeing else 404)
    assert (ResponseItem.objects.get(pk=item.pk).state == LEADS[what]) == (seeing and not approver)


@pytest.mark.parametrize("what", ["confirm", "dispute"])
def test_the_coder_neither_confirms_nor_disputes(cast, as_, case, what):
    item = answered(cast.olga, case, **in_state("coded", cast.rita, cast.anna))
    assert as_(cast.rita).post(url(item, what), {"seen": 1, **SENT[what]}).status_code == 403
    assert ResponseItem.objects.get(pk=item.pk).state == "coded"
    page = as_(cast.rita).get(f"/answers/{item.pk}/")
    assert "It waits for somebody else" in text_of(page)
    assert b"Confirm B3" not in page.content


@pytest.mark.parametrize("what", SENT)
def test_a_corrected_answer_stays_as_it_was(cast, as_, case, what):
    state = {"code": "recorded", "assess": "confirmed"}.get(what, "coded")
    item = answered(cast.olga, case, **in_state(state, cast.olga, cast.anna))
    newer = corrected(cast.olga, item)
    response = as_(cast.rita).post(url(item, what), {"seen": 1, **SENT[what]})
    assert response.status_code == 409
    assert ResponseItem.objects.get(pk=item.pk).state == state
    page = as_(cast.rita).get(f"/answers/{item.pk}/")
    assert f"/answers/{newer.pk}/" in page.content.decode()
    assert b"<form" not in page.content.split(b"<main")[1].split(b"</main>")[0]


@pytest.mark.parametrize("code", ["", "D1", "b3", "A10"])
def test_only_codes_that_are(cast, case, code):
    item = answered(cast.olga, case)
    with pytest.raises(WrongState):
        code_item(item=item, by=cast.rita, seen=1, code=code)


def test_the_grade_is_that_of_the_code_but_for_b1(cast, case):
    for code, grade, note, right in (
        ("A1", None, "", "substantive"),
        ("C5", None, "", "none"),
        ("R0", None, "", "refused"),
        ("B1", None, "", "partial"),
        ("B1", "substantive", "The court of Lhasa, art. 293, Drapchi.", "substantive"),
        ("B1", "substantive", " ", None),
        ("B1", "none", "x", None),
        ("B3", "substantive", "x", None),
        ("A1", "partial", "x", None),
    ):
        item = answered(cast.olga, case)
        if right is None:
            with pytest.raises(WrongState):
                code_item(item=item, by=cast.rita, seen=1, code=code, grade=grade, note=note)
        else:
            code_item(item=item, by=cast.rita, seen=1, code=code, grade=grade, note=note)
            assert ResponseItem.objects.get(pk=item.pk).grade == right


def test_typed_codes_count_before_picked_ones(cast, as_, case):
    item = answered(cast.olga, case)
    rita = as_(cast.rita)
    response = rita.post(url(item, "code"), {"seen": 1, "typed": "z9", "note": "Kept."})
    assert response.status_code == 422
    assert "There is no such code" in text_of(response)
    assert "Kept." in text_of(response)
    assert rita.post(url(item, "code"), {"seen": 1}).status_code == 422
    assert (
        rita.post(url(item, "code"), {"seen": 1, "typed": " b1", "code": "A1", "grade": "partial"}).status_code == 302
    )
    now = ResponseItem.objects.get(pk=item.pk)
    assert (now.code, now.grade, now.coded_by) == ("B1", "partial", cast.rita)
    assert TrailEntry.objects.get(verb="item.coded").detail == {"code": "B1", "grade": "partial"}


def test_figures_follow_the_code(cast, case):
    item = answered(cast.olga, case)
    days = LedgerDay.objects.filter(case=case).exclude(kind="raised")
    assert [(day.kind, day.code) for day in days.all()] == [("answered", "")]
    code_item(item=item, by=cast.rita, seen=1, code="R0")
    assert [(day.kind, day.code) for day in days.all()] == [("refused", "R0")]


def test_a_dispute_is_coded_again_and_confirmed_by_another(cast, case):
    item = answered(cast.olga, case)
    code_item(item=item, by=cast.rita, seen=1, code="B3", note="Health only.")
    dispute_item(item=item, by=cast.olga, seen=2, second_note="It is B2.")
    code_item(item=item, by=cast.rita, seen=3, code="B2")
    now = ResponseItem.objects.select_related("response").get(pk=item.pk)
    assert (now.second_coder, now.second_note, now.coded_by) == (None, "", cast.rita)
    with pytest.raises(Denied):
        confirm_item(item=now, by=cast.rita, seen=4)
    confirm_item(item=now, by=cast.olga, seen=4)
    assess_item(item=now, by=cast.rita, seen=5, assessment="unverifiable", note="No other source.")
    kept = ResponseItem.history.filter(id=item.pk).order_by("version").values_list("state", "code", "second_note")
    assert list(kept) == [
        ("recorded", "", ""),
        ("coded", "B3", ""),
        ("disputed", "B3", "It is B2."),
        ("coded", "B2", ""),
        ("confirmed", "B2", ""),
        ("assessed", "B2", ""),
    ]


def test_the_page_tells_the_whole_history(cast, as_, case):
    item = answered(cast.olga, case)
    code_item(item=item, by=cast.rita, seen=1, code="B3", note="Health only.")
    dispute_item(item=item, by=cast.olga, seen=2, second_note="He is said to be convicted.")
    code_item(item=item, by=cast.olga, seen=3, code="B2")
    shown = text_of(as_(cast.rita).get(f"/answers/{item.pk}/"))
    assert shown.index("Olga Brandt coded it again: B2") < shown.index("Olga Brandt disputed the coding B3")
    assert shown.index("He is said to be convicted.") < shown.index("Rita Moreau coded it: B3")
    assert "Health only." in shown
    assert "Confirm B2" in shown


def test_who_coded_before_may_confirm_the_new_coding(cast, case):
    item = answered(cast.olga, case)
    code_item(item=item, by=cast.rita, seen=1, code="B3")
    dispute_item(item=item, by=cast.olga, seen=2, second_note="It is B2.")
    code_item(item=item, by=cast.olga, seen=3, code="B2")
    confirm_item(item=item, by=cast.rita, seen=4)
    assert ResponseItem.objects.get(pk=item.pk).second_coder == cast.rita


def test_two_who_code_at_once_see_both(cast, as_, case):
    item = answered(cast.olga, case)
    as_(cast.olga).post(url(item, "code"), {"seen": 1, "code": "B3", "note": "Health only."})
    response = as_(cast.rita).post(url(item, "code"), {"seen": 1, "code": "B2", "note": "Convicted, too."})
    shown = text_of(response)
    assert response.status_code == 409
    for words in ("Somebody changed this", "Health only.", "B3 statement on health", "Convicted, too.", "B2 convicted"):
        assert words in shown
    assert "you are the second coder" in shown
    assert ResponseItem.objects.get(pk=item.pk).code == "B3"


def test_what_was_typed_stays_when_the_words_changed(cast, as_, case):
    item = answered(cast.olga, case)
    ResponseItem.objects.filter(pk=item.pk).update(version=2, translation="He is ill.")
    rita = as_(cast.rita)
    response = rita.post(url(item, "code"), {"seen": 1, "code": "B3", "note": "Health only."})
    shown = response.content.decode()
    assert response.status_code == 409
    assert "He is ill." in shown
    assert '<textarea name="note"' in shown
    assert ">\nHealth only.</textarea>" in shown
    assert 'name="seen" value="2"' in shown
    assert rita.post(url(item, "code"), {"seen": 2, "code": "B3"}).status_code == 302


@pytest.mark.parametrize("act", [confirm_item, dispute_item])
def test_an_older_version_is_not_confirmed(cast, case, act):
    item = answered(cast.olga, case, **in_state("coded", cast.olga, cast.anna))
    more = {"second_note": "It is B2."} if act is dispute_item else {}
    with pytest.raises(Conflict):
        act(item=item, by=cast.rita, seen=7, **more)


def test_a_dispute_says_why_and_an_assessment_what(cast, as_, case):
    item = answered(cast.olga, case, **in_state("coded", cast.olga, cast.anna))
    assert as_(cast.rita).post(url(item, "dispute"), {"seen": 1, "second_note": "  "}).status_code == 422
    with pytest.raises(WrongState):
        dispute_item(item=item, by=cast.rita, seen=1, second_note=" ")
    confirm_item(item=item, by=cast.rita, seen=1)
    assert as_(cast.rita).post(url(item, "assess"), {"seen": 2, "assessment": "success"}).status_code == 422
    with pytest.raises(WrongState):
        assess_item(item=item, by=cast.rita, seen=2, assessment="")


@pytest.mark.parametrize("code", ["C1", "C2"])
def test_identifiers_are_followed_up_once(cast, as_, code):
    case = a_case(cast.olga, cast, owner=cast.hugo)
    one, two = answered(cast.olga, case), answered(cast.olga, case)
    response = as_(cast.rita).post(url(one, "code"), {"seen": 1, "code": code}, follow=True)
    assert "“Fix identifiers” was opened" in text_of(response)
    code_item(item=two, by=cast.rita, seen=1, code=code)
    opened = FollowUp.objects.get()
    assert (opened.case, opened.what, opened.owner) == (case, "Fix identifiers", cast.hugo)
    assert (opened.due - opened.created_at.date()).days == 30
    assert f"coded {code}" in opened.reason
    case.refresh_from_db()
    assert case.next_step == "Fix identifiers"


def test_no_follow_up_for_other_codes_and_a_new_one_when_the_first_is_done(cast, case):
    code_item(item=answered(cast.olga, case), by=cast.rita, seen=1, code="C3")
    assert not FollowUp.objects.exists()
    code_item(item=answered(cast.olga, case), by=cast.rita, seen=1, code="C1")
    FollowUp.objects.update(done_at=FollowUp.objects.get().created_at, done_by=cast.olga)
    code_item(item=answered(cast.olga, case), by=cast.rita, seen=1, code="C1")
    assert FollowUp.objects.count() == 2


def test_an_owner_who_may_not_edit_any_more_is_not_given_it(cast):
    case = a_case(cast.olga, cast, owner=cast.nora)
    code_item(item=answered(cast.olga, case), by=cast.olga, seen=1, code="C2")
    assert FollowUp.objects.get().owner == cast.olga


def test_the_follow_up_tells_nothing_of_a_hidden_answer(cast, case):
    label = Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk)
    item = answered(cast.hugo, case, label=label)
    code_item(item=item, by=cast.hugo, seen=1, code="C1")
    assert "C1" not in FollowUp.objects.get().reason
    assert "answer" not in FollowUp.objects.get().reason


def test_unmatched_answers_are_coded_and_followed_up_when_matched(cast, as_, case):
    said = cycle.response(cast.olga, case.label(), on=CAME)
    item = cycle.item(cast.olga, said, verbatim="查无此人。")
    assert as_(cast.rita).post(url(item, "code"), {"seen": 1, "code": "C1"}).status_code == 302
    assert not FollowUp.objects.exists()
    assert "Not matched to a case yet" in text_of(as_(cast.rita).get(f"/answers/{item.pk}/"))
    matched = ResponseItem.objects.select_related("response").get(pk=item.pk)
    matched.case = case
    with cycle.acting(cycle.Verb.ITEM_MATCHED, by=cast.olga):
        assert after_match(item=matched, by=cast.olga).what == "Fix identifiers"
        assert after_match(item=matched, by=cast.olga) is None


def test_c8_names_the_earlier_answer(cast, as_, case):
    first = answered(cast.olga, case, on=CAME.replace(year=2020))
    item, later = answered(cast.olga, case), answered(cast.olga, case, on=CAME.replace(year=2027))
    other = answered(cast.olga, a_case(cast.olga, cast, latin="Other Invented"), on=CAME.replace(year=2019))
    hidden = answered(cast.hugo, case, on=CAME.replace(year=2021), label=Label(cast.cn.pk, Marking.RESTRICTED, None))
    page = as_(cast.nils).get(f"/answers/{item.pk}/").content.decode()
    offered = page.split('name="repeats"')[1].split("</select>")[0]
    assert str(first.pk) in offered
    assert not any(str(one.pk) in offered for one in (later, other, hidden, item))
    for wrong in (later, other, hidden, item):
        with pytest.raises(WrongState):
            code_item(item=item, by=cast.nils, seen=1, code="C8", repeats=wrong)
        assert as_(cast.nils).post(url(item, "code"), {"seen": 1, "code": "C8", "repeats": wrong.pk}).status_code == 422
    sent = {"seen": 1, "repeats": first.pk}
    assert as_(cast.rita).post(url(item, "code"), {**sent, "code": "C5"}).status_code == 409
    assert as_(cast.rita).post(url(item, "code"), {**sent, "code": "C8"}).status_code == 302
    assert ResponseItem.objects.get(pk=item.pk).repeats_id == first.pk
    assert "repeated here" in text_of(as_(cast.rita).get(f"/answers/{item.pk}/"))


def test_matching_a_coded_answer_opens_the_follow_up(cast, case):
    item = cycle.item(cast.olga, cycle.response(cast.olga, case.label(), on=CAME), verbatim="查无此人。")
    code_item(item=item, by=cast.rita, seen=1, code="C1")
    asked = cycle.raising(cast.olga, case)
    match_item(item=item, by=cast.olga, seen=2, raising=asked)
    assert FollowUp.objects.get().what == "Fix identifiers"
    assert case.ledger_days.filter(code="C1").exists()


def test_a_repeated_answer_that_became_hidden_is_not_told_of(cast, as_, case):
    first = answered(cast.olga, case, on=CAME.replace(year=2020))
    item = answered(cast.olga, case)
    code_item(item=item, by=cast.rita, seen=1, code="C8", repeats=first)
    assert str(first.pk) in as_(cast.rita).get(f"/answers/{item.pk}/").content.decode()
    type(first.response).objects.filter(pk=first.response_id).update(marking=Marking.RESTRICTED)
    assert str(first.pk) not in as_(cast.rita).get(f"/answers/{item.pk}/").content.decode()
