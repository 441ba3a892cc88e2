"""Columns and values: guessed, chosen, remembered within one label, and nothing dropped silently."""

import pytest

from cases.dates import PartialDate
from cases.importing.drafting import Terms
from cases.importing.guessing import guess_meaning, guess_targets
from cases.importing.mapping import DEFAULTS, Plan
from cases.importing.rows import draft_row, summary_of
from cases.models import ColumnMapping
from tests.cases.importing.desk import HEADINGS, ROWS, checked, form_of, map_columns, say_values, table, upload

NO_TERMS = Terms({})


def draft(mapping, cells, **settings):
    """The draft of one row: heading → target, heading → cell."""
    plan = Plan.of(list(mapping), mapping, {**DEFAULTS, **settings})
    return draft_row(2, [cells.get(column, "") for column in mapping], plan, NO_TERMS)


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Last_Name", "family"),
        ("Date of detention", "start"),
        ("姓名", "name"),
        ("location_3", "location_3"),
        ("place_3", "spot_3"),
        ("latitude_2", "latitude_2"),
        ("place_9", "note"),
        ("Shoe size", "note"),
    ],
)
def test_headings_are_guessed(heading, target):
    assert guess_targets(["Full name", heading], [])[1:] == [target] if target != "name" else ["note"]


def test_names_in_other_letters_are_the_original_ones():
    assert guess_targets(["Name", "姓名"], [["Tashi Invented", "扎西"]]) == ["name", "original"]
    assert guess_targets(["First name"], [["Tashi"]]) == ["name"]


def test_a_column_without_heading_that_counts_is_left_out():
    rows = [["1", "x"], ["2", "y"]]
    assert guess_targets(["Column 1 (no heading)", "Name"], rows) == ["ignore", "name"]
    assert guess_targets(["Column 1 (no heading)", "Name"], [["7", "x"], ["2", "y"]]) == ["note", "name"]


@pytest.mark.parametrize(
    ("target", "heading", "value", "meaning"),
    [
        ("sex", "male", "1", "m"),
        ("sex", "male", "0", "f"),
        ("sex", "female", "1", "f"),
        ("sex", "Sex", "女", "f"),
        ("sex", "Sex", "1", ""),
        ("kind", "violence", "Disappearance, Information of Death", "disappeared"),
        ("kind", "violence", "Unresolved", ""),
        ("minor", "minor", "yes", "yes"),
    ],
)
def test_meanings_are_guessed_where_obvious(target, heading, value, meaning):
    assert guess_meaning(target, heading, value) == meaning


def test_everything_lands_in_a_field_or_in_the_notes():
    mapping = {"A": "name", "B": "age", "C": "start", "D": "note", "E": "nationality", "F": "group", "G": "page"}
    cells = {"A": "Tashi Invented", "B": "30", "C": "May 2014", "D": "red", "E": "X", "F": "7", "G": "12"}
    made = draft(mapping, cells)
    assert made.name == "Tashi Invented"
    assert {claim.field: claim.value for claim in made.claims} == {"age": "30", "birth": "c. 1984"}
    assert not any(claim.accepted for claim in made.claims)
    assert made.events[0].when == PartialDate.parse("2014-05")
    assert (made.group, made.where) == (("F", "7"), "G 12")
    assert summary_of(made, "Watch") == "Also in the list of Watch:\nE: X\nD: red"


def test_places_become_a_sequence_with_their_coordinates():
    mapping = {
        "N": "name",
        "S": "start",
        "E": "end",
        "p1": "spot_1",
        "l1": "location_1",
        "p2": "spot_2",
        "y2": "latitude_2",
    }
    made = draft(
        mapping,
        {"N": "A", "S": "2014-05-01", "E": "2014-05-09", "p1": "Home", "l1": "Town", "p2": "Camp", "y2": "-3.5"},
    )
    first, second = made.events
    assert (first.kind, first.place_text) == ("detained", "Town (Home)")
    assert (second.kind, second.place_text) == ("transferred", "Camp")
    assert "y2: -3.5" in second.note
    assert second.when == PartialDate.parse("2014-05-01/2014-05-09")


def test_a_month_counts_only_as_a_month():
    made = draft({"N": "name", "M": "start_month"}, {"N": "A", "M": "1973-09-01"})
    assert made.events[0].when == PartialDate.parse("1973-09")


def test_sentences_in_words_and_numbers():
    words = draft({"N": "name", "D": "sentenced", "T": "term"}, {"N": "A", "D": "2016", "T": "8 years 6 months"})
    life = draft({"N": "name", "T": "term"}, {"N": "A", "T": "life"})
    odd = draft({"N": "name", "T": "term"}, {"N": "A", "T": "a while"})
    assert [(event.term_kind, event.term_months) for event in words.events] == [("fixed", 102)]
    assert life.events[0].term_kind == "life"
    assert odd.notes == ["T: a while"]
    assert odd.warnings


def test_without_a_kind_of_event_dates_and_places_stay_in_the_notes():
    made = draft({"N": "name", "S": "start", "P": "place"}, {"N": "A", "S": "2014", "P": "Town"}, kind="")
    assert made.events == []
    assert made.notes == ["S: 2014", "P: Town"]


def test_what_is_too_long_is_whole_in_the_notes():
    made = draft({"N": "name", "O": "occupation"}, {"N": "A", "O": "x" * 250})
    assert len(made.values["occupation"]) == 200
    assert f"O: {'x' * 250}" in made.notes


def test_the_same_target_twice_is_refused(as_, cast):
    client = as_(cast.olga)
    batch = upload(client, cast)
    response = map_columns(client, batch, Hat="age")
    assert response.status_code == 422
    assert "takes one column only" in response.content.decode()


def test_a_table_without_names_is_refused(as_, cast):
    client = as_(cast.olga)
    batch = upload(client, cast)
    response = map_columns(client, batch, **{"Last name": "note", "First name": "note"})
    assert "No column gives a name" in response.content.decode()


def test_values_that_are_not_obvious_are_asked(as_, cast):
    client = as_(cast.olga)
    rows = [[*row[:3], {"m": "1", "f": "2"}[row[3]], *row[4:]] for row in ROWS]
    batch = upload(client, cast, table(rows))
    response = map_columns(client, batch)
    assert response["Location"].endswith("/values/")
    assert say_values(client, batch).status_code == 422
    assert say_values(client, batch, **{"1": "m", "2": "f"}).status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.settings["meanings"]["Sex"]) == ("checked", {"1": "m", "2": "f"})


def test_the_mapping_is_remembered_for_the_provider_within_its_label(as_, cast):
    client = as_(cast.hugo)
    checked(client, cast, Hat="occupation")
    again = upload(client, cast, provider="watch  GROUP")
    other = upload(client, cast, marking="2")
    assert form_of(client, f"/imports/{again.pk}/columns/")[f"c{HEADINGS.index('Hat')}"] == "occupation"
    assert form_of(client, f"/imports/{other.pk}/columns/")[f"c{HEADINGS.index('Hat')}"] == "note"
    assert ColumnMapping.objects.count() == 1


def test_a_second_mapping_over_an_old_version_shows_both(as_, cast):
    client = as_(cast.olga)
    batch = upload(client, cast)
    stale = form_of(client, f"/imports/{batch.pk}/columns/")
    map_columns(client, batch, Hat="occupation")
    response = client.post(f"/imports/{batch.pk}/columns/", {**stale, f"c{HEADINGS.index('Hat')}": "religion"})
    assert response.status_code == 409
    assert "Your choices are still here" in response.content.decode()
