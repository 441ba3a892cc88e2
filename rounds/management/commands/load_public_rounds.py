"""`manage.py load_public_rounds CN`: adds the public rounds of the EU–China dialogue to the one with that prefix."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casetracker.access.models import Dialogue
from rounds.actions.public_rounds import load_public_rounds


class Command(BaseCommand):
    help = "Adds public rounds and suspensions where they are missing. Harmless to repeat; changes and deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="Prefix of the dialogue, for example CN.")

    def handle(self, *args: Any, **options: Any) -> None:
        named = Dialogue.objects.unscoped("a server command names the dialogue by its prefix")
        dialogue = named.filter(prefix=options["prefix"]).first()
        if dialogue is None:
            raise CommandError(f"There is no dialogue with the prefix {options['prefix']}.")
        done = load_public_rounds(dialogue, process="load_public_rounds")
        self.stdout.write(
            f"{done.rounds} rounds, {done.events} events, {done.suspensions} suspensions added; "
            f"{done.standing} there already."
        )
