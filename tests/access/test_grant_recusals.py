"""Recusals beat grants, at once and on every path; only another approver ends one."""

import pytest
from django.db import IntegrityError, transaction

from cases.sight import who_sees
from casetracker.access.actions.recusals import end_recusal, record_recusal
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Recusal
from casetracker.access.roles import Marking
from casetracker.access.see import holdings
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make

WHY = "A relative works on this."


def keep_out(cast, who, by=None, circle=None):
    person = cast.people[who]
    return record_recusal(
        by=by or person, user=person, dialogue=cast.cn, compartment=cast.north if circle else None, reason=WHY
    )


def test_recused_from_a_dialogue_one_sees_nothing_of_it(cast, as_):
    case = make.case(cast.hugo, cast.cn)
    hugo = as_(cast.hugo)
    assert hugo.get(f"/cases/{case.reference}/").status_code == 200
    form = {"user": cast.hugo.pk, "scope": cast.cn.pk, "reason": WHY}
    assert hugo.post("/recusals/new/", form).status_code == 302
    zoe = as_(cast.zoe)
    for path in ("/cases/", "/rounds/", f"/cases/{case.reference}/", f"/rounds/{cast.cn.pk}/"):
        assert hugo.get(path).status_code == zoe.get(path).status_code
    assert hugo.get(f"/cases/{case.reference}/").content == zoe.get("/cases/CN-7K3QF2-Z/").content
    assert holdings(cast.hugo) == ()
    assert WHY in hugo.get("/recusals/").content.decode()
    assert hugo.get("/recusals/new/").status_code == 403


def test_recused_from_a_circle_one_sees_the_rest(cast, as_):
    outside = make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED)
    inside = make.case(cast.hugo, cast.cn, compartment=cast.north)
    hugo = as_(cast.hugo)
    keep_out(cast, "hugo", circle=True)
    assert hugo.get(f"/cases/{outside.reference}/").status_code == 200
    assert hugo.get(f"/cases/{inside.reference}/").status_code == 404
    assert inside.reference not in hugo.get("/cases/").content.decode()
    assert cast.hugo not in who_sees(inside.label())
    assert cast.hugo in who_sees(outside.label())
    assert "North circle" not in hugo.get(f"/grants/{cast.hugo.grants.get().pk}/").content.decode()


def test_it_is_part_of_the_read_that_was_there(cast, django_assert_num_queries):
    keep_out(cast, "hugo", circle=True)
    with django_assert_num_queries(1):
        assert holdings(cast.hugo)[0].compartments == frozenset()


@pytest.mark.parametrize("who", ["olga", "rita", "nils", "bert", "lars", "vera", "adam", "zoe"])
def test_who_may_not_keep_another_out(cast, who):
    with pytest.raises(Denied):
        keep_out(cast, "hugo", by=cast.people[who], circle=True)


def test_an_approver_records_and_another_ends(cast, as_):
    case, olga = make.case(cast.olga, cast.cn), as_(cast.olga)
    form = {"user": cast.olga.pk, "scope": cast.cn.pk, "reason": WHY}
    assert as_(cast.anna).post("/recusals/new/", form).status_code == 302
    assert as_(cast.anna).post("/recusals/new/", form).status_code == 409
    assert olga.get(f"/cases/{case.reference}/").status_code == 404
    found = Recusal.objects.get()
    end = {"reason": "Cleared up.", "seen": 1}
    path = f"/recusals/{found.pk}/end/"
    assert as_(cast.olga).post(path, end).status_code == 403
    for who in ("rita", "vera", "adam", "otto", "zoe"):
        assert as_(cast.people[who]).post(path, end).status_code == 404
    assert as_(cast.bert).post(path, {**end, "reason": ""}).status_code == 422
    assert as_(cast.bert).post(path, end).status_code == 302
    assert olga.get(f"/cases/{case.reference}/").status_code == 200
    assert as_(cast.bert).post(path, {**end, "seen": 2}).status_code == 409
    verbs = TrailEntry.objects.filter(object_id=found.pk).order_by("at").values_list("verb", "actor__name", "reason")
    assert list(verbs) == [(Verb.RECUSAL_RECORDED, "Anna Keller", ""), (Verb.RECUSAL_ENDED, "Bert Jansen", "")]
    assert [row.version for row in Recusal.history.filter(id=found.pk).order_by("version")] == [1, 2]


def test_an_approver_who_keeps_out_ends_nothing(cast):
    own, other = keep_out(cast, "bert"), keep_out(cast, "olga")
    for recusal in (own, other):
        with pytest.raises(Denied):
            end_recusal(recusal=recusal, by=cast.bert, seen=1, reason="Cleared up.")
    end_recusal(recusal=own, by=cast.anna, seen=1, reason="Cleared up.")
    end_recusal(recusal=other, by=cast.bert, seen=1, reason="Cleared up.")


def test_a_recusal_from_a_circle_does_not_exist_outside_it(cast, as_):
    found = keep_out(cast, "hugo", circle=True)
    bert = as_(cast.bert)
    hidden, missing = bert.get(f"/recusals/{found.pk}/end/"), bert.get(f"/recusals/{cast.cn.pk}/end/")
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert b"Hugo" not in bert.get("/recusals/").content
    assert b"Hugo" in as_(cast.anna).get("/recusals/").content
    assert b"Hugo" not in as_(cast.adam).get("/recusals/").content


def test_one_keeps_out_only_of_what_one_knows(cast, as_):
    with pytest.raises(Denied):
        keep_out(cast, "nils", circle=True)
    with pytest.raises(WrongState):
        keep_out(cast, "nils", by=cast.anna, circle=True)
    form = {"user": cast.nils.pk, "scope": cast.north.pk, "reason": WHY}
    assert as_(cast.nils).post("/recusals/new/", form).status_code == 422


def test_the_database_lets_nobody_end_their_own(cast):
    found = keep_out(cast, "olga")
    values = {"ended_at": found.begins_at, "ended_by": cast.olga, "end_reason": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Recusal.objects.filter(pk=found.pk).update(**values)
    with acting(Verb.RECUSAL_RECORDED, process="tests"), pytest.raises(IntegrityError), transaction.atomic():
        save_new(Recusal(user=cast.olga, dialogue=cast.cn, reason=WHY, recorded_by=cast.olga))
