"""Who may import, and what everybody else is told: nothing."""

from uuid import uuid4

import pytest

from tests.cases.importing.desk import checked, imported, upload

ENDS = ["", "columns/", "values/", "preview/", "confirm/", "discard/", "rows/", "undo/"]


@pytest.mark.parametrize("who", ["rita", "anna", "zoe", "nora", "adam", "otto"])
def test_only_officials_import(as_, cast, who):
    client = as_(cast.people[who])
    assert client.get("/imports/").status_code == 403
    assert client.get("/imports/new/").status_code == 403


@pytest.mark.parametrize("end", ENDS)
def test_a_reviewer_of_the_dialogue_is_refused(as_, cast, end):
    batch = upload(as_(cast.olga), cast)
    assert as_(cast.rita).get(f"/imports/{batch.pk}/{end}").status_code == 403


@pytest.mark.parametrize("who", ["lars", "nils", "zoe", "adam"])
@pytest.mark.parametrize("end", ENDS)
def test_who_does_not_see_it_gets_the_bytes_of_a_missing_one(as_, cast, who, end):
    batch = upload(as_(cast.hugo), cast, compartment=str(cast.north.pk))
    client = as_(cast.people[who])
    hidden, missing = client.get(f"/imports/{batch.pk}/{end}"), client.get(f"/imports/{uuid4()}/{end}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


def test_the_list_shows_what_one_sees(as_, cast):
    upload(as_(cast.hugo), cast, title="Circle list", compartment=str(cast.north.pk))
    upload(as_(cast.hugo), cast, title="Plain list")
    page = as_(cast.olga).get("/imports/").content.decode()
    assert "Plain list" in page
    assert "Circle list" not in page


def test_a_colleague_may_go_on_with_it(as_, cast):
    batch = checked(as_(cast.hugo), cast)
    assert as_(cast.olga).get(f"/imports/{batch.pk}/preview/").status_code == 200


@pytest.mark.parametrize("end", ["columns/", "values/", "preview/", "confirm/", "discard/"])
def test_what_is_over_leads_back(as_, cast, end):
    client = as_(cast.olga)
    batch = imported(client, cast)
    response = client.get(f"/imports/{batch.pk}/{end}")
    assert (response.status_code, response["Location"]) == (302, f"/imports/{batch.pk}/")


def test_progress_is_one_part_and_ends(as_, cast):
    client = as_(cast.olga)
    batch = checked(client, cast)
    type(batch).objects.filter(pk=batch.pk).update(state="importing", progress=1)
    part = client.get(f"/imports/{batch.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div class="progress" id="progress"')
    assert "1 of 3 rows prepared" in part
    type(batch).objects.filter(pk=batch.pk).update(state="done")
    ended = client.get(f"/imports/{batch.pk}/", headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"
