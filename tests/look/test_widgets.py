"""Controls written out in Python say what Django's templates say."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from casetracker.widgets import Picker, PlainRenderer

NASTY = "\"><b>&'</b>"
CHOICES = [("", "any"), (1, "one & only"), ("g", [("x", NASTY), ("y", "why")]), (NASTY, "z")]
WIDGETS = [
    (forms.TextInput(attrs={"maxlength": 3, "title": NASTY, "required": True, "data-no": False}), NASTY),
    (forms.TextInput(), None),
    (forms.NumberInput(attrs={"min": 1}), 12345),
    (forms.EmailInput(), "a@b.example"),
    (forms.HiddenInput(), "7"),
    (forms.DateInput(attrs={"type": "date"}), "2026-01-31"),
    (forms.Textarea(attrs={"rows": 2}), f"two\nlines {NASTY}"),
    (forms.Textarea(), None),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(attrs={"class": "c"}), False),
    (forms.Select(choices=CHOICES, attrs={"id": "id_s"}), "x"),
    (forms.Select(choices=CHOICES), None),
    (forms.SelectMultiple(choices=CHOICES), ["x", "1"]),
    (forms.RadioSelect(choices=CHOICES, attrs={"id": "id_r", "class": "k"}), "y"),
    (forms.CheckboxSelectMultiple(choices=CHOICES, attrs={"id": "id_c"}), ["x", NASTY]),
    (forms.FileInput(), None),
    (forms.PasswordInput(), "x"),
]


@pytest.mark.parametrize("value", [None, "", "1", NASTY, ["1", NASTY], "not offered"], ids=str)
@pytest.mark.parametrize("choices", [CHOICES, [(None, NASTY), ("1", "one"), ("1", "again"), (NASTY, "z")]])
def test_a_picker_says_what_a_select_says(choices, value):
    attrs = {"id": NASTY, "data-no": False, "required": True}
    written_out = Picker(choices=choices, attrs={"class": "k"}).render("field", value, attrs, PlainRenderer())
    assert written_out == forms.Select(choices=choices, attrs={"class": "k"}).render(
        "field", value, attrs, PlainRenderer()
    )


@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
def test_the_same_text_as_by_django(widget, value):
    by_django = widget.render("field", value, renderer=DjangoTemplates())
    written_out = widget.render("field", value, renderer=PlainRenderer())
    assert parse_html(written_out) == parse_html(by_django)
    if not isinstance(widget, forms.widgets.ChoiceWidget):
        assert written_out == by_django
