"""The label of a commitment: asked together with that of its case, raised, lowered, and in the way of the reply's."""

import pytest

from cases.actions.case import label_case
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.audit.models import TrailEntry
from rounds.actions.commitment import (
    covering,
    edit_commitment,
    label_commitment,
    reassign_commitments,
    settle_commitment,
)
from rounds.models import Commitment
from tests import make as cases
from tests.rounds import cycle
from tests.rounds.closing.world import circle, restricted, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast):
    return world(cast)


@pytest.fixture
def promise(cast, here):
    return cycle.commitment(cast.olga, here.past.label(), round=here.past)


@pytest.fixture
def raised(cast, here):
    """A promise with a low label about a case that was marked higher since."""
    case = cases.case(cast.nils, cast.cn, "Marked Invented")
    made = cycle.commitment(cast.nils, case.label(), case=case)
    label_case(case=case, by=cast.nils, seen=case.version, marking=2, compartment=None, reason="The family asks.")
    return Commitment.objects.unscoped("tests").select_related("case").get(pk=made.pk)


def relabel(commitment, by, marking, seen=1, reason="The mission asks for it."):
    label_commitment(commitment=commitment, by=by, seen=seen, marking=marking, compartment=None, reason=reason)


def test_about_a_case_marked_higher_it_is_asked_by_that(cast, as_, raised):
    assert covering(raised) == restricted(cast)
    shown = as_(cast.nils).get(f"/commitments/{raised.pk}/edit/").content.decode()
    assert "Hugo Lindqvist" in shown
    assert "Olga Brandt" not in shown
    for act in (
        lambda: edit_commitment(commitment=raised, by=cast.nils, seen=1, changes={"owner": cast.olga}),
        lambda: reassign_commitments(commitments=[raised], by=cast.nils, owner=cast.olga, reason="Rotation."),
    ):
        with pytest.raises(WrongState, match="owner"):
            act()
    for refused in (
        lambda: edit_commitment(commitment=raised, by=cast.olga, seen=1, changes={"what": "y"}),
        lambda: settle_commitment(commitment=raised, by=cast.olga, seen=1, state="kept", outcome="x"),
        lambda: reassign_commitments(commitments=[raised], by=cast.olga, owner=cast.olga, reason="x"),
        lambda: relabel(raised, cast.olga, 1),
    ):
        with pytest.raises(Denied):
            refused()


def test_an_owner_is_in_the_circle_of_the_case_and_in_its_own(cast, here):
    case = cases.case(cast.hugo, cast.cn, "Circle Invented", marking=2, compartment=cast.north)
    made = cycle.commitment(cast.hugo, here.past.label(), case=case)
    assert covering(made) == circle(cast)
    with pytest.raises(WrongState, match="owner"):
        edit_commitment(commitment=made, by=cast.hugo, seen=1, changes={"owner": cast.nils})


def test_it_is_raised_by_an_official_and_lowered_by_an_approver(cast, here, promise):
    for by in (cast.anna, cast.olga):
        with pytest.raises(Denied):
            relabel(promise, by, 2)
    with pytest.raises(WrongState, match="Say why"):
        relabel(promise, cast.nils, 2, reason=" ")
    edit_commitment(commitment=promise, by=cast.nils, seen=1, changes={"owner": cast.nils})
    relabel(promise, cast.nils, 2, seen=2)
    assert promise.label() == restricted(cast)
    with pytest.raises(Denied):
        relabel(promise, cast.nils, 1, seen=3)
    with pytest.raises(Conflict):
        relabel(promise, cast.bert, 1, seen=1)
    relabel(promise, cast.bert, 1, seen=3)
    promise.refresh_from_db()
    assert promise.label() == here.past.label()


def test_it_is_not_taken_from_whoever_watches_it(cast, as_, promise):
    nils, there = as_(cast.nils), f"/commitments/{promise.pk}/label/"
    sent = {"label": "2/", "reason": "The mission asks.", "seen": 1}
    refused = nils.post(there, sent)
    assert refused.status_code == 409
    assert "Olga Brandt watches this and could not see it then. Give it to somebody else first." in refused.text
    edit_commitment(commitment=promise, by=cast.nils, seen=1, changes={"owner": cast.hugo})
    assert nils.post(there, {**sent, "seen": 2}).status_code == 302
    promise.refresh_from_db()
    assert (promise.label(), promise.owner) == (restricted(cast), cast.hugo)


@pytest.mark.parametrize("facts", [{"state": "kept", "outcome": "They came."}, {"owner": None}])
def test_what_nobody_watches_any_more_is_taken_from_nobody(cast, here, facts):
    done = cycle.commitment(cast.olga, here.past.label(), round=here.past, **facts)
    relabel(done, cast.nils, 2)
    assert done.label() == restricted(cast)


def test_it_covers_case_and_reply(cast, here):
    case = cases.case(cast.nils, cast.cn, "Marked Invented", marking=2)
    about = cycle.commitment(cast.nils, restricted(cast), case=case)
    item = cycle.item(cast.hugo, cycle.response(cast.hugo, circle(cast)), verbatim="x")
    taken = cycle.commitment(cast.hugo, circle(cast), item=item)
    for commitment, by, marking in ((about, cast.bert, 1), (taken, cast.anna, 2)):
        with pytest.raises(WrongState, match="must not be lower"):
            relabel(commitment, by, marking)


def test_a_settled_one_gets_its_label_on_the_page_and_the_reply_follows(cast, as_, here):
    said = cycle.response(cast.nils, here.past.label())
    item = cycle.item(cast.nils, said, cycle.raising_of(here.given, here.cases[0]))
    done = cycle.commitment(cast.nils, here.past.label(), item=item, state="kept", outcome="A letter came.")
    nils, home = as_(cast.nils), f"/commitments/{done.pk}/"
    reply = {"seen": 1, "marking": 2, "reason": "Why.", "confirmed": "1"}
    assert nils.post(f"/responses/{said.pk}/label/", reply).status_code == 409
    assert f"{home}label/" in nils.get(home).content.decode()
    form = nils.get(f"{home}label/").content.decode()
    assert 'value="2/"' in form
    assert "Hugo Lindqvist" in form
    sent = {"seen": 1, "label": "2/"}
    assert nils.post(f"{home}label/", sent).status_code == 422
    assert nils.post(f"{home}label/", {**sent, "reason": "The source is at risk."}).status_code == 302
    shown = nils.get(home).content.decode()
    assert all(words in shown for words in ("changed its label", "The source is at risk."))
    assert TrailEntry.objects.get(verb="commitment.edited").detail == {"from": 1, "to": 2}
    assert nils.post(f"/responses/{said.pk}/label/", reply).status_code == 302
    assert as_(cast.olga).get(f"{home}label/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("rita", 403), ("lars", 404), ("zoe", 404), ("anna", 200), ("olga", 200)])
def test_who_opens_the_page_of_its_label(cast, as_, promise, who, status):
    assert as_(cast.people[who]).get(f"/commitments/{promise.pk}/label/").status_code == status


def test_of_a_hidden_one_the_reply_tells_only_that_there_is_something(cast, as_, here):
    case = cases.case(cast.hugo, cast.cn, "Circle Invented")
    said = cycle.response(cast.nils, here.past.label())
    cycle.commitment(cast.hugo, here.past.label(), case=case, item=cycle.item(cast.nils, said, verbatim="x"))
    label_case(case=case, by=cast.hugo, seen=case.version, marking=2, compartment=cast.north, reason="Why.")
    sent = {"seen": 1, "marking": 2, "reason": "Why.", "confirmed": "1"}
    answer = as_(cast.nils).post(f"/responses/{said.pk}/label/", sent)
    assert answer.status_code == 409
    assert "Other papers that build on this reply" in answer.content.decode()
    assert "commitment taken" not in answer.content.decode()
