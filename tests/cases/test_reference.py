"""References: made, recognised, and every likely slip of the pen caught."""

import itertools
import re
import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.reference import (
    ALPHABET,
    RANDOM_LENGTH,
    VALUES,
    ReferenceConverter,
    ReferenceTypo,
    clean_reference,
    is_reference,
    looks_like_reference,
    make_reference,
)

PREFIXES = ["CN", "VN", "OIL", "USSR", "XX", "ZA"]
KNOWN = "CN-7K3QF2-Z"


@pytest.fixture(params=PREFIXES)
def reference(request):
    return make_reference(request.param)


def positions(reference: str) -> list[int]:
    return [place for place, character in enumerate(reference) if character != "-"]


def test_is_made_in_its_shape_and_is_one():
    made = {make_reference("CN") for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"CN-\w{6}-\w", one) and is_reference(one) for one in made)
    assert {character for one in made for character in one[3:].replace("-", "")} == set(ALPHABET)


def test_alphabet_has_a_prime_length_and_no_lookalikes():
    assert len(set(ALPHABET)) == len(ALPHABET) == 29
    assert not set(ALPHABET) & set("01OILU")
    assert {VALUES[character] for character in ALPHABET} == set(range(29))
    assert len({VALUES[character] for character in string.ascii_uppercase}) == 26


def test_check_character_is_stable():
    assert is_reference(KNOWN)


def test_every_single_substitution_is_caught(reference):
    tried = 0
    for place in positions(reference):
        within = string.ascii_uppercase if place < reference.index("-") else ALPHABET
        for other in set(within) - {reference[place]}:
            tried += 1
            assert not is_reference(reference[:place] + other + reference[place + 1 :])
    assert tried >= 200


def test_every_exchange_of_neighbours_is_caught(reference):
    for _ in range(200):
        one = make_reference(reference[: reference.index("-")])
        for left, right in itertools.pairwise(positions(one)):
            exchanged = list(one)
            exchanged[left], exchanged[right] = exchanged[right], exchanged[left]
            assert "".join(exchanged) == one or not is_reference("".join(exchanged))
            if "".join(exchanged) != one:
                with pytest.raises(ValueError):
                    clean_reference("".join(exchanged))


def test_every_pair_of_characters_may_stand_at_every_place_and_not_be_exchanged():
    for left, right in itertools.permutations(ALPHABET, 2):
        for place in range(RANDOM_LENGTH - 1):
            before, after = "2" * place, "2" * (RANDOM_LENGTH - 2 - place)
            (check,) = (last for last in ALPHABET if is_reference(f"CN-{before}{left}{right}{after}-{last}"))
            assert not is_reference(f"CN-{before}{right}{left}{after}-{check}")


@pytest.mark.parametrize(
    "typed",
    [
        "cn-7k3qf2-z",
        "CN7K3QF2Z",
        " cn 7k3qf2 z ",
        "CN–7K3QF2–Z",
        "ｃｎ-7k3qf2-z",
        "CN-7K3 QF2-Z",
        "cn_7k3qf2_z",
        "CN/7K3QF2/Z",
    ],
)
def test_ways_of_typing_it_are_put_right(typed):
    assert clean_reference(typed) == KNOWN
    assert looks_like_reference(typed)


def test_look_alikes_are_put_right_where_only_one_reading_is_possible():
    with_five = next(one for one in (make_reference("OIS") for _ in range(1000)) if "5" in one)
    assert clean_reference(with_five.replace("5", "S")) == with_five
    assert clean_reference(with_five.replace("OIS", "015")) == with_five


@given(st.sampled_from(PREFIXES))
@settings(max_examples=200, deadline=None)
def test_a_reference_survives_careless_typing(prefix):
    made = make_reference(prefix)
    assert clean_reference(made.lower().replace("-", " ")) == made


@pytest.mark.parametrize("typed", ["CN-7K3QF2-H", "CN-7K3FQ2-Z", "CN7K3QF2H", "CN-7K3QF0-Z", "cn-abcdef-g"])
def test_a_typo_is_recognised_as_such(typed):
    assert looks_like_reference(typed)
    with pytest.raises(ReferenceTypo, match=r"^This reference is mistyped: .*\.$"):
        clean_reference(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Tenzin Dolkar",
        "Dawa Tsering",
        "tenzindol",
        "CN-7K3QF-Z",
        "CN",
        "2014-05-14",
        "C-7K3QF2-Z",
        "刘晓波",
        "CNABCDEFG",
    ],
)
def test_anything_else_is_no_reference(typed):
    assert not is_reference(typed)
    assert not looks_like_reference(typed)
    with pytest.raises(ValueError) as refused:
        clean_reference(typed)
    assert not isinstance(refused.value, ReferenceTypo)


@pytest.mark.parametrize("prefix", ["", "C", "cn", "CHINA", "C1", "ÄÖ"])
def test_refuses_another_kind_of_prefix(prefix):
    with pytest.raises(ValueError, match="two to four capital letters"):
        make_reference(prefix)


@given(st.text(max_size=14))
@settings(max_examples=300, deadline=None)
def test_any_text_is_cleaned_or_refused(text):
    with suppress(ValueError):
        assert is_reference(clean_reference(text))


def test_address_takes_only_a_reference_as_written():
    converter = ReferenceConverter()
    assert re.fullmatch(converter.regex, KNOWN)
    assert converter.to_url(converter.to_python(KNOWN)) == KNOWN
    assert not re.fullmatch(converter.regex, KNOWN.lower())
    with pytest.raises(ValueError):
        converter.to_python("CN-7K3QF2-H")
