"""Commitments: what was promised, by whom it is watched, whether it was kept."""

import re
from datetime import date
from uuid import uuid4

import pytest

from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.actions.commitment import (
    add_commitment,
    edit_commitment,
    reassign_commitments,
    reopen_commitment,
    settle_commitment,
)
from rounds.models import Commitment
from tests import make as cases
from tests.rounds import cycle
from tests.rounds.closing.world import circle, restricted, world

pytestmark = pytest.mark.django_db
SETTLED = ("kept", "partly", "broken")


@pytest.fixture
def here(cast):
    return world(cast)


@pytest.fixture
def promise(cast, here):
    return cycle.commitment(cast.olga, here.past.label(), round=here.past, due=date(2025, 9, 1))


def label_value(label):
    return f"{label.dialogue_id}/{label.marking}/{label.compartment_id or ''}"


def key_of(page):
    """The key that the form carries: sent twice, it makes one commitment."""
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def test_a_promise_of_a_round(cast, as_, here):
    olga, url = as_(cast.olga), f"/commitments/new/?round={here.past.pk}"
    assert olga.post(url, {"label": label_value(here.past.label())}).status_code == 422
    sent = {"what": "A reply on four names.", "due": "1 September 2025", "owner": cast.olga.pk}
    sent |= {"label": label_value(here.past.label()), "key": key_of(olga.get(url))}
    response = olga.post(url, sent)
    olga.post(url, sent)
    made = Commitment.objects.unscoped("tests").get()
    assert (response.status_code, response["Location"]) == (302, f"/commitments/{made.pk}/")
    assert (made.round, made.due, made.owner, made.state) == (here.past, date(2025, 9, 1), cast.olga, "open")
    shown = olga.get(f"/rounds/{here.past.pk}/").content.decode()
    assert "A reply on four names." in shown
    assert "overdue" in shown
    assert TrailEntry.objects.get(verb="commitment.added").object_id == made.pk


def test_a_promise_in_an_answer_keeps_its_label(cast, as_, here):
    said = cycle.response(cast.nils, restricted(cast), round=here.past)
    item = cycle.item(cast.nils, said, cycle.raising_of(here.given, here.cases[0]), "C4")
    nils, url = as_(cast.nils), f"/commitments/new/?item={item.pk}"
    assert f'value="{label_value(here.past.label())}"' not in nils.get(url).content.decode()
    sent = {"what": "They will look into it.", "label": label_value(restricted(cast))}
    sent |= {"key": key_of(nils.get(url))}
    assert nils.post(url, sent).status_code == 302
    made = Commitment.objects.unscoped("tests").get()
    assert (made.item, made.case, made.round, made.marking) == (item, here.cases[0], here.past, 2)
    assert nils.post(url, {**sent, "label": label_value(here.past.label())}).status_code == 422


def test_the_label_is_not_below_case_and_answer(cast, here):
    high = cases.case(cast.nils, cast.cn, marking=2)
    said = cycle.response(cast.nils, restricted(cast))
    item = cycle.item(cast.nils, said, cycle.raising_of(here.given, here.cases[0]))
    low = here.past.label()
    for values in ({"case": high}, {"item": item}, {"case": here.cases[1], "item": item}):
        label = low if len(values) == 1 else restricted(cast)
        with pytest.raises(WrongState):
            add_commitment(by=cast.nils, label=label, values={"what": "x", **values})
    with pytest.raises(WrongState, match="another dialogue"):
        add_commitment(by=cast.lars, label=Label(cast.nv.pk, 1), values={"what": "x", "round": here.past})
    with pytest.raises(Denied):
        add_commitment(by=cast.olga, label=restricted(cast), values={"what": "x"})


def test_the_owner_sees_it(cast, as_, here):
    url = f"/commitments/new/?round={here.past.pk}"
    shown = as_(cast.olga).get(url).content.decode()
    assert "Hugo Lindqvist" in shown
    assert not [who for who in ("Rita Moreau", "Anna Keller", "Lars Petit", "Nora Silva") if who in shown]
    with pytest.raises(WrongState, match="owner"):
        add_commitment(by=cast.hugo, label=circle(cast), values={"what": "x", "owner": cast.olga})
    sent = {"what": "x", "label": label_value(here.past.label()), "owner": cast.rita.pk}
    sent |= {"key": key_of(as_(cast.olga).get(url))}
    assert as_(cast.olga).post(url, sent).status_code == 422


@pytest.mark.parametrize("state", SETTLED)
def test_it_is_settled_and_opened_again(cast, as_, promise, state):
    olga, url = as_(cast.olga), f"/commitments/{promise.pk}/settle/"
    assert olga.get(url).status_code == 200
    for missing in ({"state": state}, {"outcome": "Said so."}, {"state": "open", "outcome": "x"}):
        assert olga.post(url, {"seen": 1, **missing}).status_code == 422
    assert olga.post(url, {"seen": 1, "state": state, "outcome": "A letter came."}).status_code == 302
    promise.refresh_from_db()
    assert (promise.state, promise.outcome) == (state, "A letter came.")
    assert olga.post(url, {"seen": 2, "state": "kept", "outcome": "x"}).status_code == 409
    assert olga.post(f"/commitments/{promise.pk}/edit/", {"seen": 2, "what": "Other"}).status_code == 409
    assert olga.post(url, {"seen": 2, "again": "1"}).status_code == 422
    assert olga.post(url, {"seen": 2, "again": "1", "why": "It was another letter."}).status_code == 302
    shown = olga.get(f"/commitments/{promise.pk}/").content.decode()
    assert all(words in shown for words in ("opened it again", "A letter came.", "It was another letter."))


def test_wrong_states(cast, promise):
    with pytest.raises(WrongState):
        reopen_commitment(commitment=promise, by=cast.olga, seen=1, reason="x")
    for state in ("open", "done", ""):
        with pytest.raises(WrongState):
            settle_commitment(commitment=promise, by=cast.olga, seen=1, state=state, outcome="x")
    with pytest.raises(WrongState):
        settle_commitment(commitment=promise, by=cast.olga, seen=1, state="kept", outcome=" ")
    settle_commitment(commitment=promise, by=cast.olga, seen=1, state="kept", outcome="x")
    with pytest.raises(WrongState):
        edit_commitment(commitment=promise, by=cast.olga, seen=2, changes={"what": "y"})
    with pytest.raises(WrongState):
        reassign_commitments(commitments=[promise], by=cast.olga, owner=cast.hugo, reason="x")


def test_two_who_edit_at_once_see_both_versions(cast, as_, promise):
    url = f"/commitments/{promise.pk}/edit/"
    assert as_(cast.hugo).post(url, {"seen": 1, "what": "The family may visit twice."}).status_code == 302
    response = as_(cast.olga).post(url, {"seen": 1, "what": "The family may call.", "due": "2025-10-01"})
    assert response.status_code == 409
    assert "Hugo Lindqvist saved this" in response.content.decode()
    with pytest.raises(Conflict):
        settle_commitment(commitment=promise, by=cast.olga, seen=1, state="kept", outcome="x")


def test_the_owner_who_left_stays_until_somebody_else_is_chosen(cast, as_, promise):
    left = cycle.commitment(cast.hugo, promise.label(), owner=cast.dora)
    sent = {"seen": 1, "what": "Other words.", "owner": cast.dora.pk}
    assert as_(cast.olga).post(f"/commitments/{left.pk}/edit/", sent).status_code == 302
    left.refresh_from_db()
    assert (left.owner, left.what) == (cast.dora, "Other words.")


def test_reassigning_is_all_or_none(cast, promise):
    other = cycle.commitment(cast.hugo, circle(cast))
    with pytest.raises(WrongState, match="owner"):
        reassign_commitments(commitments=[promise, other], by=cast.hugo, owner=cast.olga, reason="Rotation.")
    with pytest.raises(WrongState, match="Say why"):
        reassign_commitments(commitments=[promise], by=cast.hugo, owner=cast.hugo, reason=" ")
    with pytest.raises(Denied):
        reassign_commitments(commitments=[promise, other], by=cast.olga, owner=cast.hugo, reason="Rotation.")
    assert reassign_commitments(commitments=[promise, other], by=cast.hugo, owner=cast.hugo, reason="Rotation.") == 1
    promise.refresh_from_db()
    assert promise.owner == cast.hugo
    assert TrailEntry.objects.get(verb="work.reassigned").detail == {"commitments": 2}


@pytest.mark.parametrize("who", ["rita", "anna"])
def test_who_sees_and_may_not(cast, as_, here, promise, who):
    client, by = as_(cast.people[who]), cast.people[who]
    shown = client.get(f"/commitments/{promise.pk}/")
    assert shown.status_code == 200
    for change in ("edit", "settle"):
        assert f"/commitments/{promise.pk}/{change}/".encode() not in shown.content
    for path in (f"{promise.pk}/edit/", f"{promise.pk}/settle/", f"new/?round={here.past.pk}", "new/"):
        assert client.get(f"/commitments/{path}").status_code == 403
        assert client.post(f"/commitments/{path}", {"what": "x", "state": "kept"}).status_code == 403
    for act in (
        lambda: edit_commitment(commitment=promise, by=by, seen=1, changes={"what": "y"}),
        lambda: settle_commitment(commitment=promise, by=by, seen=1, state="kept", outcome="x"),
        lambda: reopen_commitment(commitment=promise, by=by, seen=1, reason="x"),
        lambda: reassign_commitments(commitments=[promise], by=by, owner=by, reason="x"),
    ):
        with pytest.raises(Denied):
            act()


@pytest.mark.parametrize("who", ["lars", "nora", "zoe", "adam", "otto"])
def test_who_does_not_see_gets_404_in_the_same_bytes(cast, as_, promise, who):
    client = as_(cast.people[who])
    for path in ("", "edit/", "settle/"):
        hidden, missing = (client.get(f"/commitments/{key}/{path}") for key in (promise.pk, uuid4()))
        assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_hidden_sources_are_missing(cast, as_, here):
    high = cases.case(cast.nils, cast.cn, marking=2)
    item = cycle.item(cast.nils, cycle.response(cast.nils, restricted(cast)), verbatim="x")
    for query in (f"case={high.reference}", f"item={item.pk}", f"round={uuid4()}", "case=CN-X", "item=x"):
        assert as_(cast.olga).get(f"/commitments/new/?{query}").status_code == 404
    hidden = cycle.commitment(cast.nils, here.past.label(), case=high)
    assert as_(cast.olga).get(f"/commitments/{hidden.pk}/").status_code == 404
