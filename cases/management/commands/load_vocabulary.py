"""`manage.py load_vocabulary [pack …]`: brings the shared vocabularies up to the packs in fixtures/."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.actions.vocabulary import load_pack
from cases.vocabulary.pack import BadPack

FOLDER = Path(settings.BASE_DIR) / "fixtures"
PACKS = ("general", "cn", "nv")


class Command(BaseCommand):
    help = "Loads vocabulary packs (fixtures/<pack>.toml, or the path of a file). Harmless to repeat; deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("packs", nargs="*", default=list(PACKS), help=f"Packs to load; all of {', '.join(PACKS)}.")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["packs"]:
            path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
            try:
                report = load_pack(path, process="load_vocabulary")
            except (BadPack, OSError) as error:
                raise CommandError(f"{name}: not loaded, nothing changed. {error}") from error
            self.stdout.write(str(report))
