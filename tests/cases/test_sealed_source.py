"""A sealed source: of it kind, connection and reliability are known; the rest is read by two persons' leave."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions.source import place_of
from cases.actions.unsealing import ask_unseal, read_identity
from cases.models import Source, SourceIdentity
from casetracker.access.approvals import decide
from casetracker.access.errors import Denied, WrongState
from casetracker.access.models import Approval, Grant
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.sealing import seal as sealed_for
from tests import make

WHO = "Somebody Secret, of the third floor"
TELLS = {
    "title": "Talk at the tea house",
    "date": "March 1997",
    "language": "Amdo dialect",
    "where": "Drawer seventeen",
}


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented")


def seal(client, case, **data):
    source = {**TELLS, "kind": "witness", "connection": "direct", "reliability": "B"}
    sealed = {"sealed": "on", "identity": WHO, "identity_marking": "1"}
    return client.post(f"/cases/{case.reference}/sources/add/", {**source, **sealed, **data})


def path_of(case):
    return f"/cases/{case.reference}/sources/{Source.objects.get().pk}/unseal/"


def allow(by, yes=True):
    asked = Approval.objects.get(kind="source.unseal", state="waiting")
    decide(approval=asked, by=by, seen=asked.version, yes=yes, reason="" if yes else "No.")


def read(source, by):
    return read_identity(source=source, identity=SourceIdentity.objects.get(source=source), by=by)


def tells(client, path):
    text = client.get(path).content.decode()
    return [word for word in (*TELLS.values(), WHO, "March 1997", "1997-03") if word in text]


def test_only_kind_connection_and_reliability_stand_in_clear(cast, case, as_):
    assert seal(as_(cast.olga), case).status_code == 302
    source = Source.objects.get()
    make.part(make.name("Alias Invented", source=source), case, cast.olga)
    event = make.event()
    make.part(event, case, cast.olga)
    paths = ("", "history/", f"sources/{source.pk}/", f"sources/{source.pk}/remove/", "names/add/", "timeline/add/")
    for who in (cast.olga, cast.anna, cast.hugo, cast.rita):
        for path in paths:
            assert tells(as_(who), f"/cases/{case.reference}/{path}") == [], path
    text = as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    assert "Witness" in text
    assert "first hand" in text
    assert b"Somebody" not in bytes(SourceIdentity.objects.get().sealed)


def test_what_it_said_before_it_was_sealed_stays_away(cast, case, as_):
    client = as_(cast.olga)
    client.post(f"/cases/{case.reference}/sources/add/", {
        **TELLS, "kind": "witness", "connection": "direct", "reliability": "B",
    })  # fmt: skip
    source = Source.objects.get()
    assert "Drawer seventeen" in tells(client, f"/cases/{case.reference}/")
    client.post(f"/cases/{case.reference}/sources/{source.pk}/", {
        **TELLS, "seen": "1", "kind": "witness", "connection": "direct", "reliability": "C", "sealed": "on",
        "identity": WHO, "identity_marking": "1",
    })  # fmt: skip
    assert Source.objects.get().sealed
    for path in ("", "history/"):
        assert tells(client, f"/cases/{case.reference}/{path}") == []


def test_reading_needs_another_person(cast, case, as_):
    seal(as_(cast.olga), case)
    path, olga = path_of(case), as_(cast.olga)
    assert olga.post(path, {"reason": " "}).status_code == 422
    assert olga.post(path, {"reason": "To ask her again."}).status_code == 302
    assert WHO not in olga.get(path).content.decode()
    assert "Waits for a second person" in olga.get(f"/cases/{case.reference}/").content.decode()
    with pytest.raises(WrongState):
        read(Source.objects.get(), cast.olga)
    allow(cast.bert)
    text = olga.get(path).content.decode()
    assert WHO in text
    assert "Drawer seventeen" in text
    olga.get(path)
    entries = TrailEntry.objects.filter(verb="source.unsealed")
    assert [(one.actor, one.reason, one.reference) for one in entries] == [
        (cast.olga, "To ask her again.", case.reference)
    ] * 2
    # Neither whoever decided nor anybody else reads it.
    for who in (cast.bert, cast.anna, cast.hugo):
        assert WHO not in as_(who).get(path).content.decode()


def test_it_closes_after_a_while(cast, case, as_, settings):
    seal(as_(cast.olga), case)
    as_(cast.olga).post(path_of(case), {"reason": "Needed."})
    allow(cast.bert)
    late = timezone.now() - timedelta(minutes=settings.UNSEALED_MINUTES + 1)
    Approval.objects.filter(kind="source.unseal").update(decided_at=late)
    assert WHO not in as_(cast.olga).get(path_of(case)).content.decode()
    with pytest.raises(WrongState):
        read(Source.objects.get(), cast.olga)


def test_refused_is_not_read(cast, case, as_):
    seal(as_(cast.olga), case)
    as_(cast.olga).post(path_of(case), {"reason": "Needed."})
    allow(cast.bert, yes=False)
    assert WHO not in as_(cast.olga).get(path_of(case)).content.decode()


def test_a_reviewer_may_not_even_ask(cast, case, as_):
    seal(as_(cast.olga), case)
    assert as_(cast.rita).post(path_of(case), {"reason": "Curious."}).status_code == 403
    assert "Who it is" not in as_(cast.rita).get(f"/cases/{case.reference}/").content.decode()
    assert not Approval.objects.filter(kind="source.unseal").exists()


def test_an_identity_above_the_case_does_not_exist_for_others(cast, case, as_):
    seal(as_(cast.hugo), case, identity_marking="2")
    path, missing = path_of(case), f"/cases/{case.reference}/sources/{case.pk}/unseal/"
    answer = as_(cast.olga).post(path, {"reason": "Curious."})
    assert (answer.status_code, answer.content) == (404, as_(cast.olga).post(missing, {"reason": "x"}).content)
    assert "Who it is" not in as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    as_(cast.hugo).post(path, {"reason": "Needed."})
    assert "Waits for" not in as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    asked = Approval.objects.get(kind="source.unseal")
    assert as_(cast.olga).get(f"/approvals/{asked.pk}/").status_code == 404
    for who in (cast.nils, cast.olga, cast.vera):
        with pytest.raises(Denied):
            decide(approval=asked, by=who, seen=asked.version, yes=True)
    allow(cast.bert)
    assert WHO in as_(cast.hugo).get(path).content.decode()
    Grant.objects.filter(user=cast.hugo).update(marking=Marking.NORMAL)
    assert as_(cast.hugo).get(path).status_code == 404


def test_sealed_anew_it_is_asked_for_anew(cast, case, as_):
    seal(as_(cast.olga), case)
    as_(cast.olga).post(path_of(case), {"reason": "Needed."})
    asked = Approval.objects.get(kind="source.unseal")
    edit = {"seen": "1", "kind": "witness", "connection": "direct", "reliability": "C"}
    path = path_of(case).removesuffix("unseal/")
    assert as_(cast.olga).post(path, {**edit, "identity": "Else", "identity_marking": "1"}).status_code == 302
    assert Source.objects.get().title == TELLS["title"]
    with pytest.raises((WrongState, Denied)):
        decide(approval=asked, by=cast.bert, seen=asked.version, yes=True)
    assert "Else" not in as_(cast.olga).get(path_of(case)).content.decode()


@pytest.mark.parametrize("how", ["swapped", "cut", "reordered", "flipped", "empty"])
def test_a_sealed_value_that_was_tampered_with_is_refused(cast, case, as_, how):
    seal(as_(cast.olga), case)
    source, identity = Source.objects.get(), SourceIdentity.objects.get()
    ask_unseal(identity=identity, by=cast.olga, reason="Needed.")
    allow(cast.bert)
    good, other = bytes(identity.sealed), Source(case=case)
    broken = {
        "swapped": sealed_for(b"Another", place=place_of(other)), "cut": good[:-3], "empty": b"",
        "reordered": good[:40] + good[60:80] + good[40:60] + good[80:], "flipped": good[:-1] + bytes([good[-1] ^ 1]),
    }[how]  # fmt: skip
    SourceIdentity.objects.filter(pk=identity.pk).update(sealed=broken)
    answer = as_(cast.olga).get(path_of(case))
    assert answer.status_code == 409
    assert "does not open" in answer.content.decode()
    assert not TrailEntry.objects.filter(verb="source.unsealed").exists()
    assert place_of(source) not in answer.content.decode()


def test_sealed_needs_a_name_and_a_name_needs_the_seal(cast, case, as_):
    assert seal(as_(cast.olga), case, identity="").status_code == 422
    assert seal(as_(cast.olga), case, sealed="").status_code == 422
    assert not Source.objects.exists()


def test_a_sealed_source_can_be_removed_with_its_identity(cast, case, as_):
    seal(as_(cast.olga), case)
    path = path_of(case).removesuffix("unseal/")
    assert as_(cast.olga).post(f"{path}remove/", {"seen": "1", "reason": "Withdrawn."}).status_code == 302
    assert not SourceIdentity.objects.exists()
    assert tells(as_(cast.olga), f"/cases/{case.reference}/history/") == []


def test_who_may_not_read_an_identity_cannot_destroy_it(cast, case, as_):
    """Nils sets it above Olga's grant; her removing the source would take the identity with it, for good."""
    seal(as_(cast.nils), case, identity_marking="2")
    source = Source.objects.get()
    path = f"/cases/{case.reference}/sources/{source.pk}/remove/"
    answer = as_(cast.olga).post(path, {"seen": source.version, "reason": "Not needed."})
    assert answer.status_code == 409
    assert SourceIdentity.objects.count() == 1
