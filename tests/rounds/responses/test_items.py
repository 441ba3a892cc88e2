"""Answers in a reply: ticking raisings, words, names, matching, correcting; and what happens when two do it at once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import CaseName, LedgerDay
from casetracker.access.errors import Conflict, WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.actions.item import correct_item, remove_item
from rounds.actions.matching import match_item, unmatch_item
from rounds.models import ItemClaim, ResponseItem
from tests import make
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.cycle import JUNE
from tests.rounds.responses.make import answer, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(cast):
    return Label(cast.cn.pk, Marking.NORMAL)


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tashi Invented")


@pytest.fixture
def asked(cast, case):
    held = rounds_make.held(cast.olga, cast.cn, ordinal=39)
    return cycle.raising_of(cycle.handed_over(cast.olga, cast.anna, held, case), case)


@pytest.fixture
def response(cast, where):
    return reply(cast.olga, where)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def key_of(client, response):
    return re.search(r'name="key" value="([^"]+)"', client.get(f"/responses/{response.pk}/").content.decode())[1]


def offered(client, response, **data):
    page = (
        client.post(f"/responses/{response.pk}/items/new/", data) if data else client.get(f"/responses/{response.pk}/")
    )
    assert page.status_code == 200
    return re.findall(r'name="raising" value="([^"]+)"', page.content.decode())


def code(item, by):
    """Codes an item, as a colleague would."""
    with cycle.acting(cycle.Verb.ITEM_CODED, by=by):
        item.code, item.grade, item.coded_by, item.state = "B3", "partial", by, "coded"
        item.version += 1
        item.save()
    return item


def test_open_raisings_newest_list_first(cast, olga, case, asked, response):
    newer = cycle.raising(cast.olga, case, on=JUNE + timedelta(days=20))
    other = make.case(cast.olga, cast.cn, "Li Invented")
    newest = cycle.raising(cast.olga, other, on=JUNE + timedelta(days=30))
    cycle.raising(cast.olga, other, on=response.on + timedelta(days=1))
    cycle.raising(cast.olga, other, on=JUNE, voided=True, voided_reason="Not raised after all.")
    assert offered(olga, response) == [str(newest.pk), str(newer.pk), str(asked.pk)]
    answer(cast.olga, response, newest)
    assert offered(olga, response) == [str(newer.pk), str(asked.pk)]
    # R0 is no answer, and what was corrected is none either
    refused = cycle.response(cast.olga, response.label())
    cycle.item(cast.olga, refused, newer, "R0")
    assert offered(olga, response) == [str(newer.pk), str(asked.pk)]


def test_only_what_the_label_covers_and_the_viewer_sees(cast, as_, case, asked, where):
    higher = make.case(cast.nils, cast.cn, "Dolma Invented", marking=Marking.RESTRICTED)
    above = cycle.raising(cast.nils, higher)
    plain, covering = reply(cast.nils, where), reply(cast.nils, higher.label(), verbatim="另一个。")
    nils = as_(cast.nils)
    assert offered(nils, plain) == [str(asked.pk)]
    assert set(offered(nils, covering)) == {str(asked.pk), str(above.pk)}
    assert offered(nils, plain, q=higher.reference, look="1") == []
    assert as_(cast.olga).get(f"/responses/{covering.pk}/").status_code == 404


def test_a_look_up_finds_answered_ones_and_keeps_what_was_typed(cast, olga, asked, response):
    answer(cast.olga, response, asked)
    data = {"q": "Invented, Tashi", "look": "1", "verbatim": "再次。", "raising": asked.pk}
    page = olga.post(f"/responses/{response.pk}/items/new/", data).content.decode()
    assert f'value="{asked.pk}" checked' in page
    assert "answered here" in page
    assert "再次。" in page
    searched = TrailEntry.objects.get(verb="case.searched")
    assert set(searched.detail) == {"count", "digest"}


def test_each_raising_ticked_gets_an_item(cast, olga, case, asked, response):
    other = cycle.raising(cast.olga, make.case(cast.olga, cast.cn, "Li Invented"))
    form = {"key": key_of(olga, response), "raising": [asked.pk, other.pk], "verbatim": "依法处理。"}
    for _ in range(2):
        sent = olga.post(f"/responses/{response.pk}/items/new/", form)
        assert sent.status_code == 302
    items = ResponseItem.objects.order_by("position")
    assert {item.raising_id for item in items} == {asked.pk, other.pk}
    assert [(item.verbatim, item.state, item.position) for item in items] == [
        ("依法处理。", "recorded", 1),
        ("依法处理。", "recorded", 2),
    ]
    assert LedgerDay.objects.filter(case=case, kind="answered", on=response.on).count() == 1


def test_nothing_ticked_is_asked_about_or_left_unmatched(olga, response):
    url = f"/responses/{response.pk}/items/new/"
    form = {"key": key_of(olga, response), "written_as": "扎西"}
    answered = olga.post(url, form)
    assert answered.status_code == 422
    assert "not matched yet" in text_of(answered)
    assert olga.post(url, {**form, "unmatched": "1"}).status_code == 302
    assert ResponseItem.objects.get().raising_id is None
    empty = {"key": key_of(olga, response), "unmatched": "1"}
    assert olga.post(url, empty).status_code == 409


def test_two_officials_add_at_once_and_both_are_kept(cast, olga, as_, asked, response):
    hugo = as_(cast.hugo)
    keys = [key_of(olga, response), key_of(hugo, response)]
    for client, key in zip((olga, hugo), keys, strict=True):
        client.post(f"/responses/{response.pk}/items/new/", {"key": key, "raising": asked.pk, "verbatim": key[:9]})
    assert [item.position for item in ResponseItem.objects.order_by("position")] == [1, 2]


def test_hidden_and_missing_raisings_are_refused_alike(cast, olga, response):
    secret = cycle.raising(cast.nils, make.case(cast.nils, cast.cn, "Dolma Invented", marking=Marking.RESTRICTED))
    pages = []
    for key in (secret.pk, "7d3f3e5e-9f39-4a94-8f0c-f0b1b8a2a111", "nonsense"):
        form = {"key": key_of(olga, response), "raising": key, "verbatim": "x"}
        sent = olga.post(f"/responses/{response.pk}/items/new/", form)
        assert sent.status_code == 409
        pages.append(re.sub(r'(name="(key|csrfmiddlewaretoken)" value=)"[^"]+"', "", sent.content.decode()))
    assert len(set(pages)) == 1
    assert not ResponseItem.objects.exists()


def test_a_raising_above_the_label_is_refused_with_what_to_do(cast, as_, where):
    higher = make.case(cast.nils, cast.cn, "Dolma Invented", marking=Marking.RESTRICTED)
    off = cycle.raising(cast.nils, higher)
    plain = make.case(cast.nils, cast.cn, "Li Invented")
    held = rounds_make.held(cast.olga, cast.cn)
    listed = cycle.raising_of(cycle.handed_over(cast.nils, cast.anna, held, plain, label=higher.label()), plain)
    response = reply(cast.nils, where)
    item = answer(cast.nils, response, written_as="扎西")
    nils = as_(cast.nils)
    for raising, words in ((off, higher.reference), (listed, "The list of this raising")):
        sent = nils.post(f"/responses/items/{item.pk}/match/", {"seen": 1, "raising": raising.pk})
        assert sent.status_code == 409
        assert f"{words} has a higher label than this reply. Raise the label of the reply first" in text_of(sent)
        with pytest.raises(WrongState):
            answer(cast.nils, response, raising)
    item.refresh_from_db()
    assert item.case_id is None


def test_a_voided_raising_answers_nothing(cast, asked, response):
    void = cycle.raising(cast.olga, asked.case, voided=True, voided_reason="Not raised.")
    with pytest.raises(WrongState):
        answer(cast.olga, response, void)


def test_match_otherwise_unmatch_and_figures_follow(cast, olga, case, asked, response):
    item = answer(cast.olga, response, asked)
    other = cycle.raising(cast.olga, make.case(cast.olga, cast.cn, "Li Invented"))
    url = f"/responses/items/{item.pk}"
    assert olga.post(f"{url}/match/", {"seen": 1}).status_code == 422
    assert olga.post(f"{url}/match/", {"seen": 1, "raising": other.pk}).status_code == 302
    assert not LedgerDay.objects.filter(case=case, kind="answered").exists()
    assert LedgerDay.objects.filter(case=other.case_id, kind="answered").exists()
    assert olga.post(f"{url}/unmatch/", {"seen": 2}).status_code == 302
    assert not LedgerDay.objects.filter(kind="answered").exists()
    item.refresh_from_db()
    assert (item.raising_id, item.case_id) == (None, None)


def test_two_match_one_item(cast, olga, as_, case, asked, response):
    item = answer(cast.olga, response, written_as="扎西")
    other = cycle.raising(cast.olga, case, on=JUNE + timedelta(days=3))
    url = f"/responses/items/{item.pk}/match/"
    assert olga.post(url, {"seen": 1, "raising": asked.pk}).status_code == 302
    second = as_(cast.hugo).post(url, {"seen": 1, "raising": other.pk})
    assert second.status_code == 409
    assert "Somebody changed this since you opened it" in text_of(second)
    assert b'name="seen" value="2"' in second.content
    item.refresh_from_db()
    assert item.raising_id == asked.pk
    assert as_(cast.hugo).post(f"/responses/items/{item.pk}/unmatch/", {"seen": 1}).status_code == 409


def test_words_are_changed_while_recorded_and_conflict_shows_both(cast, olga, as_, asked, response):
    item = answer(cast.olga, response, asked)
    url = f"/responses/items/{item.pk}/"
    assert olga.post(url, {"seen": 1, "verbatim": "第一。"}).status_code == 302
    second = as_(cast.hugo).post(url, {"seen": 1, "verbatim": "第二。"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "第一。" in page
    assert "第二。" in page
    code(ResponseItem.objects.get(), cast.rita)
    late = olga.post(url, {"seen": 3, "verbatim": "第三。"})
    assert late.status_code == 409
    assert "corrected, with a reason" in text_of(late)


def test_an_item_is_removed_with_a_reason(cast, olga, case, asked, response):
    item = answer(cast.olga, response, asked)
    url = f"/responses/items/{item.pk}/remove/"
    assert olga.post(url, {"seen": 1}).status_code == 422
    assert olga.post(url, {"seen": 1, "reason": "Added twice."}).status_code == 302
    assert not ResponseItem.objects.exists()
    assert not LedgerDay.objects.filter(case=case, kind="answered").exists()
    assert "Added twice." in text_of(olga.get(f"/responses/{response.pk}/"))


def test_what_something_rests_on_stays(cast, asked, response):
    item = answer(cast.olga, response, asked)
    with cycle.acting(cycle.Verb.ITEM_CLAIM_PROPOSED, by=cast.olga):
        cycle.save_new(ItemClaim(item=item, kind="identity", field="religion", value="Buddhist"))
    with pytest.raises(WrongState):
        remove_item(item=item, by=cast.olga, seen=1, reason="Added twice.")


def test_a_correction_supersedes_and_the_old_one_is_struck(cast, olga, case, asked, response):
    item = code(answer(cast.olga, response, asked), cast.rita)
    url = f"/responses/items/{item.pk}/correct/"
    form = {"seen": 2, "verbatim": "他在服刑。", "raising": asked.pk}
    assert olga.post(url, form).status_code == 422
    assert olga.post(url, {**form, "reason": "The wrong line was taken."}).status_code == 302
    made = ResponseItem.objects.get(supersedes=item)
    assert (made.state, made.raising_id, made.position) == ("recorded", asked.pk, item.position)
    page = olga.get(f"/responses/{response.pk}/")
    assert "<s>他身体健康。</s>" in page.content.decode()
    assert "Corrected: The wrong line was taken." in text_of(page)
    assert LedgerDay.objects.filter(case=case, kind="answered").count() == 1
    again = olga.post(url, {**form, "reason": "Once more."})
    assert again.status_code == 409
    assert "was corrected; work on the correction" in text_of(again)


def test_of_two_corrections_the_second_sees_the_first(cast, asked, response):
    item = code(answer(cast.olga, response, asked), cast.rita)
    with pytest.raises(Conflict):
        correct_item(item=item, by=cast.hugo, seen=1, values={"verbatim": "x"}, raising=asked, reason="Why.")


def test_the_name_they_write_goes_to_the_case(cast, olga, as_, case, asked, response):
    item = answer(cast.olga, response, asked, written_as="扎西次仁")
    page = olga.get(f"/responses/{response.pk}/")
    assert f"Add this name to {case.reference}" in text_of(page)
    assert "Add this name" not in text_of(as_(cast.rita).get(f"/responses/{response.pk}/"))
    assert olga.post(f"/responses/items/{item.pk}/name/").status_code == 302
    name = CaseName.objects.get(text="扎西次仁")
    assert (name.case_id, name.kind, name.system) == (case.pk, "counterpart", "simplified")
    assert "Add this name" not in text_of(olga.get(f"/responses/{response.pk}/"))
    assert olga.post(f"/responses/items/{item.pk}/name/").status_code == 409


def test_a_name_from_a_higher_reply_is_warned_about(cast, as_, case, asked):
    response = reply(cast.nils, Label(cast.cn.pk, Marking.RESTRICTED))
    answer(cast.nils, response, asked, written_as="扎西次仁")
    assert "open to more people than this response" in text_of(as_(cast.nils).get(f"/responses/{response.pk}/"))


ACTS = {
    "add": ("/responses/{response}/items/new/", {"verbatim": "x", "raising": "{raising}"}),
    "edit": ("/responses/items/{item}/", {"seen": "1", "verbatim": "changed"}),
    "match": ("/responses/items/{item}/match/", {"seen": "1", "raising": "{raising}"}),
    "unmatch": ("/responses/items/{item}/unmatch/", {"seen": "1"}),
    "remove": ("/responses/items/{item}/remove/", {"seen": "1", "reason": "Why."}),
    "correct": ("/responses/items/{item}/correct/", {"seen": "1", "verbatim": "x", "reason": "Why."}),
    "name": ("/responses/items/{item}/name/", {}),
    "reply": ("/responses/{response}/edit/", {"seen": "1", "on": "2025-11-10", "form": "embassy", "verbatim": "x"}),
    "label": ("/responses/{response}/label/", {"seen": "1", "marking": "2", "reason": "Why.", "confirmed": "1"}),
    "paper": ("/responses/{response}/papers/new/", {"title": "x"}),
}
WHO = {"rita": 403, "lars": 404, "nora": 404, "zoe": 404, "adam": 404, "otto": 404}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", [*WHO, "anna"])
def test_wrong_roles(cast, as_, asked, response, act, who):
    item = answer(cast.olga, response, asked, written_as="扎西")
    path, data = ACTS[act]
    ids = {"response": response.pk, "item": item.pk, "raising": asked.pk}
    sent = {name: value.format(**ids) for name, value in data.items()}
    status = as_(getattr(cast, who)).post(path.format(**ids), sent).status_code
    if who == "anna" and act == "label":
        # she may change labels, but only lower them: raising is refused when it is done
        assert status == 403
    else:
        assert status == WHO.get(who, 403)
    item.refresh_from_db()
    response.refresh_from_db()
    assert (item.version, response.version, CaseName.objects.filter(kind="counterpart").count()) == (1, 1, 0)


@pytest.mark.parametrize("state", ["coded", "confirmed", "disputed", "assessed", "superseded"])
@pytest.mark.parametrize("act", ["edit", "match", "unmatch", "remove"])
def test_wrong_states(cast, as_, case, asked, response, state, act):
    more = {"confirmed": {"second_coder": cast.anna}, "disputed": {"second_coder": cast.anna, "second_note": "No."}}
    more["assessed"] = {**more["confirmed"], "assessment": "new"}
    stored = "recorded" if state == "superseded" else state
    item = cycle.item(cast.rita, response, asked, "B3", **more.get(state, {}), **{"state": stored})
    if state == "superseded":
        cycle.item(cast.olga, response, asked, supersedes=item, correction_reason="Why.")
    other = cycle.raising(cast.olga, case, on=JUNE + timedelta(days=1))
    path, data = ACTS[act]
    sent = {name: value.format(raising=other.pk) for name, value in data.items()}
    assert as_(cast.olga).post(path.format(item=item.pk), sent).status_code == 409
    item.refresh_from_db()
    assert (item.version, item.raising_id) == (1, asked.pk)


def test_what_is_only_recorded_is_not_corrected(cast, as_, asked, response):
    item = answer(cast.olga, response, asked)
    path, data = ACTS["correct"]
    assert as_(cast.olga).post(path.format(item=item.pk), data).status_code == 409


def test_an_unmatched_answer_is_matched_in_any_state(cast, asked, response):
    item = cycle.item(cast.rita, response, None, "C3")
    assert match_item(item=item, by=cast.olga, seen=1, raising=asked)
    with pytest.raises(WrongState):
        unmatch_item(item=item, by=cast.olga, seen=2)


def test_queries_do_not_grow(cast, olga, as_, case, asked, where):
    counts = []
    for many in (1, 12):
        response = reply(cast.olga, where, verbatim=f"第{many}。")
        for place in range(many):
            one = make.case(cast.olga, cast.cn, f"Person{place} Invented{many}")
            raising = cycle.raising(cast.olga, one, on=JUNE)
            answer(cast.olga, response, raising, written_as=f"扎西{place}")
            answer(cast.olga, response, written_as=f"Person{place} Invented{many}")
            cycle.raising(cast.olga, one, on=JUNE - timedelta(days=3))
        loose = ResponseItem.objects.filter(response=response, raising=None).first()
        for client in (olga, as_(cast.rita)):
            client.get("/responses/")
            for url in (f"/responses/{response.pk}/", f"/responses/items/{loose.pk}/match/", "/responses/unmatched/"):
                with CaptureQueriesContext(connection) as run:
                    client.get(url)
                counts.append(len(run))
    half = len(counts) // 2
    assert counts[:half] == counts[half:]
    assert max(counts) <= 12


def test_what_was_removed_is_told_in_the_history(cast, olga, asked, response):
    item = answer(cast.olga, response, asked, written_as="扎西次仁")
    olga.post(f"/responses/items/{item.pk}/remove/", {"seen": 1, "reason": "Added twice."})
    assert (
        '<del><span class="vh">Before: </span>扎西次仁</del>' in olga.get(f"/responses/{response.pk}/").content.decode()
    )
