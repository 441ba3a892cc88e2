"""`manage.py docs [--check]`: draws the generated pages of docs/, or says which are out of step."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casetracker.desk.drawings import drawings


class Command(BaseCommand):
    help = "Draws docs/access.md and docs/states.md from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail when a page is out of step.")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [file for file, text in drawings().items() if not file.exists() or file.read_text() != text]
        if options["check"]:
            if stale:
                raise CommandError(f"Out of step: {', '.join(file.name for file in stale)}. Run manage.py docs.")
            return
        for file in stale:
            file.write_text(drawings()[file])
            self.stdout.write(f"drew {file.name}")
