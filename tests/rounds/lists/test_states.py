"""Every action on a list and its entries, in every state and by everybody: only the right ones do anything."""

import pytest

from rounds.models import CaseList, ListComment, ListEntry
from rounds.states import CASE_LIST, LIST_ENTRY, EntryState, ListState
from tests import make as core
from tests.rounds import cycle
from tests.rounds.lists import make
from tests.rounds.lists.make import url

pytestmark = pytest.mark.django_db
OPEN = {"draft", "in_review"}
PREPARERS = {"olga", "hugo", "nils"}
APPROVERS = {"anna", "bert"}
SEEING = PREPARERS | APPROVERS | {"rita"}
STRANGERS = {"lars", "vera", "nora", "sven", "quin", "zoe", "adam", "otto"}
STATES = [state.value for state in ListState]

# act → where, what is sent, states that allow it, who may
ACTS = {
    "edit": ("edit/", {"note": "Other."}, OPEN, PREPARERS),
    "add": ("cases/", {}, OPEN, PREPARERS),
    "order": ("order/", {}, OPEN, PREPARERS),
    "include all": ("include/", {}, OPEN, PREPARERS),
    "label": ("label/", {"label": "2/", "reason": "Why."}, set(STATES), {"hugo", "nils"}),
    "comment": ("comments/", {"text": "Look."}, OPEN, SEEING),
    "settle": ("settle", {"settled": "1"}, OPEN, SEEING),
    "submit": ("state/", {"to": "in_review"}, {"draft"}, PREPARERS),
    "return": ("state/", {"to": "draft", "reason": "Why."}, {"in_review"}, APPROVERS),
    "approve": ("state/", {"to": "approved"}, {"in_review"}, APPROVERS),
    "withdraw": ("state/", {"to": "withdrawn", "reason": "Why."}, {*OPEN, "approved"}, PREPARERS),
    "new version": ("version/", {"reason": "Why."}, {"approved"}, PREPARERS),
    "entry": ("entry", {"ask": "Other.", "why": ""}, OPEN, PREPARERS),
    "move": ("entry move/", {"way": "last"}, OPEN, PREPARERS),
    "hold back": ("entry state/", {"to": "held_back", "reason": "Why."}, OPEN, PREPARERS),
    "remove": ("entry remove/", {}, OPEN, PREPARERS),
}
# who may not even read the label they would give
SEES_NOT = {"label": {"olga"}}


def standing(cast, state):
    """A list in `state`, with three cases, one comment, and a fourth case beside it."""
    values = {"draft": {}, "in_review": {}}.get(state, {"approved_by": cast.anna, "state_reason": "Why."})
    made = cycle.case_list(
        cast.olga, make.round_(cast), *make.cases(cast), label=make.label(cast), **{**values, "state": state}
    )
    with cycle.acting(cycle.Verb.LIST_COMMENTED, by=cast.rita):
        cycle.save_new(ListComment(case_list=made, by=cast.rita, text="Is the year right?"))
    return made


def send(client, case_list, act, cast):
    path, sent, _, _ = ACTS[act]
    entries = make.entries(case_list)
    sent = {"seen": case_list.version, **sent}
    if path == "settle":
        return client.post(f"/lists/comments/{ListComment.objects.unscoped('tests').get().pk}/settle/", sent)
    if path.startswith("entry"):
        return client.post(url(entries[0], path.removeprefix("entry").strip()), {**sent, "seen": 1})
    if act == "add":
        sent["q"] = core.case(cast.olga, cast.cn, "One More").reference
    if act == "order":
        sent["order"] = " ".join(str(entry.pk) for entry in reversed(entries))
    if act == "approve":
        sent["digest"] = make.digest(case_list, cast.anna)
    return client.post(url(case_list, path), sent)


def frozen(case_list):
    """Everything stored of the list, its entries and its comments."""
    rows = (CaseList, ListEntry, ListComment)
    return [list(model.objects.unscoped("tests").order_by("pk").values()) for model in rows]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_in_every_state(cast, as_, act, state):
    case_list = standing(cast, state)
    who = sorted(ACTS[act][3])[0]
    before = frozen(case_list)
    response = send(as_(getattr(cast, who)), case_list, act, cast)
    allowed = state in ACTS[act][2]
    assert response.status_code == (302 if allowed else 409)
    if not allowed:
        assert frozen(case_list) == before
    elif act != "include all":
        assert frozen(case_list) != before


@pytest.mark.parametrize("who", sorted(SEEING | STRANGERS))
@pytest.mark.parametrize("act", ACTS)
def test_by_everybody(cast, as_, act, who):
    case_list = standing(cast, sorted(ACTS[act][2])[-1])
    before = frozen(case_list)
    response = send(as_(getattr(cast, who)), case_list, act, cast)
    if who in ACTS[act][3]:
        assert response.status_code == 302
        return
    unseen = who in SEES_NOT.get(act, set())
    # bert and anna may lower a label, never raise it
    assert response.status_code == (404 if who in STRANGERS else 422 if unseen else 403)
    assert frozen(case_list) == before


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["olga", "nils", "bert", "rita"])
def test_a_hidden_list_does_not_exist(cast, as_, act, who):
    case_list = cycle.case_list(
        cast.hugo, make.round_(cast), *make.cases(cast), label=make.label(cast, 1, cast.north), state="in_review"
    )
    with cycle.acting(cycle.Verb.LIST_COMMENTED, by=cast.hugo):
        cycle.save_new(ListComment(case_list=case_list, by=cast.hugo, text="Is the year right?"))
    assert send(as_(getattr(cast, who)), case_list, act, cast).status_code == 404
    assert as_(getattr(cast, who)).get(url(case_list)).status_code == 404
    assert as_(getattr(cast, who)).get(url(make.entries(case_list)[0])).status_code == 404


def test_the_acts_are_all_the_transitions_that_people_make():
    made = {("draft", "in_review"), ("in_review", "draft"), ("in_review", "approved"), ("approved", "superseded")}
    made |= {(state, "withdrawn") for state in ("draft", "in_review", "approved")}
    others = {("approved", "handed_over"), ("handed_over", "closed"), ("handed_over", "approved")}
    assert {(state, to) for state, tos in CASE_LIST.items() for to in tos} == made | others


@pytest.mark.parametrize("to", ["included", "held_back"])
@pytest.mark.parametrize("state", [state.value for state in EntryState])
def test_an_entry_in_every_state(cast, as_, state, to):
    made = cycle.case_list(cast.olga, make.round_(cast), label=make.label(cast))
    values = {"state": state, "state_reason": "Why." if state in ("held_back", "not_raised") else ""}
    entry = cycle.entry(cast.olga, made, core.case(cast.olga, cast.cn), **values)
    response = as_(cast.olga).post(url(entry, "state/"), {"to": to, "seen": 1, "reason": "Why."})
    # what was raised is undone by correcting the handover, never here
    allowed = to in LIST_ENTRY[state] and state != "raised"
    assert response.status_code == (302 if allowed else 409)
    assert make.entries(made)[0].state == (to if allowed else state)


@pytest.mark.parametrize("to", ["proposed", "raised", "not_raised", "nonsense", ""])
def test_no_other_state_of_an_entry(cast, as_, to):
    entry = make.entries(standing(cast, "draft"))[0]
    assert as_(cast.olga).post(url(entry, "state/"), {"to": to, "seen": 1, "reason": "Why."}).status_code == 404


@pytest.mark.parametrize("to", ["handed_over", "closed", "superseded", "nonsense", ""])
def test_no_other_state_of_a_list(cast, as_, to):
    case_list = standing(cast, "approved")
    assert as_(cast.hugo).post(url(case_list, "state/"), {"to": to, "seen": 1}).status_code == 404
    assert as_(cast.hugo).get(url(case_list, f"state/?to={to}")).status_code == 404
