"""A round planned and a list begun: once, however often the form is sent; on PostgreSQL also at the same moment."""

import re
import threading
from datetime import date

import pytest
from django.db import connection

from casetracker.access.errors import WrongState
from casetracker.audit.models import TrailEntry
from rounds.actions import beginning
from rounds.actions import round as rounds
from rounds.actions.case_list import create_list
from rounds.models import CaseList, Round
from tests.rounds import make
from tests.rounds.lists.make import label

TO_THE_BOARD = {"note": "For the board."}


def key_in(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def lists():
    return CaseList.objects.unscoped("tests")


@pytest.mark.django_db
@pytest.mark.parametrize("ordinal", ["40", ""])
def test_one_round(cast, as_, ordinal):
    olga = as_(cast.olga)
    sent = {"dialogue": cast.cn.pk, "ordinal": ordinal, "starts": "2025-06-13", "key": key_in(olga.get("/rounds/new/"))}
    answers = [olga.post("/rounds/new/", sent) for _ in range(2)]
    made = Round.objects.get()
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, f"/rounds/{made.pk}/")] * 2
    assert TrailEntry.objects.filter(verb="round.created").count() == 1
    again = olga.post("/rounds/new/", {**sent, "key": key_in(olga.get("/rounds/new/"))})
    assert again.status_code == (409 if ordinal else 302)


@pytest.mark.django_db
def test_one_list(cast, as_):
    olga, there = as_(cast.olga), f"/rounds/{make.round_(cast.olga, cast.cn).pk}/lists/new/"
    sent = {"label": "1/", **TO_THE_BOARD, "key": key_in(olga.get(there))}
    answers = [olga.post(there, sent) for _ in range(2)]
    made = lists().get()
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, f"/lists/{made.pk}/")] * 2
    assert TrailEntry.objects.filter(verb="list.created").count() == 1
    olga.post(there, {**sent, "key": key_in(olga.get(there))})
    assert lists().count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["round", "list"])
def test_the_key_of_somebody_else_is_refused(cast, as_, what):
    there = "/rounds/new/" if what == "round" else f"/rounds/{make.round_(cast.olga, cast.cn).pk}/lists/new/"
    sent = {"dialogue": cast.cn.pk, "label": "1/", "key": key_in(as_(cast.hugo).get(there))}
    before = (Round.objects.count(), lists().count())
    assert as_(cast.olga).post(there, sent).status_code == 422
    assert (Round.objects.count(), lists().count()) == before


def blind_once(monkeypatch, module, name):
    """The look for what was made before finds nothing the first time: the other was not there yet."""
    look, looked = getattr(module, name), []

    def looking(*args):
        looked.append(args)
        return None if len(looked) == 1 else look(*args)

    monkeypatch.setattr(module, name, looking)


@pytest.mark.django_db
@pytest.mark.parametrize("ordinal", ["40", ""])
def test_between_looking_and_making_the_other_round_was_made(cast, as_, monkeypatch, ordinal):
    olga = as_(cast.olga)
    sent = {"dialogue": cast.cn.pk, "ordinal": ordinal, "key": key_in(olga.get("/rounds/new/"))}
    olga.post("/rounds/new/", sent)
    blind_once(monkeypatch, rounds, "_planned")
    monkeypatch.setattr(rounds, "check_number", lambda **_: None)
    assert olga.post("/rounds/new/", sent)["Location"] == f"/rounds/{Round.objects.get().pk}/"


@pytest.mark.django_db
def test_between_looking_and_asking_for_the_number_the_other_round_was_made(cast, as_, monkeypatch):
    olga = as_(cast.olga)
    sent = {"dialogue": cast.cn.pk, "ordinal": "40", "key": key_in(olga.get("/rounds/new/"))}
    olga.post("/rounds/new/", sent)
    blind_once(monkeypatch, rounds, "_planned")
    assert olga.post("/rounds/new/", sent)["Location"] == f"/rounds/{Round.objects.get().pk}/"


@pytest.mark.django_db
def test_between_looking_and_making_the_other_list_was_begun(cast, as_, monkeypatch):
    olga, there = as_(cast.olga), f"/rounds/{make.round_(cast.olga, cast.cn).pk}/lists/new/"
    sent = {"label": "1/", "key": key_in(olga.get(there))}
    olga.post(there, sent)
    blind_once(monkeypatch, beginning, "_begun")
    assert olga.post(there, sent)["Location"] == f"/lists/{lists().get().pk}/"


@pytest.mark.django_db
def test_between_asking_and_making_somebody_took_the_number(cast, as_, monkeypatch):
    make.round_(cast.hugo, cast.cn, ordinal=40)
    monkeypatch.setattr(rounds, "check_number", lambda **_: None)
    answer = as_(cast.olga).post("/rounds/new/", {"dialogue": cast.cn.pk, "ordinal": "40"})
    assert answer.status_code == 409
    assert "There is a round 40 in this dialogue already." in answer.text


@pytest.mark.django_db
def test_between_looking_and_beginning_the_round_was_cancelled(cast):
    read_before = make.round_(cast.olga, cast.cn)
    now = Round.objects.get(pk=read_before.pk)
    rounds.move_round(round=now, by=cast.hugo, seen=1, to="cancelled", reason="They left.", cancelled_by="counterpart")
    with pytest.raises(WrongState, match="no list is prepared for it any more"):
        create_list(by=cast.olga, round=read_before, label=label(cast))
    assert not lists().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["round", "list"])
def test_at_the_same_moment(cast, as_, what):
    round_ = make.round_(cast.olga, cast.cn, ordinal=39, starts=date(2024, 6, 13))
    there = "/rounds/new/" if what == "round" else f"/rounds/{round_.pk}/lists/new/"
    clients = [as_(cast.olga) for _ in range(3)]
    sent = {"dialogue": cast.cn.pk, "ordinal": "40", "label": "1/", "key": key_in(clients[0].get(there))}
    at_once, told = connection.vendor == "postgresql", []
    together = threading.Barrier(3 if at_once else 1)

    def send(client):
        try:
            together.wait(timeout=30)
            answer = client.post(there, sent)
            told.append((answer.status_code, answer.get("Location")))
        finally:
            if at_once:
                connection.close()

    if at_once:
        threads = [threading.Thread(target=send, args=[client]) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    else:
        for client in clients:
            send(client)
    assert len(told) == 3
    assert len(set(told)) == 1
    assert told[0][0] == 302
    assert (Round.objects.count(), lists().count()) == ((2, 0) if what == "round" else (1, 1))
