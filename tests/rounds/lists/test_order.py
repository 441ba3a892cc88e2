"""The order of a list: by buttons and by the whole order at once; two who order it at the same time."""

import pytest

from rounds.actions.entry import edit_entry, move_entry, reorder, shift_entry
from rounds.models import ListEntry
from tests import make as core
from tests.rounds.lists import make
from tests.rounds.lists.make import text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make.begun(cast, make.round_(cast), *make.cases(cast, 4))


def names(case_list):
    return [entry.case.latin_name[-1] for entry in make.entries(case_list)]


def keys(case_list, order):
    by_name = {entry.case.latin_name[-1]: str(entry.pk) for entry in make.entries(case_list)}
    return " ".join(by_name[name] for name in order)


@pytest.mark.parametrize(
    ("place", "way", "expected"),
    [
        (1, "up", "2134"),
        (1, "down", "1324"),
        (2, "first", "3124"),
        (1, "last", "1342"),
        (0, "up", "1234"),
        (3, "down", "1234"),
        (0, "first", "1234"),
    ],
)
def test_one_entry_moves(cast, as_, draft, place, way, expected):
    entry = make.entries(draft)[place]
    response = as_(cast.olga).post(url(entry, "move/"), {"way": way})
    assert response["Location"] == f"{url(draft)}#entry-{entry.pk}"
    assert names(draft) == list(expected)


def test_the_focus_stays_on_the_button_of_the_row_that_moved(cast, as_, draft):
    entry = make.entries(draft)[2]
    client = as_(cast.olga)
    page = client.post(url(entry, "move/"), {"way": "up"}, headers={"hx-request": "true"}).content.decode()
    focused = [button for button in page.split("<button")[1:] if " data-focus" in button.split(">")[0]]
    assert len(focused) == 1
    assert f"Move up: {entry.case.reference}" in focused[0]
    # at the top there is no further up: the focus goes to the button beside it
    page = client.post(url(entry, "move/"), {"way": "up"}, headers={"hx-request": "true"}).content.decode()
    focused = [button for button in page.split("<button")[1:] if " data-focus" in button.split(">")[0]]
    assert f"Move down: {entry.case.reference}" in focused[0]


def test_no_other_way(cast, as_, draft):
    assert as_(cast.olga).post(url(make.entries(draft)[0], "move/"), {"way": "sideways"}).status_code == 404


def test_the_whole_order_at_once(cast, as_, draft):
    sent = {"seen": draft.version, "order": keys(draft, "4213"), "was": keys(draft, "1234")}
    assert as_(cast.olga).post(url(draft, "order/"), sent).status_code == 302
    assert names(draft) == list("4213")
    assert [entry.position for entry in make.entries(draft)] == [1, 2, 3, 4]
    assert make.fresh(draft).version == draft.version + 1


@pytest.mark.parametrize("order", ["421", "44213"])
def test_an_order_of_other_entries_is_refused(cast, as_, draft, order):
    sent = {"seen": draft.version, "order": keys(draft, order), "was": ""}
    assert as_(cast.olga).post(url(draft, "order/"), sent).status_code == 409
    assert names(draft) == list("1234")


def test_entries_of_another_list_are_none_of_this_one(cast, as_, draft):
    other = make.begun(cast, draft.round, *make.cases(cast, 4), supplementary=True)
    sent = {"seen": draft.version, "order": keys(other, "1234"), "was": ""}
    assert as_(cast.olga).post(url(draft, "order/"), sent).status_code == 409
    assert as_(cast.olga).post(url(draft, "order/"), {"seen": 1, "order": "x y"}).status_code == 409


def test_two_order_one_list_and_the_second_sees_what_happened(cast, as_, draft):
    seen, was = draft.version, keys(draft, "1234")
    entry = make.entries(draft)[3]
    move_entry(entry=entry, by=cast.hugo, way="first")
    response = as_(cast.olga).post(url(draft, "order/"), {"seen": seen, "order": keys(draft, "2134"), "was": was})
    assert response.status_code == 409
    assert names(draft) == list("4123")
    assert "Somebody changed the list while you ordered it" in text_of(response)
    assert f'name="order" value="{keys(draft, "2134")} "' in response.content.decode()
    now = make.fresh(draft).version
    sent = {"seen": now, "order": keys(draft, "2134"), "was": keys(draft, "4123")}
    assert as_(cast.olga).post(url(draft, "order/"), sent).status_code == 302
    assert names(draft) == list("2134")


def test_a_case_added_meanwhile_is_in_the_order_offered_again(cast, as_, draft):
    seen, was, wanted = draft.version, keys(draft, "1234"), keys(draft, "4321")
    case = core.case(cast.hugo, cast.cn, "Invented Person 5")
    as_(cast.hugo).post(url(draft, "cases/"), {"q": case.reference})
    response = as_(cast.olga).post(url(draft, "order/"), {"seen": seen, "order": wanted, "was": was})
    assert response.status_code == 409
    assert f'name="order" value="{keys(draft, "43215")} "' in response.content.decode()


def test_what_others_write_into_entries_is_no_conflict_over_the_order(cast, as_, draft):
    seen, was = draft.version, keys(draft, "1234")
    edit_entry(entry=make.entries(draft)[0], by=cast.hugo, seen=1, changes={"ask": "By Hugo."})
    sent = {"seen": seen, "order": keys(draft, "2134"), "was": was}
    assert as_(cast.olga).post(url(draft, "order/"), sent).status_code == 302
    assert names(draft) == list("2134")
    assert make.entries(draft)[1].ask == "By Hugo."


def test_nothing_moves_nothing_is_written(cast, draft):
    version, rows = draft.version, ListEntry.history.count()
    entries = make.entries(draft)
    assert not reorder(case_list=draft, by=cast.olga, seen=version, order=[entry.pk for entry in entries])
    assert not shift_entry(entry=entries[0], by=cast.olga, up=True)
    assert (make.fresh(draft).version, ListEntry.history.count()) == (version, rows)
