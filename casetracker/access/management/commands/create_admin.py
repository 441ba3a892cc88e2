"""The first access admin, or a way back in for one who cannot sign in any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casetracker.access.actions.grants import SERVER
from casetracker.access.actions.people import invite_user, reset_sign_in
from casetracker.access.errors import WrongState
from casetracker.access.management.invitation_link import add_address, link_text
from casetracker.access.models import User
from casetracker.access.roles import Office


class Command(BaseCommand):
    """Prints a one-time link; the password is set by whoever opens it."""

    help = "Creates an access admin (or gives an existing one a new link) and prints a one-time link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")
        add_address(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        known = User.objects.filter(email=email).first()
        try:
            if known is None:
                name = options["name"] or email.partition("@")[0]
                _, token = invite_user(name=name, email=email, office=Office.ADMIN, process=SERVER)
            elif known.office != Office.ADMIN:
                raise CommandError("This account exists and is not an access admin. Use another address.")
            else:
                token = reset_sign_in(user=known, reason="A new link, made on the server.", process=SERVER)
        except WrongState as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(link_text(options["address"], token))
