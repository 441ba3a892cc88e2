"""Follow-ups and commitments of all cases: found, sorted, filtered, given to somebody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions.part import finish_follow_up
from cases.models import FollowUp
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_over
from casetracker.audit.verbs import Verb
from rounds.actions.commitment import settle_commitment
from tests import make
from tests.rounds import cycle

TODAY = timezone.localdate


def step(cast, owner, what="Ask the family", days=3, **case):
    row = FollowUp(what=what, owner=owner, due=TODAY() + timedelta(days=days), reason="Nobody has heard.")
    return make.part(row, make.case(cast.hugo, cast.cn, **case), cast.hugo)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def give(client, cast, *rows, to, kind="", reason="Takes over.", version=None):
    picks = [f"{row.pk}:{version or row.version}" for row in rows]
    return client.post(f"/work/?owner=all{kind}", {"pick": picks, "owner": to.pk, "reason": reason})


def test_one_sees_ones_own_first_and_others_by_filter(cast, as_):
    step(cast, cast.olga, "Mine to do")
    step(cast, cast.nils, "His to do")
    mine = text_of(as_(cast.olga).get("/work/"))
    assert "Mine to do" in mine
    assert "His to do" not in mine
    assert "His to do" in text_of(as_(cast.olga).get("/work/?owner=all"))
    assert "His to do" in text_of(as_(cast.rita).get("/work/"))


@pytest.mark.parametrize(
    ("asked", "found"), [("overdue", {"Late"}), ("week", {"Late", "Soon"}), ("month", {"Late", "Soon", "Then"})]
)
def test_by_day(cast, as_, asked, found):
    for days, what in ((-2, "Late"), (5, "Soon"), (20, "Then"), (90, "Once")):
        step(cast, cast.olga, what, days)
    text = text_of(as_(cast.olga).get(f"/work/?due={asked}"))
    assert {what for what in ("Late", "Soon", "Then", "Once") if f">{what}</a>" in text} == found


def test_done_ones_are_shown_when_asked_for(cast, as_):
    done = step(cast, cast.olga, "Finished step")
    finish_follow_up(follow_up=done, by=cast.olga, seen=1, outcome="They are well.")
    assert "Finished step" not in text_of(as_(cast.olga).get("/work/"))
    assert "They are well." in text_of(as_(cast.olga).get("/work/?state=done"))


def test_sorted_and_paged(cast, as_, monkeypatch):
    monkeypatch.setattr("casetracker.desk.owed.SIZE", 2)
    for days, what in ((9, "Third"), (1, "First"), (5, "Second")):
        step(cast, cast.olga, what, days)
    page = as_(cast.olga).get("/work/")
    text = text_of(page)
    assert text.index(">First<") < text.index(">Second<")
    assert ">Third<" not in text
    assert ">Third<" in text_of(as_(cast.olga).get(page.context["pager"]["next_url"]))
    assert text_of(as_(cast.olga).get("/work/?sort=-due")).index(">Third<") > 0


def test_what_is_hidden_is_not_there(cast, as_):
    step(cast, cast.hugo, "Deep step", marking=Marking.RESTRICTED, compartment=cast.north)
    promise = cycle.commitment(
        cast.hugo, step(cast, cast.hugo, "x", marking=Marking.RESTRICTED).label(), "Deep promise"
    )
    assert "Deep step" in text_of(as_(cast.anna).get("/work/?owner=all"))
    assert "Deep step" not in text_of(as_(cast.nils).get("/work/?owner=all"))
    assert "Deep promise" in text_of(as_(cast.nils).get("/work/?kind=commitment&owner=all"))
    assert "Deep promise" not in text_of(as_(cast.olga).get("/work/?kind=commitment&owner=all"))
    assert str(promise.pk) not in text_of(as_(cast.rita).get("/work/?kind=commitment&owner=all"))


def test_many_are_given_to_somebody_else_at_once(cast, as_):
    rows = [step(cast, cast.nils), step(cast, cast.nils, "Call")]
    assert give(as_(cast.olga), cast, *rows, to=cast.olga).status_code == 302
    assert set(FollowUp.objects.values_list("owner", flat=True)) == {cast.olga.pk}
    entries = TrailEntry.objects.filter(reason="Takes over.")
    assert len(set(entries.values_list("action_id", flat=True))) == 1
    rows[0].case.refresh_from_db()
    assert rows[0].history.first().history_change_reason == "Takes over."


def test_commitments_too(cast, as_):
    made = cycle.commitment(cast.olga, make.case(cast.olga, cast.cn).label())
    assert give(as_(cast.olga), cast, made, to=cast.nils, kind="&kind=commitment").status_code == 302
    made.refresh_from_db()
    assert made.owner == cast.nils


def test_without_reason_or_over_a_change_nothing_is_given(cast, as_):
    row = step(cast, cast.nils)
    assert give(as_(cast.olga), cast, row, to=cast.olga, reason="").status_code == 422
    assert give(as_(cast.olga), cast, row, to=cast.olga, version=7).status_code == 409
    assert give(as_(cast.olga), cast, row, to=cast.rita).status_code == 422
    row.refresh_from_db()
    assert row.owner == cast.nils


def test_a_key_in_capitals_is_the_same_key(cast, as_):
    row = step(cast, cast.nils)
    form = {"pick": f"{str(row.pk).upper()}:{row.version}", "owner": cast.olga.pk, "reason": "Takes over."}
    assert as_(cast.olga).post("/work/?owner=all", form).status_code == 302


def test_work_of_somebody_whose_grant_ended_is_found(cast, as_):
    row = step(cast, cast.olga, "Left behind")
    with acting(Verb.PART_EDITED, by=cast.hugo):
        save_over(row, seen=row.version, changes={"owner_id": cast.nora.pk})
    assert "Left behind" in text_of(as_(cast.olga).get("/work/?owner=left"))


def test_all_or_nothing(cast, as_):
    plain, deep = step(cast, cast.nils), step(cast, cast.nils, "Deep", marking=Marking.RESTRICTED)
    answer = give(as_(cast.nils), cast, plain, deep, to=cast.olga)
    assert answer.status_code == 409
    assert "Olga Brandt could not edit" in answer.content.decode()
    plain.refresh_from_db()
    assert plain.owner == cast.nils


def test_a_hidden_line_cannot_be_given_away(cast, as_):
    deep = step(cast, cast.hugo, "Deep", marking=Marking.RESTRICTED)
    step(cast, cast.olga)
    assert give(as_(cast.olga), cast, deep, to=cast.olga).status_code == 422
    deep.refresh_from_db()
    assert deep.owner == cast.hugo


@pytest.mark.parametrize("who", ["rita", "anna"])
def test_readers_give_nothing_away(cast, as_, who):
    row = step(cast, cast.nils)
    assert give(as_(cast.people[who]), cast, row, to=cast.olga).status_code == 403
    assert "data-tick-all" not in text_of(as_(cast.people[who]).get("/work/?owner=all"))


def test_settled_promises_stay_with_whom_they_were(cast, as_):
    made = cycle.commitment(cast.olga, make.case(cast.olga, cast.cn).label())
    settle_commitment(commitment=made, by=cast.olga, seen=1, state="kept", outcome="The visit took place.")
    assert give(as_(cast.olga), cast, made, to=cast.nils, kind="&kind=commitment").status_code == 409


def test_as_many_queries_for_many(cast, as_, django_assert_max_num_queries):
    client = as_(cast.olga)
    for _ in range(12):
        step(cast, cast.olga)
    with django_assert_max_num_queries(13):
        client.get("/work/")
