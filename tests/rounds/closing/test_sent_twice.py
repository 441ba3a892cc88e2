"""A form that makes a record makes it once, however often it is sent: a list carried forward to, a commitment."""

import re

import pytest

from cases.forms.new_case import form_key
from rounds.actions.disposition import dispose_entries
from rounds.models import CaseList, Commitment, ListEntry
from tests.rounds.closing.world import entries, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast):
    return world(cast)


def key_in(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def test_one_new_list(cast, as_, here):
    dispose_entries(entries=entries(here.given), by=cast.olga, disposition="carry_forward")
    olga, url = as_(cast.olga), f"/rounds/{here.past.pk}/carry-forward/"
    sent = {"target": f"new/{here.ahead.pk}/1/", "key": key_in(olga.get(url))}
    answers = [olga.post(url, sent, follow=True) for _ in range(2)]
    made = CaseList.objects.unscoped("tests").get(round=here.ahead)
    for answer in answers:
        assert answer.redirect_chain[-1][0] == f"/lists/{made.pk}/"
        assert b"2 cases carried forward from round 40." in answer.content
    assert ListEntry.objects.unscoped("tests").filter(case_list=made).count() == 2


def test_one_commitment(cast, as_, here):
    olga, url = as_(cast.olga), f"/commitments/new/?round={here.past.pk}"
    where = here.past.label()
    sent = {"what": "A reply.", "label": f"{where.dialogue_id}/{where.marking}/", "key": key_in(olga.get(url))}
    answers = [olga.post(url, sent) for _ in range(2)]
    made = Commitment.objects.unscoped("tests").get()
    assert [answer["Location"] for answer in answers] == [f"/commitments/{made.pk}/"] * 2


def test_a_key_of_somebody_else_is_refused_and_replaced(cast, as_, here):
    olga, url = as_(cast.olga), f"/commitments/new/?round={here.past.pk}"
    where = here.past.label()
    sent = {"what": "A reply.", "label": f"{where.dialogue_id}/{where.marking}/"}
    refused = olga.post(url, {**sent, "key": form_key(cast.hugo)})
    assert refused.status_code == 422
    assert not Commitment.objects.unscoped("tests").exists()
    assert olga.post(url, {**sent, "key": key_in(refused)}).status_code == 302
