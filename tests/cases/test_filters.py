"""Filters of the table: each finds what it says, and what is hidden is like what is missing."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.codes import EventKind
from cases.models import CaseGroup, CaseTheme, FollowUp, GroupMember, ImportBatch, ImportRow, Place, Theme
from casetracker.access.roles import Marking
from casetracker.audit.acting import acting
from casetracker.audit.records import save_new
from casetracker.audit.verbs import Verb
from tests import make


def found(response):
    assert response.status_code == 200, response.context["listing"].filters.form.errors
    return {row.case.latin_name.split()[0] for row in response.context["rows"]}


@pytest.fixture
def world(cast):
    """Cases that differ in everything one can filter by."""
    today = timezone.localdate()
    with acting(Verb.VOCABULARY_LOADED, process="tests"):
        theme, theme_nv = Theme(name="Religion", pack="cn"), Theme(name="Border", dialogue=cast.nv)
        region = Place(name="Western region", pack="cn")
        for row in (theme, theme_nv, region):
            save_new(row)
        town = Place(name="Small town", pack="cn", region=region)
        save_new(town)
    late, soon = (FollowUp(what="Ask", owner=cast.olga, due=today + timedelta(days=days)) for days in (-3, 3))
    cases = {
        "ann": make.case(cast.olga, cast.cn, "Ann Invented", sex="f", parts=[
            make.event(EventKind.DETAINED, "May 2014", place=town), CaseTheme(theme=theme), late]),
        "ben": make.case(cast.olga, cast.cn, "Ben Invented", sex="m", owner=cast.nils, parts=[
            make.event(EventKind.SENTENCED, "2010", term_kind="fixed", term_months=24, place=region), soon]),
        "cem": make.case(cast.olga, cast.cn, "Cem Invented", owner=None, state="draft", parts=[
            make.source(kind="family"), make.event(EventKind.RELEASED, "2016")]),
        "dun": make.case(cast.hugo, cast.cn, "Dun Hidden", marking=Marking.RESTRICTED, compartment=cast.north),
    }  # fmt: skip
    with acting(Verb.GROUP_CREATED, by=cast.olga):
        group, secret = (
            CaseGroup(dialogue=cast.cn, title="Same day"),
            CaseGroup(dialogue=cast.cn, title="Secret", marking=Marking.RESTRICTED),
        )
        batch = ImportBatch(dialogue=cast.cn, title="Table", provider="x", state="done", uploaded_by=cast.olga)
        for made in (group, secret, batch):
            save_new(made)
        save_new(GroupMember(group=group, case=cases["ann"]))
        save_new(GroupMember(group=secret, case=cases["ben"]))
        ImportRow.objects.create(batch=batch, number=1, cells=[], case=cases["cem"])
    return {**cases, "theme": theme, "theme_nv": theme_nv, "region": region, "town": town, "group": group,
            "secret": secret, "batch": batch, "nils": cast.nils, "cn": cast.cn, "north": cast.north}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "Ann Ben Cem"),
        ("status=held", "Ann"),
        ("status=held&status=free", "Ann Cem"),
        ("state=draft", "Cem"),
        ("theme={theme.pk}", "Ann"),
        ("place={region.pk}", "Ann Ben"),
        ("place={town.pk}", "Ann"),
        ("detained_from=2014", "Ann"),
        ("detained_from=June 2014", ""),
        ("detained_to=2012", "Ben"),
        ("detained_from=2009&detained_to=2014", "Ann Ben"),
        ("owner=me", "Ann"),
        ("owner=nobody", "Cem"),
        ("owner={nils.pk}", "Ben"),
        ("due=overdue", "Ann"),
        ("due=week", "Ben"),
        ("due=none", "Cem"),
        ("due=term_over", "Ben"),
        ("term_before=2012-02-01", "Ben"),
        ("changed_since=2001-01-01", "Ann Ben Cem"),
        ("changed_since=2999-01-01", ""),
        ("sex=f", "Ann"),
        ("source=family", "Cem"),
        ("group={group.pk}", "Ann"),
        ("marking=1", "Ann Ben Cem"),
        ("dialogue={cn.pk}", "Ann Ben Cem"),
        ("batch={batch.pk}", "Cem"),
        ("status=held&owner=me&theme={theme.pk}", "Ann"),
    ],
)
def test_a_filter_finds_what_it_says(cast, as_, world, query, names):
    assert found(as_(cast.olga).get("/cases/?" + query.format(**world))) == set(names.split())


def test_cases_of_who_has_left_are_found(cast, as_, world):
    client = as_(cast.olga)
    assert found(client.get("/cases/?owner=left")) == set()
    cast.nils.grants.update(state="revoked")
    assert found(client.get("/cases/?owner=left")) == {"Ben"}
    response = client.get(f"/cases/?owner={cast.nils.pk}")
    assert found(response) == {"Ben"}
    assert response.context["listing"].chips()[0]["value"] == "Nils Aalto"
    assert client.get(f"/cases/?owner={cast.hugo.pk}").status_code == 200
    cast.hugo.grants.update(state="revoked")
    assert client.get(f"/cases/?owner={cast.hugo.pk}").status_code == 422


def test_compartments_are_offered_to_their_members_only(cast, as_, world):
    query = f"/cases/?compartment={world['north'].pk}"
    assert found(as_(cast.hugo).get(query)) == {"Dun"}
    assert as_(cast.nils).get(query).status_code == 422


@pytest.mark.parametrize(
    ("parameter", "key"),
    [("group", "secret"), ("theme", "theme_nv"), ("compartment", "north"), ("owner", "lars"), ("dialogue", "nv")],
)
def test_hidden_is_like_missing(cast, as_, world, parameter, key):
    hidden = {**world, "lars": cast.lars, "nv": cast.nv}[key].pk
    missing = uuid4()
    client = as_(cast.olga)
    one, two = (client.get(f"/cases/?{parameter}={key}") for key in (hidden, missing))
    assert (one.status_code, two.status_code) == (422, 422)
    assert one.context["rows"] == two.context["rows"] == []
    texts = [re.sub(r'value="[A-Za-z0-9]{64}"', "", one.content.decode()) for one in (one, two)]
    assert texts[0].replace(str(hidden), str(missing)) == texts[1]
    assert "This choice is not available" in texts[1]


def test_a_filter_that_is_wrong_shows_nothing_and_says_so(cast, as_, world):
    response = as_(cast.olga).get("/cases/?detained_from=soonish&changed_since=never")
    assert response.status_code == 422
    assert response.context["rows"] == []
    assert "Write a date as 2014" in response.content.decode()


def test_choices_hold_nothing_hidden(cast, as_, world):
    text = as_(cast.olga).get("/cases/").content.decode()
    assert "Same day" in text
    assert "Secret" not in text
    assert "Border" not in text
    assert "North circle" not in text
    assert "Lars Petit" not in text
    assert "LIMITE" not in text


def test_chips_take_one_value_away(cast, as_, world):
    response = as_(cast.olga).get(f"/cases/?status=held&status=free&theme={world['theme'].pk}")
    chips = response.context["listing"].chips()
    assert [(chip["label"], chip["value"]) for chip in chips] == [
        ("Status", "held"), ("Status", "released"), ("Theme", "Religion"),
    ]  # fmt: skip
    assert chips[0]["remove_url"] == f"/cases/?status=free&theme={world['theme'].pk}"


def test_what_is_not_available_is_not_repeated(cast, as_, world):
    text = as_(cast.olga).get("/cases/?theme=<script>").content.decode()
    assert "not available" in text
    assert "script>" not in text.split('<div id="cases"')[1]


def test_no_case_fits(cast, as_, world):
    assert "No case fits" in as_(cast.olga).get("/cases/?sex=x").content.decode()
