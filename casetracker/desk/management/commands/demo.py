"""`manage.py demo [--no-server] [--port N]`: everything from an empty folder to a desk one can sign in to."""

from argparse import SUPPRESS, ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casetracker.desk.demo.fill import NotEmpty, fill, is_filled
from casetracker.desk.demo.logins import file_of_logins, kept_passwords, logins_table
from casetracker.desk.demo.renew import renew_grants
from casetracker.desk.demo.server import HOST, Ended, PortTaken, check_port, serve

PORT = 8000
REFUSED = 2


class Command(BaseCommand):
    help = "Prepares a demonstration with invented persons in the data folder and serves it on this machine."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-server", action="store_true", help="Only prepare.")
        parser.add_argument("--port", type=int, default=PORT, help=f"Port on {HOST} (default {PORT}).")
        parser.add_argument("--persons", type=int, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "These are production settings: the demonstration would mix invented persons with real ones. "
                "Run it without CASETRACKER_ENV=production.",
                returncode=REFUSED,
            )
        try:
            self._run(options)
        except KeyboardInterrupt:
            self.stdout.write("Stopped. Nothing is left half done; run it again to go on.")

    def _run(self, options: dict[str, Any]) -> None:
        port = options["port"]
        if not options["no_server"]:
            self._or_explain(lambda: check_port(port))
        self._prepare(options["persons"])
        self._tell_logins()
        if options["no_server"]:
            self.stdout.write("Prepared. To serve it: uv run manage.py demo")
            return
        self._say("Starting the web server and the task worker …")
        self._or_explain(lambda: serve(port, when_ready=lambda: self._tell_address(port)))
        self.stdout.write("Stopped.")

    def _prepare(self, persons: int | None) -> None:
        """Database, cache table, vocabularies, invented data."""
        self._say("Setting up the database …")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        try:
            found = is_filled()
            if not found:
                self._say("Loading the vocabularies …")
                call_command("load_vocabulary", stdout=StringIO())
            done = fill(persons=persons, say=self._say)
        except NotEmpty as error:
            raise CommandError(
                "This database holds a desk of your own, which the demonstration leaves alone. "
                "Give it another folder: CASETRACKER_DATA_DIR=/path/to/an/empty/folder uv run manage.py demo",
                returncode=REFUSED,
            ) from error
        if done.made:
            self.stdout.write(f"{done.persons} invented persons, written in {done.seconds:.0f} s.")
        else:
            self.stdout.write(f"Found the demonstration with {done.persons} cases; everything in it stays as it is.")
            if renewed := renew_grants():
                self.stdout.write(f"{renewed} grants had run out and were given again.")

    def _tell_logins(self) -> None:
        passwords = kept_passwords()
        self.stdout.write(f"\n{logins_table(passwords)}\n")
        if not passwords:
            self.stdout.write(f"The passwords were kept in {file_of_logins()}, which is gone.")
        self.stdout.write("Passwords are those of this installation only. The second factor is switched off.")
        self.stdout.write("Everybody and everything in it is invented.\n")

    def _tell_address(self, port: int) -> None:
        self.stdout.write(f"\nOpen http://{HOST}:{port}/ and sign in as one of the above. Ctrl-C stops it.\n")
        self.stdout.flush()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _or_explain(self, run: Any) -> None:
        try:
            run()
        except (PortTaken, Ended) as error:
            raise CommandError(str(error)) from error
