"""Components, error pages, stylesheet and script."""

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

COMPONENTS = sorted(Path("templates/_ui").glob("*.html"))


class Person(forms.Form):
    name = forms.CharField(help_text="As in the source.")
    sex = forms.ChoiceField(choices=[("f", "female"), ("m", "male")], widget=forms.RadioSelect)


def text_of(name: str) -> str:
    return Path(str(finders.find(f"casetracker/{name}"))).read_text()


def test_a_wrong_field_is_tied_to_its_hint_and_error():
    page = render_to_string("_ui/field.html", {"field": Person({})["name"]})
    assert 'aria-invalid="true"' in page
    described = re.search(r'aria-describedby="([^"]+)"', page)
    assert described
    assert all(f'id="{part}"' in page for part in described[1].split())


def test_typed_text_is_kept_from_the_browser():
    assert 'autocomplete="off" spellcheck="false"' in render_to_string("_ui/field.html", {"field": Person()["name"]})


def test_the_summary_links_to_something_that_is_there():
    form = Person({})
    page = render_to_string("_ui/form.html", {"form": form, "submit": "Save"})
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) == 2
    assert all(f'id="{link}"' in page for link in links)


def test_what_people_wrote_is_escaped():
    row = {"name": "s", "label": "Summary", "theirs": "<b>1</b>", "yours": "a\nb"}
    page = render_to_string("_ui/conflict.html", {"rows": [row], "who": "<i>", "when": "now", "hidden": []})
    assert "<b>1" not in page
    assert "&lt;i&gt;" in page
    assert "a<br>b" in page


@pytest.mark.parametrize("code", ["400", "404", "413", "500"])
def test_error_pages_are_the_same_for_everybody(code, rf):
    page = render_to_string(f"{code}.html")
    telling = {
        "request_path": "/cases/x/",
        "messages": ["told"],
        "banner": "told",
        "viewer": "told",
        "exception": "told",
    }
    assert render_to_string(f"{code}.html", telling, request=rf.get("/cases/x/")) == page
    assert "<form" not in page


def test_the_reason_stands_on_403():
    assert "Only an approver" in render_to_string("403.html", {"reason": "Only an approver may."})


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_explains_itself_and_nothing_is_inline(component):
    source = component.read_text()
    assert source.removeprefix("{% load ui %}").startswith("{% comment %}")
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=", source)


def test_nothing_is_fetched_from_elsewhere_or_kept():
    style, script = text_of("casetracker.css"), text_of("casetracker.js")
    assert not re.search(r"url\(|@import|!\s*important", style)
    assert not re.search(r"https?://|fetch\(|Storage\.|\.cookie|innerHTML|eval\(", script)
    assert len(style.splitlines()) < 700
    assert len(script.splitlines()) < 350
