"""What is sealed opens only where it was sealed."""

import pytest

from casetracker.sealing import SealBroken, seal, unseal


def test_round_trip():
    sealed = seal(b"who told us", place="source:1")
    assert b"who told us" not in sealed
    assert unseal(sealed, place="source:1") == b"who told us"


def test_two_seals_of_the_same_differ():
    assert seal(b"same", place="a") != seal(b"same", place="a")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: (sealed, "source:2"),
        lambda sealed: (sealed[:-1], "source:1"),
        lambda sealed: (sealed[:1], "source:1"),
        lambda sealed: (b"", "source:1"),
        lambda sealed: (b"\x02" + sealed[1:], "source:1"),
        lambda sealed: (sealed[:80] + bytes([sealed[80] ^ 1]) + sealed[81:], "source:1"),
        lambda sealed: (sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:], "source:1"),
    ],
    ids=["moved", "cut", "only a version", "empty", "other version", "text altered", "key altered"],
)
def test_altered_or_moved_it_does_not_open(spoil):
    sealed, place = spoil(seal(b"who told us about it", place="source:1"))
    with pytest.raises(SealBroken):
        unseal(sealed, place=place)


def test_another_key_does_not_open(settings):
    sealed = seal(b"who told us", place="source:1")
    settings.SEALING_KEY = "another key of at least 32 characters"
    with pytest.raises(SealBroken):
        unseal(sealed, place="source:1")
