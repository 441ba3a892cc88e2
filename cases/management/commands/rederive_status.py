"""Recomputes what is derived of every case (detention status, names shown, next step) and says how much differed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases.actions.rederiving import rederive


class Command(BaseCommand):
    """`manage.py rederive_status [--check]`."""

    help = "Recompute the derived columns of all cases; ends with 1 when --check finds a difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only count; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = rederive(write=not options["check"])
        done = "differ" if options["check"] else "differed and are put right"
        self.stdout.write(f"{outcome.cases} cases, {outcome.differed} {done}.")
        if options["check"] and outcome.differed:
            raise SystemExit(1)
