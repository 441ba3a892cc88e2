"""N invented cases with their whole history and cycle, in bulk, the same for every run with one seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from time import monotonic

from django.apps import apps
from django.db import transaction

from bench.cases import CaseMaker
from bench.cycle import CycleMaker, Known, kind_of
from bench.people import make_people
from bench.shelf import Shelf
from bench.world import World, make_world
from cases.actions.derive import derive_raised
from cases.models import Case
from casetracker.audit.bulk import refresh_statistics

SEED = 20260
# Cases worked out and written in one transaction.
STEP = 2000
WHY = "generated anew, all of it"


@dataclass(frozen=True)
class Generated:
    """How much was made, and in how many seconds."""

    cases: int
    rows: int
    seconds: float


def generate(cases: int, *, seed: int = SEED, say: Callable[[str], None] = lambda text: None) -> Generated:
    """Fills an empty, migrated database with `cases` cases."""
    begun, rng = monotonic(), Random(seed)
    world = make_world()
    shelf = Shelf(rng)
    maker, cycle = CaseMaker(world, shelf, make_people(cases, rng), rng), CycleMaker(world, shelf, rng)
    known: list[Known] = []
    for start in range(0, cases, STEP):
        some = [maker.make() for _ in range(min(STEP, cases - start))]
        cycle.off_list(some)
        known += [_known(case) for case in some if _fits(case, world)]
        with transaction.atomic():
            shelf.empty()
        say(f"{start + len(some):,} cases, {shelf.made:,} rows, {monotonic() - begun:.0f} s")
    cycle.lists(known)
    with transaction.atomic():
        shelf.empty()
    _tell_cases()
    refresh_statistics(model._meta.db_table for model in apps.get_models())
    return Generated(cases, shelf.made, monotonic() - begun)


def _tell_cases() -> None:
    """What cases keep of their raisings, once these are all there."""
    keys = list(Case.objects.unscoped(WHY).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), STEP):
        with transaction.atomic():
            derive_raised(keys[start : start + STEP])


def _fits(case: Case, world: World) -> bool:
    return case.dialogue_id == world.own.pk and case.state == "active"


def _known(case: Case) -> Known:
    return Known(case.pk, case.latin_name, kind_of(case))
