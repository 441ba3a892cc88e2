"""Passwords: which are taken, and that they are taken as they were typed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

PHRASE = "correct horse battery"


def change(client, new):
    return client.post("/me/password/", {"oldpassword": PHRASE, "password1": new, "password2": new})


def entered(person, password):
    return Client().post("/login/", {"login": person.email, "password": password}).status_code == 302


@pytest.fixture
def olga(cast, client):
    assert client.post("/login/", {"login": cast.olga.email, "password": PHRASE}).status_code == 302
    return client


@pytest.mark.parametrize("new", ["eleven long", "qwerty123456", "olga@office.example"])
def test_short_common_or_telling_ones_are_refused(cast, olga, new):
    assert change(olga, new).status_code == 422
    assert not entered(cast.olga, new)


@pytest.mark.parametrize(
    "new",
    ["only small letters here", "ОДНИБОЛЬШИЕБУКВЫ", "904716382750", "      .      .      ", "Long " * 40 + "end"],
    ids=["small letters", "no Latin ones", "digits", "mostly spaces", "203 characters"],
)
def test_any_composition_is_taken_exactly_as_typed(cast, olga, new):
    assert change(olga, new)["Location"] == "/me/"
    assert entered(cast.olga, new)
    wrong = [
        new + "x",
        new[:-1],
        *({new.swapcase(), new.lower()} - {new}),
        new.strip() + "" if new != new.strip() else "x",
    ]
    assert not any(entered(cast.olga, one) for one in wrong)


def test_fields_are_masked_and_open_to_a_keeper_of_passwords(cast, olga):
    for client, path, wanted in (
        (Client(), "/login/", {"current-password"}),
        (olga, "/me/password/", {"current-password", "new-password"}),
    ):
        page = client.get(path).text
        fields = [tag for tag in re.findall(r"<input[^>]*>", page) if "password" in re.sub(r'value="[^"]*"', "", tag)]
        assert fields
        assert all('type="password"' in tag for tag in fields)
        assert {match for tag in fields for match in re.findall(r'autocomplete="([^"]*)"', tag)} == wanted


def test_it_stays_valid(cast):
    with time_machine.travel(timezone.now() + timedelta(days=1000), tick=False):
        assert entered(cast.olga, PHRASE)
