"""Copies that leave: with a reason, with an id, and holding only what the viewer sees."""

import re
from io import BytesIO

import pytest
from python_calamine import load_workbook

from cases.paging import digest
from casetracker.access.roles import Marking
from casetracker.audit.models import TrailEntry
from tests import make


@pytest.fixture
def three(cast):
    return (
        make.case(cast.olga, cast.cn, "Ann Invented", parts=[make.name("安发明")]),
        make.case(cast.olga, cast.cn, "=cmd Invented", state="draft"),
        make.case(cast.hugo, cast.cn, "Deep Hidden", marking=Marking.RESTRICTED),
    )


def send(client, **data):
    return client.post("/cases/export/", {"step": "send", "form": "csv", "reason": "For the embassy.", **data})


def test_the_page_before_says_what_leaves(cast, as_, three):
    text = as_(cast.olga).get("/cases/export/?state=draft").content.decode()
    assert "<b>1 case</b> that fit the filter" in text
    assert TrailEntry.objects.filter(verb="case.exported").count() == 0


@pytest.mark.parametrize(("who", "count"), [("olga", 2), ("rita", 2), ("nils", 3), ("lars", 0)])
def test_a_copy_holds_what_one_sees(cast, as_, three, who, count):
    response = send(as_(cast.people[who]), whole="1")
    if not count:
        assert response.status_code == 422
        return
    assert response["Content-Type"].startswith("text/csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len([line for line in lines if line.startswith('"CN-')]) == count
    assert ("Deep Hidden" in response.content.decode("utf-8-sig")) == (who == "nils")


def test_the_trail_knows_the_copy_and_no_content(cast, as_, three):
    response = send(as_(cast.olga), whole="1", query="sort=name")
    copy_id = re.fullmatch(r'attachment; filename="cases-([0-9a-f]{12})\.csv"', response["Content-Disposition"])[1]
    assert f"Copy {copy_id}" in response.content.decode("utf-8-sig")
    entry = TrailEntry.objects.get(verb="case.exported")
    assert entry.reason == "For the embassy."
    assert entry.detail == {
        "count": 2, "copy": copy_id, "form": "csv", "digest": digest(case.pk for case in three[:2])
    }  # fmt: skip


def test_no_reason_no_copy(cast, as_, three):
    response = send(as_(cast.olga), whole="1", reason=" ")
    assert response.status_code == 422
    assert "Say why" in response.content.decode()
    assert not TrailEntry.objects.filter(verb="case.exported").exists()


def test_only_the_ticked_in_order_and_hidden_like_missing(cast, as_, three):
    client = as_(cast.olga)
    ticked = [str(three[0].pk), str(three[2].pk), "nonsense"]
    text = client.post("/cases/export/", {"case": ticked}).content.decode()
    assert "<b>1 case</b> that you ticked" in text
    assert str(three[2].pk) not in text
    content = send(client, case=ticked).content.decode("utf-8-sig")
    assert three[0].reference in content
    assert three[1].reference not in content
    assert "Hidden" not in content


def test_cells_are_safe_and_xlsx_is_a_workbook(cast, as_, three):
    response = send(as_(cast.olga), whole="1", form="xlsx", query="sort=name")
    sheet = load_workbook(BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert sheet[0][:3] == ["Reference", "Name", "Name in original script"]
    assert {row[1] for row in sheet[1:3]} == {"Ann Invented", "'=cmd Invented"}
    assert "安发明" in {row[2] for row in sheet[1:3]}
    assert load_workbook(BytesIO(response.content)).sheet_names == ["Cases INTERNAL"]


def test_too_many_are_refused_with_a_way_out(cast, as_, three, monkeypatch):
    monkeypatch.setattr("cases.views.export.LIMIT", 1)
    response = send(as_(cast.olga), whole="1")
    assert response.status_code == 422
    assert "Narrow the filter" in response.content.decode()
    assert not TrailEntry.objects.filter(verb="case.exported").exists()


def test_an_invalid_filter_exports_nothing(cast, as_, three):
    assert send(as_(cast.olga), whole="1", query="state=nonsense").status_code == 422


@pytest.mark.parametrize("who", ["zoe", "adam", "otto", "nora"])
def test_without_a_grant_there_is_nothing_to_export(cast, as_, three, who):
    assert send(as_(cast.people[who]), whole="1").status_code == 403
