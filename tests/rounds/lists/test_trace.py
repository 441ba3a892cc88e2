"""What leaves a trace and what does not: the page read after a refusal, moving nothing, comments on what goes off."""

import pytest

from casetracker.access.errors import WrongState
from casetracker.audit.models import TrailEntry
from rounds.actions.entry import move_entry, remove_entry, reorder
from rounds.actions.review import comment, settle_comment
from rounds.models import ListComment
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make.begun(cast, make.round_(cast), *make.cases(cast))


def reads(case_list, by):
    return TrailEntry.objects.filter(verb="list.read", object_id=case_list.pk, actor=by).count()


def edits(case_list):
    return TrailEntry.objects.filter(verb="list.edited", object_id=case_list.pk).count()


def off(entry, by):
    remove_entry(entry=entry, by=by, seen=entry.version)


@pytest.mark.parametrize(
    ("tail", "sent", "status"),
    [
        ("comments/", {"text": " "}, 422),
        ("state/", {"to": "withdrawn", "seen": "1", "reason": ""}, 422),
        ("edit/", {"note": "Other.", "seen": "1"}, 409),
        ("include/", {}, 409),
        ("difference/", {}, 422),
    ],
)
def test_a_page_shown_after_a_refusal_was_read(cast, as_, draft, tail, sent, status):
    answer = as_(cast.olga).post(url(draft, tail), sent)
    assert answer.status_code == status
    assert reads(draft, cast.olga) == 1


def test_the_page_that_comes_back_by_htmx_was_read(cast, as_, draft):
    sent = {"text": "Please shorten."}
    assert as_(cast.olga).post(url(draft, "comments/"), sent, headers={"HX-Request": "true"}).status_code == 200
    assert reads(draft, cast.olga) == 1


def test_a_page_that_is_only_left_was_not(cast, as_, draft):
    assert as_(cast.olga).post(url(draft, "comments/"), {"text": "Please shorten."}).status_code == 302
    assert reads(draft, cast.olga) == 0


def test_who_moves_nothing_did_not_work_on_the_list(cast, draft):
    first, *_, last = entries = make.entries(draft)
    before, version = edits(draft), make.fresh(draft).version
    assert not move_entry(entry=first, by=cast.hugo, way="up")
    assert not move_entry(entry=first, by=cast.hugo, way="first")
    assert not move_entry(entry=last, by=cast.hugo, way="last")
    assert not reorder(case_list=draft, by=cast.hugo, seen=version, order=[entry.pk for entry in entries])
    assert (edits(draft), make.fresh(draft).version) == (before, version)
    assert move_entry(entry=first, by=cast.hugo, way="last")
    assert (edits(draft), make.fresh(draft).version) == (before + 1, version + 1)


def test_an_objection_is_not_taken_off_with_its_case(cast, as_, draft):
    entry = make.entries(draft)[0]
    said = comment(case_list=draft, by=cast.rita, text="It would harm the family.", entry=entry)
    refused = as_(cast.olga).post(url(entry, "remove/"), {"seen": entry.version, "reason": "Wrong."})
    assert refused.status_code == 409
    assert "Settle it, or hold the case back." in text_of(refused)
    assert (len(make.entries(draft)), ListComment.objects.unscoped("tests").get().entry_id) == (3, entry.pk)
    settle_comment(comment=said, by=cast.rita)
    off(entry, cast.olga)
    now = ListComment.objects.unscoped("tests").get()
    assert (now.entry_id, now.by, now.settled) == (None, cast.rita, True)
    assert now.text == f"{entry.case.reference}: It would harm the family."
    assert now.text in text_of(as_(cast.rita).get(url(draft)))


def test_nobody_but_the_one_who_said_it_takes_off_what_is_open(cast, draft):
    entry = make.entries(draft)[0]
    comment(case_list=draft, by=cast.olga, text="Is the year right?", entry=entry)
    with pytest.raises(WrongState, match="is open"):
        off(entry, cast.hugo)
    off(entry, cast.olga)
    assert not ListComment.objects.unscoped("tests").get().settled
