"""The first approver of a dialogue or of a compartment: somebody nobody inside could have approved."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from casetracker.access.actions.grants import SERVER, name_first_approver
from casetracker.access.actions.people import invite_user
from casetracker.access.errors import WrongState
from casetracker.access.management.invitation_link import add_address, link_text
from casetracker.access.models import Compartment, Dialogue, User


class Command(BaseCommand):
    """Refused while the dialogue (or the compartment) has an active approver."""

    help = "Names the first approver of a dialogue; makes the account, with a one-time link, where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dialogue", required=True, metavar="PREFIX")
        parser.add_argument("--compartment", default="", metavar="NAME")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="Needed to make an account.")
        add_address(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        dialogue = Dialogue.objects.filter(prefix=options["dialogue"].strip().upper()).first()
        if dialogue is None:
            raise CommandError("No dialogue has this prefix.")
        circle = Compartment.objects.filter(dialogue=dialogue, name=options["compartment"]).first()
        if options["compartment"] and circle is None:
            raise CommandError("This dialogue has no compartment of that name.")
        token = ""
        try:
            with transaction.atomic():
                user = User.objects.filter(email=options["email"].strip().lower()).first()
                if user is None:
                    user, token = self._invite(options)
                grant = name_first_approver(user=user, dialogue=dialogue, compartment=circle)
        except WrongState as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"{user.email} is approver in {dialogue.prefix} until {grant.last_day.isoformat()}.")
        if token:
            self.stdout.write(link_text(options["address"], token))

    def _invite(self, options: dict[str, Any]) -> tuple[User, str]:
        if not options["name"]:
            raise CommandError("There is no account with this address. Give --name to make one.")
        return invite_user(name=options["name"], email=options["email"], process=SERVER)
