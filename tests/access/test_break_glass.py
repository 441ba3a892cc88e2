"""An emergency: an hour of reading beyond one's grants, told at once, marked throughout, reviewed by somebody else."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.actions.case import label_case
from cases.models import Case
from casetracker.access.act import Doing, may
from casetracker.access.actions.break_glass import end_emergency, open_emergency, review_emergency
from casetracker.access.emergencies import reviewers_of
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import BreakGlass, Compartment, Grant, Recusal
from casetracker.access.roles import Marking
from casetracker.access.see import holdings
from casetracker.audit.acting import acting
from casetracker.audit.models import TrailEntry
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make

WHY = "The embassy visits tonight; nobody who knows can be reached."


@pytest.fixture
def three(cast):
    """Normal, restricted, in the circle."""
    return (
        make.case(cast.olga, cast.cn, "Plain Person"),
        make.case(cast.hugo, cast.cn, "Restricted Person", marking=Marking.RESTRICTED),
        make.case(cast.hugo, cast.cn, "Circle Person", marking=Marking.RESTRICTED, compartment=cast.north),
    )


def form(cast, **values):
    return {"dialogue": cast.cn.pk, "circle": "", "reason": WHY, **values}


def opened(cast, who="olga", circle=""):
    return open_emergency(by=cast.people[who], dialogue=cast.cn, circle=circle, reason=WHY)


def seen(user):
    return Case.objects.visible_to(user).count()


def rows(**wanted):
    return BreakGlass.objects.unscoped("tests").filter(**wanted)


def test_an_hour_and_no_longer(cast, as_, three):
    olga, hidden = as_(cast.olga), f"/cases/{three[1].reference}/"
    assert olga.get(hidden).status_code == 404
    answer = olga.post("/emergency/open/", form(cast))
    made = rows().get()
    assert (answer.status_code, answer["Location"]) == (302, f"/emergency/{made.pk}/")
    assert (seen(cast.olga), Case.objects.visible_to(cast.rita).count()) == (2, 1)
    page = olga.get(hidden)
    assert page.status_code == 200
    assert b'class="alarm"' in page.content
    assert b"emergency opening in EU" in page.content
    with time_machine.travel(made.opened_at + timedelta(minutes=59), tick=False):
        assert seen(cast.olga) == 2
    with time_machine.travel(made.opened_at + timedelta(minutes=60), tick=False):
        assert seen(cast.olga) == 1
        assert b'class="alarm"' not in as_(cast.olga).get("/cases/").content


def test_nothing_is_written_under_a_label_that_only_the_emergency_shows(cast, three):
    opened(cast)
    with pytest.raises(Denied, match="could not see"):
        label_case(case=three[0], by=cast.olga, seen=three[0].version, marking=2, compartment=None, reason="Away.")


def test_who_keeps_out_is_not_told(cast):
    with acting(Verb.RECUSAL_RECORDED, by=cast.anna):
        save_new(Recusal(user=cast.anna, dialogue=cast.cn, reason="Knows a family.", recorded_by=cast.anna))
    assert str(cast.anna.pk) not in reviewers_of(opened(cast))
    assert reviewers_of(rows().get())


def test_end_now(cast, as_, three):
    olga, made = as_(cast.olga), opened(cast)
    assert olga.get(f"/emergency/{made.pk}/end/").status_code == 405
    assert olga.post(f"/emergency/{made.pk}/end/").status_code == 302
    assert seen(cast.olga) == 1
    assert olga.post(f"/emergency/{made.pk}/end/").status_code == 409
    assert olga.get(f"/cases/{three[1].reference}/").status_code == 404


def test_an_approver_ends_it_and_a_colleague_does_not_know_of_it(cast, as_, three):
    made = opened(cast, circle="North circle")
    for who in ("rita", "nils", "lars", "vera", "nora", "zoe"):
        assert as_(cast.people[who]).get(f"/emergency/{made.pk}/").status_code == 404
        assert as_(cast.people[who]).post(f"/emergency/{made.pk}/end/").status_code == 404
    for who in ("adam", "otto"):
        assert as_(cast.people[who]).post(f"/emergency/{made.pk}/end/").status_code == 403
    assert as_(cast.bert).post(f"/emergency/{made.pk}/end/").status_code == 302
    assert seen(cast.olga) == 1
    assert not rows(ended_at=None).exists()


@pytest.mark.parametrize("who", ["vera", "lars", "nora", "sven", "quin", "zoe", "adam", "otto", "dora"])
def test_only_who_has_a_grant_there(cast, as_, who):
    """lars and vera come nearest: theirs is the other dialogue."""
    with pytest.raises(Denied):
        opened(cast, who)
    answer = as_(cast.people[who]).post("/emergency/open/", form(cast))
    assert answer.status_code == {"vera": 422, "lars": 422, "dora": 302}.get(who, 403)
    assert not rows().exists()


def test_reading_only(cast, as_, three):
    """olga is an official: what her grant covers she edits as before, what the emergency shows she does not."""
    opened(cast, circle="North circle")
    olga = as_(cast.olga)
    assert seen(cast.olga) == 3
    for case in three[1:]:
        assert olga.get(f"/cases/{case.reference}/").status_code == 200
        assert not any(may(cast.olga, doing, case.label()) for doing in Doing)
        assert olga.get(f"/cases/{case.reference}/edit/").status_code in (403, 404)
    assert may(cast.olga, Doing.EDIT_CASE, three[0].label())


def test_nothing_leaves_while_it_lasts(cast, as_, three):
    olga = as_(cast.olga)
    assert olga.get("/cases/export/").status_code == 200
    made = opened(cast)
    assert olga.get("/cases/export/").status_code == 403
    assert not may(cast.olga, Doing.EXPORT_CASES, three[0].label())
    end_emergency(opening=made, by=cast.olga, seen=1)
    assert olga.get("/cases/export/").status_code == 200


def test_every_read_is_marked(cast, as_, three):
    olga = as_(cast.olga)
    olga.get(f"/cases/{three[0].reference}/")
    made = opened(cast)
    olga.get(f"/cases/{three[0].reference}/")
    olga.get(f"/cases/{three[1].reference}/")
    olga.get("/cases/")
    marks = [entry.detail.get("emergency") for entry in TrailEntry.objects.filter(actor=cast.olga).order_by("at")]
    reads = TrailEntry.objects.filter(actor=cast.olga, verb__in=[Verb.CASE_READ, Verb.CASES_LISTED]).order_by("at")
    assert [entry.detail.get("emergency") for entry in reads] == [None, *[[str(made.pk)]] * 3], marks
    assert b"emergency</span>" in as_(cast.otto).get("/trail/").content
    with time_machine.travel(made.ends_at + timedelta(minutes=1)):
        page = as_(cast.bert).get(f"/emergency/{made.pk}/review/").content.decode()
    assert page.count(three[0].reference) == page.count(three[1].reference) == 1


def test_a_name_tried_is_told_by_nothing(cast, as_, three):
    """Right or wrong: the answer is the same but for the key, so is the page after it, and both are reviewed."""
    pages = []
    with time_machine.travel(timezone.now(), tick=False):
        for person, circle in (("olga", "North circle"), ("rita", "Northern circle")):
            client = as_(cast.people[person])
            answer = client.post("/emergency/open/", form(cast, circle=circle))
            page = client.get(answer["Location"]).content.decode()
            assert circle not in page
            assert "one was named" in page
            assert b"North" not in client.get("/emergency/").content + client.get("/me/").content
            pages.append(page.split('<div class="cols">')[1])
    assert pages[0] == pages[1]
    assert (seen(cast.olga), seen(cast.rita)) == (3, 2)
    assert rows(compartment=cast.north).count() == 1
    assert not Compartment.objects.visible_to(cast.olga).exists()


def test_the_circle_is_reviewed_by_those_in_it(cast, as_, three):
    made = opened(cast, circle="North circle")
    inner = rows(opened_with=made).get()
    assert as_(cast.bert).get(f"/emergency/{inner.pk}/").status_code == 404
    assert as_(cast.olga).get(f"/emergency/{inner.pk}/").status_code == 404
    assert b"North circle" in as_(cast.anna).get(f"/emergency/{inner.pk}/").content
    assert b"North circle" not in as_(cast.bert).get("/emergency/").content
    with time_machine.travel(made.ends_at):
        review_emergency(opening=inner, by=cast.anna, seen=1, verdict="justified", words="Read two cases.")
        review_emergency(opening=made, by=cast.bert, seen=1, verdict="unjustified", words="Nobody visited.")


@pytest.mark.parametrize(("circle", "left"), [(None, 1), ("north", 2)])
def test_recusals_beat_emergencies(cast, three, circle, left):
    recused = cast.people["olga"] if circle else cast.people["rita"]
    opened(cast, "olga" if circle else "rita", "North circle")
    assert seen(recused) == 3
    with acting(Verb.RECUSAL_RECORDED, process="tests"):
        save_new(
            Recusal(
                user=recused, dialogue=cast.cn, compartment=cast.north if circle else None,
                reason="Family.", recorded_by=cast.anna,
            )
        )  # fmt: skip
    assert seen(recused) == (left if circle else 0)


def test_it_ends_with_the_last_grant(cast, three):
    opened(cast)
    Grant.objects.filter(user=cast.olga).update(state="suspended")
    assert seen(cast.olga) == 0
    assert holdings(cast.olga) == ()


def test_approvers_are_told_at_once_and_nothing_else(cast, as_, three, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        as_(cast.anna).post("/emergency/open/", form(cast, circle="North circle"))
    assert [message.to for message in mail.outbox] == [[cast.bert.email]]
    text = f"{mail.outbox[0].subject}\n{mail.outbox[0].body}"
    assert not any(word in text for word in ("Anna", "China", "CN", "emergency", "North", "http"))
    assert b"Anna Keller" in as_(cast.bert).get("/").content


def test_review(cast, as_, three):
    made, url = opened(cast), f"/emergency/{rows().get().pk}/review/"
    review = {"verdict": "justified", "words": "The visit took place.", "seen": 1}
    anna = as_(cast.anna)
    assert as_(cast.olga).post(url, review).status_code == 403
    assert as_(cast.otto).post(url, review).status_code == 403
    assert as_(cast.nils).post(url, review).status_code == 404
    assert anna.post(url, review).status_code == 409  # still open
    with time_machine.travel(made.ends_at, tick=True):
        anna = as_(cast.anna)
        assert anna.post(url, {**review, "words": " "}).status_code == 422
        assert anna.post(url, {**review, "seen": 0}).status_code == 409
        assert anna.post(url, review).status_code == 302
        assert anna.post(url, {**review, "seen": 2}).status_code == 409
        assert b"The visit took place." in as_(cast.olga).get(f"/emergency/{made.pk}/").content
        otto = as_(cast.otto).get(f"/emergency/{made.pk}/").content
    assert b"justified" in otto
    assert WHY.encode() not in otto
    assert b"The visit" not in otto
    assert WHY.encode() not in as_(cast.otto).get("/trail/").content
    with pytest.raises(IntegrityError), transaction.atomic():
        rows().update(reviewed_by=cast.olga)


def test_an_approver_does_not_review_their_own(cast, as_, three):
    made = opened(cast, "bert")
    with time_machine.travel(made.ends_at):
        assert as_(cast.bert).get(f"/emergency/{made.pk}/review/").status_code == 403
        with pytest.raises(Denied):
            review_emergency(opening=made, by=cast.bert, seen=1, verdict="justified", words="I say so.")


def test_two_may_wait_and_not_a_third(cast, three):
    first = opened(cast, circle="North circle")
    with pytest.raises(WrongState, match="already"):
        opened(cast)
    with time_machine.travel(first.ends_at):
        opened(cast)
    with time_machine.travel(first.ends_at + timedelta(hours=2)):
        with pytest.raises(WrongState, match="wait for a review"):
            opened(cast)
        review_emergency(opening=first, by=cast.anna, seen=1, verdict="justified", words="As told.")
        opened(cast)


def test_overdue_after_72_hours(cast, as_, three):
    made = opened(cast)
    for hours, standing in ((71.9, "waits for review"), (72, "review overdue")):
        with time_machine.travel(made.opened_at + timedelta(hours=hours), tick=False):
            made.refresh_from_db()
            assert made.standing == standing
            assert b"Olga Brandt" in as_(cast.anna).get("/").content
            for office in (cast.adam, cast.otto):
                assert (b"Emergency openings without a review" in as_(office).get("/").content) == (hours == 72)


def test_what_is_typed_comes_back(cast, as_):
    answer = as_(cast.olga).post("/emergency/open/", form(cast, reason="", circle="Some circle"))
    assert answer.status_code == 422
    assert b"Some circle" in answer.content
    assert as_(cast.olga).post("/emergency/open/", form(cast, dialogue=cast.nv.pk)).status_code == 422
    assert not rows().exists()


def test_it_is_asked_again_who_sits_there(cast, as_, settings):
    settings.STEP_UP_SECONDS = -1
    assert as_(cast.olga).get("/emergency/open/")["Location"].startswith("/me/again/")
    assert as_(cast.olga).post("/emergency/open/", form(cast)).status_code == 409
    assert not rows().exists()


def test_one_query_for_the_rule(cast, three, django_assert_num_queries):
    opened(cast)
    with django_assert_num_queries(1):
        assert [bool(one.role) for one in sorted(holdings(cast.olga), key=lambda one: not one.role)] == [True, False]


def test_cannot_begin_long_ago(cast):
    now = timezone.now()
    with acting(Verb.EMERGENCY_OPENED, by=cast.olga), pytest.raises(IntegrityError), transaction.atomic():
        save_new(BreakGlass(user=cast.olga, dialogue=cast.cn, marking=2, reason=WHY, ends_at=now - timedelta(days=1)))
