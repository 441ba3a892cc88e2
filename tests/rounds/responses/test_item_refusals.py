"""What is refused about an answer: a name from a reply marked higher without a reason, one of a corrected answer, one
twice; and being tied to what was raised after the reply.
"""

from datetime import timedelta

import pytest

from cases.models import CaseName
from casetracker.access.errors import WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.actions.item import correct_item, name_case
from rounds.actions.matching import match_item
from rounds.models import ResponseItem
from tests import make
from tests.rounds import cycle
from tests.rounds.responses.make import answer, reply
from tests.rounds.responses.test_items import code, key_of, text_of

pytestmark = pytest.mark.django_db
NAME = "扎西次仁"


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tashi Invented")


@pytest.fixture
def asked(cast, case):
    return cycle.raising(cast.olga, case)


@pytest.fixture
def response(cast):
    return reply(cast.olga, Label(cast.cn.pk, Marking.NORMAL))


def test_a_name_from_a_higher_reply_needs_a_reason(cast, as_, asked):
    above = reply(cast.nils, Label(cast.cn.pk, Marking.RESTRICTED))
    item = answer(cast.nils, above, asked, written_as=NAME)
    nils, url = as_(cast.nils), f"/responses/items/{item.pk}/name/"
    assert 'name="reason"' in nils.get(f"/responses/{above.pk}/").content.decode()
    refused = nils.post(url)
    assert refused.status_code == 409
    assert "Say why the name may stand on the case" in text_of(refused)
    assert nils.post(url, {"reason": "It is in the press."}).status_code == 302
    added = TrailEntry.objects.get(verb="part.added", object_id=CaseName.objects.get(text=NAME).pk)
    assert added.reason == "It is in the press."


def test_a_name_from_a_reply_of_the_same_label_needs_none(cast, as_, asked, response):
    item = answer(cast.olga, response, asked, written_as=NAME)
    assert 'name="reason"' not in as_(cast.olga).get(f"/responses/{response.pk}/").content.decode()
    name_case(item=item, by=cast.olga)
    with pytest.raises(WrongState, match="has this name already"):
        name_case(item=item, by=cast.olga)
    assert CaseName.objects.filter(text=NAME).count() == 1


def test_a_corrected_answer_names_nobody(cast, asked, response):
    item = code(answer(cast.olga, response, asked, written_as=NAME), cast.rita)
    correct_item(item=item, by=cast.olga, seen=2, values={"written_as": "扎西"}, raising=asked, reason="Misread.")
    with pytest.raises(WrongState, match="was corrected"):
        name_case(item=item, by=cast.olga)
    assert not CaseName.objects.filter(kind="counterpart").exists()


def test_what_was_raised_after_the_reply_is_not_answered_by_it(cast, as_, case, asked, response):
    late = cycle.raising(cast.olga, case, on=response.on + timedelta(days=1))
    item, olga = answer(cast.olga, response, written_as="扎西"), as_(cast.olga)
    both = {"key": key_of(olga, response), "raising": [asked.pk, late.pk], "verbatim": "x"}
    for url, sent in (
        (f"/responses/items/{item.pk}/match/", {"seen": 1, "raising": late.pk}),
        (f"/responses/{response.pk}/items/new/", both),
    ):
        refused = olga.post(url, sent)
        assert refused.status_code == 409
        assert f"{case.reference} was raised after this reply" in text_of(refused)
    assert ResponseItem.objects.count() == 1


def test_the_day_of_a_reply_is_not_before_what_it_answers(cast, as_, case, asked, response):
    match_item(item=answer(cast.olga, response, written_as="扎西"), by=cast.olga, seen=1, raising=asked)
    olga, url = as_(cast.olga), f"/responses/{response.pk}/edit/"
    facts = {"seen": 1, "form": "written", "verbatim": "x"}
    refused = olga.post(url, {**facts, "on": (asked.on - timedelta(days=1)).isoformat()})
    assert refused.status_code == 409
    assert f"{case.reference} was raised after this reply" in text_of(refused)
    assert olga.post(url, {**facts, "on": asked.on.isoformat()}).status_code == 302
