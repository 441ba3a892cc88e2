"""Handing on what a colleague looked after: by those who see and edit it; the admin sees none of it."""

from datetime import date

import pytest

from cases.models import FollowUp
from casetracker.access.actions.people import deactivate_user
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make


@pytest.fixture
def left(cast):
    """Hugo looked after one case of each depth and a follow-up, and is gone."""
    plain = make.case(cast.hugo, cast.cn, "Plain Person")
    deep = make.case(cast.hugo, cast.cn, "Circle Person", marking=Marking.RESTRICTED, compartment=cast.north)
    step = make.part(FollowUp(what="Ask the family", owner=cast.hugo, due=date(2030, 1, 7)), plain, cast.hugo)
    deactivate_user(user=cast.hugo, by=cast.adam, seen=1, reason="Left for another post.")
    plain.refresh_from_db()
    return plain, deep, step


def hand_on(client, cast, picks, owner, **values):
    form = {"owner": owner.pk, "reason": "Takes over.", "pick": picks, **values}
    return client.post(f"/people/{cast.hugo.pk}/leaving/", form)


def pick(row):
    return f"{row.pk}:{row.version}"


def test_everybody_sees_what_they_may(cast, as_, left):
    path = f"/people/{cast.hugo.pk}/leaving/"
    olga = as_(cast.olga).get(path).content.decode()
    assert left[0].reference in olga
    assert left[1].reference not in olga
    assert "1 open case," in olga
    assert left[1].reference in as_(cast.anna).get(path).content.decode()
    missing = as_(cast.lars).get(f"/people/{cast.cn.pk}/leaving/")
    for stranger in (cast.lars, cast.adam, cast.otto, cast.zoe, cast.nora):
        answer = as_(stranger).get(path)
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_handing_on(cast, as_, left):
    plain, _, step = left
    assert hand_on(as_(cast.olga), cast, [pick(plain), pick(step)], cast.nils).status_code == 302
    plain.refresh_from_db()
    step.refresh_from_db()
    assert (plain.owner, step.owner) == (cast.nils, cast.nils)
    entries = TrailEntry.objects.filter(reason="Takes over.")
    assert len(set(entries.values_list("action_id", flat=True))) == 1
    assert {entry.verb for entry in entries} == {Verb.CASE_ASSIGNED, Verb.WORK_REASSIGNED, Verb.PART_EDITED}


def test_who_may_not_hand_on(cast, as_, left):
    plain, deep, _ = left
    for almost, status in ((cast.rita, 403), (cast.bert, 403), (cast.lars, 404), (cast.adam, 404)):
        assert hand_on(as_(almost), cast, [pick(plain)], cast.nils).status_code == status
    answer = hand_on(as_(cast.olga), cast, [pick(deep)], cast.nils)
    assert answer.status_code == 409
    assert b"Tick at least one" in answer.content
    assert hand_on(as_(cast.olga), cast, [pick(plain)], cast.rita).status_code == 422
    plain.refresh_from_db()
    deep.refresh_from_db()
    assert (plain.owner, deep.owner) == (cast.hugo, cast.hugo)


def test_all_or_nothing(cast, as_, left):
    plain, _, step = left
    answer = hand_on(as_(cast.olga), cast, [pick(plain), f"{step.pk}:9"], cast.nils)
    assert answer.status_code == 409
    assert b"nothing was handed on" in answer.content
    plain.refresh_from_db()
    assert plain.owner == cast.hugo


def test_a_follow_up_goes_to_nobody_who_could_not_work_on_it(cast, as_, left):
    plain = left[0]
    deep = make.case(cast.nils, cast.cn, "Restricted Person", marking=Marking.RESTRICTED)
    step = make.part(FollowUp(what="Ask again", owner=cast.hugo, due=date(2030, 1, 8)), deep, cast.nils)
    answer = hand_on(as_(cast.nils), cast, [pick(plain), pick(step)], cast.olga)
    assert answer.status_code == 409
    assert b"Olga Brandt could not edit" in answer.content
    plain.refresh_from_db()
    assert plain.owner == cast.hugo
