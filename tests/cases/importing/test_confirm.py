"""Confirming: the number typed back, one import however often the button is pressed, everything with its history."""

import pytest

from cases.actions import importing as actions
from cases.importing import tasks
from cases.models import Case, CaseEvent, CaseGroup, Claim, ImportFile, ImportRow, NameKey, Source
from casetracker.access.errors import Conflict
from casetracker.audit.models import TrailEntry
from tests import make
from tests.cases.importing.desk import case_of, checked, confirm, imported, table


def test_cases_with_names_events_claims_sources_and_history(as_, cast):
    batch = imported(as_(cast.olga), cast)
    case = case_of(batch, 2)
    assert (case.latin_name, case.sex) == ("Tashi Invented", "m")
    assert (case.status, case.detained_since) == ("held", "2014-05-14")
    assert (case.state, case.owner, case.marking) == ("draft", None, 1)
    assert case.place_name == "North Prison"
    assert case.summary == "Also in the list of Watch Group:\nViolence: Detained\nHat: red"
    assert Source.objects.get(case=case).where == "No 1"
    assert {claim.field for claim in Claim.objects.filter(case=case, accepted=True)} == {"sex"}
    assert NameKey.objects.filter(case=case, key="invented tashi").exists()
    done = TrailEntry.objects.get(verb="import.done")
    for thing in (case, CaseEvent.objects.get(case=case), Source.objects.get(case=case)):
        first = thing.history.get()
        assert (first.action_id, first.history_user, first.history_type, first.version) == (
            done.action_id,
            cast.olga,
            "+",
            1,
        )


def test_bulk_rows_equal_saved_ones(as_, cast):
    """What the fast road writes is what the slow one writes: same columns filled in the same way."""
    batch = imported(as_(cast.olga), cast, kind="detained")
    fast = case_of(batch, 2)
    slow = make.case(
        cast.olga, cast.cn, "Tashi Invented", parts=[make.event(when="2014-05-14", facility_text="North Prison")]
    )
    fast.refresh_from_db()
    slow.refresh_from_db()
    same = (
        "latin_name",
        "original_name",
        "sort_key",
        "status",
        "status_since",
        "detained_since",
        "place_name",
        "place_key",
    )
    assert [getattr(fast, name) for name in same] == [getattr(slow, name) for name in same]
    keys = [sorted(NameKey.objects.filter(case=case).values_list("key", flat=True)) for case in (fast, slow)]
    assert keys[0] == keys[1]
    event = CaseEvent.objects.get(case=fast)
    assert (event.earliest, event.latest) == ("2014-05-14", "2014-05-14")


def test_groups_are_made_of_two_and_more(as_, cast):
    batch = imported(as_(cast.olga), cast)
    group = CaseGroup.objects.get()
    assert (group.title, group.members.count()) == ("Group a (Watch Group)", 2)
    alone = case_of(batch, 4)
    assert "Group: b" in alone.summary


def test_the_cases_have_the_label_of_the_batch(as_, cast):
    values = {"marking": "2", "compartment": str(cast.north.pk)}
    imported(as_(cast.hugo), cast, upload_values=values)
    assert set(Case.objects.values_list("marking", "compartment")) == {(2, cast.north.pk)}
    assert not Case.objects.visible_to(cast.nils).exists()


def test_state_and_owner_are_chosen(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    confirm(client, batch, state="active", owner="importer")
    assert set(Case.objects.values_list("state", "owner")) == {("active", cast.olga.pk)}


def test_the_number_is_typed_back(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    response = confirm(client, batch, count="2")
    assert response.status_code == 422
    assert not Case.objects.exists()


def test_rows_with_errors_stop_it(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast, table([["1", "", "", "m", "", "", "", "", "", "", ""]]))
    response = confirm(client, batch)
    assert response.status_code == 409
    assert "Some rows have errors" in response.content.decode()


def test_skipped_rows_make_no_case(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    ImportRow.objects.filter(batch=batch, number=3).update(skip=True)
    confirm(client, batch)
    assert Case.objects.count() == 2
    assert ImportRow.objects.get(batch=batch, number=3).case is None


def test_the_file_goes_and_the_rows_stay(as_, cast):
    client = as_(cast.olga)
    batch = imported(client, cast)
    assert not ImportFile.objects.exists()
    page = client.get(f"/imports/{batch.pk}/rows/").content.decode()
    assert Case.objects.first().reference in page
    assert "&lt;b&gt;blue" in page


def test_a_second_confirmation_finds_it_done(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    first, second = confirm_twice(client, batch)
    assert (first.status_code, second.status_code) == (302, 409)
    assert Case.objects.count() == 3


def confirm_twice(client, batch):
    data = {"seen": batch.version, "state": "draft", "owner": "nobody", "count": "3"}
    return [client.post(f"/imports/{batch.pk}/confirm/", data) for _ in range(2)]


def test_all_or_nothing(as_, cast, monkeypatch):
    client = as_(cast.olga)
    batch = checked(client, cast)

    def breaks(*args, **kwargs):
        raise ValueError("content that must not be shown")

    monkeypatch.setattr(actions, "set_columns", breaks)
    confirm(client, batch)
    batch.refresh_from_db()
    assert (batch.state, Case.objects.count(), Source.objects.count()) == ("failed", 0, 0)
    assert "content" not in batch.failure


def test_an_import_that_was_stopped_writes_nothing(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    actions.start_import(batch=batch, by=cast.olga, seen=batch.version, state="draft", owned=False)
    client.post(f"/imports/{batch.pk}/discard/", {"seen": batch.version, "reason": "Wrong list."})
    tasks.import_batch.call(str(batch.pk), str(cast.olga.pk))
    batch.refresh_from_db()
    assert (batch.state, Case.objects.count()) == ("failed", 0)


def test_whose_grant_ended_imports_nothing(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    actions.start_import(batch=batch, by=cast.olga, seen=batch.version, state="draft", owned=False)
    cast.olga.grants.update(state="revoked")
    tasks.import_batch.call(str(batch.pk), str(cast.olga.pk))
    batch.refresh_from_db()
    assert (batch.state, Case.objects.count()) == ("failed", 0)
    assert "may not import here any more" in batch.failure


def test_of_two_at_once_one_is_refused(as_, cast):
    """Both have read the same version; the lock is taken before it is compared."""
    batch = checked(as_(cast.olga), cast)
    one, two = (type(batch).objects.get(pk=batch.pk) for _ in range(2))
    actions.start_import(batch=one, by=cast.olga, seen=one.version, state="draft", owned=False)
    with pytest.raises(Conflict):
        actions.start_import(batch=two, by=cast.olga, seen=two.version, state="draft", owned=False)


def test_a_task_that_runs_twice_makes_one_import(as_, cast):
    batch = imported(as_(cast.olga), cast)
    tasks.import_batch.call(str(batch.pk), str(cast.olga.pk))
    assert Case.objects.count() == 3
