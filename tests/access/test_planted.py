"""A leak of every class that is to be expected is noticed; and it is the leak that is noticed, for without it the same
requests bring the same answers in both worlds."""

from contextlib import ExitStack, nullcontext

from tests.access.compare import differences
from tests.access.planted import HARMLESS, PLANTS
from tests.access.twin import ask, signed_in, world

OBSERVER = "nils"
# The classes that security review asks for, each by its own name.
EXPECTED = {
    "count", "cached count", "last updated", "related manager", "receipt", "facet", "did you mean", "ranking", "ETag",
    "unique error", "foreign-key error", "duplicate hint", "sequential id", "mail", "next and previous",
    "unfiltered history", "storage name", "attachment by id", "export", "autocomplete", "grant count", "health page",
    "debug header", "403 against 404",
}  # fmt: skip


def answers(stage, plant, sown, probes):
    """What the observer gets in the world as it is, with the leak sown or without."""
    who = stage.cast.people[OBSERVER]
    with ExitStack() as stack:
        stack.enter_context(world())
        client = signed_in(stage.dice, who)
        client.defaults.update(plant.headers)
        stack.enter_context(plant.sown() if sown else nullcontext())
        return ask(stage.dice, who, plant.name, probes, client=client)


def after_its_deed(stage, plant, sown, probes):
    """The same after what hidden actors did under the leak."""
    with world():
        with plant.sown() if sown else nullcontext():
            plant.hidden(stage)
        return answers(stage, plant, sown, probes)


def in_both_worlds(stage, plants):
    """(leak, sown or not) → the answers without the hidden acts, and with them; and the probes that brought them."""
    every = [(one, sown, one.probes(stage.aims["linked"])) for one in plants for sown in (True, False)]
    without = [answers(stage, *how) for how in every]
    with stage.with_secret("linked"):
        with_it = [None if how[0].hidden else answers(stage, *how) for how in every]
    with_it = [found or after_its_deed(stage, *how) for found, how in zip(with_it, every, strict=True)]
    return {
        (plant.leak, sown): (probes, one, two)
        for (plant, sown, probes), one, two in zip(every, without, with_it, strict=True)
    }


def test_a_planted_leak_is_noticed(stage, figures):
    plants = [*PLANTS, HARMLESS]
    found = in_both_worlds(stage, plants)
    told = {how: [one.level for one in differences(*some)] for how, some in found.items()}
    missed = {plant.leak for plant in plants if plant.level not in told[plant.leak, True]}
    figures("planted", leaks=len(PLANTS), noticed=len(PLANTS) - len(missed - {HARMLESS.leak}))
    assert {plant.leak for plant in PLANTS} == EXPECTED
    assert missed == {HARMLESS.leak}
    assert {leak: levels for (leak, sown), levels in told.items() if levels and not sown} == {}
    broken = {
        leak for (leak, _), (_, *worlds) in found.items() for some in worlds for one in some if one.body[:1] == b"5"
    }
    assert broken == set(), "A leak tells something; a page that breaks only tells that it was sown badly."
