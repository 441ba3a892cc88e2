"""An answer about somebody nobody raised: tied to the case on the page of the reply, and to no raising."""

from datetime import timedelta

import pytest

from cases.actions.case import label_case
from cases.models import LedgerDay
from casetracker.access.errors import WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.desk.cycle import answers_waiting
from rounds.actions.item import correct_item
from rounds.actions.matching import match_item
from rounds.models import ResponseItem
from tests import make
from tests.rounds import cycle
from tests.rounds.responses.make import NOVEMBER, reply
from tests.rounds.responses.test_items import code, key_of, text_of

pytestmark = pytest.mark.django_db
NOT_RAISED = "Not raised on or before that day"


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tashi Invented")


@pytest.fixture
def response(cast):
    return reply(cast.olga, Label(cast.cn.pk, Marking.NORMAL))


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


def url(response):
    return f"/responses/{response.pk}/items/new/"


def look(client, response, text):
    return client.post(url(response), {"look": "1", "q": text})


def tie(client, response, *cases, **sent):
    keys = {"about": [str(getattr(one, "pk", one)) for one in cases], "key": key_of(client, response)}
    return client.post(url(response), {"verbatim": "他很好。", **keys, **sent})


def items():
    return list(ResponseItem.objects.unscoped("tests").select_related("case").order_by("position"))


def test_a_case_nobody_raised_is_found_and_tied(cast, olga, case, response):
    page = look(olga, response, case.reference)
    assert NOT_RAISED in text_of(page)
    assert f'name="about" value="{case.pk}"' in page.text
    assert NOT_RAISED not in text_of(olga.get(f"/responses/{response.pk}/"))
    assert tie(olga, response, case).status_code == 302
    made = items()[0]
    assert (made.case, made.raising_id, made.state) == (case, None, "recorded")
    shown = text_of(olga.get(f"/responses/{response.pk}/"))
    assert f"{case.reference} Tashi Invented not raised before" in shown
    assert "not matched yet" not in shown.replace("Add, not matched yet", "")
    # It counts for the case and waits for nothing.
    assert LedgerDay.objects.unscoped("tests").filter(case=case, kind="answered", on=response.on).exists()
    assert case.reference not in olga.get("/responses/unmatched/").text
    assert answers_waiting(cast.olga).unmatched == 0
    assert response.get_form_display() in text_of(olga.get(f"/cases/{case.reference}/"))


def test_one_that_was_raised_is_offered_by_its_raising(cast, olga, case, response):
    raising = cycle.raising(cast.olga, case)
    page = look(olga, response, case.reference)
    assert f'name="raising" value="{raising.pk}"' in page.text
    assert NOT_RAISED not in text_of(page)


def test_raised_only_after_the_reply(cast, olga, case, response):
    cycle.raising(cast.olga, case, on=NOVEMBER + timedelta(days=1))
    assert f'name="about" value="{case.pk}"' in look(olga, response, case.reference).text


def test_with_raisings_at_once_and_sent_twice(cast, olga, case, response):
    other = make.case(cast.olga, cast.cn, "Dolma Invented")
    raising = cycle.raising(cast.olga, other)
    sent = {"raising": str(raising.pk), "key": key_of(olga, response)}
    for _ in range(2):
        assert tie(olga, response, case, **sent).status_code == 302
    assert [(one.case, one.raising_id) for one in items()] == [(other, raising.pk), (case, None)]


def test_several_nobody_raised_sent_twice(cast, olga, case, response):
    cases = sorted([case, make.case(cast.olga, cast.cn, "Dolma Invented")], key=lambda one: one.reference)
    key = key_of(olga, response)
    for _ in range(2):
        assert tie(olga, response, *cases, key=key).status_code == 302
    assert [(one.case, one.raising_id) for one in items()] == [(one, None) for one in cases]


def test_what_was_ticked_comes_back_ticked(olga, case, response):
    page = olga.post(url(response), {"about": str(case.pk), "q": case.reference, "key": "x", "verbatim": "x"})
    assert page.status_code == 422
    assert f'name="about" value="{case.pk}" checked' in page.text


def test_not_above_the_label_of_the_reply(cast, as_, response):
    above = make.case(cast.hugo, cast.cn, "Above Invented", marking=2)
    hugo = as_(cast.hugo)
    assert 'name="about"' not in look(hugo, response, above.reference).text
    refused = tie(hugo, response, above)
    assert refused.status_code == 409
    assert f"{above.reference} has a higher label than this reply" in text_of(refused)
    assert items() == []


def test_hidden_and_missing_are_the_same(cast, olga, response):
    hidden = make.case(cast.hugo, cast.cn, "Hidden Invented", marking=2)
    elsewhere = make.case(cast.lars, cast.nv, "Else Invented")
    for one in (hidden, elsewhere, "00000000-0000-4000-8000-000000000000", "x"):
        refused = tie(olga, response, one)
        assert refused.status_code == 409
        assert "This case is not there any more. Find it again." in text_of(refused)
    assert items() == []


def test_the_case_does_not_rise_above_the_reply(cast, olga, case, response):
    tie(olga, response, case)
    with pytest.raises(WrongState):
        label_case(case=case, by=cast.hugo, seen=case.version, marking=2, compartment=None, reason="Asked for.")


def test_it_can_be_untied_and_matched(cast, olga, case, response):
    tie(olga, response, case)
    there = f"/responses/items/{items()[0].pk}/unmatch/"
    page = olga.get(f"/responses/{response.pk}/").text
    assert there in page
    assert olga.post(there, {"seen": "1"}).status_code == 302
    assert (items()[0].case, items()[0].raising_id) == (None, None)


def test_coded_it_stays_with_its_case(cast, olga, case, response):
    tie(olga, response, case)
    item = code(items()[0], cast.olga)
    other = cycle.raising(cast.olga, make.case(cast.olga, cast.cn, "Dolma Invented"))
    with pytest.raises(WrongState, match="corrected, with a reason"):
        match_item(item=item, by=cast.olga, seen=2, raising=other)
    words = {"verbatim": "He is at home.", "translation": "", "written_as": ""}
    assert f"As before: {case.reference} , not raised" in text_of(olga.get(f"/responses/items/{item.pk}/correct/"))
    right = correct_item(item=item, by=cast.olga, seen=2, values=words, raising=None, reason="Misread.")
    assert (right.case, right.raising) == (case, None)
    # A raising of this case found later can be named still.
    mine = cycle.raising(cast.olga, case)
    assert match_item(item=right, by=cast.olga, seen=1, raising=mine)
