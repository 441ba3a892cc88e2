"""Uploading: sealed bytes, the label of the batch, and what is refused."""

from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import ImportBatch, ImportFile, ImportRow
from casetracker.audit.models import TrailEntry
from casetracker.sealing import unseal
from tests.cases.importing.desk import table, upload


def test_a_table_is_read_into_rows(as_, cast):
    batch = upload(as_(cast.olga), cast)
    assert (batch.state, batch.total, batch.columns[0]) == ("read", 3, "No")
    assert [row.number for row in ImportRow.objects.filter(batch=batch)] == [2, 3, 4]
    assert TrailEntry.objects.filter(object_id=batch.pk).count() == 2


def test_the_bytes_are_sealed_for_their_place(as_, cast):
    batch = upload(as_(cast.olga), cast)
    sealed = bytes(ImportFile.objects.get(batch=batch).sealed)
    assert b"Dolkar" not in sealed
    assert unseal(sealed, place=f"import:{batch.pk}") == table()


def test_the_batch_has_the_label_chosen(as_, cast):
    batch = upload(as_(cast.hugo), cast, marking="2", compartment=str(cast.north.pk))
    assert (batch.marking, batch.compartment_id) == (2, cast.north.pk)


def test_a_file_that_is_no_table_fails_with_what_to_do(as_, cast):
    client = as_(cast.olga)
    batch = upload(client, cast, b"%PDF-1.7 nothing", name="list.csv")
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert batch.state == "failed"
    assert "not a table" in page
    assert "Upload another file" in page


def test_the_file_name_is_not_kept(as_, cast):
    batch = upload(as_(cast.olga), cast, name="tashi-invented.xlsx")
    assert "tashi" not in str(batch.settings) + batch.title
    assert any("Whatever its name says" in note for note in batch.notes)


def post(client, cast, **values):
    data = {"file": SimpleUploadedFile("a.csv", table()), "provider": "P", "title": "T", "marking": "1"}
    return client.post("/imports/new/", {**data, "dialogue": str(cast.cn.pk), **values})


def test_a_label_one_may_not_give_is_refused(as_, cast):
    assert post(as_(cast.olga), cast, marking="2").status_code == 422
    assert not ImportBatch.objects.exists()


def test_a_hidden_dialogue_or_compartment_is_refused_like_a_missing_one(as_, cast):
    client, missing = as_(cast.olga), str(uuid4())
    for field, hidden in (("dialogue", str(cast.nv.pk)), ("compartment", str(cast.north.pk))):
        one = post(client, cast, **{field: hidden})
        other = post(client, cast, **{field: missing})
        assert one.status_code == other.status_code == 422
        assert len(one.content) == len(other.content)
    assert not ImportBatch.objects.exists()


def test_too_large_a_file_is_refused(as_, cast, settings):
    settings.UPLOAD_LIMIT = 1000
    big = SimpleUploadedFile("a.csv", b"a,b\n" + b"1,2\n" * 1000)
    assert post(as_(cast.olga), cast, file=big).status_code in (413, 422)
    assert not ImportBatch.objects.exists()


def test_discarding_deletes_file_and_rows(as_, cast):
    client = as_(cast.olga)
    batch = upload(client, cast)
    url = f"/imports/{batch.pk}/discard/"
    assert client.post(url, {"seen": batch.version, "reason": " "}).status_code == 422
    assert client.post(url, {"seen": batch.version, "reason": "Sent twice."}).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not ImportFile.objects.exists()
    assert not ImportRow.objects.exists()
