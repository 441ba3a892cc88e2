"""Who changed nothing did not work on the list and may approve it; who did is told so at once."""

import pytest

from casetracker.audit.models import TrailEntry
from rounds.actions.case_list import add_cases
from rounds.actions.review import has_edited
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make.begun(cast, make.round_(cast), *make.cases(cast), note="For the chair.")


def edits(case_list):
    return TrailEntry.objects.filter(verb="list.edited", object_id=case_list.pk).count()


@pytest.mark.parametrize("what", ["ask", "note", "include", "add"])
def test_nothing_changed_leaves_no_trace(cast, as_, draft, what):
    entry, before, version = make.entries(draft)[0], edits(draft), draft.version
    hugo = as_(cast.hugo)
    seen = {"seen": make.fresh(draft).version}
    answer = {
        "ask": lambda: hugo.post(url(entry), {"ask": entry.ask, "why": entry.why, "seen": entry.version}),
        "note": lambda: hugo.post(url(draft, "edit/"), {"note": "For the chair.", **seen}),
        "include": lambda: hugo.post(url(draft, "include/"), seen),
        "add": lambda: hugo.post(url(draft, "cases/"), {"q": entry.case.reference}),
    }[what]()
    assert answer.status_code in (200, 302)
    assert (edits(draft), make.fresh(draft).version) == (before, make.fresh(draft).version)
    assert make.fresh(draft).version == seen["seen"] >= version
    assert not has_edited(make.fresh(draft), cast.hugo)


def test_something_changed_leaves_one(cast, as_, draft):
    entry, before = make.entries(draft)[0], edits(draft)
    as_(cast.hugo).post(url(entry), {"ask": "Is he well?", "why": "", "seen": entry.version})
    assert edits(draft) == before + 1
    assert has_edited(make.fresh(draft), cast.hugo)


def test_cases_on_it_already_are_passed_over(cast, draft):
    before = edits(draft)
    assert add_cases(case_list=draft, by=cast.hugo, cases=[entry.case for entry in make.entries(draft)]) == []
    assert edits(draft) == before


def test_an_approver_who_worked_on_it_is_told_at_the_door(cast, as_):
    reviewed = make.in_review(cast, make.round_(cast), *make.cases(cast))
    approver = cast.anna
    entry = make.entries(reviewed)[0]
    there = url(reviewed, "state/?to=approved")
    assert as_(approver).get(there).status_code == 200
    edits_by(approver, reviewed, entry)
    page = as_(approver).get(there)
    assert page.status_code == 403
    assert "A list is approved by somebody who has not worked on it." in text_of(page)
    sent = {"to": "approved", "seen": make.fresh(reviewed).version, "digest": make.digest(reviewed, approver)}
    assert text_of(as_(approver).post(url(reviewed, "state/"), sent)) == text_of(page)
    # Returning it is not approving it.
    assert as_(approver).get(url(reviewed, "state/?to=draft")).status_code == 200


def edits_by(person, case_list, entry):
    """A trail entry as a list edited at another time, in another role, leaves it."""
    TrailEntry.objects.create(
        action_id=entry.pk, actor=person, verb="list.edited", kind="rounds.caselist", object_id=case_list.pk
    )
