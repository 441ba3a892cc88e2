"""How the commands print a one-time link."""

from django.conf import settings
from django.core.management.base import CommandParser
from django.urls import reverse

from casetracker.access.actions.invitations import LASTS


def add_address(parser: CommandParser) -> None:
    """The option `--address`: under what the pages are reached, for the printed link."""
    host = settings.ALLOWED_HOSTS[0]
    default = f"https://{host}" if settings.HTTPS else "http://127.0.0.1:8000"
    parser.add_argument("--address", default=default, help=f"Where the pages are reached (default: {default}).")


def link_text(address: str, token: str) -> str:
    """The link and how long it works."""
    link = f"{address.rstrip('/')}{reverse('access:invitation', args=[token])}"
    hours = int(LASTS.total_seconds() // 3600)
    return f"One-time link, for {hours} hours. Whoever opens it first sets the password:\n{link}"
