"""Saved filters: private, clean, and one of them may open the table."""

import pytest

from cases.models import SavedFilter
from casetracker.audit.models import TrailEntry
from tests import make


@pytest.fixture
def client(cast, as_):
    make.case(cast.olga, cast.cn)
    return as_(cast.olga)


def save(client, name="Drafts of mine", query="state=draft&owner=me&sort=name&after=x&q=Tashi"):
    return client.post("/cases/filters/", {"name": name, "query": query})


def test_it_is_saved_clean_and_stands_above_the_table(cast, client):
    response = save(client)
    saved = SavedFilter.objects.get(user=cast.olga)
    assert saved.query == "state=draft&owner=me&sort=name"
    assert response["Location"] == f"/cases/?{saved.query}"
    text = client.get(response["Location"]).content.decode()
    assert 'aria-current="page">Drafts of mine' in text
    assert TrailEntry.objects.filter(verb="filter.saved", reference="", detail={}).count() == 1


def test_nobody_else_finds_it(cast, client, as_):
    save(client)
    pk = SavedFilter.objects.get().pk
    other = as_(cast.nils)
    assert "Drafts of mine" not in other.get("/cases/").content.decode()
    assert "Drafts of mine" not in other.get("/cases/filters/").content.decode()
    assert other.post(f"/cases/filters/{pk}/", {f"{pk}-name": "Taken"}).status_code == 404
    assert other.post(f"/cases/filters/{pk}/delete/").status_code == 404
    assert SavedFilter.objects.get().name == "Drafts of mine"


def test_rename_default_delete(client):
    save(client)
    save(client, "Other", "sex=f")
    for one in SavedFilter.objects.all():
        client.post(f"/cases/filters/{one.pk}/", {f"{one.pk}-name": f"{one.name}!", f"{one.pk}-is_default": "on"})
    assert set(SavedFilter.objects.values_list("name", "is_default")) == {("Drafts of mine!", False), ("Other!", True)}
    assert client.get("/cases/")["Location"] == "/cases/?sex=f"
    assert client.get("/cases/?all=1").status_code == 200
    client.post(f"/cases/filters/{one.pk}/delete/")
    assert SavedFilter.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"name": ""}, "Give it a name."),
        ({"name": "Drafts of mine"}, "You have a filter of this name already."),
        ({"name": "New", "query": "state=nonsense"}, "cannot be saved"),
        ({"name": "New", "query": ""}, "Your filters"),
    ],
)
def test_what_cannot_be_saved_is_told(client, data, told):
    save(client)
    response = client.post("/cases/filters/", {"query": "state=draft", **data})
    assert response.status_code == 422
    assert told in response.content.decode()
    assert SavedFilter.objects.count() == 1


def test_a_taken_name_is_told_when_renaming(client):
    save(client)
    save(client, "Other", "sex=f")
    pk = SavedFilter.objects.get(name="Other").pk
    response = client.post(f"/cases/filters/{pk}/", {f"{pk}-name": "Drafts of mine"})
    assert response.status_code == 422
    assert "You have a filter of this name already." in response.content.decode()


def test_two_people_may_use_one_name(cast, client, as_):
    save(client)
    assert save(as_(cast.rita)).status_code == 302
    assert SavedFilter.objects.count() == 2
