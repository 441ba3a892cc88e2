"""Grants as people live them: renewed, gone through every quarter, ended together, suspended by absence and change."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from casetracker.access.actions.grant_life import keep_grants, reconfirm_grant
from casetracker.access.errors import Conflict, Denied, WrongState
from casetracker.access.models import Approval, Grant, GrantState
from casetracker.access.roles import Marking, Role
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.verbs import Verb
from tests import make
from tests.people import grant as give

WHY = "The presidency changes."


def old(cast, who, days, **values):
    """The grant of `who`, last confirmed so many days ago."""
    grant = cast.people[who].grants.get()
    Grant.objects.filter(pk=grant.pk).update(
        confirmed_at=timezone.now() - timedelta(days=days), confirmed_by=cast.adam, **values
    )
    grant.refresh_from_db()
    return grant


def ticks(*grants):
    return [f"{grant.pk}:{grant.version}" for grant in grants]


# --- renewal ----------------------------------------------------------------------------------------------------


def renewal_of(cast, as_, grant, **values):
    client, path = as_(cast.adam), f"/grants/new/?dialogue={grant.dialogue_id}&renews={grant.pk}"
    first = client.get(path).context["form"].initial
    days = {name: first[name].isoformat() for name in ("valid_from", "valid_to")}
    told = {name: first[name] for name in ("user", "role", "marking", "compartments", "reason")}
    return first, client.post(path, {**told, **days, **values})


def test_a_renewal_is_prefilled_and_the_old_one_runs_on(cast, as_):
    case, hugo = make.case(cast.hugo, cast.cn, compartment=cast.north), as_(cast.hugo)
    before = cast.hugo.grants.get()
    first, answer = renewal_of(cast, as_, before)
    assert (first["role"], first["marking"], first["compartments"]) == ("official", 2, [str(cast.north.pk)])
    assert first["valid_from"] == before.last_day + timedelta(days=1)
    assert (first["valid_to"] - first["valid_from"]).days == 179
    assert answer.status_code == 302
    after = Grant.objects.get(renews=before)
    assert as_(cast.anna).post(
        f"/grants/{after.pk}/decide/", {"decision": "approve", "reason": "", "seen": 1}
    ).status_code == 302  # fmt: skip
    before.refresh_from_db()
    assert (before.state, before.is_active_now) == (GrantState.ACTIVE, True)
    assert hugo.get(f"/cases/{case.reference}/").status_code == 200
    assert renewal_of(cast, as_, before)[1].status_code == 409


def test_the_end_of_the_presidency_is_where_new_grants_end(cast, as_):
    day = timezone.localdate() + timedelta(days=140)
    cast.cn.grants_until = day
    with acting(Verb.DIALOGUE_EDITED, process="tests"):
        cast.cn.save()
    assert as_(cast.adam).get(f"/grants/new/?dialogue={cast.cn.pk}").context["form"].initial["valid_to"] == day
    before = cast.olga.grants.get()
    assert renewal_of(cast, as_, before)[0]["valid_to"] == day


@pytest.mark.parametrize("wrong", ["user", "dialogue", "ended"])
def test_a_renewal_is_of_the_same_person_and_dialogue(cast, as_, wrong):
    grant = cast.sven.grants.get() if wrong == "ended" else cast.olga.grants.get()
    if wrong == "dialogue":
        path = f"/grants/new/?dialogue={cast.nv.pk}&renews={grant.pk}"
        assert as_(cast.adam).get(path).status_code == 404
        return
    values = {"user": str(cast.rita.pk)} if wrong == "user" else {}
    assert renewal_of(cast, as_, grant, **values)[1].status_code == 409


def test_who_is_told_that_access_ends(cast, as_):
    grant = cast.olga.grants.get()
    Grant.objects.filter(pk=grant.pk).update(valid_to=timezone.now() + timedelta(days=12))
    link = f"renews={grant.pk}"
    assert "ends on" in as_(cast.olga).get("/").content.decode()
    assert "ends on" not in as_(cast.hugo).get("/").content.decode()
    assert "Olga Brandt" in as_(cast.anna).get("/").content.decode().split("about to end")[1]
    assert link in as_(cast.adam).get("/").content.decode()
    assert link in as_(cast.adam).get("/grants/").content.decode()
    assert "Olga Brandt" not in as_(cast.vera).get("/").content.decode()


# --- every quarter -----------------------------------------------------------------------------------------------


def test_a_grant_waits_to_be_reconfirmed_and_is_kept(cast, as_):
    case, olga = make.case(cast.olga, cast.cn), as_(cast.olga)
    grant = old(cast, "olga", 91)
    for who, waits in (("anna", True), ("bert", True), ("vera", False)):
        page = as_(cast.people[who]).get("/grants/review/").content.decode()
        assert ("Olga Brandt" in page) is waits
    assert "1 grant to reconfirm" in as_(cast.anna).get("/").content.decode()
    assert olga.get(f"/cases/{case.reference}/").status_code == 200
    form = {"pick": ticks(grant), "decision": "keep", "reason": ""}
    assert as_(cast.anna).post("/grants/review/", form).status_code == 302
    grant.refresh_from_db()
    assert (grant.confirmed_by, grant.is_due, grant.version) == (cast.anna, False, 2)
    assert TrailEntry.objects.filter(object_id=grant.pk, verb=Verb.GRANT_RECONFIRMED).count() == 1
    assert as_(cast.anna).post("/grants/review/", form).status_code == 409


def test_what_nobody_reconfirms_opens_nothing_until_somebody_does(cast, as_):
    case, olga = make.case(cast.olga, cast.cn), as_(cast.olga)
    with acting(Verb.GRANT_APPROVED, process="tests"):
        give(cast.zoe, cast.cn, Role.OFFICIAL, Marking.NORMAL, approved_by=cast.anna, requested_by=cast.adam)
    old(cast, "olga", 103)
    assert olga.get(f"/cases/{case.reference}/").status_code == 200
    grant = old(cast, "olga", 105)
    assert olga.get(f"/cases/{case.reference}/").status_code == 404
    assert grant.standing == "suspended"
    assert "waits for its quarterly word" not in as_(cast.zoe).get("/").content.decode()
    form = {"reason": "Spoke to her.", "seen": grant.version}
    assert as_(cast.anna).post(f"/grants/{grant.pk}/reconfirm/", form).status_code == 302
    assert olga.get(f"/cases/{case.reference}/").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("olga", 403), ("rita", 403), ("adam", 403), ("zoe", 403), ("quin", 403)])
def test_who_has_no_queue(cast, as_, who, status):
    old(cast, "nils", 91)
    assert as_(cast.people[who]).get("/grants/review/").status_code == status


def test_the_queue_holds_only_what_the_approver_reaches(cast, as_):
    inside, mine = old(cast, "hugo", 91), old(cast, "bert", 91)
    page = as_(cast.bert).get("/grants/review/").content.decode()
    assert "Hugo Lindqvist" not in page
    assert str(mine.pk) not in page
    form = {"pick": ticks(inside), "decision": "keep", "reason": ""}
    assert as_(cast.bert).post("/grants/review/", form).status_code == 409
    with pytest.raises(Denied):
        keep_grants(grants=[inside], by=cast.bert, seen={inside.pk: 1})
    with pytest.raises(Denied):
        keep_grants(grants=[mine], by=cast.bert, seen={mine.pk: 1})
    assert as_(cast.anna).post("/grants/review/", form).status_code == 302


def test_keeping_several_is_all_or_none(cast):
    due, fresh = old(cast, "olga", 95), cast.rita.grants.get()
    with pytest.raises(WrongState):
        keep_grants(grants=[due, fresh], by=cast.anna, seen={due.pk: 1, fresh.pk: 1})
    due.refresh_from_db()
    assert due.is_due


def test_the_queue_ends_with_a_reason(cast, as_):
    one, two = old(cast, "olga", 95), old(cast, "nils", 120)
    form = {"pick": ticks(one, two), "decision": "end", "reason": ""}
    assert as_(cast.anna).post("/grants/review/", form).status_code == 422
    assert as_(cast.anna).post("/grants/review/", {**form, "reason": "Left the desk."}).status_code == 302
    assert {g.state for g in Grant.objects.filter(pk__in=[one.pk, two.pk])} == {GrantState.REVOKED}


# --- many at once ------------------------------------------------------------------------------------------------


def test_a_change_of_presidency_ends_several_in_one_action(cast, as_):
    case, olga = make.case(cast.olga, cast.cn), as_(cast.olga)
    grants = [cast.people[who].grants.get() for who in ("olga", "nils", "quin")]
    path, admin = f"/grants/end/?dialogue={cast.cn.pk}", as_(cast.adam)
    assert {row["grant"].role for row in admin.get(f"{path}&role=reviewer").context["rows"]} == {"reviewer"}
    chosen = {"pick": ticks(*grants)}
    assert b"These grants in" in admin.post(path, chosen).content
    assert olga.get(f"/cases/{case.reference}/").status_code == 200
    wrong = admin.post(path, {**chosen, "step": "confirm", "counted": 2, "reason": WHY})
    assert wrong.status_code == 409
    assert admin.post(path, {**chosen, "step": "confirm", "counted": 3, "reason": ""}).status_code == 422
    assert admin.post(path, {**chosen, "step": "confirm", "counted": 3, "reason": WHY}).status_code == 302
    assert olga.get(f"/cases/{case.reference}/").status_code == 404
    entries = TrailEntry.objects.filter(reason=WHY, verb__in=[Verb.GRANTS_ENDED, Verb.GRANT_REVOKED])
    assert (entries.count(), len(set(entries.values_list("action_id", flat=True)))) == (4, 1)
    assert entries.get(verb=Verb.GRANTS_ENDED).detail == {"count": 3}


def test_an_approver_ends_their_own_with_the_others(cast, as_):
    mine, other = cast.bert.grants.get(), cast.olga.grants.get()
    form = {"pick": ticks(mine, other), "step": "confirm", "counted": 2, "reason": WHY}
    assert as_(cast.bert).post(f"/grants/end/?dialogue={cast.cn.pk}", form).status_code == 302
    assert {g.state for g in Grant.objects.filter(pk__in=[mine.pk, other.pk])} == {GrantState.REVOKED}


def test_who_may_not_end_several(cast, as_):
    grant = cast.rita.grants.get()
    path = f"/grants/end/?dialogue={cast.cn.pk}"
    form = {"pick": ticks(grant), "step": "confirm", "counted": 1, "reason": WHY}
    for who in ("olga", "rita", "otto", "nora", "zoe"):
        assert as_(cast.people[who]).post(path, form).status_code == 403
    as_(cast.vera).post(path, form)
    inside = cast.hugo.grants.get()
    as_(cast.bert).post(path, {**form, "pick": ticks(inside)})
    assert {g.state for g in Grant.objects.filter(pk__in=[grant.pk, inside.pk])} == {GrantState.ACTIVE}


def test_what_changed_meanwhile_is_not_ended(cast, as_):
    grant = cast.olga.grants.get()
    form = {"pick": [f"{grant.pk}:7"], "step": "confirm", "counted": 1, "reason": WHY}
    assert as_(cast.adam).post(f"/grants/end/?dialogue={cast.cn.pk}", form).status_code == 409
    grant.refresh_from_db()
    assert grant.state == GrantState.ACTIVE


# --- absence and change of the account ------------------------------------------------------------------------------


def sign_in(days):
    client = Client()
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        answer = client.post("/login/", {"login": "olga@office.example", "password": "correct horse battery"})
        assert answer.status_code == 302
        return client.get("/cases/").status_code, client.get("/").content.decode()


@pytest.mark.parametrize(("days", "state"), [(119, "active"), (121, "suspended")])
def test_long_absence_suspends_before_anything_is_shown(cast, days, state):
    grant = cast.olga.grants.get()
    end = timezone.now() + timedelta(days=170)
    Grant.objects.filter(pk=grant.pk).update(
        valid_to=end, confirmed_at=timezone.now() + timedelta(days=100), confirmed_by=cast.anna
    )
    cast.olga.last_login = timezone.now()
    cast.olga.save(update_fields=["last_login"])
    _, desk = sign_in(days)
    grant.refresh_from_db()
    assert grant.state == state
    assert ("Nothing is open to you" in desk) is (state == "suspended")
    suspended = TrailEntry.objects.filter(object_id=grant.pk, verb=Verb.GRANT_SUSPENDED, actor=cast.olga)
    assert suspended.count() == (state == "suspended")


@pytest.mark.parametrize(
    ("changed", "status"), [({"name": "Olga Newname"}, 200), ({"email": "new@office.example"}, 404)]
)
def test_a_new_address_suspends_at_once(cast, as_, changed, status):
    case, olga = make.case(cast.olga, cast.cn), as_(cast.olga)
    form = {"name": cast.olga.name, "email": cast.olga.email, "office": "", "seen": 1, **changed}
    assert as_(cast.adam).post(f"/people/{cast.olga.pk}/edit/", form).status_code == 302
    assert olga.get(f"/cases/{case.reference}/").status_code == status


def asked_for(cast, as_, who):
    """A grant that waits for an approver."""
    form = {
        "user": str(cast.people[who].pk), "role": "reviewer", "marking": "1", "reason": "New desk.",
        "valid_from": timezone.localdate().isoformat(),
        "valid_to": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    assert as_(cast.adam).post(f"/grants/new/?dialogue={cast.cn.pk}", form).status_code == 302
    return Grant.objects.unscoped("tests").get(user=cast.people[who], state="requested")


def test_what_was_asked_for_before_a_reset_is_asked_for_again(cast, as_):
    """Else an admin could reset the account after the approver made sure of its person, and sign in as them."""
    grant = asked_for(cast, as_, "zoe")
    page = as_(cast.anna).get(f"/grants/{grant.pk}/")
    assert page.status_code == 200
    assert as_(cast.adam).post(f"/people/{cast.zoe.pk}/link/", {"reason": "Lost.", "seen": 1}).status_code == 200
    cast.zoe.set_password("correct horse battery")
    cast.zoe.save(update_fields=["password"])
    decided = {"decision": "approve", "reason": "", "seen": grant.version}
    assert as_(cast.anna).post(f"/grants/{grant.pk}/decide/", decided).status_code != 302
    grant.refresh_from_db()
    assert grant.state == "revoked"
    assert not Approval.objects.unscoped("tests").filter(object_id=grant.pk, state="waiting").exists()


def test_a_second_reset_is_looked_at_before_the_first_is_reconfirmed(cast, as_):
    grant = cast.olga.grants.get()
    adam, link = as_(cast.adam), f"/people/{cast.olga.pk}/link/"
    adam.post(link, {"reason": "Lost.", "seen": 1})
    grant.refresh_from_db()
    looked_at = grant.version
    adam.post(link, {"reason": "Lost again.", "seen": 1})
    cast.olga.set_password("correct horse battery")
    cast.olga.save(update_fields=["password"])
    with pytest.raises(Conflict):
        reconfirm_grant(grant=grant, by=cast.anna, seen=looked_at, reason="She told me.")
    grant.refresh_from_db()
    assert grant.state == "suspended"


def test_revoking_counts_between_two_requests(cast, as_):
    case, rita = make.case(cast.olga, cast.cn), as_(cast.rita)
    assert rita.get(f"/cases/{case.reference}/").status_code == 200
    form = {"reason": WHY, "seen": 1}
    assert as_(cast.anna).post(f"/grants/{cast.rita.grants.get().pk}/revoke/", form).status_code == 302
    assert rita.get(f"/cases/{case.reference}/").status_code == 404
