"""Claims in an answer: proposed, accepted onto the case or rejected; what they contradict is pointed out."""

import re

import pytest

from cases.forms.new_case import form_key
from cases.models import CaseEvent, Claim, Facility
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from rounds.actions.item_claim import accept_item_claim, propose_claim, reject_item_claim
from rounds.models import ItemClaim
from tests import make
from tests.rounds import cycle
from tests.rounds.answers.desk import CAME, a_case, answered, claim, corrected, in_state, text_of

pytestmark = pytest.mark.django_db
STATES = ("proposed", "accepted", "rejected")
SENT = {"accept": {"certainty": "alleged"}, "reject": {"reason": "Already known."}}


def url(row, what):
    return f"/answers/claims/{row.pk}/{what}/"


def new_url(item):
    return f"/answers/{item.pk}/claims/new/"


def said(by, **fields):
    return {"key": form_key(by), **fields}


@pytest.fixture
def case(cast):
    held = [
        make.event("detained", "2014-05-14"),
        make.event("sentenced", "2016-03-01", term_kind="fixed", term_months=108),
    ]
    return a_case(cast.olga, cast, parts=held)


@pytest.fixture
def item(cast, case):
    return answered(cast.olga, case, **in_state("coded", cast.rita, cast.anna, "A3"))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", SENT)
def test_every_decision_in_every_state(cast, as_, item, what, state):
    decided = {"decided_by": cast.hugo, "decision_reason": "So."} if state != "proposed" else {}
    row = claim(cast.rita, item, state=state, **decided)
    response = as_(cast.olga).post(url(row, what), {"seen": 1, **SENT[what]})
    now = ItemClaim.objects.get(pk=row.pk)
    right = state == "proposed"
    assert (response.status_code, now.state) == ((302, f"{what}ed") if right else (409, state))
    assert CaseEvent.objects.filter(kind="released").count() == (right and what == "accept")
    if not right:
        assert f"was {state} already" in text_of(response)


@pytest.mark.parametrize("who", ["olga", "rita", "anna", "hugo", "nils", "lars", "nora", "zoe", "adam", "otto"])
@pytest.mark.parametrize("what", SENT)
def test_every_decision_by_everybody(cast, as_, item, what, who):
    row = claim(cast.rita, item)
    right, seeing = who in ("olga", "hugo", "nils"), who in ("olga", "rita", "anna", "hugo", "nils")
    status = 302 if right else 403 if seeing else 404
    person = as_(cast.people[who])
    assert person.get(url(row, what)).status_code == (200 if right else status)
    assert person.post(url(row, what), {"seen": 1, **SENT[what]}).status_code == status
    assert (ItemClaim.objects.get().state != "proposed") == right


@pytest.mark.parametrize("who", ["olga", "rita", "anna", "hugo", "lars", "nora", "zoe", "adam", "otto"])
def test_proposing_by_everybody(cast, as_, item, who):
    right = who in ("olga", "rita", "hugo")
    status = 302 if right else 403 if who == "anna" else 404
    sent = said(cast.people[who], event_kind="released")
    assert as_(cast.people[who]).post(new_url(item), sent).status_code == status
    assert ItemClaim.objects.exists() == right


@pytest.mark.parametrize("state", ["recorded", "coded", "confirmed", "disputed", "assessed"])
def test_proposing_in_every_state(cast, as_, case, state):
    item = answered(cast.olga, case, **in_state(state, cast.olga, cast.anna))
    response = as_(cast.rita).post(new_url(item), said(cast.rita, event_kind="released", facility_text="Drapchi"))
    assert response.status_code == (409 if state == "recorded" else 302)
    if state == "recorded":
        assert "Code the answer first" in text_of(response)
        assert 'value="Drapchi"' in response.content.decode()


def test_corrected_answers_make_no_claims_and_keep_theirs(cast, as_, item):
    row = claim(cast.rita, item)
    corrected(cast.olga, item)
    assert as_(cast.rita).post(new_url(item), said(cast.rita, event_kind="released")).status_code == 409
    for what, sent in SENT.items():
        assert as_(cast.olga).post(url(row, what), {"seen": 1, **sent}).status_code == 409
    assert ItemClaim.objects.get().state == "proposed"


def test_an_unmatched_answer_makes_no_claims(cast, as_, case):
    item = cycle.item(cast.olga, cycle.response(cast.olga, case.label(), on=CAME), code="A3")
    assert as_(cast.rita).get(new_url(item)).status_code == 302
    assert "not matched to a case yet" in text_of(
        as_(cast.rita).post(new_url(item), {"event_kind": "died"}, follow=True)
    )
    with pytest.raises(WrongState):
        propose_claim(item=item, by=cast.rita, values={"kind": "event", "event_kind": "died"})
    assert not ItemClaim.objects.exists()


def test_the_code_offers_what_it_usually_says(cast, as_, item):
    rita = as_(cast.rita)
    assert "?event=released" in rita.get(f"/answers/{item.pk}/").content.decode()
    form = rita.get(new_url(item) + "?event=released").content.decode()
    assert '<option value="released" selected>' in form
    sentence = rita.get(new_url(item) + "?event=sentenced").content.decode()
    assert '<option value="fixed" selected>' in sentence


def test_several_claims_one_after_the_other(cast, as_, item):
    rita = as_(cast.rita)
    sent = {"event_kind": "sentenced", "term_months": "8 years", "when": "May 2016", "and-next": "1"}
    response = rita.post(new_url(item), said(cast.rita, **sent))
    assert response["Location"].startswith(new_url(item))
    rita.post(new_url(item) + "?about=identity", said(cast.rita, field="occupation", value="teacher"))
    one, two = ItemClaim.objects.order_by("created_at")
    assert (one.term_kind, one.term_months, one.when_text, str(one.when)) == ("fixed", 96, "May 2016", "May 2016")
    assert (two.kind, two.field, two.value) == ("identity", "occupation", "teacher")
    shown = text_of(rita.get(f"/answers/{item.pk}/"))
    assert "Sentenced, 8 years, May 2016" in shown
    assert "Occupation: teacher" in shown


def test_the_same_form_sent_twice_makes_one_claim(cast, as_, item):
    rita = as_(cast.rita)
    key = re.search(r'name="key" value="([^"]+)"', rita.get(new_url(item)).content.decode())[1]
    answers = [rita.post(new_url(item), {"key": key, "event_kind": "released"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert ItemClaim.objects.count() == 1
    theirs = rita.post(new_url(item), said(cast.olga, event_kind="released"))
    assert theirs.status_code == 422
    again = re.search(r'name="key" value="([^"]+)"', theirs.content.decode())[1]
    assert rita.post(new_url(item), {"key": again, "event_kind": "released"}).status_code == 302


@pytest.mark.parametrize(
    ("about", "sent"),
    [
        ("event", {}),
        ("event", {"event_kind": "x"}),
        ("event", {"event_kind": "released", "when": "whenever"}),
        ("event", {"event_kind": "sentenced", "term_kind": "life", "term_months": "9 years"}),
        ("identity", {"field": "sex"}),
        ("identity", {"field": "age", "value": "old"}),
    ],
)
def test_claims_that_say_nothing_come_back(cast, as_, item, about, sent):
    assert as_(cast.rita).post(f"{new_url(item)}?about={about}", said(cast.rita, **sent)).status_code == 422
    assert not ItemClaim.objects.exists()


def test_the_counterparts_word_alone_sets_nobody_free(cast, as_, case, item):
    row = claim(cast.rita, item, when_text="")
    olga = as_(cast.olga)
    shown = text_of(olga.get(url(row, "accept")))
    assert "alleged: the detention status stays “serving sentence”" in shown
    response = olga.post(url(row, "accept"), {"seen": 1})
    assert response.status_code == 422
    response = olga.post(url(row, "accept"), {"seen": 1, "certainty": "alleged"})
    assert response["Location"] == f"/cases/{case.reference}/#timeline"
    event = CaseEvent.objects.get(kind="released")
    assert (event.claimed_by, event.certainty, event.case) == ("counterpart", "alleged", case)
    case.refresh_from_db()
    assert case.status == "serving"
    decided = ItemClaim.objects.get()
    assert (decided.event, decided.decided_by, decided.state) == (event, cast.olga, "accepted")
    entries = TrailEntry.objects.filter(action_id=TrailEntry.objects.get(verb="item_claim.accepted").action_id)
    assert {entry.verb for entry in entries} == {"item_claim.accepted", "part.added"}


def test_the_page_says_what_each_certainty_changes(cast, as_, case, item):
    row = claim(cast.rita, item, when=make.event(when="May 2024").when, when_text="May 2024")
    shown = text_of(as_(cast.olga).get(url(row, "accept")))
    assert "alleged: the detention status stays “serving sentence”" in shown
    assert "likely: the detention status becomes “released”" in shown
    as_(cast.olga).post(url(row, "accept"), {"seen": 1, "certainty": "confirmed"})
    case.refresh_from_db()
    assert case.status == "free"


def test_a_facility_of_the_vocabulary_is_found(cast, case, item):
    with acting(Verb.VOCABULARY_EDITED, by=cast.olga):
        prison = Facility(name="Drapchi Prison", dialogue=cast.cn, sort_key="drapchi prison")
        save_new(prison)
    accept_item_claim(
        item_claim=claim(cast.rita, item, event_kind="transferred", facility_text="drapchi prison"),
        by=cast.olga,
        seen=1,
    )
    event = CaseEvent.objects.get(kind="transferred")
    assert (event.facility, event.facility_text) == (prison, "")


def test_identity_stands_as_a_claim_stated_on_the_day_of_the_answer(cast, as_, case, item):
    row = claim(cast.rita, item, kind="identity", event_kind="", field="age", value="34")
    response = as_(cast.olga).post(url(row, "accept"), {"seen": 1, "certainty": "likely"})
    assert response["Location"] == f"/cases/{case.reference}/#claims"
    held = Claim.objects.get()
    assert (held.value, held.claimed_by, str(held.stated), held.accepted) == (
        "34",
        "counterpart",
        "1 December 2025",
        False,
    )
    assert ItemClaim.objects.get().claim == held


def test_what_is_marked_higher_goes_onto_the_case_with_a_reason(cast, as_, case):
    label = Label(cast.cn.pk, Marking.RESTRICTED, cast.north.pk)
    item = answered(cast.hugo, case, label=label, **in_state("coded", cast.hugo, cast.anna, "A3"))
    row = claim(cast.hugo, item)
    hugo = as_(cast.hugo)
    assert "marked higher than the case" in text_of(hugo.get(url(row, "accept")))
    assert hugo.post(url(row, "accept"), {"seen": 1, "certainty": "alleged"}).status_code == 422
    with pytest.raises(WrongState):
        accept_item_claim(item_claim=row, by=cast.hugo, seen=1, reason=" ")
    assert not CaseEvent.objects.filter(kind="released").exists()
    sent = {"seen": 1, "certainty": "alleged", "reason": "Public since yesterday."}
    assert hugo.post(url(row, "accept"), sent).status_code == 302
    assert as_(cast.olga).get(url(row, "accept")).status_code == 404


def test_a_rejection_says_why_and_is_shown(cast, as_, item):
    row = claim(cast.rita, item)
    assert as_(cast.olga).post(url(row, "reject"), {"seen": 1, "reason": " "}).status_code == 422
    with pytest.raises(WrongState):
        reject_item_claim(item_claim=row, by=cast.olga, seen=1, reason=" ")
    as_(cast.olga).post(url(row, "reject"), {"seen": 1, "reason": "The family saw him in prison."})
    shown = text_of(as_(cast.rita).get(f"/answers/{item.pk}/"))
    assert "Olga Brandt: The family saw him in prison." in shown
    assert not CaseEvent.objects.filter(kind="released").exists()


def test_two_who_decide_at_once(cast, as_, item):
    row = claim(cast.rita, item)
    reject_item_claim(
        item_claim=ItemClaim.objects.select_related("item__response", "item__case").get(),
        by=cast.hugo,
        seen=1,
        reason="No.",
    )
    response = as_(cast.olga).post(url(row, "accept"), {"seen": 1, "certainty": "alleged"})
    assert response.status_code == 409
    assert "Somebody changed this" in text_of(response)
    assert ItemClaim.objects.get().state == "rejected"
    with pytest.raises(Conflict):
        accept_item_claim(
            item_claim=ItemClaim.objects.select_related("item__response", "item__case").get(), by=cast.olga, seen=1
        )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"event_kind": "sentenced", "term_kind": "fixed", "term_months": 96}, "Known (likely): sentenced, 9 years"),
        ({"event_kind": "released", "when": "2012"}, "before the first known detention"),
        ({"event_kind": "released", "when": "2030"}, "which lies ahead"),
    ],
)
def test_contradictions_with_firm_events_are_marked(cast, as_, item, values, words):
    when = values.get("when", "")
    values = {**values, "when": make.event(when=when).when, "when_text": when}
    claim(cast.rita, item, **values)
    marked = text_of(as_(cast.olga).get(f"/answers/{item.pk}/")).split("What it claims")[1]
    assert "Please check: " in marked
    assert words in marked


def test_what_agrees_is_not_marked(cast, as_, item):
    claim(cast.rita, item, event_kind="sentenced", term_kind="fixed", term_months=108)
    assert "Please check" not in text_of(as_(cast.olga).get(f"/answers/{item.pk}/")).split("What it claims")[1]


def test_contradictions_with_an_earlier_answer_are_marked(cast, as_, case, item):
    before = answered(cast.olga, case, on=CAME.replace(year=2020), **in_state("coded", cast.rita, cast.anna, "A8"))
    claim(cast.rita, before, event_kind="died", when=make.event(when="2019").when, when_text="2019")
    claim(cast.rita, before, kind="identity", event_kind="", field="sex", value="female")
    claim(cast.rita, item, event_kind="executed", when=make.event(when="2021").when, when_text="2021")
    claim(cast.rita, item, kind="identity", event_kind="", field="sex", value="m")
    shown = text_of(as_(cast.olga).get(f"/answers/{item.pk}/"))
    assert "The answer of 1 December 2020 said: died, 2019." in shown
    assert "The answer of 1 December 2020 said: female." in shown
    assert "then the person was said to be dead" in shown


def test_birth_against_the_case(cast, as_, item):
    item.case.birth = make.event(when="1970").when
    item.case.birth_text = "1970"
    with acting(Verb.CASE_EDITED, by=cast.olga):
        item.case.version += 1
        item.case.save()
    claim(cast.rita, item, kind="identity", event_kind="", field="birth", value="1985")
    assert "The case says born 1970." in text_of(as_(cast.olga).get(f"/answers/{item.pk}/"))


def test_what_is_only_alleged_marks_nothing(cast, as_, item):
    make.part(
        make.event("sentenced", "2017", certainty="alleged", term_kind="fixed", term_months=60), item.case, cast.olga
    )
    claim(cast.rita, item, event_kind="sentenced", term_kind="fixed", term_months=108)
    assert "Please check" not in text_of(as_(cast.olga).get(f"/answers/{item.pk}/")).split("What it claims")[1]
