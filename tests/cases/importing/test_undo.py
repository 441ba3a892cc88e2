"""Undoing an import as a whole, as long as nobody has touched what it made."""

import pytest

from cases.actions.case import edit_case
from cases.models import Case, CaseEvent, CaseGroup, CaseName, Claim, FollowUp, GroupMember, ImportRow, NameKey, Source
from casetracker.audit.acting import acting
from casetracker.audit.records import remove, save_new, save_over
from casetracker.audit.verbs import Verb
from tests import make
from tests.cases.importing.desk import case_of, imported


def undo(client, batch, reason="The wrong list was sent."):
    batch.refresh_from_db()
    return client.post(f"/imports/{batch.pk}/undo/", {"seen": batch.version, "reason": reason})


def test_everything_it_made_is_gone_and_its_history_is_closed(as_, cast):
    client, kept = as_(cast.olga), make.case(cast.olga, cast.cn, "Somebody Else")
    batch = imported(client, cast)
    assert undo(client, batch).status_code == 302
    assert list(Case.objects.all()) == [kept]
    for model in (CaseName, NameKey, Claim, CaseEvent, Source, GroupMember):
        assert not model.objects.exclude(case=kept).exists(), model
    assert not CaseGroup.objects.exists()
    closed = Case.history.filter(history_type="-")
    assert closed.count() == 3
    assert {(row.version, row.history_change_reason) for row in closed} == {(2, "The wrong list was sent.")}
    assert ImportRow.objects.filter(batch=batch, case__isnull=True).count() == 3
    assert client.get(f"/imports/{batch.pk}/").context["batch"].state == "undone"


def test_a_reason_is_needed(as_, cast):
    client = as_(cast.olga)
    batch = imported(client, cast)
    assert undo(client, batch, reason=" ").status_code == 422
    assert Case.objects.count() == 3


def edited(case, by):
    edit_case(case=case, by=by, seen=case.version, changes={"ask": "Please say where he is."})


def with_follow_up(case, by):
    make.part(FollowUp(what="Ask the family", owner=by, due="2030-01-01"), case, by)


def with_event_removed(case, by):
    with acting(Verb.PART_REMOVED, by=by):
        event = CaseEvent.objects.filter(case=case).first()
        for link in event.event_sources.all():
            remove(link)
        remove(event)


def in_another_group(case, by):
    with acting(Verb.GROUP_CREATED, by=by):
        group = CaseGroup(dialogue=case.dialogue, title="Trial of spring")
        save_new(group)
        save_new(GroupMember(group=group, case=case))


@pytest.mark.parametrize("touch", [edited, with_follow_up, with_event_removed, in_another_group])
def test_a_touched_case_keeps_all(as_, cast, touch):
    client = as_(cast.olga)
    batch = imported(client, cast)
    case = case_of(batch, 3)
    touch(case, cast.olga)
    response = undo(client, batch)
    assert response.status_code == 409
    assert response.context["touched"] == [case.reference]
    assert Case.objects.count() == 3


def test_somebody_joined_a_group_of_the_import(as_, cast):
    client, other = as_(cast.olga), make.case(cast.olga, cast.cn, "Somebody Else")
    batch = imported(client, cast)
    with acting(Verb.GROUP_EDITED, by=cast.olga):
        save_new(GroupMember(group=CaseGroup.objects.get(), case=other))
    response = undo(client, batch)
    assert response.status_code == 409
    assert len(response.context["touched"]) == 2


def test_a_case_that_was_hidden_since_is_not_named(as_, cast):
    batch = imported(as_(cast.olga), cast)
    case = case_of(batch, 3)
    with acting(Verb.CASE_LABELLED, by=cast.hugo):
        save_over(case, seen=1, changes={"marking": 2})
    client = as_(cast.olga)
    response = undo(client, batch)
    assert response.status_code == 409
    assert case.reference not in response.content.decode()
    assert len(client.get(f"/imports/{batch.pk}/rows/").context["lines"]) == 2


def test_it_is_undone_once(as_, cast):
    client = as_(cast.olga)
    batch = imported(client, cast)
    assert undo(client, batch).status_code == 302
    assert undo(client, batch).status_code == 409
