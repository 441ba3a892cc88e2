"""Columns of partial dates and keys, on whichever engine the suite runs, and the form field."""

from typing import Any, ClassVar

import pytest
from django import forms
from django.apps.registry import Apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Max, Min, Q, Value
from django.db.models.functions import Coalesce

from cases.dates import PartialDate
from cases.fields import KeyField, PartialDateField, PartialDateFormField, earliest_of, latest_of

DATES = ["2014", "c. 2014", "May 2014", "14 May 2014", "1959 or 1960", "c. 2013", "15 May 2014"]


class Entry(models.Model):
    """A table of its own, so that the fields are tested whatever the real models make of them."""

    when = PartialDateField("when", null=True, blank=True)
    earliest = earliest_of("when")
    latest = latest_of("when")
    key = KeyField(max_length=10, blank=True, db_index=True)
    objects: ClassVar[models.Manager["Entry"]] = models.Manager()

    class Meta:
        apps = Apps()
        app_label = "diary"


EntryForm: Any = forms.modelform_factory(Entry, fields=["when"])


@pytest.fixture
def entries(db):
    # Not entered as a context: on SQLite that needs a test outside a transaction, which empties all tables.
    editor: Any = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    editor.deferred_sql = []
    editor.create_model(Entry)
    with connection.cursor() as cursor:
        for statement in [*editor.collected_sql, *map(str, editor.deferred_sql)]:
            cursor.execute(statement)
    return Entry.objects.order_by("id")


@pytest.fixture
def dated(entries):
    for text in DATES:
        Entry.objects.create(when=PartialDate.parse(text))
    Entry.objects.create(when=None)
    return entries


def words(queryset: Any) -> list[str]:
    return [str(when) for when in queryset.values_list("when", flat=True)]


def test_comes_back_as_it_was_stored(dated):
    assert [entry.when for entry in dated] == [*map(PartialDate.parse, DATES), None]


def test_first_and_last_day_are_columns_of_their_own(dated):
    year, unknown = dated.get(when="2014"), dated.get(when=None)
    assert (year.earliest, year.latest) == ("2014-01-01", "2014-12-31")
    assert (unknown.earliest, unknown.latest) == (None, None)
    assert words(dated.filter(latest__lt="2014-01-01")) == ["1959 or 1960", "c. 2013"]


def test_first_day_follows_a_change(dated):
    dated.filter(when="2014").update(when=PartialDate.parse("May 2015"))
    assert dated.get(when="May 2015").earliest == "2015-05-01"


def test_database_sorts_as_python_does(dated):
    known = dated.exclude(when=None)
    assert words(known.order_by("when")) == [str(when) for when in sorted(map(PartialDate.parse, DATES))]


@pytest.mark.parametrize("value", ["14 May 2014", "2014-05-14/2014-05-14", PartialDate.parse("14 May 2014")])
def test_is_found_by_value_stored_form_and_words(dated, value):
    assert words(dated.filter(when=value)) == ["14 May 2014"]
    assert words(dated.filter(when__in=[value, "2014"])) == ["2014", "14 May 2014"]
    assert words(dated.filter(when__gte=value)) == ["14 May 2014", "15 May 2014"]
    assert words(dated.filter(when__lte=value).order_by("-when"))[0] == "14 May 2014"
    assert words(dated.filter(when__range=(value, value))) == ["14 May 2014"]
    assert words(dated.exclude(when=value).filter(when__gt=value)) == ["15 May 2014"]


def test_unknown_is_null(dated):
    assert dated.filter(when__isnull=True).count() == dated.filter(when=None).count() == 1
    Entry.objects.create(when="")
    assert dated.filter(when__isnull=True).count() == 2


def test_works_in_expressions(dated):
    ends = dated.aggregate(Min("when"), Max("when"))
    assert [str(end) for end in ends.values()] == ["1959 or 1960", "15 May 2014"]
    assert dated.filter(Q(when=F("when")) & Q(latest__gte=F("earliest"))).count() == len(DATES)
    fallback = Coalesce("when", Value("2020-01-01/2020-12-31"), output_field=PartialDateField())
    assert str(dated.annotate(or_else=fallback).get(when=None).or_else) == "2020"


def test_unreadable_lookups_are_refused(entries):
    with pytest.raises(ValidationError, match="Write a date as 2014"):
        entries.filter(when="last spring").count()
    with pytest.raises(ValidationError, match="not a date"):
        entries.filter(when=2014).count()


def test_survives_serialising(dated):
    (record,) = serializers.serialize("python", [dated.get(when="c. 2014")])
    assert record["fields"]["when"] == "2014-01-01/2014-12-31~"


def test_keys_sort_by_bytes_and_are_cut(entries):
    for key in ["b", "Z", "a b", "ab", "é", "张", "𠮷", "x" * 12]:
        Entry.objects.create(key=key)
    keys = list(entries.order_by("key").values_list("key", flat=True))
    assert keys == sorted(["b", "Z", "a b", "ab", "é", "张", "𠮷", "x" * 10], key=str.encode)
    assert entries.filter(key="x" * 30).count() == 1
    assert entries.filter(key__startswith="a").count() == 2


def test_migrations_know_the_fields():
    for name in ("when", "key"):
        field: Any = Entry._meta.get_field(name)
        _, path, args, kwargs = field.deconstruct()
        assert path == f"cases.fields.{type(field).__name__}"
        assert type(field)(*args, **kwargs).deconstruct()[2:] == (args, kwargs)
        assert ("max_length" in kwargs) == (name == "key")
        assert "collation" not in str(kwargs)


def test_full_clean_reads_words_and_refuses_the_unreadable():
    entry = Entry(when="between 1959 and 1960", key="x" * 12)
    entry.clean_fields()
    assert entry.when == PartialDate.parse("1959 or 1960")
    with pytest.raises(ValidationError, match="2014-04-03"):
        Entry(when="3/4/2014").clean_fields()


def test_form_takes_words_longer_than_the_column():
    form = EntryForm({"when": " between September 1959 and October 1960 "})
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["when"]) == "September 1959 to October 1960"
    assert form.fields["when"].typed == "between September 1959 and October 1960"


def test_form_shows_the_date_in_words_and_notices_no_change():
    form = EntryForm({"when": "c. 2014"}, instance=Entry(when=PartialDate.parse("ca 2014")))
    assert 'value="c. 2014"' in str(form["when"])
    assert not form.has_changed()
    assert EntryForm({"when": "2015"}, instance=Entry(when=PartialDate.parse("2014"))).changed_data == ["when"]


def test_form_says_what_to_write_and_keeps_what_was_typed():
    form = EntryForm({"when": "3/4/2014"})
    assert "Write 2014-04-03 for 3 April" in form.errors["when"][0]
    assert 'value="3/4/2014"' in str(form["when"])


def test_form_field_may_be_empty_or_required_and_is_not_endless():
    assert PartialDateFormField(required=False).clean("  ") is None
    with pytest.raises(ValidationError, match="required"):
        PartialDateFormField().clean("")
    with pytest.raises(ValidationError, match="at most 60"):
        PartialDateFormField().clean("2014" * 20)
