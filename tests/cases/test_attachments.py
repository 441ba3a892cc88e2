"""Files: encrypted where they lie, random in name, sandboxed on the way out."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Attachment, AttachmentContent
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from casetracker.sealing import SealBroken, unseal
from tests import make

CONTENT = b"%PDF- an invented court notice"


@pytest.fixture
def case(cast):
    return make.case(cast.olga, cast.cn, "Tenzin Invented")


def attach(client, case, content=CONTENT, name="tenzin.invented.PDF", **data):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(
        f"/cases/{case.reference}/attachments/add/", {"title": "Court notice", "marking": "1", "file": file, **data}
    )


def test_a_file_comes_back_as_it_was(cast, case, as_):
    assert attach(as_(cast.olga), case).status_code == 302
    file = Attachment.objects.get()
    answer = as_(cast.rita).get(f"/cases/{case.reference}/attachments/{file.pk}/file/")
    assert answer.content == CONTENT
    assert re.fullmatch(r'attachment; filename="[0-9a-f-]{36}\.pdf"', answer["Content-Disposition"])
    assert str(file.pk) not in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert TrailEntry.objects.filter(verb="attachment.read", actor=cast.rita, reference=case.reference).exists()


def test_it_lies_encrypted_and_bound_to_its_place(cast, case, as_):
    attach(as_(cast.olga), case)
    attach(as_(cast.olga), case, b"another")
    one, two = AttachmentContent.objects.select_related("attachment").order_by("pk")
    sealed = bytes(one.sealed)
    assert CONTENT not in sealed
    with pytest.raises(SealBroken):
        unseal(sealed, place=f"attachment:{two.attachment_id}:{case.pk}")
    assert unseal(sealed, place=f"attachment:{one.attachment_id}:{case.pk}") in (CONTENT, b"another")


def test_a_higher_marking_hides_the_file_only(cast, case, as_):
    attach(as_(cast.hugo), case, marking="2", title="Hidden notice")
    file = Attachment.objects.get()
    assert "Hidden notice" not in as_(cast.olga).get(f"/cases/{case.reference}/").content.decode()
    assert as_(cast.olga).get(f"/cases/{case.reference}/attachments/{file.pk}/file/").status_code == 404
    assert "Hidden notice" in as_(cast.hugo).get(f"/cases/{case.reference}/").content.decode()
    history = as_(cast.olga).get(f"/cases/{case.reference}/history/").content.decode()
    assert "Hidden notice" not in history


def test_a_file_is_not_marked_below_its_case(cast, as_):
    case = make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED)
    assert attach(as_(cast.hugo), case, marking="1").status_code == 422
    assert not Attachment.objects.exists()


def test_too_large_is_told(cast, case, settings, as_):
    settings.UPLOAD_LIMIT = 1000
    for checks in (False, True):
        client = Client(enforce_csrf_checks=checks)
        client.force_login(cast.olga)
        client.get(f"/cases/{case.reference}/attachments/add/")
        assert attach(client, case, b"x" * 2000).status_code == 413
    assert not Attachment.objects.exists()


def test_an_empty_file_is_refused(cast, case, as_):
    assert attach(as_(cast.olga), case, b"").status_code == 422


def test_removing_a_file_takes_its_content(cast, case, as_):
    attach(as_(cast.olga), case)
    file = Attachment.objects.get()
    path = f"/cases/{case.reference}/attachments/{file.pk}/"
    assert as_(cast.olga).post(path, {"seen": 1, "title": "Renamed", "note": ""}).status_code == 302
    assert as_(cast.olga).post(f"{path}remove/", {"seen": 2, "reason": "Wrong case."}).status_code == 302
    assert not AttachmentContent.objects.exists()
