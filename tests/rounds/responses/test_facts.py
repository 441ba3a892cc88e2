"""Facts, label and papers of a reply: who changes them, when, and what two at once see."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import LedgerDay
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.actions.response import Paper
from rounds.models import ResponseFile, ResponseFileContent
from tests import make
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.responses.make import NOVEMBER, answer, reply
from tests.two_persons import allow

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(cast):
    return Label(cast.cn.pk, Marking.NORMAL)


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


@pytest.fixture
def response(cast, where):
    return reply(cast.olga, where)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def facts(**values):
    words = {"verbatim": "他身体健康。", "translation": "He is in good health.", "language": "zh-Hans"}
    return {"seen": 1, "on": NOVEMBER.isoformat(), "form": "written", **words, **values}


def label(client, response, **values):
    sent = {"seen": response.version, "reason": "The mission asks for it.", "confirmed": "1", **values}
    return client.post(f"/responses/{response.pk}/label/", sent)


def test_facts_are_changed_with_history(cast, olga, response):
    sent = olga.post(f"/responses/{response.pk}/edit/", facts(form="embassy", why="It came by post."))
    assert sent.status_code == 302
    page = text_of(olga.get(f"/responses/{response.pk}/"))
    assert "written, via embassy" in page
    assert "It came by post." in page


def test_two_who_change_facts_see_both(cast, olga, as_, response):
    url = f"/responses/{response.pk}/edit/"
    olga.post(url, facts(speaker="The director"))
    second = as_(cast.hugo).post(url, facts(speaker="The deputy"))
    page = second.content.decode()
    assert second.status_code == 409
    assert "The director" in page
    assert "The deputy" in page
    assert "Olga Brandt saved this" in text_of(second)


def test_once_an_answer_is_coded_a_reason_is_needed(cast, olga, response):
    asked = cycle.raising(cast.olga, make.case(cast.olga, cast.cn))
    cycle.item(cast.rita, response, asked, "B3")
    url = f"/responses/{response.pk}/edit/"
    refused = olga.post(url, facts(on="2025-11-20"))
    assert refused.status_code == 409
    assert "Say why it is corrected" in text_of(refused)
    assert olga.post(url, facts(on="2025-11-20", why="The stamp says so.")).status_code == 302
    assert LedgerDay.objects.get(case=asked.case_id, kind="answered").on.day == 20


def test_raising_the_label_is_previewed_and_an_officials_act(cast, as_, response):
    nils = as_(cast.nils)
    asked = cycle.raising(cast.nils, make.case(cast.nils, cast.cn))
    answer(cast.nils, response, asked)
    preview = nils.post(f"/responses/{response.pk}/label/", {"seen": 1, "marking": 2, "reason": "Why."})
    assert "No longer seen by: Olga Brandt, Rita Moreau." in text_of(preview)
    response.refresh_from_db()
    assert response.marking == Marking.NORMAL
    assert label(nils, response, marking=2).status_code == 302
    assert TrailEntry.objects.get(verb="response.labelled").reason == "The mission asks for it."
    assert as_(cast.olga).get(f"/responses/{response.pk}/").status_code == 404
    assert LedgerDay.objects.get(case=asked.case_id, kind="answered").marking == Marking.RESTRICTED


def test_lowering_takes_two(cast, as_):
    response = reply(cast.nils, Label(cast.cn.pk, Marking.RESTRICTED))
    assert label(as_(cast.nils), response, marking=1).status_code == 302
    response.refresh_from_db()
    assert response.marking == Marking.RESTRICTED
    allow(cast.anna, "response.lower")
    response.refresh_from_db()
    assert response.marking == Marking.NORMAL


def test_a_label_covers_every_case_and_list(cast, as_):
    high = make.case(cast.hugo, cast.cn, "Dolma Invented", marking=Marking.RESTRICTED, compartment=cast.north)
    where = high.label()
    response = reply(cast.hugo, where)
    struck = cycle.item(cast.hugo, response, cycle.raising(cast.hugo, high), "B3")
    plain = make.case(cast.hugo, cast.cn, "Li Invented")
    held = rounds_make.held(cast.olga, cast.cn)
    listed = cycle.raising_of(cycle.handed_over(cast.hugo, cast.anna, held, plain, label=where), plain)
    cycle.item(cast.hugo, response, listed, supersedes=struck, correction_reason="Why.")
    anna = as_(cast.anna)
    refused = label(anna, response, marking=2)
    assert refused.status_code == 409
    assert f"too low for {high.reference}" in text_of(refused)
    other = reply(cast.hugo, where, verbatim="另一个。")
    answer(cast.hugo, other, listed)
    refused = label(anna, other, marking=2)
    assert "too low for a list that the reply answers" in text_of(refused)


def test_a_commitment_is_not_left_below(cast, as_, response):
    asked = cycle.raising(cast.nils, make.case(cast.nils, cast.cn))
    item = answer(cast.nils, response, asked)
    cycle.commitment(cast.nils, response.label(), item=item)
    assert "A commitment taken from this reply" in text_of(label(as_(cast.nils), response, marking=2))


def test_a_label_covers_the_earlier_answer_that_one_repeats(cast, as_):
    plain = make.case(cast.hugo, cast.cn, "Dolma Invented")
    deep = Label(cast.cn.pk, Marking.RESTRICTED)
    first = cycle.item(cast.nils, cycle.response(cast.nils, deep), cycle.raising(cast.nils, plain), "A1")
    again = cycle.response(cast.nils, deep, on=NOVEMBER)
    cycle.item(cast.nils, again, cycle.raising(cast.nils, plain, channel="un"), "C8", repeats=first)
    refused = label(as_(cast.bert), again, marking=1)
    assert refused.status_code == 409
    assert "an earlier answer" in text_of(refused)


def test_a_label_changed_meanwhile_is_not_overwritten(cast, as_, response):
    nils = as_(cast.nils)
    cycle_version = response.version
    nils.post(f"/responses/{response.pk}/edit/", facts(speaker="The director"))
    late = nils.post(
        f"/responses/{response.pk}/label/",
        {"seen": cycle_version, "marking": 2, "reason": "Why.", "confirmed": "1"},
    )
    assert late.status_code == 409
    response.refresh_from_db()
    assert response.marking == Marking.NORMAL


def test_papers_are_added_and_removed_with_a_reason(cast, olga, as_, response):
    paper = SimpleUploadedFile("scan.tiff", b"II*\x00")
    url = f"/responses/{response.pk}/papers/new/"
    assert olga.post(url, {"title": "Second page", "file": paper}).status_code == 302
    file = ResponseFile.objects.get()
    assert "Second page" in text_of(as_(cast.rita).get(f"/responses/{response.pk}/"))
    remove = f"/responses/papers/{file.pk}/remove/"
    assert as_(cast.rita).get(remove).status_code == 403
    assert as_(cast.rita).post(remove, {"seen": 1, "reason": "Why."}).status_code == 403
    assert olga.post(remove, {"seen": 1}).status_code == 422
    assert olga.post(remove, {"seen": 1, "reason": "Another person’s paper."}).status_code == 302
    assert not ResponseFileContent.objects.exists()


def test_the_last_of_a_reply_is_not_removed(cast, olga, where):
    response = reply(cast.olga, where, files=[Paper(b"x", "Note")], verbatim="", translation="")
    file = ResponseFile.objects.get()
    refused = olga.post(f"/responses/papers/{file.pk}/remove/", {"seen": 1, "reason": "Why."})
    assert refused.status_code == 409
    assert ResponseFile.objects.filter(response=response).exists()


def test_reading_a_reply_is_recorded(cast, as_, response):
    as_(cast.rita).get(f"/responses/{response.pk}/")
    assert TrailEntry.objects.get(verb="response.read").actor == cast.rita
    title = re.search(r"<title>(.*?)</title>", as_(cast.rita).get(f"/responses/{response.pk}/").content.decode(), re.S)[
        1
    ]
    assert "Response of 10 November 2025, CN" in title
